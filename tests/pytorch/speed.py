"""Training steps a second of the browser network in PyTorch, on this machine's processor.

Prints images/s of forward + backward + AdamW for batches of 8 crops of 256 x 256;
`trainer speed` prints the same for Burn. Run both on a quiet machine.
"""

import argparse
import time

import torch
from torch.nn import functional as F

from networks import MmisNet, parameters


def images_per_second(labels, seconds, layout, autocast, batch=8, size=256):
    torch.manual_seed(1)
    network = MmisNet(labels).to(memory_format=layout)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3)
    images = torch.rand(batch, 1, size, size).contiguous(memory_format=layout)
    target = (torch.rand(batch, labels, size, size) > 0.9).float()

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            outputs = network(images)
        loss = F.binary_cross_entropy_with_logits(outputs[0].float(), target)
        loss.backward()
        optimizer.step()

    step()
    started, steps = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        step()
        steps += 1
    return steps * batch / (time.perf_counter() - started)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=15)
    arguments = parser.parse_args()
    print(f"{parameters(MmisNet(arguments.labels))} parameters, {torch.get_num_threads()} threads")
    for name, layout in (("contiguous", torch.contiguous_format), ("channels last", torch.channels_last)):
        for autocast in (False, True):
            speed = images_per_second(arguments.labels, arguments.seconds, layout, autocast)
            print(f"{name:14} {'bf16' if autocast else 'f32':5} {speed:.1f} images/s", flush=True)
