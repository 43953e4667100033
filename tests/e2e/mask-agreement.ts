// One network, two programs: the page's mask against that of `lacuna segment`.
import { expect } from "@playwright/test";

import { readMetaImage, readZip, type MetaImage } from "./file-formats";
import type { LacunaPage } from "./lacuna-page";

/** The mask as the page saves it. */
export async function savedMask(lacuna: LacunaPage): Promise<MetaImage> {
  const files = readZip((await lacuna.save("metaimage")).bytes);
  const file = (name: string) => {
    const content = files.get(name);
    if (!content) throw new Error(`the zip lacks ${name}`);
    return content;
  };
  return readMetaImage(file("mask.mhd").toString("utf8"), file);
}

/** Expects that both masks hold fluid and that at least `share` of all voxels are equal. */
export function expectAgreement(page: MetaImage, program: MetaImage, share: number): void {
  expect(page.size).toEqual(program.size);
  expect(page.labels.length).toBe(program.labels.length);
  let equal = 0;
  const fluid = { page: 0, program: 0 };
  for (let at = 0; at < page.labels.length; at++) {
    equal += Number(page.labels[at] === program.labels[at]);
    fluid.page += Number(page.labels[at] > 0);
    fluid.program += Number(program.labels[at] > 0);
  }
  // Two empty masks would agree about nothing.
  expect(fluid.page).toBeGreaterThan(0);
  expect(fluid.program).toBeGreaterThan(0);
  const agreed = equal / page.labels.length;
  const differ = page.labels.length - equal;
  console.log(
    `      ${differ} of ${page.labels.length} voxels differ (${(100 * agreed).toFixed(4)} % equal; fluid voxels: page ${fluid.page}, program ${fluid.program})`,
  );
  expect(agreed).toBeGreaterThanOrEqual(share);
}
