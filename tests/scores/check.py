"""Holds the figures of `trainer evaluate --json` against scipy and scikit-learn.

Test-only. Recomputes every group from the single volumes: Dice as scikit-learn's
F1 over the pixels themselves, the AUC, sensitivity and specificity by
scikit-learn, the interval by scipy's percentile bootstrap.

  trainer evaluate --json scores.json
  python check.py scores.json

Exits with 1 where a figure differs.
"""

import json
import sys

import numpy as np
from scipy import stats
from sklearn.metrics import confusion_matrix, f1_score, roc_auc_score

# Both intervals are drawn by chance: 2000 resamples each.
INTERVAL_TOLERANCE = 0.03


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


def expected(volumes):
    present = [v for v in volumes if v["overlap"]["tp"] + v["overlap"]["fn"] > 0]
    known = [v for v in volumes if v["voxel_nl"] is not None]
    truth = np.array([v in present for v in volumes])
    chance = np.array([v["chance"] for v in volumes])
    called = np.array([v["called"] for v in volumes])
    (tn, fp), (fn, tp) = confusion_matrix(truth, called, labels=[False, True])
    return {
        "volumes": len(volumes),
        "present": len(present),
        "mean_dice": mean([f1([v]) for v in present]),
        "pooled_dice": f1(present),
        "avd_mm3": mean([abs(v["overlap"]["fp"] - v["overlap"]["fn"]) * v["voxel_nl"] / 1000 for v in known]),
        "auc": roc_auc_score(truth, chance) if 0 < truth.sum() < len(truth) else None,
        "sensitivity": tp / (tp + fn) if tp + fn else None,
        "specificity": tn / (tn + fp) if tn + fp else None,
        "interval": interval([f1([v]) for v in present]),
    }


def interval(dices):
    if len(dices) < 2:
        return None
    if len(set(dices)) == 1:
        return dices[0], dices[0]
    found = stats.bootstrap((dices,), np.mean, method="percentile", n_resamples=2000, rng=np.random.default_rng(1))
    return found.confidence_interval


def same(a, b, tolerance):
    return a is b is None or (a is not None and b is not None and abs(a - b) <= tolerance)


def main():
    report = json.load(open(sys.argv[1]))
    failures = compared = 0
    for group in report["groups"]:
        volumes = [
            v
            for v in report["volumes"]
            if (v["dataset"], v["label"]) == (group["dataset"], group["label"])
            and group["device"] in ("all", v["device"])
        ]
        wanted = expected(volumes)
        interval = wanted.pop("interval")
        pairs = [(key, group[key], value, 1e-9) for key, value in wanted.items()]
        found = group["mean_dice_interval"]
        if interval is not None or found is not None:
            pairs += [(f"interval {key}", found[key], interval[n], INTERVAL_TOLERANCE) for n, key in enumerate(("low", "high"))]
        for key, ours, theirs, tolerance in pairs:
            compared += 1
            if not same(ours, theirs, tolerance):
                failures += 1
                print(f"{group['dataset']} {group['device']} {group['label']} {key}: {ours}, not {theirs}")
    print(f"{compared} figures of {len(report['groups'])} groups compared, {failures} differ")
    sys.exit(failures > 0 or compared == 0)


if __name__ == "__main__":
    main()
