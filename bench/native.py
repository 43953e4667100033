"""How fast onnxruntime is on this machine; one JSON line, as crates/engine/examples/forward.rs prints.

  python native.py mmis-net.onnx input.f32 --threads 2 --seconds 5 [--apart] [--provider webgpu]

--apart runs as many B-scans side by side, each on one thread, instead of one on all.
"""

import argparse
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime

PROVIDERS = {"cpu": "CPUExecutionProvider", "webgpu": "WebGpuExecutionProvider", "cuda": "CUDAExecutionProvider"}

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("input")
parser.add_argument("--rows", type=int, default=240)
parser.add_argument("--columns", type=int, default=288)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seconds", type=float, default=5)
parser.add_argument("--batch", type=int, default=1)
parser.add_argument("--apart", action="store_true")
parser.add_argument("--provider", choices=PROVIDERS, default="cpu")
wanted = parser.parse_args()

image = np.fromfile(wanted.input, np.float32).reshape(1, 1, wanted.rows, wanted.columns)
feed = {"bscan": np.repeat(image, wanted.batch, axis=0)}
lanes = wanted.threads if wanted.apart else 1


def session():
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.intra_op_num_threads = 1 if wanted.apart else wanted.threads
    options.inter_op_num_threads = 1
    # Sizes that it knows beforehand let it fold more.
    for name, size in zip(("batch", "rows", "columns"), (wanted.batch, wanted.rows, wanted.columns)):
        options.add_free_dimension_override_by_name(name, size)
    made = onnxruntime.InferenceSession(wanted.model, options, providers=[PROVIDERS[wanted.provider]])
    assert made.get_providers()[0] == PROVIDERS[wanted.provider], "it fell back to the processor"
    return made


def run(_lane):
    made = session()

    def until(seconds):
        start, times = time.perf_counter(), []
        while not times or time.perf_counter() - start < seconds:
            began = time.perf_counter()
            made.run(["probabilities"], feed)
            times.append((time.perf_counter() - began) * 1e3 / wanted.batch)
        return times

    until(1)
    return until(wanted.seconds)


with ThreadPoolExecutor(lanes) as pool:
    measured = [ms for times in pool.map(run, range(lanes)) for ms in times]
print(
    json.dumps({
        "bscans_per_s": lanes * 1e3 / statistics.mean(measured),
        "ms_median": statistics.median(measured),
        "ms_min": min(measured),
        "ms_max": max(measured),
    })
)
