"""MMIS-Net and the U-Nets it is compared with, in PyTorch.

Test-only: the shipped network is crates/mmis-net. `MmisNet` here has the same
layers, parameters and operations, for timing both frameworks on one network;
`UNet` is what stands beside it in the model card.
"""

import torch
from torch import nn
from torch.nn import functional as F

BROWSER_WIDTHS = (8, 32, 64, 96, 128)
BROWSER_ENCODER_BLOCKS = (1, 2, 2, 2, 2)


class ConvBlock(nn.Module):
    """3x3 convolution, instance norm, leaky ReLU."""

    def __init__(self, channels_in, channels_out, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.norm = nn.InstanceNorm2d(channels_out, affine=True)
        nn.init.kaiming_normal_(self.conv.weight, a=0.01)

    def forward(self, x):
        return F.leaky_relu(self.norm(self.conv(x)), 0.01)


class SimilarityFusion(nn.Module):
    """s = sigmoid(<f(x), g(y)> / sqrt(C')), out = (1 - s) x + s y."""

    def __init__(self, channels, labels):
        super().__init__()
        embedded = max(channels // 2, 1)
        self.detail = nn.Conv2d(channels, embedded, 1, bias=False)
        self.detail_norm = nn.InstanceNorm2d(embedded, affine=True)
        self.semantics = nn.Conv2d(channels, embedded, 1, bias=False)
        self.semantics_norm = nn.InstanceNorm2d(embedded, affine=True)
        self.auxiliary = nn.Conv2d(channels, labels, 1)
        self.embedded = embedded

    def forward(self, x, y):
        a = self.detail_norm(self.detail(x))
        b = self.semantics_norm(self.semantics(y))
        s = torch.sigmoid((a * b).sum(1, keepdim=True) / self.embedded**0.5)
        return x + (y - x) * s


class MmisNet(nn.Module):
    """The browser configuration of crates/mmis-net."""

    def __init__(self, labels, widths=BROWSER_WIDTHS, encoder_blocks=BROWSER_ENCODER_BLOCKS):
        super().__init__()
        stages, previous = [], 1
        for stage, (width, blocks) in enumerate(zip(widths, encoder_blocks)):
            first = ConvBlock(previous, width, 2 if stage else 1)
            stages.append(nn.Sequential(first, *[ConvBlock(width, width) for _ in range(blocks - 1)]))
            previous = width
        self.encoder = nn.ModuleList(stages)
        self.project = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in zip(widths, widths[1:]))
        self.fusion = nn.ModuleList(SimilarityFusion(width, labels) for width in widths[:-1])
        self.refine = nn.ModuleList(ConvBlock(width, width) for width in widths[:-1])
        self.head = nn.Conv2d(widths[0], labels, 1)

    def forward(self, x):
        skips = []
        for stage in self.encoder:
            x = stage(x)
            skips.append(x)
        skips.pop()
        auxiliary = []
        for stage in reversed(range(len(skips))):
            y = F.interpolate(self.project[stage](x), size=skips[stage].shape[2:], mode="nearest")
            fused = self.fusion[stage](skips[stage], y)
            auxiliary.append(self.fusion[stage].auxiliary(fused))
            x = self.refine[stage](fused)
        return [self.head(x), *reversed(auxiliary)]


class UNet(nn.Module):
    """A plain U-Net: two 3x3 blocks a stage, concatenated skips, deep supervision heads."""

    def __init__(self, labels, widths):
        super().__init__()
        pairs = lambda a, b, stride: nn.Sequential(ConvBlock(a, b, stride), ConvBlock(b, b))
        self.encoder = nn.ModuleList(
            pairs(a, b, 2 if stage else 1) for stage, (a, b) in enumerate(zip((1, *widths), widths))
        )
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, 2) for a, b in zip(widths, widths[1:]))
        self.decoder = nn.ModuleList(pairs(2 * width, width, 1) for width in widths[:-1])
        self.heads = nn.ModuleList(nn.Conv2d(width, labels, 1) for width in widths[:-1])

    def forward(self, x):
        skips = []
        for stage in self.encoder:
            x = stage(x)
            skips.append(x)
        skips.pop()
        outputs = []
        for stage in reversed(range(len(skips))):
            x = self.decoder[stage](torch.cat([skips[stage], self.up[stage](x)], 1))
            outputs.append(self.heads[stage](x))
        return list(reversed(outputs))


def parameters(network):
    return sum(p.numel() for p in network.parameters())
