import { expect, test } from "./fixtures";

test("the page speaks Chinese at once, at the next visit too, and English again", async ({ lacuna }) => {
  await lacuna.openReady();
  const root = lacuna.page.locator("html");
  const heading = (name: string) => lacuna.page.getByRole("heading", { name, exact: true });
  await expect(root).toHaveAttribute("lang", "en");
  await expect(heading("Fluid")).toBeVisible();

  await lacuna.language.selectOption("中文");
  const speaksChinese = async () => {
    await expect(root).toHaveAttribute("lang", "zh-CN");
    await expect(lacuna.page).toHaveTitle(/视网膜积液/);
    for (const name of ["积液", "保存", "扫描信息", "计算设备"]) await expect(heading(name)).toBeVisible();
    await expect(heading("Fluid")).toHaveCount(0);
    await expect(lacuna.segmentButton).toHaveText("开始分割");
    await expect(lacuna.page.getByRole("button", { name: "打开文件", exact: true })).toBeVisible();
    await expect(lacuna.page.getByRole("slider", { name: "B 扫描", exact: true })).toBeVisible();
    await expect(lacuna.language, "its name stays in both languages").toHaveValue("zh-CN");
  };
  await speaksChinese();
  await expect(lacuna.at("engine-status")).toHaveText("引擎就绪");
  await expect(lacuna.at("bscan-state")).toHaveText("未测量");

  await lacuna.page.reload();
  await speaksChinese();

  await lacuna.language.selectOption("English");
  await expect(root).toHaveAttribute("lang", "en");
  await expect(lacuna.page).toHaveTitle(/^Lacuna – retinal fluid/);
  await expect(heading("Fluid")).toBeVisible();
  await expect(lacuna.segmentButton).toHaveText("Segment");
  await lacuna.page.reload();
  await expect(heading("Fluid")).toBeVisible();
});

test("what is on show keeps its place and its figures when the language changes", async ({ lacuna }) => {
  await lacuna.openReady();
  await lacuna.segmentAll();
  await lacuna.page.keyboard.press("Home");
  const { bscans } = await lacuna.readPosition();
  const figures = await lacuna.figures();
  await lacuna.language.selectOption("中文");
  await expect(lacuna.coverage).toHaveText(`全部 ${bscans} 幅 B 扫描已测量`);
  await expect(lacuna.segmentButton).toHaveText("重新分割");
  await expect(lacuna.position).toHaveText(`1 / ${bscans}`);
  expect(await lacuna.figures()).toEqual(figures);
});

test("a failure on show changes its language with the page", async ({ lacuna }) => {
  await lacuna.openReady();
  // A drop without a file.
  await lacuna.drop([]);
  await expect(lacuna.error).toContainText("There was no file in what you dropped");
  await lacuna.language.selectOption("中文");
  await expect(lacuna.error).toContainText("拖放的内容中没有文件");
});

test.describe("a browser in Chinese", () => {
  test.use({ locale: "zh-CN" });

  test("a first visit with a browser in Chinese is in Chinese", async ({ lacuna }) => {
    await lacuna.open();
    await expect(lacuna.page.locator("html")).toHaveAttribute("lang", "zh-CN");
    await expect(lacuna.language).toHaveValue("zh-CN");
  });
});
