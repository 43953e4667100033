"""The U-Nets that stand beside Lacuna's weights in the model card.

Test-only. Trains on the Duke subjects that Lacuna trains on, in Lacuna's
working grid and in the columns that were graded, and scores subjects 08 and 10
in the original grid:

  plain    a U-Net of the size of the browser network; BCE + Dice, AdamW with a
           cosine, flips, small rotations and scales, noise
  nnunet   nnU-Net's recipe at the same size: Dice + cross-entropy with deep
           supervision, SGD with Nesterov momentum 0.99, polynomial rate from
           0.01, weight decay 3e-5, a third of the crops on foreground, rotation,
           scaling, noise, blur, brightness, contrast, low resolution, gamma, mirror

  python baselines.py plain --images 40000 --data ../../../shared/data --out plain.json
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from scipy import ndimage
from torch.nn import functional as F

from networks import MmisNet, UNet, parameters

TRAIN = ["S01", "S02", "S03", "S05", "S06", "S07"]
HELD_OUT = ["S08", "S10"]
NETWORKS = {"unet": lambda: UNet(1, WIDTHS), "mmis": lambda: MmisNet(1)}
GRID = (256, 448)
CROP = 256
# Widths that give 0.6 M parameters, as many as the browser network has.
WIDTHS = (8, 24, 48, 80, 112)
# Nothing is annotated outside of these columns in any of the 88 B-scans.
GRADED = slice(99, 624)
# Bits of a training pixel: fluid; within the graded columns.
FLUID, COUNTS = 1, 2


def prepared(path):
    """As engine::preprocess: white wedges to 0, triangle filter, 1st and 99.5th percentile; and the wedges."""
    image = np.asarray(Image.open(path).convert("L"), np.float32).copy()
    parts, _ = ndimage.label(image >= 255)
    border = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    wedges = np.isin(parts, border[border > 0])
    image[wedges] = 0
    image = np.asarray(Image.fromarray(image).resize(GRID[::-1], Image.BILINEAR))
    low, high = np.percentile(image, [1, 99.5])
    return np.clip((image - low) / max(high - low, 1e-6), 0, 1).astype(np.float32), wedges


def shrunk(mask):
    return np.asarray(Image.fromarray(mask.astype(np.float32)).resize(GRID[::-1], Image.BILINEAR)) >= 0.5


def samples(data, subjects):
    """Subject, image and marks in the working grid, mask and wedges in the image's own."""
    for path in sorted((data / "duke_dme_chiu2015/images").glob("*.png")):
        if path.name[:3] in subjects:
            mask = np.asarray(Image.open(path.parent.parent / "masks" / path.name)) > 0
            image, wedges = prepared(path)
            marks = np.where(shrunk(mask), FLUID, 0).astype(np.uint8)
            scale = GRID[1] / mask.shape[1]
            marks[:, round(GRADED.start * scale) : round(GRADED.stop * scale)] |= COUNTS
            marks[shrunk(wedges)] = 0
            yield path.name[:3], image, marks, mask, wedges


def crop(image, marks, rng, recipe):
    big = recipe == "nnunet"
    angle = (rng.uniform(-math.pi, math.pi) if rng.random() < 0.2 else 0) if big else rng.uniform(-0.2, 0.2)
    if big:
        scale = np.exp(rng.uniform(-0.36, 0.34)) if rng.random() < 0.2 else 1.0
    else:
        scale = np.exp(rng.uniform(-0.25, 0.25))
    rows, columns = image.shape
    centre = np.array([rows / 2, rng.uniform(CROP / 2, columns - CROP / 2)])
    fluid = marks & FLUID
    if rng.random() < 0.33 and fluid.any():
        where = np.argwhere(fluid)
        centre[1] = np.clip(where[rng.integers(len(where))][1], CROP / 2, columns - CROP / 2)
    c, s = math.cos(angle) * scale, math.sin(angle) * scale
    flip = np.diag([-1 if big and rng.random() < 0.5 else 1, -1 if rng.random() < 0.5 else 1])
    matrix = np.array([[c, -s], [s, c]]) @ flip
    offset = centre - matrix @ np.array([CROP / 2, CROP / 2])
    out = ndimage.affine_transform(image, matrix, offset, (CROP, CROP), order=1)
    marks = ndimage.affine_transform(marks, matrix, offset, (CROP, CROP), order=0)
    if big:
        if rng.random() < 0.1:
            out = out + rng.normal(0, math.sqrt(rng.uniform(0, 0.1)) * 0.3, out.shape)
        if rng.random() < 0.2:
            out = ndimage.gaussian_filter(out, rng.uniform(0.5, 1))
        if rng.random() < 0.15:
            out = out * rng.uniform(0.75, 1.25)
        if rng.random() < 0.15:
            mean = out.mean()
            out = (out - mean) * rng.uniform(0.75, 1.25) + mean
        if rng.random() < 0.25:
            low = ndimage.zoom(out, rng.uniform(0.5, 1), order=0)
            out = ndimage.zoom(low, (CROP / low.shape[0], CROP / low.shape[1]), order=1)
        if rng.random() < 0.3:
            out = np.clip(out, 0, 1) ** rng.uniform(0.7, 1.5)
    else:
        out = np.clip(out, 0, 1) ** np.exp(rng.uniform(-0.3, 0.3)) + rng.normal(0, 0.04, out.shape)
    return out.astype(np.float32), marks


def entropy_and_dice(logits, target, counts):
    entropy = F.binary_cross_entropy_with_logits(logits, target, weight=counts, reduction="sum")
    p, target = torch.sigmoid(logits) * counts, target * counts
    overlap = (p * target).sum()
    return entropy / counts.sum().clamp(min=1) + 1 - (2 * overlap + 1) / (p.sum() + target.sum() + 1)


def loss_of(outputs, marks, deep):
    total, weights = 0.0, 0.0
    for scale, logits in enumerate(outputs if deep else outputs[:1]):
        here = marks[:, :, :: 2**scale, :: 2**scale]
        weight = 0.5**scale
        total = total + weight * entropy_and_dice(logits, (here & FLUID > 0).float(), (here & COUNTS > 0).float())
        weights += weight
    return total / weights


def dice(hit, predicted, wanted):
    return 2 * hit / (predicted + wanted) if predicted + wanted else None


def scores(network, data, held_out):
    counts = {}
    network.eval()
    for subject, image, _, mask, wedges in samples(data, held_out):
        with torch.no_grad():
            p = torch.sigmoid(network(torch.from_numpy(image)[None, None])[0])[0, 0].numpy()
        p = (np.asarray(Image.fromarray(p).resize(mask.shape[::-1], Image.BILINEAR)) >= 0.5) & ~wedges
        mask &= ~wedges
        for name, part in (("all columns", slice(None)), ("graded columns", GRADED)):
            a, b = p[:, part], mask[:, part]
            old = counts.get((subject, name), (0, 0, 0))
            counts[subject, name] = (old[0] + int((a & b).sum()), old[1] + int(a.sum()), old[2] + int(b.sum()))
    network.train()
    result = {}
    for name in ("all columns", "graded columns"):
        parts = [counts[subject, name] for subject in held_out]
        result[name] = {s: dice(*c) for s, c in zip(held_out, parts)} | {"together": dice(*map(sum, zip(*parts)))}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=["plain", "nnunet"])
    parser.add_argument("--network", choices=NETWORKS, default="unet")
    parser.add_argument("--train", nargs="+", default=TRAIN, help="subjects to learn from")
    parser.add_argument("--held-out", nargs="+", default=HELD_OUT, help="subjects to score")
    parser.add_argument("--images", type=int, default=40_000)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    rng = np.random.default_rng(arguments.seed)
    network = NETWORKS[arguments.network]().to(memory_format=torch.channels_last)
    pool = [(image, marks) for _, image, marks, _, _ in samples(arguments.data, arguments.train)]
    steps = arguments.images // arguments.batch
    if arguments.recipe == "plain":
        optimizer = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-3)
        rate = lambda step: 0.5 * (1 + math.cos(math.pi * step / steps))
    else:
        optimizer = torch.optim.SGD(network.parameters(), 0.01, momentum=0.99, nesterov=True, weight_decay=3e-5)
        rate = lambda step: (1 - step / steps) ** 0.9
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    print(f"{arguments.recipe}: {parameters(network)} parameters, {len(pool)} B-scans, {steps} steps", flush=True)
    started = time.perf_counter()
    for step in range(1, steps + 1):
        drawn = [crop(*pool[rng.integers(len(pool))], rng, arguments.recipe) for _ in range(arguments.batch)]
        images = torch.from_numpy(np.stack([image for image, _ in drawn]))[:, None]
        images = images.contiguous(memory_format=torch.channels_last)
        marks = torch.from_numpy(np.stack([marks for _, marks in drawn]))[:, None]
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(network(images), marks, arguments.recipe == "nnunet")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 12.0)
        optimizer.step()
        schedule.step()
        if step % 250 == 0 or step == steps:
            speed = step * arguments.batch / (time.perf_counter() - started)
            print(f"step {step} loss {loss.item():.3f} {speed:.1f} images/s", flush=True)
    result = {
        "recipe": arguments.recipe,
        "network": arguments.network,
        "learnt_from": arguments.train,
        "parameters": parameters(network),
        "images_seen": steps * arguments.batch,
        "seed": arguments.seed,
        "minutes": (time.perf_counter() - started) / 60,
        "fluid_dice": scores(network, arguments.data, arguments.held_out),
    }
    print(json.dumps(result, indent=2))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
