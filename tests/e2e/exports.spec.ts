import { readCsv, readDicom, readMetaImage, readNiftiGz, readZip } from "./file-formats";
import { expect, test } from "./fixtures";
import { FLUIDS, nanolitres } from "./lacuna-page";

interface Report {
  schema: string;
  input: { columns: number; rows: number; frames: number };
  measurement: {
    measured_frames: number;
    classes: { class: string; voxels: number; volume_nl: number | null; presence_score: number | null }[];
  };
}

test("all five files can be saved and agree with the screen and with each other", async ({ lacuna, made }) => {
  const [columns, rows, frames] = [512, 496, 3];
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(frames).files, frames);
  await lacuna.segmentAll();
  const figures = await lacuna.figures();

  const zip = await lacuna.save("metaimage");
  expect(zip.name).toMatch(/\.zip$/);
  const inside = readZip(zip.bytes);
  expect([...inside.keys()].sort()).toEqual(["mask.mhd", "mask.raw"]);
  const stored = inside.get("mask.raw") ?? Buffer.alloc(0);
  expect(stored.length).toBe(columns * rows * frames);
  const mask = readMetaImage(inside.get("mask.mhd")?.toString("utf8") ?? "", (name) => {
    expect(name).toBe("mask.raw");
    return stored;
  });
  expect(mask.size).toEqual([columns, rows, frames]);
  expect([...new Set(mask.labels)].every((label) => label <= 3)).toBe(true);

  const saved = await lacuna.save("nifti");
  expect(saved.name).toMatch(/\.nii\.gz$/);
  const nifti = readNiftiGz(saved.bytes);
  expect(nifti.headerSize).toBe(348);
  expect(nifti.magic).toBe("n+1");
  expect(nifti.datatype, "DT_UINT8").toBe(2);
  expect([...nifti.dimensions].sort((a, b) => a - b)).toEqual([frames, rows, columns]);
  for (const mm of nifti.pixdim) {
    expect(mask.spacing.some((spacing) => Math.abs(spacing - mm) < 1e-6), `${mm} mm is a spacing`).toBe(true);
  }
  const count = (labels: Buffer, label: number) => labels.reduce((sum, here) => sum + Number(here === label), 0);

  const dicom = await lacuna.save("dicom");
  expect(dicom.name).toMatch(/\.dcm$/);
  const segmentation = readDicom(dicom.bytes);
  const text = (tag: string) => segmentation.get(tag)?.toString("latin1").replace(/[\0 ]+$/, "");
  expect(text("0008,0016"), "Segmentation Storage").toBe("1.2.840.10008.5.1.4.1.1.66.4");
  expect(text("0010,0010"), "nobody's name").toBe("");
  expect(Number(text("0028,0008")), "three segments of every B-scan").toBe(3 * frames);
  expect(segmentation.get("0028,0010")?.readUInt16LE()).toBe(rows);
  expect(segmentation.get("0028,0011")?.readUInt16LE()).toBe(columns);
  const bits = segmentation.get("7fe0,0010") ?? Buffer.alloc(0);
  for (let segment = 0; segment < 3; segment++) {
    for (let voxel = 0; voxel < mask.labels.length; voxel++) {
      const bit = segment * mask.labels.length + voxel;
      const isSet = ((bits[bit >> 3] >> (bit & 7)) & 1) === 1;
      if (isSet !== (mask.labels[voxel] === segment + 1)) throw new Error(`voxel ${voxel} differs in segment ${segment + 1}`);
    }
  }

  const json = await lacuna.save("json");
  expect(json.name).toMatch(/\.json$/);
  const report = JSON.parse(json.bytes.toString("utf8")) as Report;
  expect(report.schema).toMatch(/^lacuna\.report\/\d+$/);
  expect(report.input).toMatchObject({ columns, rows, frames });
  expect(report.measurement.measured_frames).toBe(frames);

  const csv = await lacuna.save("csv");
  expect(csv.name).toMatch(/\.csv$/);
  const records = readCsv(csv.bytes.toString("utf8"));
  expect(records.map((record) => record.class)).toEqual(["IRF", "SRF", "PED"]);

  for (const [index, fluid] of FLUIDS.entries()) {
    const { class: name, voxels, volume_nl, presence_score } = report.measurement.classes[index];
    expect(name.toLowerCase()).toBe(fluid);
    const shown = nanolitres(figures[`volume-${fluid}`]);
    expect(volume_nl).toBeGreaterThanOrEqual(shown.from);
    expect(volume_nl).toBeLessThanOrEqual(shown.to);
    expect(Math.abs(Number(figures[`presence-${fluid}`]) - Number(presence_score))).toBeLessThanOrEqual(0.005001);
    expect(count(mask.labels, index + 1), `${fluid} in mask.raw`).toBe(voxels);
    expect(count(nifti.labels, index + 1), `${fluid} in the NIfTI file`).toBe(voxels);
    expect(Number(records[index].voxels)).toBe(voxels);
    expect(Number(records[index].volume_nl)).toBe(volume_nl);
    const voxelNl = mask.spacing[0] * mask.spacing[1] * mask.spacing[2] * 1000;
    expect(volume_nl).toBeCloseTo(voxels * voxelNl, 6);
  }
  await expect(lacuna.error).toHaveCount(0);
});
