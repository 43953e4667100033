import { test } from "./fixtures";
import { expectAgreement, savedMask } from "./mask-agreement";

// Rounding differs between AVX and wasm SIMD, so a voxel on an edge may fall to either side.
test("on the CPU the page and the program agree in 99.99 % of voxels", async ({ lacuna, made }) => {
  const eye = made.phantom(3);
  const program = made.maskOfProgram(eye);
  await lacuna.openReady("device=cpu&lanes=1");
  await lacuna.openVolume(eye.files, eye.bscans);
  await lacuna.segmentAll();
  expectAgreement(await savedMask(lacuna), program, 0.9999);
});
