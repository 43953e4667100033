import { expect, test } from "./fixtures";

test("a GPU that is emulated on the processor is not used unless asked for", async ({ lacuna }) => {
  await lacuna.open("device=auto&lanes=1");
  // Else this would only test a browser without WebGPU.
  const adapter = await lacuna.page.evaluate(async () => {
    const { gpu } = navigator as unknown as { gpu?: { requestAdapter(): Promise<unknown> } };
    return Boolean(await gpu?.requestAdapter());
  });
  expect(adapter, "this Chromium offers a WebGPU adapter").toBe(true);

  await lacuna.engineIsReady();
  await expect(lacuna.at("device")).toHaveText(/^CPU/);
  await expect(lacuna.devicePanel).toContainText(/emulation on the processor/i);
  await expect(lacuna.error).toHaveCount(0);
});
