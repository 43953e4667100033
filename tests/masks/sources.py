"""Scans whose place is known, written by other programs than ours.

A sample says what its label shall be: its last two bits. Above these it draws layers
that run along the columns, as those of a retina do.
"""

import nibabel as nib
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

COLUMNS, ROWS, BSCANS = 32, 24, 6
STEPS = (0.1875, 0.08, 0.25)
OPT = "1.2.840.10008.5.1.4.1.1.77.1.5.4"
UID = "1.2.826.0.1.3680043.8.498.20"


def samples(bscans=BSCANS):
    """By B-scan, row, column."""
    bscan, row, column = np.indices((bscans, ROWS, COLUMNS))
    layers = np.where((row > 7) & (row < 18), 30 + 3 * (row % 5), 4)
    label = (bscan * 3 + row * 5 + column * 7 + row * column) // 3 % 4
    return (layers * 4 + label).astype(np.uint8)


def labels(array):
    return array.astype(int) % 4


def turned(degrees, steps=STEPS, origin=(-11.5, 7.25, 30.0), flip=(1, 1, 1)):
    """An affine in right, anterior, superior."""
    x, y, z = np.radians(degrees)
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = about_z @ about_y @ about_x @ np.diag(np.multiply(steps, flip))
    affine[:3, 3] = origin
    return affine


STRAIGHT, OBLIQUE = turned((0, 0, 0)), turned((20, -35, 50))
MIRRORED = turned((0, 0, 0), flip=(-1, 1, 1))
LEFT_HANDED = turned((90, 10, 0), flip=(1, 1, -1))
ELSEWHERE = turned((0, 0, 180), origin=(3, -4, 5.5))
SCALED = STRAIGHT @ np.diag([1.1, 1, 0.9, 1])
SHEARED = STRAIGHT.copy()
SHEARED[0, 2] = 0.1


def nifti(path, qform=(None, 0), sform=(None, 0), unit=2, pixdim=STEPS, shape=None, big=False, slope=None):
    array = samples(1 if shape and len(shape) == 2 or shape and shape[2] == 1 else BSCANS).T
    array = array.reshape(shape or array.shape)
    header = nib.Nifti1Header(endianness=">" if big else "<")
    header.set_data_dtype(np.uint8)
    header.set_data_shape(array.shape)
    for matrix, code, put in [(*qform, header.set_qform), (*sform, header.set_sform)]:
        if matrix is not None:
            put(matrix, 1)
        header["qform_code" if put == header.set_qform else "sform_code"] = code
    header["pixdim"][1 : 1 + min(3, array.ndim)] = pixdim[: min(3, array.ndim)]
    header["xyzt_units"] = unit
    header["vox_offset"] = 352
    header["magic"] = b"n+1"
    if slope:
        header["scl_slope"], header["scl_inter"] = slope
    path.write_bytes(header.structarr.tobytes() + b"\0\0\0\0" + array.tobytes(order="F"))


def nifti_cases():
    matrices = {"straight": STRAIGHT, "oblique": OBLIQUE, "mirrored": MIRRORED, "left": LEFT_HANDED}
    cases = {}
    for name, matrix in matrices.items():
        for q, s in [(0, 0), (1, 0), (0, 1), (0, 2), (1, 1), (2, 4), (3, 2)]:
            cases[f"{name}_q{q}_s{s}"] = {"qform": (matrix, q), "sform": (matrix, s)}
        for q, s in [(1, 1), (1, 2), (2, 1), (0, 2), (1, 0)]:
            cases[f"{name}_elsewhere_q{q}_s{s}"] = {"qform": (ELSEWHERE, q), "sform": (matrix, s)}
    # None, metres, micrometres, and millimetres with seconds.
    for unit, one_mm in [(0, 1), (1, 1e-3), (3, 1e3), (10, 1)]:
        matrix, stated = np.diag([one_mm] * 3 + [1]) @ OBLIQUE, {"unit": unit, "pixdim": np.multiply(STEPS, one_mm)}
        cases[f"unit_{unit}"] = {"sform": (matrix, 2), "qform": (matrix, 1), **stated}
        cases[f"unit_{unit}_sform_alone"] = {"sform": (matrix, 2), **stated}
        cases[f"unit_{unit}_no_affine"] = stated
    for q, s in [(0, 2), (1, 2), (1, 1), (0, 1)]:
        cases[f"scaled_q{q}_s{s}"] = {"qform": (ELSEWHERE, q), "sform": (SCALED, s)}
        cases[f"sheared_q{q}_s{s}"] = {"qform": (ELSEWHERE, q), "sform": (SHEARED, s)}
    flat, thin = (COLUMNS, ROWS), (COLUMNS, ROWS, 1)
    both = {"qform": (STRAIGHT, 1), "sform": (STRAIGHT, 1)}
    cases |= {
        "ones": {"sform": (OBLIQUE, 1), "pixdim": (1, 1, 1)},
        "big_endian": {"qform": (OBLIQUE, 1), "sform": (OBLIQUE, 2), "big": True},
        "flat": {**both, "shape": flat},
        "flat_no_unit": {"shape": flat, "unit": 0},
        "thin": {**both, "shape": thin},
        "thin_oblique": {"qform": (OBLIQUE, 1), "sform": (OBLIQUE, 1), "shape": thin},
        "four_axes": {**both, "shape": (COLUMNS, ROWS, BSCANS, 1)},
        "five_axes": {**both, "shape": (COLUMNS, ROWS, BSCANS, 1, 1)},
        "slope_of_none": {**both, "slope": (0, 0)},
    }
    return cases


def metaimage(path, fields, axes=3, size=None):
    size = size or [COLUMNS, ROWS, BSCANS][:axes]
    head = {"ObjectType": "Image", "NDims": axes, "BinaryData": "True", "CompressedData": "False", **fields}
    head |= {"DimSize": " ".join(map(str, size)), "ElementType": "MET_UCHAR", "ElementDataFile": "LOCAL"}
    bscans = 1 if axes == 2 or size[2] == 1 else BSCANS
    text = "".join(f"{key} = {value}\n" for key, value in head.items())
    path.write_bytes(text.encode() + samples(bscans).tobytes())


def words(numbers):
    return " ".join(repr(float(number)) for number in np.ravel(numbers))


def metaimage_cases():
    spacing = {"ElementSpacing": words(STEPS)}
    # MetaIO writes the direction of one axis after the other.
    oblique = words((OBLIQUE[:3, :3] / STEPS).T)
    left = words((LEFT_HANDED[:3, :3] / STEPS).T)
    sheared = words(np.array([[1, 0, 0], [0, 1, 0], [0.6, 0, 0.8]]))
    return {
        "plain": ({**spacing}, {}),
        "oblique": ({**spacing, "TransformMatrix": oblique, "Offset": "-3.5 12 40.25"}, {}),
        "left": ({**spacing, "Rotation": left, "Position": "1e1 -2.50 3"}, {}),
        "sheared": ({**spacing, "TransformMatrix": sheared, "Offset": "1 2 3"}, {}),
        "other_names": ({**spacing, "Orientation": oblique, "Origin": "4 5 6"}, {}),
        "words": (
            {**spacing, "CenterOfRotation": "1 2 3", "AnatomicalOrientation": "RAI", "Offset": "7 8 9"},
            {},
        ),
        "micrometres": ({"ElementSpacing": "187.5 80 250", "Offset": "9 8 7", "DistanceUnits": "um"}, {}),
        "element_size": ({"ElementSize": words(STEPS), "Offset": "7 8 9"}, {}),
        "no_spacing": ({"Offset": "7 8 9", "TransformMatrix": oblique}, {}),
        "flat": ({"ElementSpacing": words(STEPS[:2]), "Offset": "7 8", "TransformMatrix": "0 1 -1 0"}, {"axes": 2}),
        "thin": ({**spacing, "Offset": "7 8 9"}, {"size": [COLUMNS, ROWS, 1]}),
        "four_axes": (
            {
                "ElementSpacing": words([*STEPS, 1]),
                "Offset": "7 8 9 0",
                "TransformMatrix": words(np.eye(4)[[1, 0, 2, 3]]),
            },
            {"axes": 4, "size": [COLUMNS, ROWS, BSCANS, 1]},
        ),
    }


def nrrd(path, fields, size=(COLUMNS, ROWS, BSCANS)):
    head = {"type": "uint8", "dimension": len(size), "sizes": " ".join(map(str, size)), "encoding": "raw"}
    text = "NRRD0005\n" + "".join(f"{key}: {value}\n" for key, value in (head | fields).items())
    path.write_bytes(text.encode() + b"\n" + samples(1 if len(size) == 2 else BSCANS).tobytes())


def vectors(matrix):
    return " ".join("(" + ",".join(repr(float(cell)) for cell in column) + ")" for column in np.transpose(matrix))


def nrrd_cases():
    cases = {}
    for space in ["left-posterior-superior", "right-anterior-superior", "left-anterior-superior", "RAS", "LPS"]:
        for name, matrix in {"oblique": OBLIQUE, "left": LEFT_HANDED, "sheared": SHEARED}.items():
            cases[f"{space}_{name}"] = {
                "space": space,
                "space directions": vectors(matrix[:3, :3]),
                "space origin": vectors(matrix[:3, 3:]),
            }
    placed = {"space directions": vectors(OBLIQUE[:3, :3]), "space origin": "(1,2,3)"}
    cases["micrometres"] = {"space": "LPS", **placed, "space units": '"um" "um" "um"'}
    cases["no_space"] = {"space dimension": 3, **placed}
    cases["other_space"] = {"space": "scanner-xyz", **placed}
    cases["spacings"] = {"spacings": words(STEPS), "units": '"mm" "mm" "mm"'}
    cases["minima"] = {"spacings": words(STEPS), "axis mins": "10 20 30"}
    cases["minima_of_nodes"] = {**cases["minima"], "centerings": "node node node"}
    cases["bare"] = {}
    return cases


def dicom(instance, number, array, places, orientation, pixel=STEPS[1::-1], frame_of_reference=True, single=False):
    """One object: several frames, or (`single`) one image of a series."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = OPT, f"{UID}.{instance}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{UID}.1", f"{UID}.2"
    if frame_of_reference:
        ds.FrameOfReferenceUID = f"{UID}.3"
    ds.Modality, ds.ImageType, ds.InstanceNumber = "OPT", ["ORIGINAL", "PRIMARY"], number
    ds.ImageLaterality, ds.PatientID, ds.PatientName = "R", "", ""
    ds.AcquisitionDateTime = "20190305140211"
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = ROWS, COLUMNS, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.PixelData = array.tobytes()
    ds["PixelData"].VR = "OB"
    if single:
        if pixel:
            ds.PixelSpacing = list(pixel)
        if places is not None:
            ds.ImagePositionPatient = list(np.round(places[0], 6))
            ds.ImageOrientationPatient = list(np.round(orientation, 10))
    else:
        ds.NumberOfFrames = len(array)
        shared = Dataset()
        if pixel:
            measures = Dataset()
            measures.PixelSpacing, measures.SliceThickness = list(pixel), 0.02
            shared.PixelMeasuresSequence = Sequence([measures])
        if places is not None:
            plane = Dataset()
            plane.ImageOrientationPatient = list(np.round(orientation, 10))
            shared.PlaneOrientationSequence = Sequence([plane])
        ds.SharedFunctionalGroupsSequence = Sequence([shared])
        groups = [Dataset() for _ in array]
        for group, place in zip(groups, [] if places is None else places):
            position = Dataset()
            position.ImagePositionPatient = list(np.round(place, 6))
            group.PlanePositionSequence = Sequence([position])
        ds.PerFrameFunctionalGroupsSequence = Sequence(groups)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    return ds


def grid(matrix, distances):
    """Places and orientation of frames at `distances` (in steps) in an affine of `turned`."""
    lps = np.diag([-1.0, -1, 1, 1]) @ matrix
    cosines = lps[:3, :3] / np.linalg.norm(lps[:3, :3], axis=0)
    return [lps[:3, 3] + lps[:3, 2] * at for at in distances], np.concatenate([cosines[:, 0], cosines[:, 1]])


def dicom_cases():
    """Per case: the objects by file name."""
    even, uneven = list(range(BSCANS)), [0, 1, 2, 3.5, 5, 7]
    grids = {
        "straight": grid(STRAIGHT, even),
        "oblique": grid(OBLIQUE, even),
        "flipped": grid(MIRRORED, even),
        "backwards": grid(LEFT_HANDED, even),
        "uneven": grid(OBLIQUE, uneven),
        "repeated": grid(OBLIQUE, [0] * BSCANS),
    }
    cases = {}
    array = samples()
    for name, (places, orientation) in grids.items():
        cases[f"frames_{name}"] = {"a.dcm": dicom(10, 1, array, places, orientation)}
        cases[f"series_{name}"] = {
            f"{k}.dcm": dicom(10 + k, k + 1, array[k : k + 1], places[k:], orientation, single=True)
            for k in range(BSCANS)
        }
    places, orientation = grids["oblique"]
    parts = {}
    for part, (begin, end) in enumerate([(0, 4), (4, 5), (5, 6)]):
        ds = dicom(30 + part, 1, array[begin:end], places[begin:end], orientation)
        ds.ConcatenationUID, ds.InConcatenationNumber, ds.InConcatenationTotalNumber = f"{UID}.9", part + 1, 3
        ds.ConcatenationFrameOffsetNumber = begin
        parts[f"{part}.dcm"] = ds
    cases["concatenation"] = parts
    one = samples(1)
    cases["one_frame"] = {"a.dcm": dicom(10, 1, one, places, orientation)}
    cases["one_image"] = {"a.dcm": dicom(10, 1, one, places, orientation, single=True)}
    cases["one_image_nowhere"] = {"a.dcm": dicom(10, 1, one, None, None, single=True)}
    cases["frames_unspaced"] = {"a.dcm": dicom(10, 1, array, places, orientation, pixel=None)}
    cases["frames_nowhere"] = {"a.dcm": dicom(10, 1, array, None, None)}
    cases["frames_nothing_known"] = {"a.dcm": dicom(10, 1, array, None, None, pixel=None)}
    cases["frames_no_reference"] = {
        "a.dcm": dicom(10, 1, array, places, orientation, frame_of_reference=False)
    }
    return cases
