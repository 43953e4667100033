// Real files of real devices, where the data folder is there: opened, shown,
// and refused for a volume where they have none.
import fs from "node:fs";
import path from "node:path";

import { expect, test } from "./fixtures";

const DATA = process.env.LACUNA_DATA ?? path.resolve(__dirname, "../../../shared/data");

interface DeviceFile {
  /** Path in the data folder; a folder stands for all files in it. */
  path: string;
  format: string;
  /** Columns, rows, B-scans. */
  size: [number, number, number];
  eye?: string;
  /** Names the fundus image, where there is one. */
  fundus?: string;
  /** Has layers that the device stored. */
  layers?: boolean;
}

const FILES: DeviceFile[] = [
  { path: "formats/heidelberg_vol/line_hsf103_grid.vol", format: "Heidelberg .vol", size: [768, 496, 1], eye: "right (OD)", fundus: "SLO", layers: true },
  { path: "formats/heidelberg_vol/circle_hsf103_grid_a.vol", format: "Heidelberg .vol", size: [768, 496, 1], fundus: "SLO", layers: true },
  { path: "formats/heidelberg_xml_eyepy", format: "Heidelberg XML export", size: [50, 40, 10], fundus: "SLO" },
  { path: "formats/heidelberg_e2e/e2e_minimized.E2E", format: "Heidelberg E2E", size: [512, 496, 1] },
  { path: "formats/topcon/fda_minimized.fda", format: "Topcon", size: [512, 650, 1], fundus: "fundus photograph" },
];

for (const file of FILES) {
  test(`${path.basename(file.path)} of a real device is opened and shown`, async ({ lacuna }, info) => {
    const whole = path.join(DATA, file.path);
    test.skip(!fs.existsSync(whole), "skipped: no data");
    const files = fs.statSync(whole).isDirectory() ? fs.readdirSync(whole).map((name) => path.join(whole, name)) : [whole];
    await lacuna.openReady();
    await lacuna.openVolume(files, file.size[2]);

    const panel = lacuna.at("volume-panel");
    await expect(panel).toContainText(file.format);
    await expect(panel).toContainText(`${file.size[0]} × ${file.size[1]}`);
    if (file.eye) await expect(panel).toContainText(file.eye);
    if (file.fundus) {
      await expect(lacuna.at("fundus")).toBeVisible();
      await expect(lacuna.page.getByRole("heading", { name: `Fundus (${file.fundus})` })).toBeVisible();
    }
    if (file.layers) {
      const before = (await lacuna.picture("overlay-canvas")).painted;
      await lacuna.page.keyboard.press("l");
      await expect.poll(async () => (await lacuna.picture("overlay-canvas")).painted).toBeGreaterThan(before);
    }
    if (file.size[2] === 1) {
      await expect(lacuna.at("volume-note")).toContainText(/A single B-scan|circle scan/);
    }
    await expect(lacuna.error).toHaveCount(0);
    await lacuna.page.screenshot({ path: info.outputPath("page.png") });
  });
}
