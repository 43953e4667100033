import { expect, test } from "./fixtures";
import { nanolitres } from "./lacuna-page";

test("figures follow the threshold at once, and at the usual one they are the same again", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await expect(lacuna.at("threshold")).toBeDisabled();
  await lacuna.segmentAll();
  const usual = await lacuna.figures();
  const [least, most] = (await lacuna.at("between-srf").textContent())!.match(/[\d.]+ nl/g)!.map((text) => nanolitres(text));
  const srf = nanolitres(usual["volume-srf"]);
  expect(least.from).toBeLessThanOrEqual(srf.to);
  expect(most.to).toBeGreaterThanOrEqual(srf.from);

  await lacuna.at("threshold").fill("25");
  await expect(lacuna.at("threshold-note")).toBeVisible();
  await expect.poll(async () => nanolitres((await lacuna.volume("srf").textContent())!).from).toBeGreaterThan(srf.to);
  await expect(lacuna.at("between-srf")).toHaveText("");
  const report = JSON.parse((await lacuna.save("json")).bytes.toString());
  expect(report.warnings.join(" ")).toContain("0.25");

  await lacuna.at("threshold-reset").click();
  await expect.poll(() => lacuna.figures()).toEqual(usual);
});

test("the B-scans most in doubt are listed, and a press goes there", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.segmentAll();
  const worst = lacuna.at("doubtful-bscan").first();
  const number = /B-scan (\d+)/.exec((await worst.locator("span").first().textContent())!)![1];
  await worst.click();
  await expect(lacuna.position).toHaveText(`${number} / 3`);
  await expect(worst).toHaveAttribute("aria-current", "true");

  const overlay = () => lacuna.picture("overlay-canvas");
  const without = await overlay();
  await lacuna.page.keyboard.press("u");
  await expect.poll(async () => (await overlay()).painted).toBeGreaterThan(without.painted);
});
