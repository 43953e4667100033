import { expect, test } from "./fixtures";

const KILLED = "killed by the test";
test.use({ provoked: new RegExp(KILLED) });

test("an engine that dies while it starts comes up again on the CPU, unasked", async ({ lacuna }) => {
  // Held back, the weights keep the engine in its start for as long as the test needs.
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await lacuna.page.route("**/*.safetensors", async (route) => {
    await held;
    await route.continue();
  });
  await lacuna.open("device=auto&lanes=1");
  await expect(lacuna.at("engine-status")).toContainText("fetching the network");
  await lacuna.page.workers()[0].evaluate((words) => {
    setTimeout(() => {
      throw new Error(words);
    });
  }, KILLED);
  letGo();

  await lacuna.engineIsReady();
  await expect(lacuna.at("device")).toHaveText(/^CPU/);
  await expect(lacuna.devicePanel).toContainText("a GPU is left out");
  await expect(lacuna.error).toHaveCount(0);
  await lacuna.showsPicture();
});
