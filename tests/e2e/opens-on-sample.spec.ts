import { expect, test } from "./fixtures";

test("the page opens on the generated sample eye", async ({ lacuna }) => {
  await lacuna.open();
  await expect(lacuna.volumeName).toContainText(/sample/i);
  await expect(lacuna.at("sample-badge")).toContainText("not a patient");
  await lacuna.showsPicture();
  const { bscans } = await lacuna.readPosition();
  expect(bscans).toBeGreaterThan(1);
  await expect(lacuna.error).toHaveCount(0);
});

test("nothing is measured before someone asks for it", async ({ lacuna }) => {
  await lacuna.openReady();
  await expect(lacuna.segmentButton).toBeEnabled();
  for (const text of Object.values(await lacuna.figures())) {
    expect(text).toBe("—");
  }
  await expect(lacuna.at("bscan-state")).toHaveText("not measured");
  await expect(lacuna.exportButton("nifti")).toBeDisabled();
});
