// Two visits of an eye beside each other: one is kept, the other opened; they are laid on each
// other, scrolled together and compared.
import fs from "node:fs";

import { expect, test } from "./fixtures";
import type { Phantom } from "./fixtures";
import type { LacunaPage, Upload } from "./lacuna-page";

const COLUMNS = 512;
const ROWS = 496;
const BSCANS = 25;
/** The later visit began so many columns and B-scans farther. */
const MOVED = { columns: 40, bscans: 2 };

/** The same eye, scanned elsewhere: what the first visit saw without its first columns and B-scans. */
function movedScan(phantom: Phantom): Upload[] {
  const raw = fs.readFileSync(phantom.raw);
  const columns = COLUMNS - MOVED.columns;
  const lines: Buffer[] = [];
  for (let line = MOVED.bscans * ROWS; line < BSCANS * ROWS; line++) {
    lines.push(raw.subarray(2 * (line * COLUMNS + MOVED.columns), 2 * (line + 1) * COLUMNS));
  }
  const size = `DimSize = ${columns} ${ROWS} ${BSCANS - MOVED.bscans}`;
  const header = fs.readFileSync(phantom.header, "utf8").replace(/^DimSize = .*$/m, size).replace("oct.raw", "later.raw");
  return [
    { name: "later.mhd", mimeType: "text/plain", buffer: Buffer.from(header) },
    { name: "later.raw", mimeType: "application/octet-stream", buffer: Buffer.concat(lines) },
  ];
}

/** The B-scans of both visits, counted from 1. */
async function places(lacuna: LacunaPage): Promise<number[]> {
  const texts = await Promise.all([0, 1].map((visit) => lacuna.at(`compare-place-${visit}`).textContent()));
  return texts.map((text) => Number(/(\d+) \/ \d+/.exec(text ?? "")?.[1]));
}

/** Presses a visit from the front at a column and a B-scan. */
async function press(lacuna: LacunaPage, visit: number, column: number, bscan: number): Promise<void> {
  const [columns, bscans] = visit === 0 ? [COLUMNS, BSCANS] : [COLUMNS - MOVED.columns, BSCANS - MOVED.bscans];
  const picture = lacuna.at(`compare-front-${visit}`);
  await picture.scrollIntoViewIfNeeded();
  const { width, height } = (await picture.boundingBox())!;
  const position = { x: ((column + 0.5) / columns) * width, y: ((bscan + 0.5) / bscans) * height };
  await picture.click({ position });
}

/** How many different greys a picture shows. */
async function greys(lacuna: LacunaPage, testId: string): Promise<number> {
  return lacuna.at(testId).locator("canvas").evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(data.filter((_, at) => at % 4 === 0)).size;
  });
}

test("two visits are kept, compared, scrolled together and laid on each other by hand", async ({ lacuna, made }) => {
  test.setTimeout(300_000);
  await lacuna.openReady();
  const phantom = made.phantom(BSCANS);
  await lacuna.openVolume(phantom.files, BSCANS);
  await lacuna.segmentAll();
  const first = (await lacuna.volumeName.textContent()) ?? "";
  const srf = (await lacuna.volume("srf").textContent()) ?? "";
  await lacuna.at("keep").click();
  await expect(lacuna.at("kept")).toBeHidden();

  // Another one is opened: the first stays.
  await lacuna.openVolume(movedScan(phantom), BSCANS - MOVED.bscans);
  await expect(lacuna.at("kept-name")).toHaveText(first);
  await expect(lacuna.at("compare")).toBeDisabled();
  await expect(lacuna.at("why-not-compare")).toContainText("Segment the scan in view first.");
  await lacuna.at("show-kept").click();
  await expect(lacuna.volumeName).toHaveText(first);
  await expect(lacuna.volume("srf")).toHaveText(srf);
  await lacuna.page.keyboard.press(",");
  await expect(lacuna.at("kept-name")).toHaveText(first);
  await lacuna.segmentAll();
  await expect(lacuna.at("compare")).toBeEnabled();

  await lacuna.page.keyboard.press(";");
  const status = lacuna.at("compare-status");
  await expect(status).toContainText("Laid on each other by their vessels", { timeout: 30_000 });
  for (const picture of ["compare-front-0", "compare-front-1", "compare-bscan-0", "compare-bscan-1"]) {
    await expect.poll(() => greys(lacuna, picture), { message: picture }).toBeGreaterThan(16);
  }

  // One follows the other, to the same place.
  const slider = lacuna.at("compare-slider-0");
  await slider.fill("13");
  await expect.poll(() => places(lacuna)).toEqual([13, 13 - MOVED.bscans]);
  await lacuna.at("compare-bscan-1").hover();
  await lacuna.page.mouse.wheel(0, 100);
  await expect.poll(() => places(lacuna)).toEqual([14, 14 - MOVED.bscans]);
  await lacuna.at("close-sheet").focus();
  await lacuna.page.keyboard.press("ArrowLeft");
  await expect.poll(() => places(lacuna)).toEqual([13, 13 - MOVED.bscans]);
  await slider.fill("1");
  await expect(lacuna.page.getByText("This visit does not see that place")).toBeVisible();

  // Of what both see nothing changed; the whole scans differ by what one does not cover.
  const table = lacuna.at("compare-table");
  const cells = (region: number, line: number) =>
    table.locator("tbody").nth(region).locator("tr").nth(line).locator("td").allTextContents();
  const [before, after] = (await cells(1, 2)).map((text) => Number.parseFloat(text));
  expect(before).toBeGreaterThan(0);
  expect(Math.abs(after - before) / before).toBeLessThan(0.15);
  expect((await cells(0, 2))[0]).toBe(srf.replace(" nl", ""));
  await expect(table.locator("tbody")).toHaveCount(5);
  await lacuna.at("compare-subfields").locator("summary").click();
  await expect(lacuna.at("compare-subfields").locator("tbody")).toHaveCount(9);
  await expect(lacuna.at("compare-maps").locator("canvas")).toHaveCount(2);
  await expect(lacuna.at("compare-cautions")).toContainText("make sure that both are of one eye");

  const waiting = lacuna.page.waitForEvent("download");
  await lacuna.at("compare-save").click();
  const csv = fs.readFileSync(await (await waiting).path(), "utf8");
  expect(csv).toContain("seen_by_both,central,thickness,um,");
  expect(csv).toContain("Not a medical device");

  // By hand: one place with the pointer, and by keyboard in the other picture.
  await lacuna.at("compare-mark").click();
  await press(lacuna, 0, 256, 12);
  await press(lacuna, 1, 256 - MOVED.columns, 12 - MOVED.bscans);
  await expect(status).toContainText("Laid on each other by what you marked.");
  await lacuna.at("compare-front-0").focus();
  for (const key of ["ArrowUp", "ArrowRight", "Enter"]) await lacuna.page.keyboard.press(key);
  await lacuna.at("compare-front-1").focus();
  for (const key of ["ArrowUp", "ArrowRight", "Enter"]) await lacuna.page.keyboard.press(key);
  await expect(lacuna.at("compare-why-not")).toContainText("too near for telling a turn");
  await lacuna.at("compare-forget").click();
  await expect(status).toContainText("Laid on each other by their vessels");
  await expect(lacuna.at("compare-why-not")).toBeEmpty();

  await lacuna.at("compare-swap").click();
  await expect(lacuna.page.locator("#visit-0")).toContainText("later");
  await expect(status).toContainText("Laid on each other by their vessels");
  await lacuna.page.keyboard.press("Escape");
  await expect(lacuna.at("compare-status")).toHaveCount(0);
  await lacuna.at("let-go").click();
  await expect(lacuna.at("kept")).toBeHidden();
  await expect(lacuna.at("keep")).toBeVisible();
});

test("few B-scans are laid on each other by the fovea or not at all, and the page says which", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.compareWithItself(made.phantom(3).files, 3);
  await expect(lacuna.at("compare-status")).toContainText(/by the fovea of both|Not laid on each other/, { timeout: 30_000 });
  await expect(lacuna.at("compare-table").locator("tbody").first()).toContainText("IRF");
});
