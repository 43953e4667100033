// Drives Chromium for `cargo xtask bench`: one job a call, a fresh browser a job, and one
// line of JSON on stdout.
//
//   node browser.mjs forward '{"side": "ours", ...}'
//
// BENCH_PAGE is where our page is served, BENCH_SITE where the pages of web/ are.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { chromium } from "playwright-core";

const { BENCH_PAGE, BENCH_SITE, LACUNA_CHROMIUM } = process.env;
/** SwiftShader takes half a minute for one B-scan. */
const PATIENCE_MS = 20 * 60_000;

const quiet = [
  "--headless=new",
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];
const flags = {
  none: [],
  // Chromium on Linux offers a real adapter only where it is told to.
  gpu: ["--enable-unsafe-webgpu", "--enable-features=Vulkan", "--ignore-gpu-blocklist"],
  swiftshader: [
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
    "--use-vulkan=swiftshader",
  ],
};

const options = (adapter = "none") => ({
  executablePath: LACUNA_CHROMIUM ?? "/usr/bin/chromium",
  args: [...quiet, ...flags[adapter]],
});

const [job, text] = process.argv.slice(2);
const jobs = { about, forward, volume, visits };
try {
  console.log(JSON.stringify(await jobs[job](JSON.parse(text ?? "{}"))));
} catch (error) {
  // One line that can stand in a table.
  console.log(JSON.stringify({ error: String(error.message ?? error).split("\n")[0] }));
}

/** The browser and the adapter that it offers. */
async function about() {
  for (const adapter of ["gpu", "swiftshader"]) {
    const browser = await chromium.launch(options(adapter));
    try {
      const page = await browser.newPage();
      await page.goto(`${BENCH_SITE}/forward-peer.html?wanted={}`);
      const info = await page.evaluate(async () => {
        const found = await navigator.gpu?.requestAdapter();
        if (!found) return null;
        const { vendor, architecture, device, description } = found.info;
        const name = [vendor, architecture, device, description].filter(Boolean).join(" ");
        return { name, f16: found.features.has("shader-f16") };
      });
      const version = browser.version();
      if (info || adapter === "swiftshader") return { version, adapter: info && { ...info, flags: adapter } };
    } finally {
      await browser.close();
    }
  }
}

/** A forward pass alone, ours or the peer's. */
async function forward({ side, adapter, ...wanted }) {
  const browser = await chromium.launch(options(adapter));
  try {
    const page = await browser.newPage();
    await page.goto(`${BENCH_SITE}/forward-${side}.html?wanted=${encodeURIComponent(JSON.stringify(wanted))}`);
    await page.waitForFunction(() => globalThis.told, null, { timeout: wanted.patience_ms ?? PATIENCE_MS });
    const { result, error } = await page.evaluate(() => globalThis.told);
    if (error) throw new Error(error);
    return result;
  } finally {
    await browser.close();
  }
}

/** A volume from its drop to its last mask, in our page or in the peer's. */
async function volume({ side, adapter, query, files, traced, ...wanted }) {
  const browser = await chromium.launch(options(adapter));
  try {
    const page = await browser.newPage();
    await page.addInitScript({ path: path.join(import.meta.dirname, "drive.js") });
    const address =
      side === "ours"
        ? `${BENCH_PAGE}/?${query}`
        : `${BENCH_SITE}/volume-peer.html?wanted=${encodeURIComponent(JSON.stringify(wanted))}`;
    await page.goto(address);
    await ready(page, side);
    if (traced) await browser.startTracing(page, { categories: ["blink.user_timing"] });
    await page.getByTestId("file-input").setInputFiles(files);
    await page.waitForFunction(() => window.lacunaBench.marks.drawn, null, { timeout: PATIENCE_MS });
    const marks = await page.evaluate(() => window.lacunaBench.marks);
    const longestTask = await page.evaluate(() => window.lacunaBench.longestTask());
    const device = await page.getByTestId("device").textContent({ timeout: 1000 }).catch(() => null);
    const parts = traced ? partsOf(await browser.stopTracing()) : undefined;
    return {
      ms: marks.drawn - marks.dropped,
      openMs: marks.clicked && marks.clicked - marks.dropped,
      firstMs: marks.firstDrawn - marks.dropped,
      longestTask,
      device,
      parts,
      peakMiB: await peakMemory(browser),
    };
  } finally {
    await browser.close();
  }
}

/** Visits of a fresh browser, then of one that kept what it loaded: ms to the first mask. */
async function visits({ awaits, files, query }) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "lacuna-bench-"));
  try {
    const cold = await visit(profile);
    return { cold, warm: await visit(profile) };
  } finally {
    fs.rmSync(profile, { recursive: true, force: true });
  }

  async function visit(profile) {
    const context = await chromium.launchPersistentContext(profile, options());
    try {
      const page = context.pages()[0] ?? (await context.newPage());
      await page.addInitScript({ path: path.join(import.meta.dirname, "drive.js") });
      await page.addInitScript((awaits) => (window.lacunaBench.awaits = awaits), awaits);
      await page.goto(`${BENCH_PAGE}/?${query}`, { waitUntil: "commit" });
      if (awaits === "file") {
        const input = page.getByTestId("file-input");
        await input.waitFor({ state: "attached" });
        await input.setInputFiles(files);
      }
      await page.waitForFunction(() => window.lacunaBench.marks.firstDrawn, null, { timeout: PATIENCE_MS });
      const { dropped, clicked, firstDrawn } = await page.evaluate(() => window.lacunaBench.marks);
      return { fromOpening: firstDrawn, fromDrop: firstDrawn - (dropped ?? 0), fromClick: firstDrawn - clicked };
    } finally {
      await context.close();
    }
  }
}

async function ready(page, side) {
  const said = page.getByTestId(side === "ours" ? "engine-status" : "coverage");
  await said.filter({ hasText: "ready" }).waitFor({ timeout: PATIENCE_MS });
  // Our page opens on the sample; it is drawn before a person drops anything.
  if (side === "ours") await page.getByTestId("sample-badge").waitFor({ timeout: PATIENCE_MS });
  await page.waitForTimeout(500);
}

/** Milliseconds in all, and how often, of each `performance.measure` that is called `lacuna ...`, of all workers. */
function partsOf(trace) {
  const { traceEvents } = JSON.parse(trace.toString("utf8"));
  const [open, parts] = [new Map(), {}];
  const events = traceEvents.filter(({ name, ph }) => name?.startsWith("lacuna ") && (ph === "b" || ph === "e"));
  for (const { name, ph, pid, id, id2, ts } of events.sort((a, b) => a.ts - b.ts)) {
    const key = [pid, id ?? id2?.local ?? id2?.global, name].join(" ");
    if (ph === "b") {
      open.set(key, ts);
    } else if (open.has(key)) {
      const part = (parts[name.slice("lacuna ".length)] ??= { ms: 0, count: 0 });
      part.ms += (ts - open.get(key)) / 1000;
      part.count += 1;
      open.delete(key);
    }
  }
  return parts;
}

/** The most memory that the page's process ever held, MiB; `null` where the system does not tell. */
async function peakMemory(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const peaks = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => {
      try {
        return Number(/VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${id}/status`, "utf8"))[1]) / 1024;
      } catch {
        return 0;
      }
    });
  const most = Math.max(0, ...peaks);
  return most > 0 ? most : null;
}
