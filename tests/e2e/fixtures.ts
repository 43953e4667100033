// What specs start from: the page object, volumes made by the `lacuna`
// program, masks of the program to compare with, and failures of the page
// that no spec should overlook.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { test as base } from "@playwright/test";

import { LacunaPage } from "./lacuna-page";
import { readMetaImage, type MetaImage } from "./file-formats";

/** A generated eye in RETOUCH's layout, without its reference mask. */
export interface Phantom {
  bscans: number;
  header: string;
  raw: string;
  /** Both files, as the file input takes them. */
  files: string[];
}

export interface Made {
  /** A generated Spectralis eye (512 x 496, 16 bit) with all three fluids. */
  phantom(bscans: number): Phantom;
  /** The folder of another one in the same layout, with its `reference.raw`: what it truly holds. */
  eye(style: "spectralis" | "cirrus", seed: number, bscans: number, fluid?: string): string;
  /** The mask that the program finds in `phantom` on the CPU. */
  maskOfProgram(phantom: Phantom): MetaImage;
}

interface Options {
  /** Complaints of the browser that the spec itself provokes. */
  provoked: RegExp | null;
}

export const test = base.extend<Options & { lacuna: LacunaPage }, { made: Made }>({
  provoked: [null, { option: true }],

  lacuna: async ({ page, provoked }, use) => {
    const complaints: string[] = [];
    const note = (text: string) => {
      if (!provoked?.test(text)) complaints.push(text);
    };
    page.on("pageerror", (error) => note(error.message));
    page.on("console", (message) => {
      if (/panicked at|Content Security Policy/i.test(message.text())) note(message.text());
    });
    await use(new LacunaPage(page));
    base.expect(complaints, "the page neither panics nor breaks its own policy").toEqual([]);
  },

  made: [
    async ({}, use) => {
      const parent = process.env.LACUNA_SCRATCH ?? os.tmpdir();
      fs.mkdirSync(parent, { recursive: true });
      const scratch = fs.mkdtempSync(path.join(parent, "e2e-"));
      const phantoms = new Map<number, Phantom>();
      const masks = new Map<string, MetaImage>();
      await use({
        phantom(bscans) {
          const made = phantoms.get(bscans) ?? makePhantom(scratch, bscans);
          phantoms.set(bscans, made);
          return made;
        },
        eye(style, seed, bscans, fluid = "random") {
          const folder = path.join(scratch, `${style}-${seed}-${bscans}-${fluid}`);
          if (!fs.existsSync(folder)) {
            run("phantom", "--style", style, "--seed", `${seed}`, "--frames", `${bscans}`, "--fluid", fluid, "--out", folder);
          }
          return folder;
        },
        maskOfProgram(phantom) {
          const mask = masks.get(phantom.header) ?? segment(phantom);
          masks.set(phantom.header, mask);
          return mask;
        },
      });
      fs.rmSync(scratch, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

export { expect } from "@playwright/test";

function makePhantom(scratch: string, bscans: number): Phantom {
  const folder = path.join(scratch, `spectralis-${bscans}`);
  run("phantom", "--style", "spectralis", "--seed", "3", "--frames", String(bscans), "--fluid", "irf,srf,ped", "--out", folder);
  const header = path.join(folder, "oct.mhd");
  const raw = path.join(folder, "oct.raw");
  return { bscans, header, raw, files: [header, raw] };
}

function segment(phantom: Phantom): MetaImage {
  const out = path.join(path.dirname(phantom.header), "found");
  // The header, not the folder: that holds the reference mask too.
  run("segment", phantom.header, "--out", out, "--device", "cpu");
  const header = fs.readFileSync(path.join(out, "mask.mhd"), "utf8");
  return readMetaImage(header, (name) => fs.readFileSync(path.join(out, name)));
}

function run(...parameters: string[]): void {
  const program = process.env.LACUNA_CLI;
  if (!program) {
    throw new Error("LACUNA_CLI is not set: it names the `lacuna` program, which makes the volumes for this test");
  }
  // What it says on stderr becomes part of the error.
  execFileSync(program, parameters, { stdio: ["ignore", "ignore", "pipe"] });
}
