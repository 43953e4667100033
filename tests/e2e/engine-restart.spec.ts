import path from "node:path";

import { expect, test } from "./fixtures";
import type { LacunaPage } from "./lacuna-page";

const DICOM = path.resolve(__dirname, "../../crates/oct-formats/tests/fixtures/dicom");
const KILLED = "killed by the test";
test.use({ provoked: new RegExp(KILLED) });

/** The engine dies as it does of a bug or of a driver. */
async function kill(lacuna: LacunaPage): Promise<void> {
  await lacuna.page.workers()[0].evaluate((words) => {
    setTimeout(() => {
      throw new Error(words);
    });
  }, KILLED);
  await expect(lacuna.error).toContainText("The engine stopped");
}

test("a dead engine takes neither picture nor figures with it, and can be restarted", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(1).files, 1);
  await lacuna.segmentAll();
  const name = (await lacuna.volumeName.textContent()) ?? "";
  const figures = await lacuna.figures();
  const picture = await lacuna.pictureChecksum();

  await kill(lacuna);
  await expect(lacuna.at("engine-status")).toContainText("stopped");
  await expect(lacuna.segmentButton).toBeDisabled();
  await expect(lacuna.volumeName).toHaveText(name);
  expect(await lacuna.figures()).toEqual(figures);
  await lacuna.showsPicture();

  await lacuna.at("restart-engine").click();
  await lacuna.engineIsReady();
  await expect(lacuna.error).toHaveCount(0);
  await expect(lacuna.volumeName).toHaveText(name);
  expect(await lacuna.figures()).toEqual(figures);
  await expect.poll(() => lacuna.pictureChecksum()).toBe(picture);

  // The new engine was given the masks: it can save them and measure anew.
  await expect(lacuna.exportButton("metaimage")).toBeEnabled();
  expect((await lacuna.save("metaimage")).bytes.length).toBeGreaterThan(0);
  await lacuna.segmentAll();
  expect(await lacuna.figures()).toEqual(figures);
});

test("a run that an engine took down with it goes on in the next", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.segmentSome();
  await kill(lacuna);
  const measured = await lacuna.measuredSome();

  await lacuna.at("restart-engine").click();
  await lacuna.engineIsReady();
  await expect(lacuna.coverage).toHaveText(new RegExp(`^${measured} of `));
  await expect(lacuna.segmentButton).toHaveText("Continue");
  await lacuna.segmentAll();
  const { bscans } = await lacuna.readPosition();
  await expect(lacuna.page.getByText(new RegExp(`^The other ${bscans - measured} B-scans? measured in `))).toBeVisible();
  const report = JSON.parse((await lacuna.save("json")).bytes.toString("utf8"));
  expect(report.device, "both engines computed on the same device").toBe("CPU, 1 lane");
});

test("the sample eye that is asked for while a restarted engine loads is opened", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.openVolume([path.join(DICOM, "explicit.dcm")], 3);
  await kill(lacuna);
  // Both in one turn of the page: the worker's code cannot have loaded in between.
  await lacuna.page.evaluate(() => {
    for (const testId of ["restart-engine", "open-sample"]) {
      document.querySelector<HTMLElement>(`[data-testid=${testId}]`)?.click();
    }
  });
  await expect(lacuna.at("sample-badge")).toBeVisible({ timeout: 60_000 });
  await lacuna.engineIsReady();
  await lacuna.showsPicture();
});

test("what was drawn outlives the engine", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.segmentAll();
  await lacuna.openTools();
  await lacuna.at("tool-brush").click();
  await lacuna.drag([0.4, 0.3], [0.6, 0.3]);
  await expect(lacuna.at("drawn")).toBeVisible();
  const corrected = await lacuna.figures();
  await kill(lacuna);
  await lacuna.at("restart-engine").click();
  await lacuna.engineIsReady();
  await expect.poll(() => lacuna.figures()).toEqual(corrected);
  await expect(lacuna.at("drawn")).toContainText("Drawn in 1 B-scan");
});

test("a new engine is given the kept scan, too, and compares both", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.compareWithItself(made.phantom(3).files, 3);
  const table = lacuna.at("compare-table");
  await expect(table).toBeVisible();
  const before = await table.innerText();
  await lacuna.page.keyboard.press("Escape");

  await kill(lacuna);
  await expect(lacuna.at("compare")).toBeDisabled();
  await lacuna.at("restart-engine").click();
  await lacuna.engineIsReady();
  await expect(lacuna.at("compare")).toBeEnabled();
  await lacuna.at("compare").click();
  await expect(lacuna.at("compare-status")).toContainText(/Laid on each other|Not laid/);
  expect(await table.innerText()).toBe(before);
});
