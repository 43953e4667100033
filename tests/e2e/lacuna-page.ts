// The page as a person sees it. Specs speak of this, never of selectors.
import fs from "node:fs";

import { expect, type Locator, type Page } from "@playwright/test";

export const FLUIDS = ["irf", "srf", "ped"] as const;
export type Fluid = (typeof FLUIDS)[number];

export type ExportKind = "metaimage" | "nifti" | "dicom" | "json" | "csv";

/** A file as the file input takes it: a path, or a name with its bytes. */
export type Upload = string | { name: string; mimeType: string; buffer: Buffer };

/** Loading the engine and its self-test, on a device that also runs other tests. */
const ENGINE_STARTS = 120_000;

export interface SavedFile {
  name: string;
  bytes: Buffer;
}

export class LacunaPage {
  constructor(readonly page: Page) {}

  /** Opens the page; `query` is what stands after the question mark. */
  async open(query = "device=cpu&lanes=1"): Promise<void> {
    await this.page.goto(`/?${query}`);
  }

  /** Opens the page and waits until the engine is ready and the sample is shown. */
  async openReady(query?: string): Promise<void> {
    await this.open(query);
    await this.engineIsReady();
    await this.showsPicture();
  }

  at(testId: string): Locator {
    return this.page.getByTestId(testId);
  }

  async engineIsReady(): Promise<void> {
    await expect(this.at("engine-status")).toContainText("ready", { timeout: ENGINE_STARTS });
  }

  get volumeName(): Locator {
    return this.at("volume-name");
  }

  get position(): Locator {
    return this.at("bscan-position");
  }

  get error(): Locator {
    return this.at("error");
  }

  get segmentButton(): Locator {
    return this.at("segment");
  }

  get progress(): Locator {
    return this.at("progress");
  }

  /** "all 3 B-scans measured" or "1 of 49 B-scans measured". */
  get coverage(): Locator {
    return this.at("coverage");
  }

  volume(fluid: Fluid): Locator {
    return this.at(`volume-${fluid}`);
  }

  presence(fluid: Fluid): Locator {
    return this.at(`presence-${fluid}`);
  }

  toggle(fluid: Fluid): Locator {
    return this.at(`toggle-${fluid}`);
  }

  exportButton(kind: ExportKind): Locator {
    return this.at(`export-${kind}`);
  }

  /** The choice of the language. */
  get language(): Locator {
    return this.page.getByRole("combobox", { name: "Language / 语言" });
  }

  /** The panel that says what computes and why. */
  get devicePanel(): Locator {
    return this.page.getByRole("region", { name: "Computed on" });
  }

  /** The B-scan in view and the number of B-scans. */
  async readPosition(): Promise<{ bscan: number; bscans: number }> {
    const text = (await this.position.textContent()) ?? "";
    const [bscan, bscans] = text.split("/").map((part) => Number(part.trim()));
    return { bscan, bscans };
  }

  /** Gives files to the file input without waiting for what becomes of them. */
  async choose(files: Upload[]): Promise<void> {
    // setInputFiles takes paths or buffers, never both at once.
    const paths = files.filter((file) => typeof file === "string");
    const buffers = files.filter((file) => typeof file !== "string");
    await this.at("file-input").setInputFiles(paths.length > 0 ? paths : buffers);
  }

  /** Opens files that are a good volume of `bscans` B-scans. */
  async openVolume(files: Upload[], bscans: number): Promise<void> {
    await this.choose(files);
    await expect(this.at("sample-badge")).toHaveCount(0);
    await expect(this.position).toHaveText(`${Math.floor(bscans / 2) + 1} / ${bscans}`);
    await this.showsPicture();
  }

  /** Drops files on the page the way a mouse does. */
  async drop(files: { name: string; text: string }[]): Promise<void> {
    const transfer = await this.page.evaluateHandle((files) => {
      const transfer = new DataTransfer();
      for (const file of files) {
        transfer.items.add(new File([file.text], file.name));
      }
      return transfer;
    }, files);
    const zone = this.at("drop-zone");
    await zone.dispatchEvent("dragenter", { dataTransfer: transfer });
    await zone.dispatchEvent("dragover", { dataTransfer: transfer });
    await zone.dispatchEvent("drop", { dataTransfer: transfer });
  }

  /** Begins to segment and waits until some B-scans are measured, not all. */
  async segmentSome(): Promise<void> {
    await this.segmentButton.click();
    await expect(this.coverage).toHaveText(/^\d+ of \d+ B-scans measured$/, { timeout: 60_000 });
  }

  /** Number of measured B-scans where they are not all. */
  async measuredSome(): Promise<number> {
    return Number(/^(\d+) of/.exec((await this.coverage.textContent()) ?? "")?.[1]);
  }

  /** Segments the open volume to its end. */
  async segmentAll(timeout = 170_000): Promise<void> {
    await this.segmentButton.click();
    await expect(this.coverage).toHaveText(/^all \d+ B-scans? measured$/, { timeout });
    await expect(this.progress).toHaveCount(0);
  }

  /** Keeps a volume, opens it once more and has both compared. */
  async compareWithItself(files: Upload[], bscans: number): Promise<void> {
    await this.openVolume(files, bscans);
    await this.segmentAll();
    await this.page.keyboard.press(",");
    await this.choose(files);
    await expect(this.at("kept")).toBeVisible();
    await this.segmentAll();
    await this.at("compare").click();
  }

  /** Presses an export button and gives what the browser saved. */
  async save(kind: ExportKind): Promise<SavedFile> {
    const waiting = this.page.waitForEvent("download");
    await this.exportButton(kind).click();
    const download = await waiting;
    return { name: download.suggestedFilename(), bytes: fs.readFileSync(await download.path()) };
  }

  /** All figures on the screen. */
  async figures(): Promise<Record<string, string>> {
    const figures: Record<string, string> = {};
    for (const fluid of FLUIDS) {
      figures[`volume-${fluid}`] = (await this.volume(fluid).textContent()) ?? "";
      figures[`presence-${fluid}`] = (await this.presence(fluid).textContent()) ?? "";
    }
    return figures;
  }

  /** Opens the tools that correct masks. */
  async openTools(): Promise<void> {
    const tools = this.at("correcting");
    // The key of a tool has opened them already.
    if ((await tools.getAttribute("open")) === null) await tools.locator("summary").click();
  }

  /** Drags over the B-scan from one place to another, 0 to 1 across and down the stage. */
  async drag(from: [number, number], to: [number, number]): Promise<void> {
    const box = (await this.at("bscan-canvas").boundingBox())!;
    const at = ([x, y]: [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    await this.page.mouse.move(...at(from));
    await this.page.mouse.down();
    await this.page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]), { steps: 4 });
    await this.page.mouse.move(...at(to), { steps: 4 });
    await this.page.mouse.up();
  }

  /** Waits until the stage shows a picture with structure. */
  async showsPicture(): Promise<void> {
    await expect.poll(async () => (await this.picture("bscan-canvas")).greys).toBeGreaterThan(16);
  }

  /** A checksum of what the B-scan canvas shows. */
  async pictureChecksum(): Promise<string> {
    const { width, height, checksum } = await this.picture("bscan-canvas");
    return `${width}x${height} ${checksum}`;
  }

  /** What a canvas shows: its size, how many levels of red, the painted pixels, a checksum. */
  async picture(
    testId: "bscan-canvas" | "overlay-canvas",
  ): Promise<{ width: number; height: number; greys: number; painted: number; checksum: number }> {
    return this.at(testId).evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { width, height } = canvas;
      const context = canvas.getContext("2d");
      if (!context || width === 0 || height === 0) {
        return { width, height, greys: 0, painted: 0, checksum: 0 };
      }
      const rgba = context.getImageData(0, 0, width, height).data;
      const greys = new Set<number>();
      let painted = 0;
      // FNV-1a over all bytes.
      let checksum = 0x811c9dc5;
      for (let at = 0; at < rgba.length; at++) {
        checksum = Math.imul(checksum ^ rgba[at], 0x01000193) >>> 0;
        if (at % 4 === 0) greys.add(rgba[at]);
        if (at % 4 === 3 && rgba[at] > 0) painted += 1;
      }
      return { width, height, greys: greys.size, painted, checksum };
    });
  }
}

/** The interval of nanolitres that a text such as "12.3 nl" stands for (see src/words/figures.rs). */
export function nanolitres(text: string): { from: number; to: number } {
  if (text === "0 nl") return { from: 0, to: 0 };
  if (text === "< 0.01 nl") return { from: Number.MIN_VALUE, to: 0.01 };
  const figure = /^(\d+(?:\.(\d+))?) nl$/.exec(text);
  if (!figure) throw new Error(`"${text}" is no volume in nl`);
  const half = 0.5 * 10 ** -(figure[2]?.length ?? 0);
  const slack = 1e-9;
  return { from: Number(figure[1]) - half - slack, to: Number(figure[1]) + half + slack };
}
