import { expect, test } from "./fixtures";
import { FLUIDS } from "./lacuna-page";

test("Esc stops a run, what was measured is marked as partial, and the run can go on", async ({ lacuna }) => {
  await lacuna.openReady();
  const { bscans } = await lacuna.readPosition();
  await lacuna.segmentButton.click();
  await expect(lacuna.progress).toBeVisible();
  // At least one B-scan, so that there is something partial.
  await expect(lacuna.coverage).toHaveText(/^\d+ of \d+ B-scans measured$/, { timeout: 60_000 });

  await lacuna.page.keyboard.press("Escape");
  await expect(lacuna.progress).toHaveCount(0);
  await expect(lacuna.page.getByText(/^Stopped\. .* stays?; Continue measures the rest\.$/)).toBeVisible();
  const measured = await lacuna.measuredSome();
  expect(measured).toBeGreaterThan(0);
  expect(measured).toBeLessThan(bscans);
  await expect(lacuna.at("volume-note")).toHaveText(
    `${measured} of ${bscans} B-scans measured: volumes in nl follow when all are.`,
  );
  for (const fluid of FLUIDS) {
    await expect(lacuna.volume(fluid), "part of an eye has no volume").toHaveText("—");
    await expect(lacuna.presence(fluid)).toHaveText(/^[01]\.\d\d$/);
  }
  // An unmeasured B-scan must not pass for one without fluid in a saved mask.
  await expect(lacuna.exportButton("metaimage")).toBeDisabled();
  await expect(lacuna.exportButton("nifti")).toBeDisabled();
  await expect(lacuna.exportButton("json")).toBeEnabled();

  await lacuna.page.keyboard.press("End");
  await expect(lacuna.position).toHaveText(`${bscans} / ${bscans}`);
  await lacuna.showsPicture();

  await expect(lacuna.segmentButton).toHaveText("Continue");
  await lacuna.segmentAll();
  const rest = new RegExp(`^The other ${bscans - measured} B-scans? measured in `);
  await expect(lacuna.page.getByText(rest)).toBeVisible();
  const inTwoParts = await lacuna.figures();

  await expect(lacuna.segmentButton).toHaveText("Segment again");
  await lacuna.segmentSome();
  await expect(lacuna.coverage).toHaveText(/^all \d+ B-scans measured$/, { timeout: 170_000 });
  await expect(lacuna.page.getByText(new RegExp(`^${bscans} B-scans measured in `))).toBeVisible();
  expect(await lacuna.figures(), "a run in two parts measures what a whole one does").toEqual(inTwoParts);

  await lacuna.segmentSome();
  await lacuna.at("cancel").click();
  await expect(lacuna.progress).toHaveCount(0);
  await expect(lacuna.segmentButton).toBeEnabled();
  await expect(lacuna.error).toHaveCount(0);
});
