import { expect, test, type Phantom } from "./fixtures";
import type { LacunaPage } from "./lacuna-page";

/** So many B-scans that the run is under way for as long as a test looks at it. */
const LONG = 61;

/** A run over a long volume, and a second one chosen while it goes on. */
async function chooseDuringRun(lacuna: LacunaPage, long: Phantom, other: Phantom): Promise<number> {
  await lacuna.openReady();
  await lacuna.openVolume(long.files, LONG);
  const { bscans } = await lacuna.readPosition();
  await lacuna.segmentButton.click();
  await expect(lacuna.coverage).toHaveText(/^\d+ of /, { timeout: 60_000 });
  await lacuna.choose(other.files);
  await expect(lacuna.at("replace-question")).toContainText("Stop the run and open");
  return bscans;
}

test("a second volume during a run asks first, and the page goes on answering", async ({ lacuna, made }) => {
  const bscans = await chooseDuringRun(lacuna, made.phantom(LONG), made.phantom(1));
  await expect(lacuna.progress).toBeVisible();
  await expect(lacuna.position).toHaveText(new RegExp(`/ ${LONG}$`));
  // Responsive: a key acts at once while the network computes.
  for (const [key, bscan] of [["Home", 1], ["ArrowRight", 2], ["End", bscans]] as const) {
    await lacuna.page.keyboard.press(key);
    await expect(lacuna.position).toHaveText(`${bscan} / ${bscans}`, { timeout: 1_000 });
  }

  await lacuna.at("replace-no").click();
  await expect(lacuna.at("replace-question")).toHaveCount(0);
  await expect(lacuna.progress, "the run goes on").toBeVisible();
  await expect(lacuna.position).toHaveText(new RegExp(`/ ${LONG}$`));
  const done = Number(/^(\d+)/.exec((await lacuna.coverage.textContent()) ?? "")?.[1]);
  await expect
    .poll(async () => Number(/^(\d+)/.exec((await lacuna.coverage.textContent()) ?? "")?.[1]), { timeout: 60_000 })
    .toBeGreaterThan(done);
});

test("a second volume during a run takes its place where the person says so", async ({ lacuna, made }) => {
  await chooseDuringRun(lacuna, made.phantom(LONG), made.phantom(1));
  await lacuna.at("replace-yes").click();
  await expect(lacuna.position).toHaveText("1 / 1");
  await expect(lacuna.progress).toHaveCount(0);
  await expect(lacuna.coverage, "figures of the old volume are gone").toBeEmpty();
  await lacuna.showsPicture();
  await expect(lacuna.error).toHaveCount(0);
  await lacuna.segmentAll();
});

test("a question that was not answered does not bring its volume back later", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(1).files, 1);
  await lacuna.segmentButton.click();
  await lacuna.choose([{ name: "unanswered.png", mimeType: "image/png", buffer: Buffer.from("no picture") }]);
  // The run of one B-scan may be over before the question stands; then it is opened, and refused, at once.
  await expect(lacuna.coverage).toHaveText(/^all 1 B-scan measured$/, { timeout: 170_000 });
  await lacuna.at("open-sample").click();
  await expect(lacuna.volumeName).toContainText(/sample/i);
  await lacuna.showsPicture();
  await expect(lacuna.at("replace-question")).toHaveCount(0);
  // An answer of the worker that comes after the sample's: had the other been opened, it would be refused by now.
  await lacuna.segmentButton.click();
  await expect(lacuna.coverage).toHaveText(/^\d+ of /, { timeout: 60_000 });
  await expect(lacuna.error).toHaveCount(0);
});

test("a second volume that cannot be read costs the run nothing", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(LONG).files, LONG);
  await lacuna.segmentButton.click();
  await expect(lacuna.coverage).toHaveText(/^\d+ of /, { timeout: 60_000 });
  await lacuna.choose([{ name: "letter.png", mimeType: "image/png", buffer: Buffer.from("no picture") }]);
  await lacuna.at("replace-yes").click();
  await expect(lacuna.error).toContainText("letter.png", { timeout: 60_000 });
  await expect(lacuna.progress).toBeVisible();
  await expect(lacuna.position).toHaveText(new RegExp(`/ ${LONG}$`));
});
