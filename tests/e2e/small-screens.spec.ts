import { encodePng, greyPattern } from "./file-formats";
import { expect, test } from "./fixtures";

const screens = [
  { name: "a phone", viewport: { width: 390, height: 844 }, touch: true },
  { name: "a small tablet", viewport: { width: 1024, height: 768 }, touch: false },
];

for (const { name, viewport, touch } of screens) {
  test.describe(name, () => {
    test.use({ viewport, isMobile: touch, hasTouch: touch });

    test(`on ${name} nothing scrolls sideways and the main controls are there`, async ({ lacuna }) => {
      await lacuna.openReady();
      // A name of any length: DICOM objects are called by UIDs of 64 digits.
      const name = `${"1.2.826.0.1.3680043.8.498.".repeat(4)}png`;
      await lacuna.openVolume([{ name, mimeType: "image/png", buffer: encodePng(256, 192, greyPattern(256, 192, 3)) }], 1);
      const widths = await lacuna.page.evaluate(() => ({
        content: document.documentElement.scrollWidth,
        screen: document.documentElement.clientWidth,
      }));
      expect(widths.screen).toBe(viewport.width);
      expect(widths.content).toBeLessThanOrEqual(widths.screen);

      for (const control of ["bscan-canvas", "open-sample", "segment", "bscan-slider", "toggle-irf", "volume-irf", "export-json"]) {
        const element = lacuna.at(control);
        await element.scrollIntoViewIfNeeded();
        await expect(element, control).toBeVisible();
        const box = await element.boundingBox();
        expect(box?.x, control).toBeGreaterThanOrEqual(0);
        expect((box?.x ?? 0) + (box?.width ?? 0), control).toBeLessThanOrEqual(viewport.width);
      }
      await expect(lacuna.page.getByText("For research and teaching only")).toBeVisible();
    });

    test(`on ${name} a volume can be segmented`, async ({ lacuna, made }) => {
      await lacuna.openReady();
      await lacuna.openVolume(made.phantom(2).files, 2);
      await lacuna.segmentAll();
      await expect(lacuna.volume("irf")).toHaveText(/nl$/);
    });
  });
}
