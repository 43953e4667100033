// `cargo xtask test --only browser` runs this over the production bundle; by hand:
//
//   LACUNA_URL=http://127.0.0.1:8080 LACUNA_CLI=target/debug/lacuna \
//     npx playwright test --config tests/e2e/playwright.config.ts --project cpu keyboard
import path from "node:path";

import { defineConfig } from "@playwright/test";

// No traffic of Chromium's own: the privacy spec counts every request.
const quiet = [
  "--headless=new",
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];

// WebGPU on the processor: proves correctness, never speed (0.4 to 1 GFLOP/s).
const swiftshader = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-vulkan=swiftshader",
];

// WebGL on the processor, for the view in space.
const webgl = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

const chromium = (more: string[] = []) => ({
  // Browsers of Playwright's own cannot be downloaded everywhere; Debian's serves.
  executablePath: process.env.LACUNA_CHROMIUM ?? "/usr/bin/chromium",
  args: [...quiet, ...more],
});

export default defineConfig({
  testDir: ".",
  outputDir: path.resolve(__dirname, "../../test-results/e2e"),
  reporter: "list",
  // A page uses all cores; two at once would only time each other out. And a
  // test that passes at the second try tells nothing.
  workers: 1,
  retries: 0,
  timeout: 180_000,
  // The engine starts and B-scans are drawn within seconds on two cores; runs
  // of the network wait longer and say so.
  expect: { timeout: 30_000 },
  forbidOnly: !!process.env.CI,
  use: {
    baseURL: process.env.LACUNA_URL ?? "http://127.0.0.1:8080",
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
  },
  projects: [
    {
      name: "cpu",
      testMatch: "**/*.spec.ts",
      testIgnore: ["**/*.webgpu.spec.ts", "**/*.memory.spec.ts", "**/scene.spec.ts", "**/pictures.spec.ts"],
      use: { launchOptions: chromium() },
    },
    {
      // Apart: with these a canvas in the plane is drawn now by one rasteriser, now by another.
      name: "webgl",
      testMatch: ["**/scene.spec.ts", "**/pictures.spec.ts"],
      use: { launchOptions: chromium(webgl) },
    },
    {
      // By hand: it takes minutes.
      name: "memory",
      testMatch: "**/*.memory.spec.ts",
      use: { launchOptions: chromium() },
    },
    {
      name: "webgpu",
      testMatch: "**/*.webgpu.spec.ts",
      use: { launchOptions: chromium(swiftshader) },
    },
  ],
});
