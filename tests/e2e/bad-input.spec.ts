import fs from "node:fs";

import { encodePng, greyPattern } from "./file-formats";
import { expect, test, type Phantom } from "./fixtures";
import type { LacunaPage, Upload } from "./lacuna-page";

interface BadInput {
  title: string;
  files: (good: Phantom) => Upload[];
  /** What the sentence must name: the file (either of two, where two disagree). */
  names: RegExp;
}

const file = (name: string, content: Buffer | string): Upload => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(content),
});

/** The phantom's header with one field written anew. */
const header = (good: Phantom, field: string, value: string): Upload => {
  const text = fs.readFileSync(good.header, "utf8");
  const changed = text.replace(new RegExp(`^${field} *=.*$`, "m"), `${field} = ${value}`);
  if (changed === text) throw new Error(`the phantom's header has no ${field}`);
  return file("oct.mhd", changed);
};
const raw = (good: Phantom): Upload => file("oct.raw", fs.readFileSync(good.raw));

const cases: BadInput[] = [
  {
    title: "a text file renamed .png",
    files: () => [file("letter.png", "Dear colleague, please find the scan attached.\n")],
    names: /letter\.png/,
  },
  {
    title: "a truncated raw file",
    files: (good) => {
      const whole = fs.readFileSync(good.raw);
      return [file("oct.mhd", fs.readFileSync(good.header)), file("oct.raw", whole.subarray(0, whole.length >> 1))];
    },
    names: /oct\.raw/,
  },
  {
    title: "a header that promises more B-scans than the file has",
    files: (good) => [header(good, "DimSize", "512 496 49"), raw(good)],
    names: /oct\.(mhd|raw)/,
  },
  {
    title: "huge dimensions",
    files: (good) => [header(good, "DimSize", "4000000000 4000000000 4000000000"), raw(good)],
    names: /oct\.mhd/,
  },
  {
    title: "a dimension of zero",
    files: (good) => [header(good, "DimSize", "512 0 3"), raw(good)],
    names: /oct\.mhd/,
  },
  {
    title: "a header without its raw file",
    files: (good) => [file("oct.mhd", fs.readFileSync(good.header))],
    names: /oct\.(mhd|raw)/,
  },
  {
    title: "a colour image",
    files: () => [
      file("fundus.png", encodePng(64, 48, Uint8Array.from({ length: 64 * 48 * 3 }, (_, at) => (at * 37) & 0xff))),
    ],
    names: /fundus\.png/,
  },
  {
    title: "an empty file",
    files: () => [file("scan.nii.gz", "")],
    names: /scan\.nii\.gz/,
  },
];

/** Opens a good volume of one B-scan and gives what must not change. */
async function openGood(lacuna: LacunaPage, good: Phantom): Promise<{ name: string; picture: string }> {
  await lacuna.openReady();
  await lacuna.openVolume(good.files, good.bscans);
  return { name: (await lacuna.volumeName.textContent()) ?? "", picture: await lacuna.pictureChecksum() };
}

async function refusesAndKeeps(
  lacuna: LacunaPage,
  before: { name: string; picture: string },
  names: RegExp,
): Promise<void> {
  await expect(lacuna.error).toHaveCount(1);
  await expect(lacuna.error).toHaveAttribute("role", "alert");
  await expect(lacuna.error).toContainText(names);
  const sentence = (await lacuna.error.textContent()) ?? "";
  expect(sentence, "one sentence").toMatch(/^\S.*\.$/s);
  expect(sentence, "not two").not.toMatch(/[.!?]\s+\p{Lu}/u);

  await expect(lacuna.volumeName).toHaveText(before.name);
  await lacuna.at("dismiss-error").click();
  await expect(lacuna.error).toHaveCount(0);
  // The message takes room from the stage; without it the picture is the same to the pixel.
  await expect.poll(() => lacuna.pictureChecksum()).toBe(before.picture);
  await expect(lacuna.segmentButton).toBeEnabled();
}

for (const { title, files, names } of cases) {
  test(`${title} is refused in one sentence and the open volume stays`, async ({ lacuna, made }) => {
    const good = made.phantom(1);
    const before = await openGood(lacuna, good);
    await lacuna.choose(files(good));
    await refusesAndKeeps(lacuna, before, names);
  });
}

test("an empty drop is refused in one sentence and the open volume stays", async ({ lacuna, made }) => {
  const before = await openGood(lacuna, made.phantom(1));
  await lacuna.drop([]);
  await refusesAndKeeps(lacuna, before, /no file/i);
});

test("a dropped file that is no volume is refused in one sentence and the open volume stays", async ({ lacuna, made }) => {
  const before = await openGood(lacuna, made.phantom(1));
  await lacuna.drop([{ name: "notes.txt", text: "OCT of the left eye" }]);
  await refusesAndKeeps(lacuna, before, /notes\.txt/);
});
