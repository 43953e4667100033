// The pictures of the README, made anew by hand:
//
//   LACUNA_PICTURES=docs/pictures LACUNA_URL=... npx playwright test --config tests/e2e/playwright.config.ts --project webgl pictures
import path from "node:path";

import { expect, test } from "./fixtures";

const folder = process.env.LACUNA_PICTURES;

test.skip(!folder, "no folder for pictures is named (LACUNA_PICTURES)");

test("the README's pictures show every view of the sample eye", async ({ lacuna }) => {
  const picture = (name: string) =>
    lacuna.page.screenshot({ path: path.join(folder!, `${name}.jpg`), type: "jpeg", quality: 82 });
  await lacuna.page.setViewportSize({ width: 1440, height: 900 });
  await lacuna.openReady("device=cpu");
  await lacuna.segmentAll();
  await picture("bscan");
  await lacuna.page.keyboard.press("v");
  await lacuna.page.keyboard.press("v");
  await lacuna.at("front").selectOption("retina");
  await expect(lacuna.at("colour-bar")).toBeVisible();
  await lacuna.page.waitForTimeout(1000);
  await picture("views");
  await lacuna.page.keyboard.press("o");
  await expect(lacuna.at("scene-picture")).toHaveAttribute("data-triangles", /[1-9]/);
  await lacuna.page.waitForTimeout(2000);
  await picture("space");
  await lacuna.page.keyboard.press("Escape");
  await lacuna.at("theme").click();
  await lacuna.page.setViewportSize({ width: 1024, height: 768 });
  await lacuna.page.waitForTimeout(500);
  await picture("light");
  await lacuna.at("theme").click();
  await lacuna.page.keyboard.press("v");
  await lacuna.page.setViewportSize({ width: 390, height: 844 });
  await lacuna.page.waitForTimeout(500);
  await picture("phone");
});
