// Arrays that do not say which axis is depth.
import { expect, test } from "./fixtures";
import type { Upload } from "./lacuna-page";

/** An array of bytes as numpy.save writes it; its last axis is the fastest. */
function npy(name: string, shape: [number, number, number], sample: (at: [number, number, number]) => number): Upload {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const header = Buffer.alloc(128, " ");
  header.write("\x93NUMPY\x01\x00", "latin1");
  header.writeUInt16LE(118, 8);
  header.write(text, 10, "latin1");
  header.write("\n", 127, "latin1");
  const samples = Buffer.alloc(shape[0] * shape[1] * shape[2]);
  for (let at = 0; at < samples.length; at += 1) {
    const inner = at % (shape[1] * shape[2]);
    samples[at] = sample([Math.floor(at / (shape[1] * shape[2])), Math.floor(inner / shape[2]), inner % shape[2]]);
  }
  return { name, mimeType: "application/octet-stream", buffer: Buffer.concat([header, samples]) };
}

/** Something between 0 and 1 that is never the same in neighbours. */
function speckle([a, b, c]: [number, number, number]): number {
  const place = Math.imul(a * 73856093 + b * 19349663 + c * 83492791, 2654435761);
  return ((Math.imul(place ^ (place >>> 15), 2246822519) >>> 8) & 0xffff) / 0xffff;
}

const noLayers = npy("noise.npy", [20, 64, 48], (at) => 255 * speckle(at));

/** Rows first: dark vitreous, grey retina, its bright edge, the choroid. */
const rowsFirst = npy("rows-first.npy", [72, 96, 6], (at) => {
  const depth = at[0] / 72 - 0.3;
  const grey = depth < 0 ? 14 : depth < 0.25 ? 90 : depth < 0.31 ? 170 : 60 - 60 * (depth - 0.31);
  return grey * (0.6 + 0.8 * speckle(at));
});

test("where no axis is depth for certain nothing is segmented before a picture is chosen", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.openVolume([noLayers], 20);
  const question = lacuna.at("axis-question");
  await expect(question).toContainText("Which picture is a B-scan?");
  for (const index of [1, 2, 3]) await expect(lacuna.at(`axis-choice-${index}`)).toBeVisible();
  await expect(lacuna.segmentButton).toBeDisabled();

  // On its side: the second axis of the picture is depth.
  await lacuna.at("axes-turned").check();
  await lacuna.at("axis-choice-1").click();
  await expect(question).toHaveCount(0);
  await expect(lacuna.segmentButton).toBeEnabled();
  await expect(lacuna.at("volume-panel")).toContainText("64 × 48");
  // The order is known then; a picture it does not make of noise.
  await lacuna.segmentButton.click();
  await expect(lacuna.coverage).toContainText("20 hold no picture");
  await expect(lacuna.error).toHaveCount(0);
});

test("a key chooses the picture, too", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.openVolume([noLayers], 20);
  await expect(lacuna.at("axis-question")).toBeVisible();
  await lacuna.page.keyboard.press("1");
  await expect(lacuna.at("axis-question")).toHaveCount(0);
  await expect(lacuna.segmentButton).toBeEnabled();
});

test("a scan that stores its rows first is read so, with a word", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.openVolume([rowsFirst], 6);
  await expect(lacuna.at("axis-question")).toHaveCount(0);
  await expect(lacuna.at("volume-panel")).toContainText("rows,columns,bscans");
  await expect(lacuna.segmentButton).toBeEnabled();
});

/** An eye whose layers are clear, as `change` shows it: dark, the bright retina, half as bright behind it. */
const eye = (name: string, change: { over?: boolean; negative?: boolean }) =>
  npy(name, [6, 100, 64], (at) => {
    const row = change.over ? 99 - at[1] : at[1];
    const grey = [20, 20, 20, 20, 170, 200, 60, 50, 40, 30][Math.floor(row / 10)] + 15 * speckle(at);
    return change.negative ? 255 - grey : grey;
  });

test("an eye upside down is turned over by one click, and a negative is used only where somebody says so", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.openVolume([eye("over.npy", { over: true })], 6);
  const question = lacuna.at("axis-question");
  await expect(question).toContainText("Which picture is upright?");
  await expect(lacuna.at("odd-picture")).toContainText("upside down");
  await expect(lacuna.at("axes-turned"), "its axes are known").toHaveCount(0);
  await expect(lacuna.segmentButton).toBeDisabled();
  await lacuna.at("axis-choice-1").click();
  await expect(question).toHaveCount(0);
  await expect(lacuna.segmentButton).toBeEnabled();

  await lacuna.openVolume([eye("negative.npy", { negative: true })], 6);
  await expect(question).toContainText("Is the picture right as it is?");
  await expect(lacuna.at("odd-picture")).toContainText("a negative");
  await expect(question.getByRole("button")).toHaveText([/Use as it is/]);
  await expect(lacuna.segmentButton).toBeDisabled();
  await lacuna.page.keyboard.press("1");
  await expect(question).toHaveCount(0);
  await expect(lacuna.segmentButton).toBeEnabled();
});
