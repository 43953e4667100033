import { expect, test } from "./fixtures";
import { FLUIDS, nanolitres } from "./lacuna-page";

test("a MetaImage volume is segmented on the CPU with one click", async ({ lacuna, made }) => {
  const eye = made.phantom(3);
  await lacuna.openReady("device=cpu&lanes=1");
  await lacuna.openVolume(eye.files, 3);
  await expect(lacuna.at("device")).toHaveText(/^CPU/);

  await lacuna.segmentButton.click();
  await expect(lacuna.progress).toBeVisible();
  await expect(lacuna.coverage).toHaveText("all 3 B-scans measured", { timeout: 120_000 });
  await expect(lacuna.progress).toHaveCount(0);

  let found = 0;
  for (const fluid of FLUIDS) {
    found += nanolitres((await lacuna.volume(fluid).textContent()) ?? "").to;
    const presence = (await lacuna.presence(fluid).textContent()) ?? "";
    expect(presence).toMatch(/^[01]\.\d\d$/);
    expect(Number(presence)).toBeLessThanOrEqual(1);
  }
  expect(found, "an eye with all three fluids").toBeGreaterThan(0);
  await expect(lacuna.at("bscan-state")).toHaveText("measured");
  await expect(lacuna.error).toHaveCount(0);
});
