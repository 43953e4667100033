import { expect, test } from "./fixtures";
import { expectAgreement, savedMask } from "./mask-agreement";

// One B-scan is about 3.5 GFLOP and SwiftShader does 0.5 GFLOP/s: one B-scan only.
test("on WebGPU the page agrees with the program in 99.9 % of voxels", async ({ lacuna, made }) => {
  test.setTimeout(300_000);
  const eye = made.phantom(1);
  const program = made.maskOfProgram(eye);
  await lacuna.openReady("device=software-gpu&lanes=1");
  await expect(lacuna.at("device")).toHaveText(/^GPU/);
  await expect(lacuna.devicePanel).toContainText("Self-test passed");
  await lacuna.openVolume(eye.files, eye.bscans);
  await lacuna.segmentAll(170_000);
  expectAgreement(await savedMask(lacuna), program, 0.999);
});
