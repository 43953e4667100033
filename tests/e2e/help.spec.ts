// The help: made of the bindings, so every key that it names does something.
import { expect, test } from "./fixtures";

test("? opens the help, Escape closes it, and the focus is where it was", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.at("theme").focus();
  await lacuna.page.keyboard.press("?");
  const help = lacuna.at("sheet");
  await expect(help).toBeVisible();
  for (const said of ["one B-scan", "intraretinal fluid", "What the network learnt from", "Small and faint cysts"]) {
    await expect(help).toContainText(said);
  }
  await expect(help).toContainText("For research and teaching only. Not a medical device");
  // Round and round: the focus does not leave it.
  for (let press = 0; press < 6; press++) {
    await lacuna.page.keyboard.press("Tab");
    expect(await help.evaluate((dialog) => dialog.contains(document.activeElement) || document.activeElement === document.body)).toBe(true);
  }
  await lacuna.page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await expect(lacuna.at("theme")).toBeFocused();
});

test("keys do nothing to the scan beneath the help", async ({ lacuna }) => {
  await lacuna.openReady();
  const before = await lacuna.position.textContent();
  await lacuna.at("help").click();
  for (const key of ["ArrowRight", "1", "m"]) await lacuna.page.keyboard.press(key);
  await lacuna.at("close-sheet").click();
  await expect(lacuna.position).toHaveText(before ?? "");
  await expect(lacuna.toggle("irf")).toHaveAttribute("aria-pressed", "true");
  await expect(lacuna.at("help")).toBeFocused();
});

test("the help speaks the language of the page", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.language.selectOption("zh-CN");
  await lacuna.at("help").click();
  await expect(lacuna.at("sheet")).toContainText("视网膜内液");
  await expect(lacuna.at("sheet")).toContainText("前后一幅 B 扫描");
});

for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]]) {
  test(`the help fits on ${width} x ${height}`, async ({ lacuna }) => {
    await lacuna.page.setViewportSize({ width, height });
    await lacuna.openReady();
    await lacuna.at("help").click();
    const box = (await lacuna.at("sheet").boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    expect(box.y + box.height).toBeLessThanOrEqual(height);
    const [content, body] = await lacuna.at("sheet").evaluate((sheet) => {
      const body = sheet.querySelector(".sheet-body")!;
      return [body.scrollWidth, body.clientWidth];
    });
    expect(content).toBeLessThanOrEqual(body);
  });
}
