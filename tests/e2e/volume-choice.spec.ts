// Files that hold several volumes, and DICOM in the browser.
import fs from "node:fs";
import path from "node:path";

import { readDicom } from "./file-formats";
import { expect, test } from "./fixtures";

const DICOM = path.resolve(__dirname, "../../crates/oct-formats/tests/fixtures/dicom");
const PACKED = ["deflated", "implicit", "jpeg", "jpeg_2000", "jpeg_lossless_70", "jpeg_ls", "rle"];

function named(folder: string, name: string): string {
  return path.join(folder, `${name}.dcm`);
}

test("of several volumes in a drop nothing is measured before one is chosen, and a choice can be taken back", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.openVolume([named(DICOM, "explicit"), named(DICOM, "explicit_16")], 3);
  const question = lacuna.at("volume-question");
  await expect(question).toContainText("Choose which to measure");
  await expect(question.getByRole("button")).toHaveCount(2);
  await expect(lacuna.at("volume-choice"), "none is chosen").toHaveCount(0);
  await expect(lacuna.segmentButton).toBeDisabled();
  await expect(lacuna.page.getByText("Choose first which volume to measure.")).toBeVisible();

  // The one on show, by keyboard.
  await lacuna.at("volume-choice-1").focus();
  await lacuna.page.keyboard.press("Enter");
  await expect(question).toHaveCount(0);
  await expect(lacuna.segmentButton).toBeEnabled();
  const choice = lacuna.at("volume-choice");
  await expect(choice.locator("option")).toHaveCount(2);
  const panel = lacuna.at("volume-panel");
  const bits = async () => ((await panel.textContent()) ?? "").includes("16");
  const first = await bits();
  await expect(choice).toHaveValue("0");
  await choice.selectOption({ index: 1 });
  await expect.poll(bits).toBe(!first);
  await expect(choice, "the list names what is open").toHaveValue("1");
  await choice.selectOption({ index: 0 });
  await expect.poll(bits).toBe(first);
  await expect(choice).toHaveValue("0");
  await expect(lacuna.error).toHaveCount(0);
});

test("DICOM of every packing opens, with its spacing and its eye", async ({ lacuna }) => {
  await lacuna.openReady();
  for (const name of PACKED) {
    await lacuna.openVolume([named(DICOM, name)], 3);
    const panel = lacuna.at("volume-panel");
    await expect(panel, name).toContainText("DICOM");
    await expect(panel, name).toContainText("left (OS)");
    await expect(lacuna.error, name).toHaveCount(0);
  }
});

test("a saved mask names its source images, and the patient only when asked to", async ({ lacuna }) => {
  const source = readDicom(fs.readFileSync(named(DICOM, "explicit")));
  const text = (values: Map<string, Buffer>, tag: string) => values.get(tag)?.toString("utf8").replace(/[\0 ]+$/, "") ?? "";
  await lacuna.openReady();
  await lacuna.openVolume([named(DICOM, "explicit")], 3);
  await lacuna.segmentAll();
  const nameless = readDicom((await lacuna.save("dicom")).bytes);
  expect(text(nameless, "0020,000d")).toBe(text(source, "0020,000d"));
  expect(text(nameless, "0010,0010")).toBe("");
  await lacuna.at("identified").check();
  const identified = readDicom((await lacuna.save("dicom")).bytes);
  expect(text(identified, "0010,0010")).toBe(text(source, "0010,0010"));
  expect(text(identified, "0010,0010")).not.toBe("");
});
