import { expect, test } from "./fixtures";

test("figures stand around a fovea that is guessed, says so, and is moved by hand", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(7).files, 7);
  await expect(lacuna.at("regions")).toHaveCount(0);
  await lacuna.segmentAll();
  const table = lacuna.at("regions");
  await expect(table.locator("tbody tr")).toHaveCount(12);
  await expect(table.locator("tbody th").first()).toHaveText("within 1 mm");
  await expect(lacuna.at("about-fovea")).toContainText(/guessed|No fovea was found/);
  const guessed = await table.textContent();

  // Seen from the front, in the first B-scan.
  await lacuna.page.keyboard.press("Home");
  await lacuna.at("fovea-here").click();
  await expect(lacuna.at("about-fovea")).toContainText("where you put it");
  await expect.poll(() => table.textContent()).not.toBe(guessed);
  const report = JSON.parse((await lacuna.save("json")).bytes.toString());
  expect(report.figures.fovea).toMatchObject({ bscan: 0, source: "by_hand" });

  await lacuna.at("fovea-guess").click();
  await expect.poll(() => table.textContent()).toBe(guessed);
});
