"""Runs the workflow on 20 generated eyes, two of them broken, and then again.

python check.py LACUNA [--bscans N] [--snakemake SNAKEMAKE] [--keep FOLDER]
"""

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EYES = 20
CUT, GARBLED = "eye_07", "eye_13"
STYLES = ["cirrus", "spectralis", "topcon"]
HERE = Path(__file__).resolve().parent


def run(*command):
    """Runs a command and gives what it says; it must end with 0."""
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def phantom(lacuna, folder, seed, bscans):
    style = STYLES[seed % len(STYLES)]
    run(lacuna, "phantom", "--style", style, "--seed", seed, "--frames", bscans, "--out", folder)


def generate(lacuna, scans, bscans):
    for seed in range(1, EYES + 1):
        phantom(lacuna, scans / f"eye_{seed:02}", seed, bscans)
    raw = scans / CUT / "oct.raw"
    raw.write_bytes(raw.read_bytes()[: raw.stat().st_size // 2])
    (scans / GARBLED / "oct.mhd").write_bytes(b"\x5a" * 100)


def times(out):
    return {path: path.stat().st_mtime_ns for path in (out / "jobs").rglob("*") if path.is_file()}


def check(lacuna, snakemake, root, bscans):
    scans, out = root / "scans", root / "results"
    generate(lacuna, scans, bscans)
    workflow = [snakemake, "--cores", 2, "--snakefile", HERE / "Snakefile", "--config"]
    workflow += [f"scans={scans}", f"out={out}", f"lacuna={lacuna}", "threads=2", "options=--device cpu"]

    start = time.monotonic()
    said = run(*workflow)
    print(f"first run: {time.monotonic() - start:.0f} s")
    rows = list(csv.DictReader((out / "cohort.csv").open(newline="")))
    assert len(rows) == EYES, f"{len(rows)} rows"
    assert sum(row["state"] == "done" for row in rows) == EYES - 2
    assert all(float(row["irf_nl"]) >= 0 for row in rows if row["state"] == "done")
    broken = [row for row in rows if row["state"] != "done"]
    assert all(row["irf_nl"] == "" and row["message"] for row in broken)
    assert "18 done, 2 failed" in said, said
    for name in CUT, GARBLED:
        named = [line for line in said.splitlines() if line.startswith(f"failed: jobs/{name}/")]
        assert len(named) == 1, said
        print(named[0])

    before = times(out)
    said = run(*workflow)
    assert "Nothing to be done" in said, said
    assert times(out) == before, "a second run changed something"
    print("second run: nothing to be done")

    phantom(lacuna, scans / CUT, 7, bscans)
    said = run(*workflow)
    assert "19 done, 1 failed" in said, said
    changed = {path.relative_to(out / "jobs").parts[0] for path, at in times(out).items() if before.get(path) != at}
    assert changed == {CUT}, changed
    print(f"third run, {CUT} copied again: 19 done, 1 failed; only its job ran")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lacuna", type=lambda path: Path(path).resolve())
    parser.add_argument("--bscans", type=int, default=2)
    parser.add_argument("--snakemake", default="snakemake")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    if args.keep:
        check(args.lacuna, args.snakemake, args.keep.resolve(), args.bscans)
        return
    with tempfile.TemporaryDirectory() as root:
        check(args.lacuna, args.snakemake, Path(root), args.bscans)


main()
