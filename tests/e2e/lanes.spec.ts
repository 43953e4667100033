import { expect, test } from "./fixtures";
import { expectAgreement, savedMask } from "./mask-agreement";

test("with several CPU lanes the mask is the same to the voxel", async ({ lacuna, made }) => {
  const eye = made.phantom(3);
  const masks = [];
  for (const lanes of [1, 2]) {
    await lacuna.openReady(`device=cpu&lanes=${lanes}`);
    await lacuna.openVolume(eye.files, eye.bscans);
    await lacuna.segmentAll();
    const { device } = JSON.parse((await lacuna.save("json")).bytes.toString("utf8"));
    expect(device).toBe(lanes === 1 ? "CPU, 1 lane" : "CPU, 2 lanes");
    masks.push(await savedMask(lacuna));
  }
  expectAgreement(masks[0], masks[1], 1);
});
