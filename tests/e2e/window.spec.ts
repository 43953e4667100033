import { expect, test } from "./fixtures";

test("a drag with the mouse sets window and level, and the key goes through presets and back", async ({ lacuna }) => {
  await lacuna.openReady();
  const asItIs = await lacuna.pictureChecksum();
  const stage = (await lacuna.at("bscan-canvas").boundingBox())!;
  const middle = { x: stage.x + stage.width / 2, y: stage.y + stage.height / 2 };
  await lacuna.page.mouse.move(middle.x, middle.y);
  await lacuna.page.mouse.down();
  await lacuna.page.mouse.move(middle.x - 80, middle.y + 60, { steps: 4 });
  await lacuna.page.mouse.up();
  await expect(lacuna.at("window")).toContainText("Window 215 / level 98");
  await expect.poll(() => lacuna.pictureChecksum()).not.toBe(asItIs);
  await lacuna.page.keyboard.press("w");
  await expect(lacuna.at("window")).toHaveText(/^Window\s*W$/);
  await expect.poll(() => lacuna.pictureChecksum()).toBe(asItIs);
});

test("with Shift or the middle button a drag moves the enlarged B-scan and leaves its greys", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.page.keyboard.press("+");
  await lacuna.page.keyboard.press("+");
  const stage = (await lacuna.at("bscan-canvas").boundingBox())!;
  const middle = { x: stage.x + stage.width / 2, y: stage.y + stage.height / 2 };
  for (const hold of ["Shift", "middle"]) {
    const before = await lacuna.pictureChecksum();
    await lacuna.page.mouse.move(middle.x, middle.y);
    if (hold === "Shift") await lacuna.page.keyboard.down("Shift");
    await lacuna.page.mouse.down({ button: hold === "Shift" ? "left" : "middle" });
    await lacuna.page.mouse.move(middle.x + 40, middle.y, { steps: 4 });
    await lacuna.page.mouse.up({ button: hold === "Shift" ? "left" : "middle" });
    if (hold === "Shift") await lacuna.page.keyboard.up("Shift");
    await expect.poll(() => lacuna.pictureChecksum(), hold).not.toBe(before);
    await expect(lacuna.at("window")).toHaveText(/^Window\s*W$/);
  }
});

test("the pointer reads place, grey and what was found there", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(1).files, 1);
  const stage = (await lacuna.at("bscan-canvas").boundingBox())!;
  const point = () => lacuna.page.mouse.move(stage.x + stage.width / 2 + Math.random(), stage.y + stage.height / 2);
  await point();
  await expect(lacuna.at("read-out")).toHaveText(/^\d\.\d\d × \d\.\d{3} mm · grey \d+$/);
  await lacuna.segmentAll();
  await lacuna.page.keyboard.press("u");
  await expect(async () => {
    await point();
    await expect(lacuna.at("read-out")).toHaveText(/ · (no fluid|IRF|SRF|PED) · IRF \d+ %, SRF \d+ %, PED \d+ %$/, { timeout: 1000 });
  }).toPass();
});

test("the mean of neighbouring B-scans is shown on request", async ({ lacuna }) => {
  await lacuna.openReady();
  const one = await lacuna.pictureChecksum();
  await lacuna.page.keyboard.press("a");
  await expect(lacuna.at("toggle-mean")).toContainText("Mean of 3");
  await expect.poll(() => lacuna.pictureChecksum()).not.toBe(one);
  await lacuna.page.keyboard.press("a");
  await lacuna.page.keyboard.press("a");
  await expect(lacuna.at("toggle-mean")).toContainText("Mean of 1");
  await expect.poll(() => lacuna.pictureChecksum()).toBe(one);
});
