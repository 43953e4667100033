import fs from "node:fs";
import path from "node:path";

import { expect, test } from "./fixtures";

const SHIPPED = path.resolve(__dirname, "../../weights/mmis-net.safetensors");

const file = (name: string, buffer: Buffer) => ({ name, mimeType: "application/octet-stream", buffer });

test("weights that a person drops compute, and everything that they measured names them", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(1).files, 1);
  await lacuna.choose([file("mine.safetensors", fs.readFileSync(SHIPPED))]);
  await expect(lacuna.at("own-weights")).toContainText("mine.safetensors");
  await expect(lacuna.position).toHaveText("1 / 1");
  await lacuna.segmentAll();
  const report = JSON.parse((await lacuna.save("json")).bytes.toString());
  expect(report.model.name).toContain("own weights");
  // Names of files are those of patients until somebody wants them.
  expect(JSON.stringify(report)).not.toContain("mine.safetensors");
});

test("a file that is no network of ours changes nothing, and says why", async ({ lacuna, made }) => {
  await lacuna.openReady();
  await lacuna.openVolume(made.phantom(1).files, 1);
  const damaged = fs.readFileSync(SHIPPED);
  damaged[damaged.length - 1] ^= 1;
  await lacuna.choose([file("broken.safetensors", damaged)]);
  await expect(lacuna.error).toContainText("broken.safetensors is not used");
  await expect(lacuna.at("own-weights")).toHaveCount(0);
  await lacuna.segmentAll();
});
