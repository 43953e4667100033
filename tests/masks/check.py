"""Holds the place of saved masks against nibabel, SimpleITK, highdicom and pydicom.

Test-only; `crates/study/tests/masks.rs` calls it. First it writes scans, each into a
folder CASE/source; the test opens each and saves a mask into CASE/mask, in which the label
of a voxel is the last two bits of its sample; then masks are compared with their scans.

  python check.py make FOLDER
  python check.py check FOLDER

A mask lies on its scan where each program sees the labels in the grid of the scan as that
program sees it: the same array, the same affine. ITK stands for 3D Slicer, too, which
opens NIfTI and MetaImage by it. Exits with 1 where a mask lies elsewhere.
"""

import pathlib
import sys
import warnings

import highdicom
import nibabel as nib
import numpy as np
import pydicom
import SimpleITK as sitk

import sources
from sources import labels

# Of the DICOM elements and of NIfTI's floats, relative to the figures.
TOLERANCE = 1e-5
PLACING_NIFTI = ["dim", "pixdim", "xyzt_units", "qform_code", "sform_code"] + [
    field
    for name in ("quatern", "qoffset", "srow")
    for field in [f"{name}_{part}" for part in ("bcd" if name == "quatern" else "xyz")]
]


def make(folder):
    def case(name):
        source = folder / name / "source"
        source.mkdir(parents=True)
        return source

    for name, options in sources.nifti_cases().items():
        sources.nifti(case(f"nifti_{name}") / "scan.nii", **options)
    for name, (fields, options) in sources.metaimage_cases().items():
        sources.metaimage(case(f"metaimage_{name}") / "scan.mha", fields, **options)
    for name, fields in sources.nrrd_cases().items():
        sources.nrrd(case(f"nrrd_{name}") / "scan.nrrd", fields)
    for name, objects in sources.dicom_cases().items():
        at = case(f"dicom_{name}")
        for file, ds in objects.items():
            ds.save_as(at / file, enforce_file_format=True)
    np.save(case("numpy_unspaced") / "scan.npy", sources.samples())
    # A person types a spacing that the header does not state, or another one than it states.
    np.save(case("numpy_typed") / "scan.npy", sources.samples())
    both = {"qform": (sources.OBLIQUE, 1), "sform": (sources.OBLIQUE, 1)}
    sources.nifti(case("nifti_typed") / "scan.nii", unit=0, **both)
    fields, options = sources.metaimage_cases()["oblique"]
    sources.metaimage(case("metaimage_typed") / "scan.mha", fields, **options)
    sources.nrrd(case("nrrd_typed") / "scan.nrrd", sources.nrrd_cases()["RAS_oblique"])
    sources.dicom_cases()["frames_oblique"]["a.dcm"].save_as(case("dicom_typed") / "a.dcm", enforce_file_format=True)
    for typed in folder.glob("*_typed"):
        (typed / "spacing_mm.txt").write_text("0.01 0.004 0.1")


class Grid:
    """An array by column, row, B-scan, and the places of its samples in the axes of DICOM."""

    def __init__(self, array, affine):
        self.array, self.affine = array, affine

    @classmethod
    def of_itk(cls, path):
        image = sitk.ReadImage(str(path))
        # A fourth axis has one sample.
        axes = image.GetDimension()
        axes, direction = min(axes, 3), np.reshape(image.GetDirection(), (axes, axes))
        affine = np.eye(4)
        affine[:axes, :axes] = direction[:axes, :axes] * image.GetSpacing()[:axes]
        affine[:axes, 3] = image.GetOrigin()[:axes]
        return cls(sitk.GetArrayFromImage(image).T, affine)

    @classmethod
    def of_nibabel(cls, path):
        image = nib.load(path)
        return cls(np.asarray(image.dataobj), np.diag([-1.0, -1, 1, 1]) @ image.affine)


class Check:
    def __init__(self, case):
        self.case, self.failures, self.compared = case, [], 0
        self.mask = case / "mask"

    def holds(self, what, truth):
        self.compared += 1
        if not truth:
            self.failures.append(f"{self.case.name}: {what}")

    def same(self, what, found, wanted, tolerance=0.0):
        found, wanted = np.asarray(found), np.asarray(wanted)
        fits = found.shape == wanted.shape and np.allclose(found, wanted, tolerance, tolerance, equal_nan=True)
        self.holds(f"{what}: {found.tolist()} is not {wanted.tolist()}" if found.size < 20 else what, fits)

    def lies_on(self, what, mask, scan, tolerance=0.0):
        """The labels of the scan at its indices, and these at its places."""
        self.same(f"labels of {what}", np.squeeze(mask.array), np.squeeze(labels(scan.array)))
        self.same(f"place of {what}", mask.affine, scan.affine, tolerance)

    # --- by format of the scan

    def nifti(self, path):
        scan, mask = nib.load(path), nib.load(self.mask / "mask.nii.gz")
        self.holds("the shape in nibabel", scan.shape == mask.shape)
        self.lies_on("NIfTI in nibabel", Grid.of_nibabel(self.mask / "mask.nii.gz"), Grid.of_nibabel(path))
        for field in PLACING_NIFTI:
            self.same(field, mask.header[field], scan.header[field])
        self.holds("scaled labels", mask.dataobj.slope == 1 and mask.dataobj.inter == 0)
        try:
            scan = Grid.of_itk(path)
        except RuntimeError as error:
            assert "orthonormal" in str(error), error
            self.segmentation(Grid.of_nibabel(path), placed=False)
            return
        self.itk(scan, nifti_tolerance=0.0)
        self.segmentation(scan)

    def metaimage(self, path):
        def lines(header):
            text = header.read_bytes().split(b"ElementDataFile")[0].decode()
            fields = dict(line.split(" = ") for line in text.splitlines())
            # What is no place: the form, and that it is for research.
            form = ["ObjectType", "BinaryData", "BinaryDataByteOrderMSB", "CompressedData", "ElementType", "Comment"]
            return {key: value for key, value in fields.items() if key not in form}

        self.holds("the lines that place it", lines(self.mask / "mask.mhd") == lines(path))
        self.itk(Grid.of_itk(path))
        self.segmentation(Grid.of_itk(path), placed="sheared" not in path.parts[-3])

    def nrrd(self, path):
        self.itk(Grid.of_itk(path))
        self.segmentation(Grid.of_itk(path), placed="sheared" not in path.parts[-3])

    def itk(self, scan, nifti_tolerance=TOLERANCE):
        self.lies_on("MetaImage in ITK", Grid.of_itk(self.mask / "mask.mhd"), scan, TOLERANCE)
        nifti = self.mask / "mask.nii.gz"
        # ITK takes no shear from NIfTI, and a qform beside it is only near.
        if is_straight(scan.affine):
            self.lies_on("NIfTI in ITK", Grid.of_itk(nifti), scan, nifti_tolerance)
        if nifti_tolerance:
            self.lies_on("NIfTI in nibabel", Grid.of_nibabel(nifti), scan, TOLERANCE)

    def numpy(self, path):
        array = np.load(path).T
        steps = [0.01, 0.004, 0.1] if path.parts[-3].endswith("typed") else [1, 1, 1]
        scan = Grid(array, np.diag([*steps, 1.0]))
        self.itk(scan)
        self.segmentation(scan)
        comment = highdicom.seg.segread(self.mask / "mask.dcm").get("ImageComments", "")
        self.holds("an unknown spacing is called unknown", ("not known" in comment) == (steps[0] == 1))

    def segmentation(self, scan, placed=True):
        """A scan that was no DICOM: the frames are its B-scans, in its own axes."""
        seg = self.seg()
        array = np.atleast_3d(np.squeeze(scan.array))
        for segment in (1, 2, 3):
            found = seg.get_stored_frames(list(range(1 + (segment - 1) * array.shape[2], 1 + segment * array.shape[2])))
            self.same(f"frames of segment {segment}", found, np.transpose(labels(array) == segment, (2, 1, 0)))
        if placed:
            self.volume(seg, Grid(array, scan.affine))

    def seg(self):
        seg = highdicom.seg.segread(self.mask / "mask.dcm")
        measures = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
        self.holds("a slice thickness", measures.SliceThickness > 0)
        return seg

    def volume(self, seg, scan):
        """The array of highdicom has its frames in an order of its own: places decide."""
        volume = seg.get_volume(combine_segments=True)
        index = np.indices(scan.array.shape).reshape(3, -1)
        places = scan.affine[:3, :3] @ index + scan.affine[:3, 3:]
        found = (np.linalg.inv(volume.affine) @ np.vstack([places, np.ones_like(places[:1])]))[:3]
        nearest = np.rint(found).astype(int)
        self.holds(f"places in highdicom are {np.abs(found - nearest).max():.3g} samples off",
                   np.abs(found - nearest).max() < 1e-2)
        inside = ((nearest >= 0) & (nearest.T < volume.array.shape[:3]).T).all()
        self.holds("the volume in highdicom has another size", inside)
        if inside:
            self.same("labels in highdicom", volume.array[tuple(nearest)], labels(scan.array).ravel())

    def dicom(self, path):
        """Positions of the frames are the truth; highdicom finds them by the images."""
        parts = [pydicom.dcmread(file) for file in path.parent.glob("*.dcm")]
        parts.sort(key=lambda ds: (ds.get("InConcatenationNumber", 0), ds.InstanceNumber))
        arrays = [np.reshape(ds.pixel_array, (-1, sources.ROWS, sources.COLUMNS)) for ds in parts]
        seg, array = self.seg(), np.concatenate(arrays)
        for ds, frames in zip(parts, arrays):
            options = {"combine_segments": True, "ignore_spatial_locations": True}
            if "NumberOfFrames" in ds:
                found = seg.get_pixels_by_source_frame(
                    ds.SOPInstanceUID, list(range(1, len(frames) + 1)), **options
                )
            else:
                found = seg.get_pixels_by_source_instance([ds.SOPInstanceUID], **options)
            self.same("labels by image", found, labels(frames))
        name = self.case.name.removeprefix("dicom_")
        places = [place_of(ds, frame) for ds, frames in zip(parts, arrays) for frame in range(len(frames))]
        if any(key in name for key in ("nowhere", "nothing", "no_reference")):
            self.holds("no place is invented", seg.get_volume_geometry() is None)
        lateral, axial = spacing_of(parts[0])
        self.holds("an unknown spacing is called unknown", ("not known" in seg.get("ImageComments", "")) == (lateral == 1))
        if places[0] is None:
            return
        orientation = np.reshape(places[0][1], (2, 3))
        last = (places[-1][0] - places[0][0]) / max(1, len(places) - 1)
        if not last.any():
            last = np.cross(*orientation)
        affine = np.eye(4)
        affine[:3, :3] = np.transpose([orientation[0] * lateral, orientation[1] * axial, last])
        affine[:3, 3] = places[0][0]
        scan = Grid(array.T, affine)
        self.itk(scan)
        if not any(key in name for key in ("uneven", "repeated", "no_reference")):
            self.volume(seg, scan)
        if "no_reference" not in name:
            positions = [group.PlanePositionSequence[0].ImagePositionPatient
                         for group in seg.PerFrameFunctionalGroupsSequence]
            self.same("positions", positions, [place for place, _ in places] * 3, TOLERANCE)


def is_straight(affine):
    cosines = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return np.allclose(cosines.T @ cosines, np.eye(3), atol=1e-5)


def place_of(ds, frame):
    """Position and orientation, where stated."""
    if "SharedFunctionalGroupsSequence" not in ds:
        position, orientation = ds.get("ImagePositionPatient"), ds.get("ImageOrientationPatient")
    elif "PlaneOrientationSequence" not in ds.SharedFunctionalGroupsSequence[0]:
        return None
    else:
        orientation = ds.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0].ImageOrientationPatient
        group = ds.PerFrameFunctionalGroupsSequence[frame]
        position = group.PlanePositionSequence[0].ImagePositionPatient
    return None if position is None else (np.array(position, float), np.array(orientation, float))


def spacing_of(ds):
    """Lateral and axial; 1 where it is not stated, as ITK has it."""
    if "SharedFunctionalGroupsSequence" in ds:
        ds = ds.SharedFunctionalGroupsSequence[0].get("PixelMeasuresSequence", [ds])[0]
    return [float(mm) for mm in ds.get("PixelSpacing", [1, 1])][::-1]


def check(folder):
    failures, compared, cases = [], 0, sorted(path.parent for path in folder.glob("*/source"))
    for case in cases:
        found = Check(case)
        getattr(found, case.name.split("_")[0])(next((case / "source").iterdir()))
        failures += found.failures
        compared += found.compared
    print(f"{len(cases)} scans, {compared} comparisons, {len(failures)} failures")
    return failures


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    task, at = sys.argv[1], pathlib.Path(sys.argv[2])
    if task == "make":
        make(at)
    else:
        failed = check(at)
        print("\n".join(failed), file=sys.stderr)
        sys.exit(1 if failed else 0)
