// Generated eyes for teaching: the same by the same number, with their truth.
import { expect, test } from "./fixtures";

test("a link opens the same generated eye everywhere, and the next one is another", async ({ lacuna }) => {
  await lacuna.openReady("device=cpu&lanes=1&eye=4");
  await expect(lacuna.volumeName).toHaveText("Generated eye 4");
  await expect(lacuna.at("eye-link")).toHaveText(/\/\?eye=4$/);
  const four = await lacuna.pictureChecksum();
  await lacuna.at("next-eye").click();
  await expect(lacuna.volumeName).toHaveText("Generated eye 5");
  await expect.poll(() => lacuna.pictureChecksum()).not.toBe(four);
  await lacuna.at("previous-eye").click();
  await expect(lacuna.volumeName).toHaveText("Generated eye 4");
  await expect.poll(() => lacuna.pictureChecksum()).toBe(four);
});

test("an eye that is no number opens the sample", async ({ lacuna }) => {
  await lacuna.openReady("device=cpu&lanes=1&eye=elephant");
  await expect(lacuna.volumeName).toHaveText("Sample eye");
});

test("the truth is drawn when asked for, and Dice is there once something is measured", async ({ lacuna }) => {
  await lacuna.openReady();
  expect((await lacuna.picture("overlay-canvas")).painted).toBe(0);
  await lacuna.at("toggle-truth").click();
  await expect.poll(async () => (await lacuna.picture("overlay-canvas")).painted).toBeGreaterThan(500);
  await lacuna.page.keyboard.press("t");
  await expect.poll(async () => (await lacuna.picture("overlay-canvas")).painted).toBe(0);
  await expect(lacuna.at("agreement")).toHaveCount(0);
  await lacuna.segmentSome();
  await expect(lacuna.at("agreement").locator("tbody tr")).toHaveCount(3, { timeout: 120_000 });
  await expect(lacuna.at("agreement")).toContainText(/0\.\d\d/);
});

test("a scan of a person has no truth and no series", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await expect(lacuna.at("teaching")).toBeVisible();
  await lacuna.openVolume(made.phantom(2).files, 2);
  await expect(lacuna.at("teaching")).toHaveCount(0);
  await lacuna.page.keyboard.press("t");
  await expect.poll(async () => (await lacuna.picture("overlay-canvas")).painted).toBe(0);
});
