// Many scans, measured one after the other.
import fs from "node:fs";
import path from "node:path";

import AxeBuilder from "@axe-core/playwright";

import { expect, test, type Phantom } from "./fixtures";
import type { LacunaPage, Upload } from "./lacuna-page";
import { parseCsv } from "./worklist";

const file = (name: string, buffer: Buffer): Upload => ({ name, mimeType: "application/octet-stream", buffer });

/** The phantom's files under other names; `cut` leaves half of the samples. */
function named(phantom: Phantom, name: string, cut = false): Upload[] {
  const header = fs.readFileSync(phantom.header, "utf8").replace("oct.raw", `${name}.raw`);
  const raw = fs.readFileSync(phantom.raw);
  return [file(`${name}.mhd`, Buffer.from(header)), file(`${name}.raw`, cut ? raw.subarray(0, raw.length >> 1) : raw)];
}

const rows = (lacuna: LacunaPage) => lacuna.at("list-row");
const row = (lacuna: LacunaPage, name: string) => rows(lacuna).filter({ hasText: name });
const names = (lacuna: LacunaPage) => rows(lacuna).locator("th button").allTextContents();

/** Gives files to the page and has it make a list of `scans`. */
async function list(lacuna: LacunaPage, files: Upload[], scans: number): Promise<void> {
  await lacuna.choose(files);
  await expect(lacuna.at("several-question")).toContainText(`There are ${scans} scans`);
  await lacuna.at("several-list").click();
  await expect(rows(lacuna)).toHaveCount(scans);
}

async function done(lacuna: LacunaPage, words: RegExp): Promise<void> {
  await expect(lacuna.at("list-progress")).toHaveText(words, { timeout: 170_000 });
}

test("a drop of six scans becomes a list: the broken one says why, the others have their figures", async ({ lacuna, made }) => {
  const [small, large] = [made.phantom(2), made.phantom(3)];
  await lacuna.openReady();
  const shown = await lacuna.volumeName.textContent();
  await list(
    lacuna,
    [1, 2, 3, 4, 5].flatMap((number) => named(number === 2 ? large : small, `eye-${number}`)).concat(named(small, "broken", true)),
    6,
  );
  await done(lacuna, /^6 of 6 done, 1 failed/);
  await expect(row(lacuna, "broken")).toContainText("broken.raw");
  await expect(row(lacuna, "broken")).toContainText("failed");
  expect(await names(lacuna), "in the order of their names").toEqual(["broken.mhd", ...[1, 2, 3, 4, 5].map((number) => `eye-${number}.mhd`)]);
  await expect(row(lacuna, "eye-1").locator("td").nth(1)).toHaveText(/nl$/);
  await expect(row(lacuna, "eye-1")).toContainText("file");
  const figures = await row(lacuna, "eye-2").locator("td.list-figure").allTextContents();
  await lacuna.at("close-list").click();
  await expect(lacuna.volumeName, "what was in view stays").toHaveText(shown ?? "");

  // A press on its name opens a scan, which says the same.
  await lacuna.at("show-list").click();
  await row(lacuna, "eye-2").getByRole("button", { name: "eye-2.mhd", exact: true }).click();
  await expect(lacuna.at("worklist")).toBeHidden();
  await expect(lacuna.coverage).toHaveText("all 3 B-scans measured", { timeout: 60_000 });
  const { "volume-irf": irf, "volume-srf": srf, "volume-ped": ped } = await lacuna.figures();
  expect([irf, srf, ped]).toEqual(figures);
});

test("the table is sorted by any column, by keyboard too, and saved without names unless asked", async ({ lacuna, made }) => {
  await lacuna.openReady();
  const [small, large] = [made.phantom(2), made.phantom(3)];
  await list(lacuna, [...named(small, "a"), ...named(large, "b"), ...named(small, "c", true)], 3);
  await done(lacuna, /^3 of 3 done/);
  const head = (slug: string) => lacuna.page.locator("th", { has: lacuna.at(`sort-${slug}`) });
  await expect(head("scan")).toHaveAttribute("aria-sort", "ascending");
  await lacuna.at("sort-ped").focus();
  await lacuna.page.keyboard.press("Enter");
  await expect(head("ped")).toHaveAttribute("aria-sort", "descending");
  await expect(head("scan")).toHaveAttribute("aria-sort", "none");
  const falling = await names(lacuna);
  await lacuna.page.keyboard.press("Space");
  await expect(head("ped")).toHaveAttribute("aria-sort", "ascending");
  const rising = await names(lacuna);
  expect([falling[2], rising[2]], "what has no figure stays last").toEqual(["c.mhd", "c.mhd"]);
  expect(rising.slice(0, 2)).toEqual(falling.slice(0, 2).reverse());
  await lacuna.at("sort-state").click();
  expect((await names(lacuna))[0]).toBe("c.mhd");

  const save = async () => {
    const waiting = lacuna.page.waitForEvent("download");
    await lacuna.at("list-save").click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe("lacuna-cohort.csv");
    return parseCsv(fs.readFileSync(await download.path(), "utf8"));
  };
  const nameless = await save();
  expect(nameless.map(({ number, input, state }) => [number, input, state])).toEqual([
    ["1", "", "done"],
    ["2", "", "done"],
    ["3", "", "failed"],
  ]);
  expect(Number(nameless[1].ped_nl)).toBeGreaterThan(0);
  const [a, b] = nameless.map(({ ped_nl }) => Number(ped_nl));
  expect(rising.slice(0, 2)).toEqual(a < b ? ["a.mhd", "b.mhd"] : ["b.mhd", "a.mhd"]);
  expect([nameless[2].ped_nl, nameless[2].message]).toEqual(["", ""]);
  expect(nameless[0].axial_source).toBe("from_file");
  expect(nameless[0].research_use_notice).toContain("Not a medical device");
  await lacuna.at("list-identified").check();
  const identified = await save();
  expect(identified.map(({ input }) => input)).toEqual(["a.mhd", "b.mhd", "c.mhd"]);
  expect(identified[2].message).toContain("c.raw");
});

test("the queue pauses, goes on, tries again and gives way to the scan in view", async ({ lacuna, made }) => {
  await lacuna.openReady();
  const long = made.phantom(12);
  await list(lacuna, [...named(long, "a"), ...named(made.phantom(1), "b")], 2);
  await expect(row(lacuna, "a.mhd")).toContainText(/[1-9]\d* (of|\/) 12/, { timeout: 60_000 });
  await lacuna.at("list-pause").click();
  await expect(lacuna.at("list-progress")).toContainText("Paused");
  const state = () => row(lacuna, "a.mhd").locator("td").first().textContent();
  const paused = await state();
  await lacuna.page.waitForTimeout(1500);
  expect(await state(), "nothing goes on").toBe(paused);

  // The scan in view is used meanwhile, and the queue waits for its run.
  await lacuna.page.keyboard.press("Escape");
  await expect(lacuna.at("worklist")).toBeHidden();
  await lacuna.page.keyboard.press("Home");
  await expect(lacuna.position).toHaveText(/^1 \//);
  await lacuna.at("show-list").click();
  await lacuna.at("list-pause").click();
  await lacuna.at("close-list").click();
  await lacuna.segmentButton.click();
  await lacuna.at("show-list").click();
  await expect(lacuna.at("list-progress")).toContainText("Waits for the scan in view");
  await lacuna.at("close-list").click();
  await lacuna.at("cancel").click();
  await lacuna.at("show-list").click();
  await done(lacuna, /^2 of 2 done/);
  await row(lacuna, "b.mhd").getByRole("button", { name: "Measure again" }).click();
  await done(lacuna, /^2 of 2 done/);
  await row(lacuna, "b.mhd").getByRole("button", { name: "Take off the list" }).click();
  await expect(rows(lacuna)).toHaveCount(1);
  await lacuna.at("list-clear").click();
  await expect(lacuna.at("worklist")).toBeHidden();
  await expect(lacuna.at("show-list")).toHaveCount(0);
});

test("a folder of patients is a list, its masks are not in it, and a scan without spacing asks for it", async ({ lacuna, made }, info) => {
  const phantom = made.phantom(2);
  const folder = info.outputPath("cohort");
  for (const patient of ["P1", "P2", "P10"]) {
    const into = path.join(folder, patient);
    fs.mkdirSync(into, { recursive: true });
    for (const name of ["oct.mhd", "oct.raw", "reference.mhd", "reference.raw"]) {
      fs.copyFileSync(path.join(path.dirname(phantom.header), name), path.join(into, name));
    }
  }
  const without = fs.readFileSync(phantom.header, "utf8").replace(/^ElementSpacing.*$/m, "");
  fs.writeFileSync(path.join(folder, "P2/oct.mhd"), without);
  await lacuna.openReady();
  await lacuna.at("folder-input").setInputFiles(folder);
  await lacuna.at("several-list").click();
  await expect(rows(lacuna)).toHaveCount(3);
  await done(lacuna, /^3 of 3 done, 1 needs you/);
  expect(await names(lacuna)).toEqual(["P1/oct.mhd", "P2/oct.mhd", "P10/oct.mhd"]);
  await expect(row(lacuna, "P2")).toContainText("—");
  // It is answered in the viewer, and the answer comes back.
  await row(lacuna, "P2").getByRole("button", { name: "P2/oct.mhd", exact: true }).click();
  await expect(lacuna.coverage).toHaveText("all 2 B-scans measured", { timeout: 60_000 });
  for (const [axis, mm] of [["lateral", "0.0117"], ["axial", "0.0039"], ["between", "0.12"]]) {
    await lacuna.page.locator(`[data-testid^="spacing-${axis}"]`).fill(mm);
  }
  await lacuna.at("spacing-apply").click();
  await lacuna.at("show-list").click();
  await expect(row(lacuna, "P2")).toContainText("by you");
  await expect(row(lacuna, "P2").locator("td.list-figure").first()).toHaveText(/nl$/);
});

test("what was dropped can be opened as one scan, or left alone", async ({ lacuna, made }) => {
  const phantom = made.phantom(1);
  await lacuna.openReady();
  await lacuna.choose([...named(phantom, "a"), ...named(phantom, "b")]);
  await lacuna.at("several-none").click();
  await expect(lacuna.at("several-question")).toHaveCount(0);
  await lacuna.choose([...named(phantom, "a"), ...named(phantom, "b")]);
  await lacuna.at("several-one").click();
  await expect(lacuna.at("volume-question")).toContainText("Choose which to measure");
});

test.describe("axe finds nothing in the list", () => {
  for (const [name, width, height, theme] of [
    ["wide and dark", 1440, 900, "dark"],
    ["on a tablet and light", 1024, 768, "light"],
    ["on a phone", 390, 844, "dark"],
  ] as const) {
    test(name, async ({ lacuna, made }) => {
      await lacuna.page.setViewportSize({ width, height });
      await lacuna.openReady();
      if (theme === "light") await lacuna.at("theme").click();
      const phantom = made.phantom(1);
      await lacuna.choose([...named(phantom, "a"), ...named(phantom, "b", true)]);
      const found = async (where: string) => {
        const { violations } = await new AxeBuilder({ page: lacuna.page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`), where).toEqual([]);
      };
      await expect(lacuna.at("several-question")).toBeVisible();
      await found("the question");
      await lacuna.at("several-list").click();
      await done(lacuna, /^2 of 2 done/);
      await found("the list");
      const overflow = await lacuna.at("worklist").evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
      expect(overflow, "nothing scrolls sideways").toBeLessThanOrEqual(0);
    });
  }
});
