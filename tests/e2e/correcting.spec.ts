import { expect, test } from "./fixtures";

test("a stroke changes mask and figures, and undo takes it back to the same", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.segmentAll();
  const usual = await lacuna.figures();
  await lacuna.openTools();
  await lacuna.at("draw-ped").click();
  await lacuna.at("tool-brush").click();
  await lacuna.drag([0.4, 0.3], [0.6, 0.3]);
  await expect(lacuna.at("drawn")).toContainText("Drawn in 1 B-scan");
  await expect.poll(async () => (await lacuna.figures())["volume-ped"]).not.toBe(usual["volume-ped"]);
  expect((await lacuna.figures())["volume-irf"]).toBe(usual["volume-irf"]);

  await lacuna.page.keyboard.press("Control+z");
  await expect.poll(() => lacuna.figures()).toEqual(usual);
  await expect(lacuna.at("drawn")).toHaveCount(0);
  await lacuna.page.keyboard.press("Control+y");
  await expect(lacuna.at("drawn")).toBeVisible();
});

test("one press removes a connected fluid, and Escape lays the tool down", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.segmentAll();
  await lacuna.openTools();
  await lacuna.at("draw-srf").click();
  await lacuna.at("tool-brush").click();
  // In the vitreous, where nothing else is.
  await lacuna.drag([0.3, 0.15], [0.5, 0.15]);
  await expect(lacuna.at("drawn")).toBeVisible();
  const drawn = (await lacuna.figures())["volume-srf"];
  await lacuna.at("tool-remove").click();
  await lacuna.drag([0.4, 0.15], [0.4, 0.15]);
  await expect.poll(async () => (await lacuna.figures())["volume-srf"]).not.toBe(drawn);
  await lacuna.page.keyboard.press("Escape");
  await expect(lacuna.at("tool-remove")).toHaveAttribute("aria-pressed", "false");
});

test("the keyboard alone draws, moves on and says that a B-scan was looked at", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.segmentAll();
  const keyboard = lacuna.page.keyboard;
  await keyboard.press("b");
  await lacuna.page.locator(".stage").focus();
  await keyboard.press("ArrowRight");
  await keyboard.press("Enter");
  await lacuna.openTools();
  await expect(lacuna.at("drawn")).toContainText("Drawn in 1 B-scan, 0 looked at");
  await lacuna.at("review").click();
  await expect(lacuna.at("drawn")).toContainText("1 looked at");
  await expect(lacuna.position).toHaveText("2 / 3");
});

test("what was drawn is there again after a reload, until it is cleared", async ({ lacuna, made }) => {
  const volume = made.phantom(3).files;
  await lacuna.openReady();
  await lacuna.openVolume(volume, 3);
  await lacuna.openTools();
  await lacuna.at("tool-brush").click();
  await lacuna.drag([0.4, 0.3], [0.6, 0.3]);
  await expect(lacuna.at("forget-kept")).toBeVisible();
  const drawn = await lacuna.picture("overlay-canvas");
  expect(drawn.painted).toBeGreaterThan(0);

  // A browser that is killed loses what was last written there.
  await lacuna.page.evaluate(() => localStorage.clear());
  await lacuna.openReady();
  await lacuna.openVolume(volume, 3);
  await lacuna.openTools();
  await expect(lacuna.at("restored")).toBeVisible();
  await expect.poll(async () => (await lacuna.picture("overlay-canvas")).painted).toBe(drawn.painted);

  await lacuna.at("forget-kept").click();
  await lacuna.openReady();
  await lacuna.openVolume(volume, 3);
  await lacuna.openTools();
  await expect(lacuna.at("forget-kept")).toHaveCount(0);
  await expect(lacuna.at("restored")).toHaveCount(0);
});
