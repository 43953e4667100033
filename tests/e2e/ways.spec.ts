// One eye in a sample of the ways of crates/ways: what keeps its truth gives the
// same nanolitres on the page, and what breaks it never gives a plain figure.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { expect, test } from "./fixtures";
import { FLUIDS, nanolitres, type Fluid, type LacunaPage } from "./lacuna-page";

interface Way {
  name: string;
  /** Paths in the folder that the ways lie in. */
  files: string[];
  /** Lateral, axial, between B-scans, where the person gives them. */
  spacing_mm: [string, string, string] | null;
  expected: "same" | "same or asked" | "bound or none" | "no figure" | "choice";
}

/** Lets `ways` write the sample into a folder of its own. */
function write(): { folder: string; ways: Way[] } {
  const program = process.env.LACUNA_WAYS;
  if (!program) throw new Error("LACUNA_WAYS is not set: it names the `ways` program, which writes these files");
  const parent = process.env.LACUNA_SCRATCH ?? os.tmpdir();
  fs.mkdirSync(parent, { recursive: true });
  const folder = fs.mkdtempSync(path.join(parent, "ways-"));
  execFileSync(program, [folder], { stdio: ["ignore", "ignore", "pipe"] });
  return { folder, ways: JSON.parse(fs.readFileSync(path.join(folder, "ways.json"), "utf8")) };
}

/** Opens a way, answers what only the person knows, and segments where that is possible. */
async function figures(lacuna: LacunaPage, folder: string, way: Way): Promise<Record<Fluid, string> | null> {
  const shown = async () => `${await lacuna.volumeName.textContent()} ${await lacuna.pictureChecksum()}`;
  const before = await shown();
  await lacuna.choose(way.files.map((file) => path.join(folder, file)));
  const refused = async () => (await lacuna.error.count()) > 0;
  const opened = async () => (await shown()) !== before;
  const asked = async () => (await lacuna.at("several-question").count()) > 0;
  await expect.poll(async () => (await refused()) || (await opened()) || (await asked()), { message: way.name }).toBe(true);
  if (await asked()) {
    await lacuna.at("several-one").click();
    await expect.poll(async () => (await refused()) || (await opened()), { message: way.name }).toBe(true);
  }
  if (await refused()) {
    expect((await lacuna.error.textContent()) ?? "", way.name).toMatch(/^\S.*\.$/s);
    await lacuna.at("dismiss-error").click();
    await expect(lacuna.error).toHaveCount(0);
    return null;
  }
  if ((await lacuna.at("volume-question").count()) > 0) {
    await expect(lacuna.segmentButton, `${way.name}: nobody chose yet`).toBeDisabled();
    await lacuna.at("volume-choice-1").click();
    await expect(lacuna.at("volume-question"), way.name).toHaveCount(0);
  }
  if (way.spacing_mm) {
    for (const [index, axis] of ["lateral", "axial", "between"].entries()) {
      await lacuna.at(`spacing-${axis}`).fill(way.spacing_mm[index]);
    }
    await lacuna.at("spacing-apply").click();
  }
  if ((await lacuna.at("axis-question").count()) > 0) return null;
  // Where nothing can be measured there may be nothing to segment.
  if (!(await lacuna.segmentButton.isVisible()) || !(await lacuna.segmentButton.isEnabled())) return null;
  await lacuna.segmentButton.click();
  await expect(lacuna.progress).toHaveCount(0, { timeout: 60_000 });
  await expect(lacuna.coverage, way.name).toHaveText(/measured/, { timeout: 60_000 });
  const found: Partial<Record<Fluid, string>> = {};
  for (const fluid of FLUIDS) found[fluid] = (await lacuna.volume(fluid).textContent()) ?? "";
  return found as Record<Fluid, string>;
}

/** Whether a text is a figure without a mark: "12.3 nl". */
const isPlain = (text: string) => /^(< )?\d[\d.]* nl$/.test(text.trim());

test("a way that keeps the truth keeps the nanolitres, and one that breaks it gives no plain figure", async ({ lacuna }) => {
  const { folder, ways } = write();
  await lacuna.openReady("device=cpu");
  let reference: Record<Fluid, string> | null = null;
  for (const way of ways) {
    const found = await figures(lacuna, folder, way);
    if (!reference) {
      expect(found, `${way.name} is the reference`).not.toBeNull();
      reference = found as Record<Fluid, string>;
      continue;
    }
    const plain = found !== null && FLUIDS.some((fluid) => isPlain(found[fluid]));
    if (way.expected === "same") expect(plain, way.name).toBe(true);
    if (way.expected === "bound or none" || way.expected === "no figure") expect(plain, way.name).toBe(false);
    if (way.expected === "choice" && plain) {
      await expect(lacuna.at("volume-choice").locator("option"), way.name).toHaveCount(2);
    }
    if (plain && way.expected !== "choice") {
      for (const fluid of FLUIDS) {
        const [is, was] = [nanolitres(found[fluid]), nanolitres(reference[fluid])];
        const message = `${way.name}: ${fluid} ${found[fluid]}, not ${reference[fluid]}`;
        expect(is.from <= was.to * 1.01 + 0.2 && is.to >= was.from * 0.99 - 0.2, message).toBe(true);
      }
    }
  }
  fs.rmSync(folder, { recursive: true, force: true });
});
