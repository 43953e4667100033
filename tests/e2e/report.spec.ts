// The report: what is printed is the pages alone, names nobody unless asked, and says its use.
import { expect, test } from "./fixtures";
import type { LacunaPage } from "./lacuna-page";

const NOTICE = "Not a medical device: not for diagnosis, treatment or any clinical decision.";

async function openReport(lacuna: LacunaPage): Promise<void> {
  await lacuna.at("report").click();
  const canvases = lacuna.at("report-pages").locator("canvas");
  await expect(canvases.first()).toBeVisible();
  // Every picture is drawn: none is all of one colour.
  await expect
    .poll(() =>
      canvases.evaluateAll((all) =>
        (all as HTMLCanvasElement[]).every((canvas) => {
          const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
          return new Set(data.filter((_, at) => at % 4 === 0)).size > 8;
        }),
      ),
    )
    .toBe(true);
}

test("a report is there once something is measured, with the figures of the page", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await expect(lacuna.at("report")).toBeDisabled();
  await lacuna.segmentAll();
  await openReport(lacuna);
  const report = lacuna.at("report-pages");
  for (const fluid of ["irf", "srf", "ped"] as const) {
    await expect(lacuna.at("report-fluid")).toContainText((await lacuna.volume(fluid).textContent()) ?? "?");
  }
  for (const said of ["MetaImage", "SHA-256", "all 3 B-scans measured", "page 1 of 2", "page 2 of 2", "Threshold", "0.50"]) {
    await expect(report, said).toContainText(said);
  }
  expect(await report.getByText(NOTICE).count()).toBe(2);
});

test("the report names the file only where the person says so", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  const name = (await lacuna.volumeName.textContent()) ?? "";
  expect(name).not.toBe("");
  await lacuna.segmentAll();
  await openReport(lacuna);
  await expect(lacuna.at("report-pages")).toContainText("not named");
  await expect(lacuna.at("report-pages")).not.toContainText(name);
  await lacuna.at("report-identified").check();
  await expect(lacuna.at("report-pages")).toContainText(name);
});

test("print prints two pages of A4 and nothing of the page beneath", async ({ lacuna, made }) => {
  await lacuna.page.addInitScript(() => {
    window.print = () => void document.documentElement.setAttribute("data-printed", "");
  });
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(3).files, 3);
  await lacuna.segmentAll();
  await openReport(lacuna);
  await lacuna.at("print").click();
  await expect(lacuna.page.locator("html")).toHaveAttribute("data-printed", "");
  const pdf = (await lacuna.page.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
  expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBe(2);
  await lacuna.page.emulateMedia({ media: "print" });
  await expect(lacuna.segmentButton).toBeHidden();
  await expect(lacuna.at("print")).toBeHidden();
  await expect(lacuna.at("report-pages")).toBeVisible();
});

test("a single B-scan has a report without maps", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(1).files, 1);
  await lacuna.segmentAll();
  await openReport(lacuna);
  await expect(lacuna.at("report-pages").locator("canvas")).toHaveCount(1);
  await expect(lacuna.at("report-pages")).toContainText("mm²");
});
