import AxeBuilder from "@axe-core/playwright";

import { expect, test } from "./fixtures";
import type { LacunaPage } from "./lacuna-page";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

async function nothingIsFound(lacuna: LacunaPage, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page: lacuna.page }).withTags(RULES).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join("\n  ")}`);
  expect(found, where).toEqual([]);
}

for (const theme of ["dark", "light"]) {
  test(`axe finds nothing in any view of the ${theme} page`, async ({ lacuna, made }) => {
    await lacuna.openReady();
    if (theme === "light") await lacuna.at("theme").click();
    await nothingIsFound(lacuna, "before anything is measured");
    await lacuna.openVolume(made.phantom(3).files, 3);
    await lacuna.segmentAll();
    await lacuna.page.keyboard.press("v");
    await lacuna.page.keyboard.press("v");
    await lacuna.page.keyboard.press("u");
    await lacuna.at("front").selectOption("retina");
    await nothingIsFound(lacuna, "all views");
    await lacuna.at("threshold").fill("30");
    await expect(lacuna.at("threshold-note")).toBeVisible();
    await nothingIsFound(lacuna, "with notes");
    await lacuna.page.keyboard.press("?");
    await expect(lacuna.at("sheet")).toBeVisible();
    await nothingIsFound(lacuna, "help");
    await lacuna.page.keyboard.press("Escape");
    await lacuna.at("report").click();
    await expect(lacuna.at("report-pages").locator("canvas").first()).toBeVisible();
    await nothingIsFound(lacuna, "report");
    await lacuna.page.keyboard.press("Escape");
    await lacuna.at("tour-offer").click();
    await expect(lacuna.at("tour")).toBeVisible();
    await nothingIsFound(lacuna, "tour");
    await lacuna.page.keyboard.press("Escape");
    await lacuna.openTools();
    await lacuna.at("tool-brush").click();
    await lacuna.page.locator(".stage").focus();
    await lacuna.page.keyboard.press("Enter");
    await expect(lacuna.at("drawn")).toBeVisible();
    await nothingIsFound(lacuna, "with the tools in hand");
  });
}

test("axe finds nothing in Chinese and on a phone", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.segmentAll();
  await lacuna.language.selectOption("zh-CN");
  await lacuna.page.setViewportSize({ width: 390, height: 844 });
  await lacuna.page.keyboard.press("v");
  await nothingIsFound(lacuna, "phone, Chinese");
  await lacuna.at("help").click();
  await nothingIsFound(lacuna, "help, phone, Chinese");
  await lacuna.page.keyboard.press("Escape");
  await lacuna.at("report").click();
  await nothingIsFound(lacuna, "report, phone, Chinese");
});

test("axe finds nothing in two visits beside each other, on a phone in Chinese neither", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.segmentAll();
  await nothingIsFound(lacuna, "a scan that may be kept");
  await lacuna.at("keep").click();
  await lacuna.choose(made.phantom(3).files);
  await expect(lacuna.at("kept")).toBeVisible();
  await lacuna.segmentAll();
  await nothingIsFound(lacuna, "a scan is kept");
  await lacuna.at("compare").click();
  await expect(lacuna.at("compare-table")).toBeVisible({ timeout: 30_000 });
  await lacuna.at("compare-mark").click();
  await nothingIsFound(lacuna, "two visits");
  await lacuna.page.keyboard.press("Escape");
  await lacuna.at("theme").click();
  await lacuna.language.selectOption("zh-CN");
  await lacuna.page.setViewportSize({ width: 390, height: 844 });
  await nothingIsFound(lacuna, "a scan is kept, phone, Chinese, light");
  await lacuna.at("compare").click();
  await expect(lacuna.at("compare-table")).toBeVisible({ timeout: 30_000 });
  await nothingIsFound(lacuna, "two visits, phone, Chinese, light");
  const wider = await lacuna.page.locator(".compare").evaluate((sheet) => sheet.scrollWidth - sheet.clientWidth);
  expect(wider).toBeLessThanOrEqual(0);
});
