"""Holds the figures of `trainer evaluate` against numpy, scipy and scikit-learn.

Test-only. Recomputes every group from the single volumes: Dice as scikit-learn's
F1, the AUC, sensitivity and specificity by scikit-learn, the rest by numpy, and
every interval by a bootstrap of its own. With --maps the pixels of every volume are counted again
from the pictures of `--error-maps`, and the Dice of every B-scan; with --data,
too, what the pictures call true and what they leave out is held against the
masks and images of each dataset of image pairs, read here by Pillow.

  trainer evaluate --json scores.json --error-maps maps
  python check.py scores.json --maps maps --data ../../../shared/data

Exits with 1 where a figure differs.
"""

import argparse
import json
import sys
import tomllib
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage
from sklearn.metrics import confusion_matrix, f1_score, roc_auc_score

RESAMPLES = 2000
# Fewest volumes that have an interval.
FEWEST = 6
# By how much of its width the end of an interval may differ: both are drawn by chance.
INTERVAL_TOLERANCE = 0.15
# Colours of the error maps.
HIT, FALSE_ALARM, MISSED, NOT_COUNTED = (60, 200, 90), (235, 70, 70), (80, 130, 255), (90, 90, 90)
DATASETS = Path(__file__).parents[2] / "crates/trainer/datasets.toml"


def f1(volumes):
    """Dice of the pixels that are found or true, written out one by one."""
    tp, fp, fn = (sum(v["overlap"][key] for v in volumes) for key in ("tp", "fp", "fn"))
    if tp + fp + fn == 0:
        return None
    truth = np.repeat([1, 0, 1], [tp, fp, fn])
    found = np.repeat([1, 1, 0], [tp, fp, fn])
    return f1_score(truth, found, zero_division=0.0)


def mean(values):
    values = [value for value in values if value is not None]
    return float(np.mean(values)) if values else None


def holds(volume):
    return volume["overlap"]["tp"] + volume["overlap"]["fn"] > 0


def avd(volumes):
    known = [v for v in volumes if v["voxel_nl"] is not None]
    return mean([abs(v["overlap"]["fp"] - v["overlap"]["fn"]) * v["voxel_nl"] / 1000 for v in known])


def invented_nl(volumes):
    """Nanolitres found in each volume that holds none, where spacing is known."""
    return [v["overlap"]["fp"] * v["voxel_nl"] for v in volumes if not holds(v) and v["voxel_nl"] is not None]


def auc(volumes):
    truth = [holds(v) for v in volumes]
    return roc_auc_score(truth, [v["chance"] for v in volumes]) if 0 < sum(truth) < len(truth) else None


def rates(volumes):
    truth, called = [holds(v) for v in volumes], [v["called"] for v in volumes]
    (tn, fp), (fn, tp) = confusion_matrix(truth, called, labels=[False, True])
    return tp / (tp + fn) if tp + fn else None, tn / (tn + fp) if tn + fp else None


def expected(volumes):
    present = [v for v in volumes if holds(v)]
    invented = invented_nl(volumes)
    found, spared = rates(volumes)
    return {
        "volumes": len(volumes),
        "present": len(present),
        "mean_dice": mean([f1([v]) for v in present]),
        "pooled_dice": f1(present),
        "pooled_dice_of_all": f1(volumes),
        "avd_mm3": avd(volumes),
        "false_positive_nl": [mean(invented), float(np.median(invented))] if invented else None,
        "false_positive_pixels": sum(v["overlap"]["fp"] for v in volumes if not holds(v)),
        "auc": auc(volumes),
        "sensitivity": found,
        "specificity": spared,
    }


def quick_f1(volumes):
    tp, fp, fn = (sum(v["overlap"][key] for v in volumes) for key in ("tp", "fp", "fn"))
    return 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else None


def expected_intervals(volumes):
    """Of every figure: the volumes that are drawn again, and how it is computed of those."""
    present, absent = [v for v in volumes if holds(v)], [v for v in volumes if not holds(v)]
    return {
        "mean_dice": (present, lambda drawn: mean([quick_f1([v]) for v in drawn])),
        "pooled_dice": (present, quick_f1),
        "avd_mm3": (volumes, avd),
        "false_positive_nl": (absent, lambda drawn: mean(invented_nl(drawn))),
        "auc": (volumes, auc),
        "sensitivity": (present, lambda drawn: rates(drawn)[0]),
        "specificity": (absent, lambda drawn: rates(drawn)[1]),
    }


def interval(volumes, statistic):
    """95 % percentile bootstrap over volumes; draws without a figure are left out."""
    if len(volumes) < FEWEST:
        return None
    value = lambda drawn: statistic([volumes[int(n)] for n in drawn])
    draws = np.random.default_rng(1).integers(len(volumes), size=(RESAMPLES, len(volumes)))
    values = [found for found in map(value, draws) if found is not None]
    return np.percentile(values, [2.5, 97.5]) if values else None


def same(a, b, tolerance):
    return a is b is None or (a is not None and b is not None and abs(a - b) <= tolerance)


def figures(report):
    """Of every group: what a figure is, ours, theirs, and by how much they may differ."""
    for group in report["groups"]:
        volumes = [
            v
            for v in report["volumes"]
            if (v["dataset"], v["label"]) == (group["dataset"], group["label"])
            and group["device"] in ("all", v["device"])
        ]
        name = f"{group['dataset']} {group['device']} {group['label']}"
        for key, value in expected(volumes).items():
            ours = group[key]
            if isinstance(ours, list) and isinstance(value, list):
                for n, part in enumerate(("mean", "median")):
                    yield f"{name} {key} {part}", ours[n], value[n], 1e-9
            else:
                yield f"{name} {key}", ours, value, 1e-9
        for key, (drawn, statistic) in expected_intervals(volumes).items():
            ours, theirs = group[f"{key}_interval"], interval(drawn, statistic)
            if ours is None or theirs is None:
                yield f"{name} {key} interval", ours, theirs, 0
                continue
            # Both are drawn by chance; a rate of n volumes moves in steps of 1 / n.
            step = 1 / len(drawn) if key in ("sensitivity", "specificity") else 0
            tolerance = max(INTERVAL_TOLERANCE * (theirs[1] - theirs[0]), step) + 1e-9
            for n, end in enumerate(("low", "high")):
                yield f"{name} {key} interval {end}", ours[end], float(theirs[n]), tolerance


def pixels(report, maps):
    """Counts of every volume and Dice of every B-scan, from the pictures."""
    for dataset, label in sorted({(v["dataset"], v["label"]) for v in report["volumes"]}):
        counts = {}
        for path in (maps / dataset / label).glob("*.png"):
            colours = np.asarray(Image.open(path).convert("RGB"))
            counts[path.stem] = [int((colours == colour).all(-1).sum()) for colour in (HIT, FALSE_ALARM, MISSED)]
        for volume in report["volumes"]:
            if (volume["dataset"], volume["label"]) != (dataset, label):
                continue
            parts = {name: counts.pop(name.removesuffix(".png").replace("/", "_")) for name in volume["bscan_dice"]}
            for n, key in enumerate(("tp", "fp", "fn")):
                counted = sum(part[n] for part in parts.values())
                yield f"{dataset} {volume['subject']} {label} {key}", volume["overlap"][key], counted, 0
            for name, (tp, fp, fn) in parts.items():
                yield f"{dataset} {name} {label}", volume["bscan_dice"][name], 2 * tp / (2 * tp + fp + fn), 1e-9
        # B-scans without a Dice: nothing is found there and nothing is true.
        for name, found in counts.items():
            yield f"{dataset} {name} {label}, which has no Dice", 0, sum(found), 0


def listed(values, ranges):
    """Pixels whose value is one of "3" or "1-65535"."""
    bounds = [(int(part.split("-")[0]), int(part.split("-")[-1])) for part in ranges]
    return np.logical_or.reduce([(values >= low) & (values <= high) for low, high in bounds])


def padding(image):
    """White pixels that hang together with the border: registration's, not tissue."""
    parts, _ = ndimage.label(image >= 255)
    border = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    return np.isin(parts, border[border > 0])


def truths(maps, data):
    """Pixels of every picture whose truth, or whose part in the score, is not what the files say."""
    for entry in tomllib.loads(DATASETS.read_text())["dataset"]:
        if entry["reader"] != "image_pairs":
            continue
        for label in set(entry["labels"].values()):
            ranges = [value for value, name in entry["labels"].items() if name == label]
            for path in sorted((maps / entry["name"] / label).glob("*.png")):
                colours = np.asarray(Image.open(path).convert("RGB"))
                said = (colours == HIT).all(-1) | (colours == MISSED).all(-1)
                ignored = (colours == NOT_COUNTED).all(-1)
                mask = listed(np.asarray(Image.open(data / entry["masks"] / path.name)), ranges)
                counts = np.zeros_like(mask)
                counts[:, slice(*entry.get("columns", (0, None)))] = True
                if entry["modality"] == "OCT":
                    counts &= ~padding(np.asarray(Image.open(data / entry["images"] / path.name).convert("L")))
                wrong = (said != (mask & counts)) | (ignored == counts)
                yield f"{entry['name']} {path.name} {label}, pixels unlike the mask", int(wrong.sum()), 0, 0


def all_same(kind, compared):
    """Whether there is something to compare and nothing differs."""
    compared = list(compared)
    different = [(name, ours, theirs) for name, ours, theirs, tolerance in compared if not same(ours, theirs, tolerance)]
    for name, ours, theirs in different:
        print(f"{name}: {ours}, not {theirs}")
    print(f"{len(compared)} {kind} compared, {len(different)} differ")
    return bool(compared) and not different


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=Path)
    parser.add_argument("--maps", type=Path)
    parser.add_argument("--data", type=Path)
    arguments = parser.parse_args()
    report = json.loads(arguments.report.read_text())
    results = [all_same("figures of groups", figures(report))]
    if arguments.maps:
        results.append(all_same("counts and Dice", pixels(report, arguments.maps)))
    if arguments.maps and arguments.data:
        results.append(all_same("B-scans and masks", truths(arguments.maps, arguments.data)))
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
