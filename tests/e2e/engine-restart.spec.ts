import { expect, test } from "./fixtures";

const KILLED = "killed by the test";
test.use({ provoked: new RegExp(KILLED) });

test("a dead engine takes neither picture nor figures with it, and can be restarted", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(1).files, 1);
  await lacuna.segmentAll();
  const name = (await lacuna.volumeName.textContent()) ?? "";
  const figures = await lacuna.figures();
  const picture = await lacuna.pictureChecksum();

  await lacuna.page.workers()[0].evaluate((words) => {
    setTimeout(() => {
      throw new Error(words);
    });
  }, KILLED);
  await expect(lacuna.error).toContainText("The engine stopped");
  await expect(lacuna.at("engine-status")).toContainText("stopped");
  await expect(lacuna.segmentButton).toBeDisabled();
  await expect(lacuna.volumeName).toHaveText(name);
  expect(await lacuna.figures()).toEqual(figures);
  await lacuna.showsPicture();

  await lacuna.at("restart-engine").click();
  await lacuna.engineIsReady();
  await expect(lacuna.error).toHaveCount(0);
  await expect(lacuna.volumeName).toHaveText(name);
  expect(await lacuna.figures()).toEqual(figures);
  await expect.poll(() => lacuna.pictureChecksum()).toBe(picture);

  // The new engine was given the masks: it can save them and measure anew.
  await expect(lacuna.exportButton("metaimage")).toBeEnabled();
  expect((await lacuna.save("metaimage")).bytes.length).toBeGreaterThan(0);
  await lacuna.segmentAll();
  expect(await lacuna.figures()).toEqual(figures);
});
