// onnxruntime-web's WebGPU backend in Node, on Dawn: the same WebGPU without a browser. One
// JSON line, as native.py prints. Lies in the folder that `cargo xtask bench --pack` makes.
//
//   node dawn.mjs '{"layout": "NHWC", "capture": true, "batch": 8, "seconds": 5}'
import fs from "node:fs";
import path from "node:path";

const wanted = JSON.parse(process.argv[2] ?? "{}");
const here = import.meta.dirname;

try {
  const { create, globals } = await import(path.join(here, "node_modules/webgpu/index.js"));
  Object.assign(globalThis, globals);
  // onnxruntime-web's memory is shared, which Dawn for Node does not take: copied first.
  const { writeBuffer } = globals.GPUQueue.prototype;
  globals.GPUQueue.prototype.writeBuffer = function (buffer, offset, data, from = 0, size = undefined) {
    const shared = data.buffer instanceof SharedArrayBuffer;
    return writeBuffer.call(this, buffer, offset, shared ? new Uint8Array(data) : data, from, size);
  };
  // Kept, or Dawn is gone with the garbage.
  const gpu = (globalThis.dawn = create([]));
  Object.defineProperty(globalThis, "navigator", { value: { gpu, userAgent: "node" }, configurable: true });
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error("Dawn found no adapter");
  const { vendor, architecture, device, description } = adapter.info;

  const { repeated, start } = await import("./peer.js");
  const { time } = await import("./timing.js");
  const bytes = fs.readFileSync(path.join(here, "input.f32"));
  const batch = wanted.batch ?? 1;
  const values = repeated(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), batch);
  const { run } = await start({
    build: "webgpu",
    layout: wanted.layout ?? "NHWC",
    capture: wanted.capture ?? false,
    grid: { rows: 240, columns: 288 },
    batch,
    ort: `file://${here}/node_modules/onnxruntime-web/dist/`,
    model: fs.readFileSync(path.join(here, "mmis-net.onnx")),
  });
  const timed = await time(() => run(values).then(() => undefined), { warmUp: wanted.warmUp ?? 2, seconds: wanted.seconds ?? 5, least: 1 });
  const ms = timed.map((ms) => ms / batch).sort((a, b) => a - b);
  const mean = ms.reduce((sum, ms) => sum + ms, 0) / ms.length;
  const adapterName = [vendor, architecture, device, description].filter(Boolean).join(" ");
  console.log(
    JSON.stringify({
      adapter: adapterName,
      bscans_per_s: 1000 / mean,
      ms_median: ms[ms.length >> 1],
      ms_min: ms[0],
      ms_max: ms[ms.length - 1],
    }),
  );
} catch (error) {
  console.log(JSON.stringify({ error: String(error?.message ?? error).split("\n")[0] }));
}
process.exit(0);
