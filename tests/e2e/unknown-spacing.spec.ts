import { encodePng, greyPattern } from "./file-formats";
import { expect, test } from "./fixtures";
import { FLUIDS, nanolitres, type Upload } from "./lacuna-page";

const stack = (seed: number, bscans = 2): Upload[] =>
  Array.from({ length: bscans }, (_, number) => ({
    name: `scan_${String(number).padStart(2, "0")}.png`,
    mimeType: "image/png",
    buffer: encodePng(256, 192, greyPattern(256, 192, seed + number)),
  }));

test("images without spacing are segmented, but have no volume until the spacing is given", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.openVolume(stack(0), 2);
  const [lateral, axial, between] = ["lateral", "axial", "between"].map((axis) => lacuna.at(`spacing-${axis}`));
  for (const field of [lateral, axial, between]) {
    await expect(field).toBeVisible();
    await expect(field, "never a guess").toHaveValue("");
  }

  await lacuna.segmentAll();
  for (const fluid of FLUIDS) {
    await expect(lacuna.volume(fluid)).toHaveText("—");
    await expect(lacuna.presence(fluid)).toHaveText(/^[01]\.\d\d$/);
  }
  await expect(lacuna.at("volume-note")).toContainText("the spacing is not known");

  // In µm: refused on every axis, with the way to put it right.
  const right = { lateral: "0.0117", axial: "0.0039", between: "0.12" };
  for (const [axis, micrometres] of [["lateral", "11.7"], ["axial", "3.9"], ["between", "120"]] as const) {
    for (const [other, figure] of Object.entries(right)) await lacuna.at(`spacing-${other}`).fill(figure);
    await lacuna.at(`spacing-${axis}`).fill(micrometres);
    await lacuna.at("spacing-apply").click();
    await expect(lacuna.at("spacing-problem"), axis).toContainText("divide it by 1000");
    await expect(lacuna.volume("irf"), axis).toHaveText("—");
  }

  await lateral.fill("0.0117");
  await axial.fill("0,0039");
  await between.fill("0.12 mm");
  await lacuna.at("spacing-apply").click();
  for (const fluid of FLUIDS) {
    await expect(lacuna.volume(fluid)).toHaveText(/nl$/);
    nanolitres((await lacuna.volume(fluid).textContent()) ?? "");
  }
  await expect(lacuna.at("spacing-problem")).toBeEmpty();

  const again = lacuna.at("measured-otherwise");
  await expect(again).toContainText("segment again");
  // Who saves it now takes the warning along.
  const warned = JSON.parse((await lacuna.save("json")).bytes.toString("utf8"));
  expect(warned.warnings.join(" ")).toContain("segmented with another spacing");
  await lacuna.segmentAll();
  await expect(again).toHaveCount(0);
  // What no eye has is used where a person says so, and never without a word.
  await expect(lacuna.at("spacing-unlikely")).toHaveCount(0);
  await between.fill("0.001");
  await lacuna.at("spacing-apply").click();
  await expect(lacuna.at("spacing-unlikely")).toContainText("By what was entered, B-scans lie 0.001 mm apart");
  await expect(lacuna.volume("irf")).toHaveText(/nl$/);
  const entered = JSON.parse((await lacuna.save("json")).bytes.toString("utf8"));
  expect(entered.warnings.join(" ")).toContain("check it, since it is used as it stands");
  // How far B-scans are apart changes nothing that the network sees.
  await between.fill("0.24");
  await lacuna.at("spacing-apply").click();
  await expect(lacuna.at("spacing-between")).toHaveValue("0.24");
  const saved = JSON.parse((await lacuna.save("json")).bytes.toString("utf8"));
  expect(saved.warnings.join(" ")).not.toContain("another spacing");
  await expect(again).toHaveCount(0);
});

test("a stopped run begins anew where the spacing changes what the network sees", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.openVolume(stack(0, 24), 24);
  await lacuna.segmentButton.click();
  await expect(lacuna.coverage).toHaveText(/^\d+ of 24 B-scans measured$/, { timeout: 60_000 });
  await lacuna.page.keyboard.press("Escape");
  await expect(lacuna.segmentButton).toHaveText("Continue");

  for (const [axis, mm] of [["lateral", "0.0117"], ["axial", "0.0039"], ["between", "0.12"]]) {
    await lacuna.at(`spacing-${axis}`).fill(mm);
  }
  await lacuna.at("spacing-apply").click();
  await expect(lacuna.segmentButton).toHaveText("Segment again");
  await lacuna.segmentAll();
  await expect(lacuna.page.getByText(/^24 B-scans measured in /)).toBeVisible();
  await expect(lacuna.at("measured-otherwise")).toHaveCount(0);
});

test("spacing typed in for one volume is no guess for the next of the same name", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.openVolume(stack(0), 2);
  const fields = ["lateral", "axial", "between"].map((axis) => lacuna.at(`spacing-${axis}`));
  for (const field of fields) await field.fill("0.01");
  await lacuna.at("spacing-apply").click();
  await expect(lacuna.at("spacing-apply")).toHaveText("Change spacing");

  const before = await lacuna.pictureChecksum();
  await lacuna.choose(stack(7));
  await expect.poll(() => lacuna.pictureChecksum()).not.toBe(before);
  await expect(lacuna.at("spacing-apply")).toHaveText("Apply spacing");
  for (const field of fields) await expect(field).toHaveValue("");
});

test("giving a spacing keeps the enlargement of the B-scan, and another volume is seen whole", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.openVolume(stack(3), 2);
  await lacuna.at("zoom-in").click();
  const fit = lacuna.at("zoom-fit");
  await expect(fit).toContainText("1.5×");
  for (const [axis, mm] of [["lateral", "0.0117"], ["axial", "0.0039"], ["between", "0.12"]]) {
    await lacuna.at(`spacing-${axis}`).fill(mm);
  }
  await lacuna.at("spacing-apply").click();
  await expect(lacuna.at("scale-bar"), "the spacing is in force").toBeVisible();
  await expect(fit).toContainText("1.5×");
  await lacuna.openVolume(stack(4, 4), 4);
  await expect(fit).toHaveCount(0);
});
