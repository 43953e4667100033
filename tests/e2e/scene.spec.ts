// The fluid in space: loaded when opened, turned by hand and by keys, never in the way.
import { expect, test } from "./fixtures";
import type { LacunaPage } from "./lacuna-page";

const picture = (lacuna: LacunaPage) => lacuna.at("scene-picture");

/** Triangles drawn of each class, once it is drawn. */
async function triangles(lacuna: LacunaPage): Promise<number[]> {
  await expect(picture(lacuna)).toHaveAttribute("data-triangles", /^\d+ \d+ \d+$/);
  return ((await picture(lacuna).getAttribute("data-triangles")) ?? "").split(" ").map(Number);
}

/** What the picture shows, as the bytes of a screenshot. */
async function shown(lacuna: LacunaPage): Promise<string> {
  return (await picture(lacuna).screenshot()).toString("base64");
}

test("what draws in space is loaded when the view is opened, and only then", async ({ lacuna }) => {
  const asked: string[] = [];
  lacuna.page.on("request", (request) => asked.push(request.url()));
  await lacuna.openReady();
  expect(asked.filter((url) => url.includes("scene-worker"))).toEqual([]);
  const workers = lacuna.page.workers().length;

  await lacuna.at("open-scene").click();
  await expect(lacuna.at("scene")).toBeVisible();
  expect(await triangles(lacuna), "nothing is measured yet").toEqual([0, 0, 0]);
  await expect(lacuna.at("scene-note")).toContainText("Nothing is measured yet");
  expect(asked.some((url) => url.includes("scene-worker"))).toBe(true);
  expect(lacuna.page.workers().length).toBe(workers + 1);

  await lacuna.page.keyboard.press("Escape");
  await expect(lacuna.at("scene")).toBeHidden();
  await expect.poll(() => lacuna.page.workers().length).toBe(workers);
});

test("the fluid that was found is drawn, and turns by keys, by hand and by the wheel", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.segmentAll();
  await lacuna.page.keyboard.press("o");
  const [irf, srf, ped] = await triangles(lacuna);
  expect(irf + srf + ped).toBeGreaterThan(100);
  await expect(picture(lacuna)).toBeFocused();
  await expect(picture(lacuna)).toHaveAttribute("aria-label", /3 of 3 B-scans measured.*from the front left and above/);

  let before = await shown(lacuna);
  const changes = async (what: string) => {
    await expect.poll(async () => (await shown(lacuna)) !== before, what).toBe(true);
    before = await shown(lacuna);
  };
  for (let press = 0; press < 6; press++) await lacuna.page.keyboard.press("ArrowRight");
  await changes("arrows walk around");
  await expect(picture(lacuna)).toHaveAttribute("aria-label", /from the front right and above/);

  const box = (await picture(lacuna).boundingBox())!;
  await lacuna.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await lacuna.page.mouse.down();
  await lacuna.page.mouse.move(box.x + box.width / 2 + 120, box.y + box.height / 2 + 40, { steps: 4 });
  await lacuna.page.mouse.up();
  await changes("a hand turns");
  await lacuna.page.mouse.wheel(0, -300);
  await changes("the wheel enlarges");
  await lacuna.at("scene-above").click();
  await changes("from above");
  await expect(picture(lacuna)).toHaveAttribute("aria-label", /as the fundus/);
  await lacuna.at("scene-reset").click();
  await expect(picture(lacuna)).toHaveAttribute("aria-label", /from the front left and above/);
});

test("the B-scan in view is the one that is marked, and moves in both", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.page.keyboard.press("o");
  await triangles(lacuna);
  await expect(lacuna.at("scene-position")).toHaveText("2 / 3");
  const before = await shown(lacuna);
  await lacuna.page.keyboard.press("PageDown");
  await expect(lacuna.at("scene-position")).toHaveText("3 / 3");
  await expect(lacuna.position).toHaveText("3 / 3");
  await expect.poll(async () => (await shown(lacuna)) !== before).toBe(true);
  await lacuna.at("scene-slider").fill("1");
  await expect(lacuna.position).toHaveText("1 / 3");
  await expect(picture(lacuna)).toHaveAttribute("aria-label", /B-scan 1 is marked/);
});

test("the picture follows a run, which Escape does not stop while the view is open", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.segmentButton.click();
  await lacuna.page.keyboard.press("o");
  await expect.poll(async () => (await triangles(lacuna)).reduce((a, b) => a + b), { timeout: 120_000 }).toBeGreaterThan(0);
  await lacuna.page.keyboard.press("Escape");
  await expect(lacuna.at("scene")).toBeHidden();
  await expect(lacuna.coverage).toHaveText("all 3 B-scans measured", { timeout: 170_000 });
});

test("the focus goes into the view and back to what opened it", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.at("open-scene").focus();
  await lacuna.page.keyboard.press("Enter");
  await expect(picture(lacuna)).toBeFocused();
  await lacuna.page.keyboard.press("Escape");
  await expect(lacuna.at("open-scene")).toBeFocused();
  await lacuna.page.keyboard.press("Enter");
  await lacuna.at("close-scene").click();
  await expect(lacuna.at("open-scene")).toBeFocused();
});

test("a browser that cannot draw outside of the page says so and shows every figure", async ({ lacuna, made }) => {
  await lacuna.page.addInitScript(() => {
    delete (HTMLCanvasElement.prototype as { transferControlToOffscreen?: unknown }).transferControlToOffscreen;
  });
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(2).files, 2);
  await lacuna.segmentAll();
  await lacuna.page.keyboard.press("o");
  await expect(lacuna.at("scene-note")).toContainText("cannot draw in the background");
  await lacuna.page.keyboard.press("Escape");
  await expect(lacuna.volume("srf")).toHaveText(/nl$/);
});

test("a single B-scan spans no volume, and the view says why", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(1).files, 1);
  await lacuna.page.keyboard.press("o");
  await expect(lacuna.at("scene-refusal")).toBeVisible();
  await lacuna.page.keyboard.press("o");
  await expect(lacuna.at("scene")).toBeHidden();
});

test.describe("without motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("where less motion is wished for the camera is where it is wanted at once", async ({ lacuna, made }) => {
    await lacuna.openReady();
    await lacuna.openVolume(made.phantom(2).files, 2);
    await lacuna.page.keyboard.press("o");
    await triangles(lacuna);
    const before = await shown(lacuna);
    await lacuna.page.keyboard.press("ArrowUp");
    await expect.poll(async () => (await shown(lacuna)) !== before).toBe(true);
    const after = await shown(lacuna);
    await lacuna.page.waitForTimeout(600);
    expect(await shown(lacuna)).toBe(after);
  });
});
