import { expect, test } from "./fixtures";

test("the scan stands beside its front and its section, and a press there goes there", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(7).files, 7);
  await lacuna.page.keyboard.press("v");
  const front = lacuna.at("front-view");
  await expect(front).toBeVisible();
  await expect.poll(() => painted(front)).toBeGreaterThan(1000);
  await expect(lacuna.at("section-view")).toHaveCount(0);

  const size = (await front.boundingBox())!;
  const top = await firstPaintedRow(front);
  await lacuna.page.mouse.click(size.x + size.width / 2, size.y + top + 3);
  await expect(lacuna.position).toHaveText("1 / 7");

  await lacuna.page.keyboard.press("v");
  const section = lacuna.at("section-view");
  await expect.poll(() => painted(section)).toBeGreaterThan(1000);
  await lacuna.page.keyboard.press("End");
  await expect(lacuna.position).toHaveText("7 / 7");
  await lacuna.page.keyboard.press("v");
  await expect(front).toHaveCount(0);
});

test("thickness of retina and fluid is a map with its scale in micrometres", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.page.keyboard.press("v");
  await lacuna.at("front").selectOption("retina");
  await expect(lacuna.at("colour-bar")).toHaveCount(0);
  await lacuna.segmentAll();
  await expect(lacuna.at("colour-bar")).toHaveText("150500 µm");
  await lacuna.at("front").selectOption("srf");
  await expect(lacuna.at("colour-bar")).toHaveText(/^0\d+ µm$/);
});

test("the layout that a person chose is there at the next visit", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.page.keyboard.press("v");
  await lacuna.at("theme").click();
  await expect(lacuna.page.locator("html")).toHaveAttribute("data-theme", "light");
  await lacuna.openReady();
  await expect(lacuna.at("front-view")).toBeVisible();
  await expect(lacuna.page.locator("html")).toHaveAttribute("data-theme", "light");
});

test("a single B-scan has no other views", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.page.keyboard.press("v");
  await lacuna.openVolume(made.phantom(1).files, 1);
  await expect(lacuna.at("front-view")).toHaveCount(0);
  await expect(lacuna.at("views")).toHaveCount(0);
});

type Target = ReturnType<import("./lacuna-page").LacunaPage["at"]>;

/** Pixels that are painted on the canvas of a view. */
function painted(view: Target): Promise<number> {
  return view.locator("canvas").evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const data = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data;
    let count = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at] > 0) count += 1;
    return count;
  });
}

/** The first row, CSS pixels, in which anything is painted. */
function firstPaintedRow(view: Target): Promise<number> {
  return view.locator("canvas").evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const data = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height).data;
    const at = data.findIndex((value, index) => index % 4 === 3 && value > 0);
    return Math.floor(at / 4 / canvas.width) / window.devicePixelRatio;
  });
}
