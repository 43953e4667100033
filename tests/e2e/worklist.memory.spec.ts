// Memory of a long list, by hand, as it takes minutes:
//
//   LACUNA_LIST=200 LACUNA_URL=... LACUNA_CLI=... npx playwright test --config tests/e2e/playwright.config.ts --project memory
import fs from "node:fs";
import path from "node:path";

import { expect, test } from "./fixtures";

const scans = Number(process.env.LACUNA_LIST);
const bscans = Number(process.env.LACUNA_LIST_BSCANS ?? 3);

test.skip(!scans, "no length of the list is named (LACUNA_LIST)");

test("a list of many scans leaves memory flat", async ({ lacuna, made, browser }, info) => {
  test.setTimeout(3_600_000);
  const phantom = made.phantom(bscans);
  const folder = info.outputPath("cohort");
  fs.mkdirSync(folder, { recursive: true });
  const header = fs.readFileSync(phantom.header, "utf8");
  const files: string[] = [];
  for (let number = 1; number <= scans; number++) {
    const name = `eye-${String(number).padStart(3, "0")}`;
    files.push(path.join(folder, `${name}.mhd`), path.join(folder, `${name}.raw`));
    fs.writeFileSync(files[files.length - 2], header.replace("oct.raw", `${name}.raw`));
    fs.copyFileSync(phantom.raw, files[files.length - 1]);
  }
  // The renderers' own memory, by the system: page, workers and their wasm together.
  const session = await browser.newBrowserCDPSession();
  const renderers = async () => {
    const { processInfo } = (await session.send("SystemInfo.getProcessInfo")) as { processInfo: { type: string; id: number }[] };
    const ids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
    const kilobytes = ids.map((id) => Number(/RssAnon:\s+(\d+)/.exec(fs.readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0));
    return Math.round(kilobytes.reduce((sum, one) => sum + one, 0) / 1024);
  };
  await lacuna.openReady("device=cpu");
  const measured: [number, number][] = [[0, await renderers()]];
  await lacuna.choose(files);
  await lacuna.at("several-list").click();
  const started = Date.now();
  for (const count of [5, 20, 50, 100, 150, 200].filter((count) => count <= scans)) {
    const reached = async () => Number(/^(\d+)/.exec((await lacuna.at("list-progress").textContent()) ?? "")?.[1]);
    await expect.poll(reached, { timeout: 3_000_000, intervals: [500] }).toBeGreaterThanOrEqual(count);
    measured.push([await reached(), await renderers()]);
    console.log(`${measured[measured.length - 1].join(" scans: ")} MB after ${Math.round((Date.now() - started) / 1000)} s`);
  }
  const at = (least: number) => measured.find(([count]) => count >= least)![1];
  expect(at(Math.min(200, scans)), JSON.stringify(measured)).toBeLessThan(at(20) * 1.2);
});
