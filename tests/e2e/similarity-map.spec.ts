import { expect, test } from "./fixtures";

test("the similarity map of the B-scan in view is drawn, however fast one scrolls", async ({ lacuna }) => {
  await lacuna.openReady();
  const overlay = () => lacuna.picture("overlay-canvas");
  expect((await overlay()).painted).toBe(0);
  await lacuna.page.keyboard.press("s");
  await expect(lacuna.at("similarity-legend")).toBeVisible();
  await expect.poll(async () => (await overlay()).painted).toBeGreaterThan(10_000);
  const here = (await overlay()).checksum;

  // There and back before the first answer can have come.
  await lacuna.page.keyboard.press("ArrowRight");
  await lacuna.page.keyboard.press("ArrowLeft");
  await expect.poll(async () => (await overlay()).checksum).toBe(here);

  for (let step = 0; step < 5; step++) await lacuna.page.keyboard.press("ArrowRight");
  await expect.poll(async () => (await overlay()).painted).toBeGreaterThan(10_000);
  await expect.poll(async () => (await overlay()).checksum).not.toBe(here);

  await lacuna.page.keyboard.press("s");
  await expect.poll(async () => (await overlay()).painted).toBe(0);
});

test("every level of the similarity maps is there to be looked at", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.page.keyboard.press("s");
  const levels = lacuna.at("similarity-level");
  await expect(levels).toBeVisible();
  const seen = new Set<number>();
  const count = await levels.locator("option").count();
  expect(count).toBeGreaterThan(1);
  for (let level = 0; level < count; level++) {
    await levels.selectOption(String(level));
    await expect
      .poll(async () => {
        const { checksum, painted } = await lacuna.picture("overlay-canvas");
        return painted > 10_000 && !seen.has(checksum);
      })
      .toBe(true);
    seen.add((await lacuna.picture("overlay-canvas")).checksum);
  }
});
