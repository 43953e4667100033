import { encodePng, greyPattern } from "./file-formats";
import { expect, test } from "./fixtures";
import { FLUIDS, type Upload } from "./lacuna-page";

const [COLUMNS, ROWS] = [256, 192];
const BLANK = 1;

/** Seven B-scans, of which the second was lost. */
const blinks: Upload[] = Array.from({ length: 7 }, (_, number) => ({
  name: `scan_${String(number).padStart(2, "0")}.png`,
  mimeType: "image/png",
  buffer: encodePng(
    COLUMNS,
    ROWS,
    number === BLANK ? new Uint8Array(COLUMNS * ROWS).fill(255) : greyPattern(COLUMNS, ROWS, number),
  ),
}));

test("a B-scan without a picture is not measured, is marked, and makes the volume a lower bound", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.openVolume(blinks, blinks.length);
  for (const [axis, mm] of [["lateral", "0.0117"], ["axial", "0.0039"], ["between", "0.12"]] as const) {
    await lacuna.at(`spacing-${axis}`).fill(mm);
  }
  await lacuna.at("spacing-apply").click();
  await lacuna.segmentButton.click();
  await expect(lacuna.coverage).toHaveText("6 of 7 B-scans measured, 1 holds no picture", { timeout: 170_000 });
  await expect(lacuna.progress).toHaveCount(0);
  for (const fluid of FLUIDS) await expect(lacuna.volume(fluid)).toHaveText(/^[≥>] [\d.]+ nl$/);
  await expect(lacuna.at("volume-note")).toContainText("1 of 7 B-scans holds no picture");
  await expect(lacuna.at("bscan-strip")).toHaveAttribute("title", /without a picture/);

  const badge = lacuna.at("no-picture");
  await lacuna.at("bscan-slider").fill(String(BLANK + 1));
  await expect(badge).toHaveText("No picture here: not measured");
  await lacuna.at("bscan-slider").fill(String(BLANK + 2));
  await expect(badge).toHaveCount(0);

  const report = JSON.parse((await lacuna.save("json")).bytes.toString("utf8"));
  expect(report.measurement.frames_without_picture).toEqual([BLANK]);
  expect(report.measurement.measured_frames).toBe(6);
  expect(report.measurement.coverage).toBe("lower_bound");
  expect(report.warnings.join(" ")).toContain("holds no picture");
});
