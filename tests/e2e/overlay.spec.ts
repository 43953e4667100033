import { expect, test } from "./fixtures";
import { FLUIDS } from "./lacuna-page";

test("masks lie over the B-scan and can be faded and hidden", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(1).files, 1);
  const overlay = () => lacuna.picture("overlay-canvas");
  expect((await overlay()).painted, "nothing is drawn before it is measured").toBe(0);

  await lacuna.segmentAll();
  await expect.poll(async () => (await overlay()).painted).toBeGreaterThan(0);
  const shown = await overlay();

  // The outline stays when the fill is gone.
  await lacuna.at("opacity").fill("0");
  await expect.poll(async () => (await overlay()).painted).toBeLessThan(shown.painted);
  expect((await overlay()).painted).toBeGreaterThan(0);
  await lacuna.at("opacity").fill("35");
  await expect.poll(async () => (await overlay()).checksum).toBe(shown.checksum);

  for (const fluid of FLUIDS) {
    await lacuna.toggle(fluid).click();
  }
  await expect.poll(async () => (await overlay()).painted).toBe(0);
  for (const fluid of FLUIDS) {
    await lacuna.toggle(fluid).click();
  }
  await expect.poll(async () => (await overlay()).checksum).toBe(shown.checksum);

  await lacuna.page.keyboard.press("m");
  await expect.poll(async () => (await overlay()).painted).toBe(0);
});
