// "Find the fluid": a person draws what they take for it in a generated eye, and is compared with
// its truth, which the program draws from the same number.
import fs from "node:fs";
import path from "node:path";

import AxeBuilder from "@axe-core/playwright";

import { readZip } from "./file-formats";
import { expect, test, type Made } from "./fixtures";
import type { LacunaPage } from "./lacuna-page";

const [COLUMNS, ROWS, BSCANS] = [512, 496, 25];
const PIXELS = COLUMNS * ROWS;
const [LATERAL_MM, AXIAL_MM] = [0.0115, 0.00387];
const CLASSES = ["IRF", "SRF", "PED"];

/** The truth of a generated eye of the series: the program draws it from the same number. */
const truthOf = (made: Made, eye: number) => fs.readFileSync(path.join(made.eye("spectralis", eye, BSCANS), "reference.raw"));

/** Labels of one B-scan. */
const bscanOf = (labels: Buffer, bscan: number) => labels.subarray(bscan * PIXELS, (bscan + 1) * PIXELS);

/** Dice as the page writes it, and what only one of two masks has, mm². */
function compared(labels: Buffer, truth: Buffer, label: number) {
  let [both, invented, missed] = [0, 0, 0];
  for (let at = 0; at < truth.length; at++) {
    const [drawn, is] = [labels[at] === label, truth[at] === label];
    both += Number(drawn && is);
    invented += Number(drawn && !is);
    missed += Number(!drawn && is);
  }
  const all = 2 * both + invented + missed;
  const dice = all > 0 ? (2 * both) / all : null;
  const mm2 = (pixels: number) => pixels * LATERAL_MM * AXIAL_MM;
  return { dice, missed: mm2(missed), invented: mm2(invented) };
}

const diceText = (dice: number | null) => (dice === null ? "—" : dice.toFixed(2));

function areaText(mm2: number): string {
  if (mm2 === 0) return "0 mm²";
  if (mm2 < 0.001) return "< 0.001 mm²";
  return `${mm2.toFixed(mm2 < 0.1 ? 3 : 2)} mm²`;
}

/** Cells of the table: you, network, missed, invented. */
async function table(lacuna: LacunaPage): Promise<string[][]> {
  await expect(lacuna.at("find-compared")).toBeVisible();
  const rows = await lacuna.at("find-compared").locator("tbody tr").all();
  return Promise.all(rows.map((row) => row.locator("td").allTextContents()));
}

/** Draws along samples of the B-scan in view, and waits until it is there. */
async function draw(lacuna: LacunaPage, along: [number, number][]): Promise<void> {
  const box = (await lacuna.at("bscan-canvas").boundingBox())!;
  const aspect = AXIAL_MM / LATERAL_MM;
  const scale = Math.min(box.width / COLUMNS, box.height / (ROWS * aspect));
  const left = box.x + (box.width - COLUMNS * scale) / 2;
  const top = box.y + (box.height - ROWS * aspect * scale) / 2;
  const overlay = async () => (await lacuna.picture("overlay-canvas")).checksum;
  const before = await overlay();
  const mouse = lacuna.page.mouse;
  for (const [index, [column, row]] of along.entries()) {
    await mouse.move(left + column * scale, top + row * aspect * scale);
    if (index === 0) await mouse.down();
  }
  await mouse.up();
  await expect.poll(overlay).not.toBe(before);
}

/** The outline of a class in a B-scan as a person sees it: its left and right ends, every few rows. */
function around(truth: Buffer, label: number): [number, number][] {
  const sides: [number, number, number][] = [];
  for (let row = 0; row < ROWS; row++) {
    const line = truth.subarray(row * COLUMNS, (row + 1) * COLUMNS);
    if (line.includes(label)) sides.push([row, line.indexOf(label), line.lastIndexOf(label) + 1]);
  }
  const kept = sides.filter((_, at) => at % 4 === 0 || at === sides.length - 1);
  const left = kept.map(([row, from]): [number, number] => [from, row]);
  return [...left, ...kept.reverse().map(([row, , to]): [number, number] => [to, row])];
}

const drawnIn = (lacuna: LacunaPage) => expect(lacuna.at("drawn")).toContainText("Drawn in 1 B-scan");

test("what a person draws is compared with truth and network, in the numbers of their masks", async ({ lacuna, made }) => {
  const truth = bscanOf(truthOf(made, 9), 12);
  await lacuna.openReady("device=cpu&lanes=1&eye=9&find");
  await expect(lacuna.position).toHaveText("13 / 25");
  // The brush is in the hand: a stroke of IRF above the fluid, then a line around the SRF.
  await expect(lacuna.at("tool-brush")).toHaveAttribute("aria-pressed", "true");
  await draw(lacuna, [[200, 150], [240, 150], [280, 160]]);
  await drawnIn(lacuna);
  await lacuna.page.keyboard.press("q");
  await lacuna.page.keyboard.press("2");
  await draw(lacuna, around(truth, 2));
  await expect(lacuna.at("find-compared")).toBeHidden();
  await lacuna.at("find-check").click();
  await expect(lacuna.at("find-score")).toContainText("1 B-scan checked");
  await expect(lacuna.at("find-no-network")).toContainText("not segmented yet");
  await expect.poll(async () => Number((await table(lacuna))[1][0])).toBeGreaterThan(0.7);
  const before = await table(lacuna);

  await lacuna.at("find-segment").click();
  await expect(lacuna.at("find-no-network")).toBeHidden({ timeout: 60_000 });
  await expect(lacuna.progress).toHaveCount(0, { timeout: 170_000 });
  const after = await table(lacuna);
  await lacuna.at("find").click();

  // What was drawn and what the network found, as the page saves them.
  const save = async (kind: string) => {
    const waiting = lacuna.page.waitForEvent("download");
    await lacuna.at(`export-${kind}`).click();
    return readZip(fs.readFileSync(await (await waiting).path()));
  };
  const network = bscanOf((await save("metaimage")).get("model-mask.raw")!, 12);
  const training = await save("training");
  const inForce = bscanOf([...training].find(([name]) => name.endsWith("reference.raw"))![1], 12);
  // Where nothing was drawn the network's labels are in force; before it had any, nothing.
  for (const [index, name] of CLASSES.entries()) {
    const of = compared(network, truth, index + 1);
    expect(after[index][1], `network, ${name}`).toBe(diceText(of.dice));
    expect(before[index][1]).toBe("—");
    expect(after[index][0], "its labels change nothing of the person's").toBe(before[index][0]);
  }
  expect(inForce.length).toBe(PIXELS);
});

test("without the network the labels in force are the person's, and so are the figures", async ({ lacuna, made }) => {
  const truth = bscanOf(truthOf(made, 9), 12);
  await lacuna.openReady("device=cpu&lanes=1&eye=9");
  await lacuna.at("find").click();
  await draw(lacuna, [[200, 150], [240, 150], [280, 160]]);
  await drawnIn(lacuna);
  await lacuna.page.keyboard.press("q");
  await lacuna.page.keyboard.press("2");
  await draw(lacuna, around(truth, 2));
  await lacuna.page.keyboard.press("t");
  await expect.poll(async () => Number((await table(lacuna))[1][0])).toBeGreaterThan(0.7);
  const cells = await table(lacuna);
  const score = (await lacuna.at("find-score").textContent())!;
  await lacuna.at("find").click();
  await expect(lacuna.at("find-compared")).toBeHidden();
  // Measured by hand, so that there is something to save.
  await lacuna.page.keyboard.press("k");
  await expect(lacuna.at("drawn")).toContainText("1 looked at");

  const waiting = lacuna.page.waitForEvent("download");
  await lacuna.at("export-training").click();
  const files = readZip(fs.readFileSync(await (await waiting).path()));
  const drawn = bscanOf([...files].find(([name]) => name.endsWith("reference.raw"))![1], 12);
  const dices = CLASSES.map((name, index) => {
    const { dice, missed, invented } = compared(drawn, truth, index + 1);
    expect(cells[index], name).toEqual([diceText(dice), "—", areaText(missed), areaText(invented)]);
    return dice;
  });
  const known = dices.filter((dice) => dice !== null);
  expect(known.length).toBe(2);
  const mean = known.reduce((sum, dice) => sum + dice, 0) / known.length;
  expect(score).toContain(`your mean Dice ${mean.toFixed(2)}`);
});

test("nothing gives the fluid away before the check, not by key and not on the page", async ({ lacuna }) => {
  await lacuna.openReady("device=cpu&lanes=1&eye=9");
  await lacuna.segmentSome();
  await expect.poll(async () => (await lacuna.picture("overlay-canvas")).painted).toBeGreaterThan(0);
  await lacuna.at("find").click();
  for (const id of ["volume-irf", "agreement", "en-face-map", "toggle-truth", "toggle-doubt", "toggle-similarity", "open-scene", "report", "export-json"]) {
    await expect(lacuna.at(id), id).toBeHidden();
  }
  for (const title of ["Fluid", "Around the fovea", "Worth a look", "Save"]) {
    await expect(lacuna.page.getByRole("heading", { name: title, exact: true }), title).toHaveCount(0);
  }
  const nothing = async () => expect((await lacuna.picture("overlay-canvas")).painted).toBe(0);
  await expect.poll(async () => (await lacuna.picture("overlay-canvas")).painted).toBe(0);
  for (const key of ["s", "u", "r", "l", "v", "o", "m", "m"]) {
    await lacuna.page.keyboard.press(key);
    await nothing();
  }
  await expect(lacuna.at("front-view")).toHaveCount(0);
  await expect(lacuna.at("scene").locator("canvas")).toHaveCount(0);
  await lacuna.page.keyboard.press("t");
  await expect.poll(async () => (await lacuna.picture("overlay-canvas")).painted).toBeGreaterThan(500);
  await expect(lacuna.at("find-compared")).toBeVisible();
  // The next one is hidden again, and leaving shows all.
  await lacuna.page.keyboard.press(".");
  await expect(lacuna.at("find-compared")).toBeHidden();
  await nothing();
  await lacuna.at("find").click();
  await expect(lacuna.volume("irf")).toBeVisible();
});

test("the keyboard alone goes through every B-scan with fluid, in the same order for everybody", async ({ lacuna, made }) => {
  const truth = truthOf(made, 3);
  const withFluid = Array.from({ length: BSCANS }, (_, bscan) => bscan).filter((bscan) => bscanOf(truth, bscan).some((label) => label > 0));
  const orders: string[][] = [];
  for (const time of ["once", "again"]) {
    await lacuna.openReady("device=cpu&lanes=1&eye=3&find");
    // The B-scan in the middle holds none.
    await expect(lacuna.position).not.toHaveText("13 / 25");
    const keyboard = lacuna.page.keyboard;
    const order: string[] = [];
    for (let at = 0; at < withFluid.length; at++) {
      order.push((await lacuna.position.textContent())!);
      await lacuna.page.locator(".stage").focus();
      await keyboard.press("ArrowRight");
      await keyboard.press("Enter");
      await keyboard.press("t");
      await expect(lacuna.at("find-score")).toContainText(`${at + 1} B-scan`);
      await keyboard.press(".");
    }
    orders.push(order);
    expect([...order].sort(), time).toEqual(withFluid.map((bscan) => `${bscan + 1} / 25`).sort());
    await expect(lacuna.at("find-next")).toBeDisabled();
    await expect(lacuna.at("find-score")).toContainText("No further B-scan with fluid");
  }
  expect(orders[0]).toEqual(orders[1]);
  // Nothing of it is kept for another day.
  await expect(lacuna.at("restored")).toHaveCount(0);
  await expect(lacuna.at("forget-kept")).toHaveCount(0);
});

test("the link of an eye carries the game, the next eye goes on with it, and a file of a person ends it", async ({ lacuna, made }) => {
  await lacuna.openReady("device=cpu&lanes=1&eye=4");
  await expect(lacuna.at("eye-link")).toHaveText(/\/\?eye=4$/);
  await lacuna.at("find").click();
  await expect(lacuna.at("eye-link")).toHaveText(/\/\?eye=4&find$/);
  await lacuna.at("next-eye").click();
  await expect(lacuna.volumeName).toHaveText("Generated eye 5");
  await expect(lacuna.at("find")).toHaveAttribute("aria-pressed", "true");
  await lacuna.at("find-check").click();
  await expect(lacuna.at("find-compared")).toBeVisible();
  await lacuna.openVolume(made.phantom(2).files, 2);
  await expect(lacuna.at("find")).toHaveCount(0);
  await expect(lacuna.volume("irf")).toBeVisible();
});

for (const [language, tag] of [["English", "en"], ["Chinese", "zh-CN"]] as const) {
  test(`on a phone, in ${language}, nothing scrolls sideways and axe finds nothing`, async ({ lacuna }) => {
    await lacuna.page.setViewportSize({ width: 390, height: 844 });
    await lacuna.openReady("device=cpu&lanes=1&eye=9&find");
    await lacuna.language.selectOption(tag);
    await lacuna.at("find-check").click();
    await expect(lacuna.at("find-compared")).toBeVisible();
    const widths = await lacuna.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    expect(widths[0]).toBeLessThanOrEqual(widths[1]);
    const panel = await lacuna.at("teaching").evaluate((element) => [element.scrollWidth, element.clientWidth]);
    expect(panel[0]).toBeLessThanOrEqual(panel[1]);
    const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const { violations } = await new AxeBuilder({ page: lacuna.page }).withTags(rules).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
  });
}
