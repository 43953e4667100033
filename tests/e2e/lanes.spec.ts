import { test } from "./fixtures";
import { expectAgreement, savedMask } from "./mask-agreement";

test("with several CPU lanes the mask is the same to the voxel", async ({ lacuna, made }) => {
  const eye = made.phantom(3);
  const masks = [];
  for (const lanes of [1, 2]) {
    await lacuna.openReady(`device=cpu&lanes=${lanes}`);
    await lacuna.openVolume(eye.files, eye.bscans);
    await lacuna.segmentAll();
    masks.push(await savedMask(lacuna));
  }
  expectAgreement(masks[0], masks[1], 1);
});
