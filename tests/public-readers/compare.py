"""Compares what `lacuna` reads with what public readers read, file by file.

    python compare.py LACUNA DATA [--fixtures DIR]

LACUNA is the built program, DATA the folder with `formats/`, DIR the DICOM
fixtures of `crates/oct-formats`. Needs requirements.txt; no part of the tests
that run everywhere. Every difference is either expected, with its reason
printed, or makes the script fail.
"""

import argparse
import io
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from PIL import Image

warnings.filterwarnings("ignore")
# OCT-Converter 0.7 calls what NumPy has taken away.
np.fromstring = lambda content, dtype: np.frombuffer(content, dtype)
FAILED = []


def say(file, what, verdict, reason=""):
    print(f"{file:<34} {what:<26} {verdict}{'  (' + reason + ')' if reason else ''}")
    if verdict.startswith("DIFFERS"):
        FAILED.append((file, what))


def compare(file, what, ours, theirs, tolerance=0.0):
    ours, theirs = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if ours.shape != theirs.shape:
        say(file, what, f"DIFFERS in shape: {ours.shape} and {theirs.shape}")
        return
    both = np.isfinite(ours) & np.isfinite(theirs)
    holes = int((np.isfinite(ours) != np.isfinite(theirs)).sum())
    most = float(np.abs(ours[both] - theirs[both]).max()) if both.any() else 0.0
    equal = holes == 0 and most <= tolerance
    say(file, what, f"equal, at most {most:.2g} apart" if equal else f"DIFFERS by {most:.6g}, {holes} holes")


class Lacuna:
    """A file as the program reads it."""

    def __init__(self, program, *inputs):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        inputs = [str(path) for path in inputs]
        self.info = json.loads(subprocess.run([program, "info", *inputs, "--json"], capture_output=True, check=True).stdout)
        out = self.folder / "out"
        subprocess.run([program, "convert", *inputs, "--out", str(out)], capture_output=True, check=True)
        header = dict(line.split(" = ", 1) for line in (out / "oct.mhd").read_text().splitlines() if " = " in line)
        kind = {"MET_UCHAR": "u1", "MET_USHORT": "<u2", "MET_FLOAT": "<f4"}[header["ElementType"]]
        shape = [self.info["frames"], self.info["rows"], self.info["columns"]]
        self.samples = np.fromfile(out / "oct.raw", kind).reshape(shape)
        fundus = out / "fundus.png"
        self.fundus = np.asarray(Image.open(fundus)) if fundus.exists() else None
        self.layers = {}
        if (out / "layers.csv").exists():
            names, *rows = (out / "layers.csv").read_text().splitlines()
            table = [[float(cell) if cell else np.nan for cell in row.split(",")] for row in rows]
            for index, name in enumerate(names.split(",")[2:]):
                column = np.array([row[2 + index] for row in table])
                self.layers[name.removesuffix("_row")] = column.reshape(shape[0], shape[2])
        shutil.rmtree(self.folder)

    def mm(self, axis):
        return self.info["spacing_mm"][axis]["mm"]


def heidelberg_vol(program, path):
    from eyepy.io.he.vol_reader import SEG_MAPPING, HeVolReader

    lacuna, file = Lacuna(program, path), path.name
    parsed = HeVolReader(path).parsed_file
    stored = np.stack([bscan.data for bscan in parsed.bscans]).astype(np.float64)
    shown = np.where(stored < 3e38, np.clip(stored, 0, None), 0) ** 0.25
    compare(file, "fourth root of samples", lacuna.samples, shown, 1e-6)
    compare(file, "SLO", lacuna.fundus, np.asarray(parsed.localizer))
    compare(file, "lateral, axial mm", [lacuna.mm("lateral"), lacuna.mm("axial")], [parsed.scale_x, parsed.scale_y])
    if len(parsed.bscans) > 1:
        compare(file, "mm between B-scans", lacuna.mm("between_bscans"), parsed.distance, 1e-6)
    names = {index: name for name, index in SEG_MAPPING.items()}
    for index in range(min(bscan.layer_segmentations.shape[0] for bscan in parsed.bscans)):
        theirs = np.stack([bscan.layer_segmentations[index] for bscan in parsed.bscans]).astype(np.float64)
        theirs[(theirs >= 3e38) | (theirs <= 0)] = np.nan
        if np.isfinite(theirs).any():
            compare(file, f"boundary {names[index]}", lacuna.layers[names[index]], theirs, 1e-4)


def heidelberg_xml(program, folder):
    import eyepy

    lacuna, file = Lacuna(program, folder), folder.name
    volume = eyepy.import_heyex_xml(folder)
    compare(file, "samples", lacuna.samples, volume.data)
    compare(file, "SLO", lacuna.fundus, volume.localizer.data)
    ours = [lacuna.mm(axis) for axis in ("between_bscans", "axial", "lateral")]
    compare(file, "spacing, mm", ours, volume.scale, 1e-9)
    for name, ours in lacuna.layers.items():
        theirs = np.array(volume.layers[name].data, dtype=np.float64)
        theirs[(theirs >= 3e38) | (theirs <= 0)] = np.nan
        compare(file, f"boundary {name}", ours, theirs, 1e-4)


def heidelberg_e2e(program, path):
    from oct_converter.readers import E2E

    lacuna, file = Lacuna(program, path), path.name
    try:
        say(file, "OCT-Converter", f"{len(E2E(path).read_oct_volume())} volumes")
    except Exception as error:
        say(file, "OCT-Converter", f"cannot open it: {type(error).__name__}", "its directory is cut off; found by search here")
    content = path.read_bytes()
    at = content.index(struct.pack("<I", 0x02200201)) - 4
    rows, columns = struct.unpack_from("<II", content, at + 12)
    words = np.frombuffer(content, "<u2", rows * columns, at + 20).reshape(rows, columns)
    mantissa, exponent = (words & 1023).astype(np.float64), (words >> 10).astype(np.float64) - 63
    straight = np.where(words == 0, 0, (1 + mantissa / 1024) * np.exp2(exponent))
    compare(file, "mantissas as stored", lacuna.samples[0] ** 4.0, straight, 1e-5)
    reader = object.__new__(E2E)
    reader.power = 1024
    table = np.array([reader.uint16_to_ufloat16(word) for word in range(1 << 16)])
    used = (words >> 10 > 40) & (words >> 10 < 63)
    share = float(np.isclose(table[words][used], straight[used], rtol=1e-6).mean())
    first = np.histogram(mantissa[used], bins=8, range=(0, 1024))[0]
    say(
        file,
        "OCT-Converter's mantissas",
        f"{100 * share:.1f} % equal",
        "it turns the ten bits round; as stored, small leading digits are more frequent than large ones "
        f"({first[0] / first[-1]:.2f} to 1), as in all measured values",
    )


def topcon(program, path, reader):
    lacuna, file = Lacuna(program, path), path.name
    volume = reader(path).read_oct_volume()
    # Two decoders of lossy JPEG 2000 round differently.
    compare(file, "samples", lacuna.samples, np.stack(volume.volume), 1 if path.suffix == ".fda" else 0)
    lateral, between, axial = volume.pixel_spacing
    compare(file, "lateral, axial mm", [lacuna.mm("lateral"), lacuna.mm("axial")], [lateral, axial], 1e-12)
    if lacuna.mm("between_bscans") is None:
        say(file, "mm between B-scans", f"none here, {between} there", "one B-scan lies at no distance from a next one")
    else:
        compare(file, "mm between B-scans", lacuna.mm("between_bscans"), between, 1e-12)
    eye = {"R": "OD", "L": "OS"}[volume.laterality]
    say(file, "eye", "equal" if lacuna.info["laterality"] == eye else "DIFFERS")


def topcon_order(path):
    """Whether boundaries follow the order of the B-scans: the first one of the file decides."""
    content = path.read_bytes()
    at = content.index(b"@IMG_JPEG") + len(b"@IMG_JPEG") + 4
    length = struct.unpack_from("<I", content, at + 25)[0]
    bscan = np.asarray(Image.open(io.BytesIO(content[at + 29 : at + 29 + length]))).astype(np.float64)
    at = content.index(b"@CONTOUR_INFO") + len(b"@CONTOUR_INFO") + 4
    columns, frames = struct.unpack_from("<II", content, at + 22)
    heights = np.frombuffer(content, "<u2", columns * frames, at + 34).reshape(frames, columns).astype(int)

    def contrast(frame):
        row, column = bscan.shape[0] - heights[frame], np.arange(columns)
        below, above = ([bscan[row + sign * step, column] for step in range(1, 10)] for sign in (1, -1))
        return np.mean(below) - np.mean(above)

    first, last = contrast(0), contrast(frames - 1)
    verdict = "in the order of the B-scans" if first > last else "DIFFERS: reversed"
    reason = f"contrast at the first {first:.0f}, at the last {last:.0f}; OCT-Converter reverses them"
    say(path.name, "boundaries", verdict, reason)


def dicom(program, path):
    import pydicom
    from pydicom.pixels import apply_rescale

    dataset = pydicom.dcmread(path)
    lacuna, file = Lacuna(program, path), path.name[-34:]
    pixels = apply_rescale(dataset.pixel_array, dataset)
    for group in dataset.get("PerFrameFunctionalGroupsSequence", []) or dataset.get("SharedFunctionalGroupsSequence", []):
        if "PixelValueTransformationSequence" in group:
            transform = group.PixelValueTransformationSequence[0]
            pixels = dataset.pixel_array * float(transform.RescaleSlope) + float(transform.RescaleIntercept)
    if pixels.ndim == 2:
        pixels = pixels[None]
    # Decoders of lossy streams may round differently.
    tolerance = 1 if dataset.file_meta.TransferSyntaxUID in ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.91") else 1e-3
    compare(file, "samples", lacuna.samples, pixels, tolerance)


def verified(name, file):
    """The judgement of dciodvfy (dicom3tools), where it is installed."""
    if shutil.which("dciodvfy"):
        checked = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True)
        errors = [line for line in checked.stderr.splitlines() if line.startswith("Error")]
        say(name, "SEG by dciodvfy", "no errors" if not errors else f"DIFFERS: {errors}")
        for line in checked.stderr.splitlines():
            print("    " + line)


def segmentation(program, volume):
    import highdicom
    import pydicom

    out = pathlib.Path(tempfile.mkdtemp()) / "out"
    subprocess.run([program, "segment", str(volume), "--out", str(out), "--device", "cpu"], capture_output=True, check=True)
    seg = highdicom.seg.segread(out / "mask.dcm")
    labels = np.fromfile(out / "mask.raw", "u1").reshape(-1, seg.Rows, seg.Columns)
    pixels = seg.pixel_array.reshape(3, -1, seg.Rows, seg.Columns)
    for number in (1, 2, 3):
        name = seg.get_segment_description(number).segment_label
        compare(volume.name, f"SEG segment {name}", pixels[number - 1], labels == number)
    source = pydicom.dcmread(volume)
    same = (seg.StudyInstanceUID, seg.FrameOfReferenceUID) == (source.StudyInstanceUID, source.FrameOfReferenceUID)
    say(volume.name, "SEG study, frame of ref.", "equal" if same else "DIFFERS")
    images = seg.get_source_image_uids()
    say(volume.name, "SEG source images", "equal" if [uids[2] for uids in images] == [source.SOPInstanceUID] else "DIFFERS")
    verified(volume.name, out / "mask.dcm")


def segmentation_of_generated_eye(program):
    """A volume that was no DICOM: the file stands alone, and is sound all the same."""
    import highdicom

    out = pathlib.Path(tempfile.mkdtemp())
    subprocess.run([program, "phantom", "--style", "spectralis", "--seed", "7", "--out", str(out / "eye")], capture_output=True, check=True)
    inputs = [str(path) for path in (out / "eye").glob("oct.*")]
    subprocess.run([program, "segment", *inputs, "--out", str(out / "out"), "--device", "cpu"], capture_output=True, check=True)
    seg = highdicom.seg.segread(out / "out" / "mask.dcm")
    labels = np.fromfile(out / "out" / "mask.raw", "u1").reshape(-1, seg.Rows, seg.Columns)
    pixels = seg.pixel_array.reshape(3, -1, seg.Rows, seg.Columns)
    for number in (1, 2, 3):
        compare("generated eye", f"SEG segment {number}", pixels[number - 1], labels == number)
    verified("generated eye", out / "out" / "mask.dcm")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--fixtures", type=pathlib.Path)
    arguments = parser.parse_args()
    program, formats = str(arguments.program.resolve()), arguments.data / "formats"
    from oct_converter.readers import FDA, FDS

    for path in sorted((formats / "heidelberg_vol").glob("*.vol")):
        if path.stat().st_size:
            heidelberg_vol(program, path)
    heidelberg_xml(program, formats / "heidelberg_xml_eyepy")
    heidelberg_e2e(program, formats / "heidelberg_e2e" / "e2e_minimized.E2E")
    topcon(program, formats / "topcon" / "fda_minimized.fda", FDA)
    topcon_order(formats / "topcon" / "fda_minimized.fda")
    topcon(program, formats / "topcon" / "fds_minimized.fds", FDS)
    for path in sorted(formats.glob("dicom_*/**/*.dcm")):
        dicom(program, path)
    if arguments.fixtures:
        for path in sorted(arguments.fixtures.glob("*.dcm")):
            dicom(program, path)
        segmentation(program, arguments.fixtures / "explicit.dcm")
    segmentation_of_generated_eye(program)
    if FAILED:
        sys.exit(f"{len(FAILED)} differences without a reason")


if __name__ == "__main__":
    main()
