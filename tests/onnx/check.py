"""Holds an exported ONNX model against what Burn computes, on ONNX Runtime's CPU path.

Test-only. golden.json is written from Burn:
{"shape": [batch, channels, rows, columns], "input": [...], "probabilities": [...]}

  python check.py model.onnx golden.json

Prints the largest absolute difference; exits with 1 where it is above 1e-4, or
where the model is not valid ONNX or does not take other sizes.
"""

import argparse
import json
import sys

import numpy as np
import onnx
import onnxruntime

TOLERANCE = 1e-4


def check(model_path, golden_path):
    """The failures, in words."""
    model = onnx.load(model_path)
    onnx.checker.check_model(model, full_check=True)
    print({entry.key: entry.value for entry in model.metadata_props})

    with open(golden_path) as file:
        golden = json.load(file)
    image = np.asarray(golden["input"], np.float32).reshape(golden["shape"])
    batch, channels, rows, columns = image.shape
    expected = np.asarray(golden["probabilities"], np.float32).reshape(batch, -1, rows, columns)

    session = onnxruntime.InferenceSession(model_path, providers=["CPUExecutionProvider"])

    def run(images):
        return session.run(["probabilities"], {"bscan": np.ascontiguousarray(images)})[0]

    failures = []

    def compare(name, found, wanted):
        if found.shape != wanted.shape:
            failures.append(f"{name}: the shape is {found.shape}, not {wanted.shape}")
            return
        difference = float(np.abs(found - wanted).max())
        print(f"{name}: largest absolute difference {difference:.2e} over {found.shape}")
        # Not `>`: a NaN must fail, too.
        if not difference <= TOLERANCE:
            failures.append(f"{name}: {difference:.2e} is above {TOLERANCE:.0e}")

    compare("golden", run(image), expected)
    # Norms are over one sample, so samples of a batch do not see each other.
    compare("batch x 2", run(np.concatenate([image, image])), np.concatenate([expected, expected]))

    wide = run(np.concatenate([image, image[..., ::-1]], axis=3))
    print(f"columns x 2: {wide.shape}, {wide.min():.3f} to {wide.max():.3f}")
    if wide.shape != (batch, expected.shape[1], rows, 2 * columns):
        failures.append(f"columns x 2: the shape is {wide.shape}")
    if not (np.isfinite(wide).all() and wide.min() >= 0 and wide.max() <= 1):
        failures.append("columns x 2: not all values are probabilities")
    return failures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="the ONNX file")
    parser.add_argument("golden", help="input and probabilities from Burn, JSON")
    arguments = parser.parse_args()
    failed = check(arguments.model, arguments.golden)
    for failure in failed:
        print(failure, file=sys.stderr)
    sys.exit(1 if failed else 0)
