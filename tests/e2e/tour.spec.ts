// The tour: offered once, never in the way, by keyboard alone.
import { expect, test } from "./fixtures";

test("the tour is offered once, goes five steps by keyboard and is not offered again", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.at("tour-offer").focus();
  await lacuna.page.keyboard.press("Enter");
  for (let step = 1; step <= 5; step++) {
    await expect(lacuna.at("tour")).toContainText(`Tour, ${step} of 5`);
    await expect(lacuna.at("tour-next")).toBeFocused();
    await lacuna.page.keyboard.press("Enter");
  }
  await expect(lacuna.at("tour")).toHaveCount(0);
  await expect(lacuna.at("tour-offer")).toHaveCount(0);
  await lacuna.page.reload();
  await lacuna.engineIsReady();
  await expect(lacuna.at("tour-offer")).toHaveCount(0);
});

test("Escape ends the tour, and the help begins it again", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.at("tour-offer").click();
  await lacuna.at("tour-next").click();
  await lacuna.at("tour-back").click();
  await expect(lacuna.at("tour")).toContainText("Tour, 1 of 5");
  await lacuna.page.keyboard.press("Escape");
  await expect(lacuna.at("tour")).toHaveCount(0);
  await lacuna.page.keyboard.press("?");
  await lacuna.at("take-tour").click();
  await expect(lacuna.at("sheet")).toBeHidden();
  await expect(lacuna.at("tour-next")).toBeFocused();
});

test("who declines is not asked again, and the page works with the offer open", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.page.keyboard.press("ArrowRight");
  await expect(lacuna.at("tour")).toHaveCount(0);
  await lacuna.at("tour-decline").click();
  await lacuna.page.reload();
  await lacuna.engineIsReady();
  await expect(lacuna.at("tour-offer")).toHaveCount(0);
});

for (const [width, height] of [[1440, 900], [1024, 768], [390, 844]]) {
  test(`on ${width} x ${height} every step shows what it speaks of and its card`, async ({ lacuna }) => {
    await lacuna.page.setViewportSize({ width, height });
    await lacuna.openReady();
    await lacuna.at("tour-offer").click();
    for (let step = 1; step <= 5; step++) {
      await expect(lacuna.at("tour")).toContainText(`${step} of 5`);
      await expect(lacuna.at("tour")).toBeInViewport({ ratio: 1 });
      await expect(lacuna.page.locator(".tour-frame")).toBeInViewport();
      await lacuna.at("tour-next").click();
    }
  });
}
