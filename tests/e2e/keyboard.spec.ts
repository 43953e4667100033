import { expect, test } from "./fixtures";
import { FLUIDS } from "./lacuna-page";

test("keys and the wheel go through the B-scans and stop at either end", async ({ lacuna }) => {
  await lacuna.openReady();
  const { bscans } = await lacuna.readPosition();
  expect(bscans).toBeGreaterThan(2);
  let bscan = 1;
  const goes = async (what: string, by: number) => {
    bscan = Math.min(Math.max(bscan + by, 1), bscans);
    await expect(lacuna.position, what).toHaveText(`${bscan} / ${bscans}`);
  };
  const press = async (key: string, by: number) => {
    await lacuna.page.keyboard.press(key);
    await goes(key, by);
  };
  await press("Home", -bscans);
  await press("ArrowLeft", -1);
  await press("ArrowRight", 1);
  await press("ArrowDown", 1);
  await press("ArrowUp", -1);
  await press("PageDown", 10);
  await press("PageDown", 10);
  await press("PageUp", -10);
  await press("End", bscans);
  await press("ArrowRight", 1);
  await press("PageUp", -10);

  await press("Home", -bscans);
  // The uppermost layer.
  await lacuna.at("draft-canvas").hover();
  await lacuna.page.mouse.wheel(0, 100);
  await goes("a notch down", 1);
  await lacuna.page.mouse.wheel(0, -100);
  await goes("a notch up", -1);
});

test("the B-scan is enlarged and fitted by keys and by buttons", async ({ lacuna }) => {
  await lacuna.openReady();
  const fitted = await lacuna.pictureChecksum();
  await expect(lacuna.at("zoom-fit")).toHaveCount(0);
  await lacuna.page.keyboard.press("+");
  await lacuna.at("zoom-in").click();
  await lacuna.at("zoom-in").click();
  await expect(lacuna.at("zoom-fit")).toHaveText(/^3\.4×/);
  await expect.poll(() => lacuna.pictureChecksum()).not.toBe(fitted);
  await lacuna.page.keyboard.press("-");
  await lacuna.at("zoom-out").click();
  await expect(lacuna.at("zoom-fit")).toHaveText(/^1\.5×/);
  await lacuna.page.keyboard.press("0");
  await expect(lacuna.at("zoom-fit")).toHaveCount(0);
  await expect.poll(() => lacuna.pictureChecksum()).toBe(fitted);
});

test("another B-scan is another picture", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.page.keyboard.press("Home");
  await lacuna.showsPicture();
  const first = await lacuna.pictureChecksum();
  await lacuna.page.keyboard.press("End");
  await expect.poll(() => lacuna.pictureChecksum()).not.toBe(first);
  await lacuna.page.keyboard.press("Home");
  await expect.poll(() => lacuna.pictureChecksum()).toBe(first);
});

test("1, 2 and 3 switch the classes", async ({ lacuna }) => {
  await lacuna.openReady();
  for (const [index, fluid] of FLUIDS.entries()) {
    await expect(lacuna.toggle(fluid)).toHaveAttribute("aria-pressed", "true");
    await lacuna.page.keyboard.press(String(index + 1));
    await expect(lacuna.toggle(fluid)).toHaveAttribute("aria-pressed", "false");
    for (const other of FLUIDS.filter((other) => other !== fluid)) {
      await expect(lacuna.toggle(other)).toHaveAttribute("aria-pressed", "true");
    }
    await lacuna.page.keyboard.press(String(index + 1));
    await expect(lacuna.toggle(fluid)).toHaveAttribute("aria-pressed", "true");
  }
});

test("who starts and stops a run by keyboard keeps the focus", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.segmentButton.focus();
  await lacuna.page.keyboard.press("Enter");
  await expect(lacuna.at("cancel")).toBeFocused();
  await lacuna.page.keyboard.press("Enter");
  await expect(lacuna.segmentButton).toBeFocused({ timeout: 60_000 });
});
