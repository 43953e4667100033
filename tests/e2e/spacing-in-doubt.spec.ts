import fs from "node:fs";

import { expect, test, type Phantom } from "./fixtures";
import { FLUIDS, type LacunaPage, type Upload } from "./lacuna-page";

/** A generated eye whose header states another spacing. */
function stating(phantom: Phantom, spacing: string): Upload[] {
  const text = fs.readFileSync(phantom.header, "utf8");
  const changed = text.replace(/^ElementSpacing *=.*$/m, `ElementSpacing = ${spacing}`);
  if (changed === text) throw new Error("the phantom's header has no ElementSpacing");
  return [
    { name: "oct.mhd", mimeType: "application/octet-stream", buffer: Buffer.from(changed) },
    { name: "oct.raw", mimeType: "application/octet-stream", buffer: fs.readFileSync(phantom.raw) },
  ];
}

async function hasNoVolumes(lacuna: LacunaPage): Promise<void> {
  for (const fluid of FLUIDS) await expect(lacuna.volume(fluid)).toHaveText("—");
}

async function hasVolumes(lacuna: LacunaPage): Promise<void> {
  for (const fluid of FLUIDS) await expect(lacuna.volume(fluid)).toHaveText(/nl$/);
}

test("micrometres for millimetres are in doubt until one click takes what they mean", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(stating(made.phantom(2), "11.5 3.87 120"), 2);
  await expect(lacuna.at("spacing-doubt")).toContainText("micrometres written as millimetres");
  await expect(lacuna.at("scale-bar"), "no scale of a spacing in doubt").toHaveCount(0);
  await expect(lacuna.at("spacing-file-is-right"), "an eye of six metres").toHaveCount(0);

  await lacuna.segmentAll();
  await hasNoVolumes(lacuna);
  await expect(lacuna.at("volume-note")).toContainText("in doubt");
  const doubted = JSON.parse((await lacuna.save("json")).bytes.toString("utf8"));
  expect(doubted.in_doubt.because).toContain("micrometres");
  expect(doubted.measurement.voxel_nl).toBeNull();

  await lacuna.at("spacing-use-proposal").click();
  await expect(lacuna.at("spacing-doubt")).toHaveCount(0);
  await expect(lacuna.at("spacing-axial")).toHaveValue(/^0\.00387/);
  await expect(lacuna.at("scale-bar")).toBeVisible();
  await hasVolumes(lacuna);
  const confirmed = JSON.parse((await lacuna.save("json")).bytes.toString("utf8"));
  expect(confirmed.in_doubt).toBeNull();
  expect(confirmed.spacing.lateral).toMatchObject({ source: "confirmed_by_user", stated_mm: 11.5 });

  // Typing takes it back.
  await lacuna.at("spacing-between").fill("0.24");
  await lacuna.at("spacing-apply").click();
  await expect(lacuna.at("volume-panel")).toContainText("entered by you");
  await hasVolumes(lacuna);
});

test("a filler between B-scans is in doubt until it is confirmed or corrected", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(stating(made.phantom(2), "0.0115 0.00387 1"), 2);
  await expect(lacuna.at("spacing-doubt")).toContainText("exactly 1 mm apart");
  await expect(lacuna.at("spacing-use-proposal"), "nobody knows what is meant").toHaveCount(0);
  await lacuna.segmentAll();
  await hasNoVolumes(lacuna);

  await lacuna.at("spacing-file-is-right").click();
  await expect(lacuna.at("spacing-doubt")).toHaveCount(0);
  await expect(lacuna.at("volume-panel")).toContainText("confirmed by you");
  await hasVolumes(lacuna);
  await expect(lacuna.at("measured-otherwise"), "the B-scans are as they were").toHaveCount(0);
  const far = await lacuna.volume("srf").textContent();

  await lacuna.at("spacing-between").fill("0.12");
  await lacuna.at("spacing-apply").click();
  await expect(lacuna.volume("srf")).not.toHaveText(far ?? "");
});

test("a spacing that is no distance is asked for, and one beyond any eye is refused", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(stating(made.phantom(2), "NaN 0.00387 0.12"), 2);
  await expect(lacuna.at("volume-warnings")).toContainText("NaN as the lateral spacing");
  const lateral = lacuna.at("spacing-lateral");
  await expect(lateral, "never a guess").toHaveValue("");
  await lateral.fill("0.1");
  await lacuna.at("spacing-apply").click();
  await expect(lacuna.at("spacing-problem")).toContainText("51.2 mm wide");
  await lateral.fill("0.0115");
  await lacuna.at("spacing-apply").click();
  await expect(lacuna.at("spacing-problem")).toBeEmpty();
  await expect(lacuna.at("scale-bar")).toBeVisible();
});
