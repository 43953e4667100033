// onnxruntime-web with the same network.

// `jsep` and `webgpu` are its older and its newer WebGPU backend.
const BUILDS = { wasm: "ort.wasm.min.mjs", jsep: "ort.min.mjs", webgpu: "ort.webgpu.min.mjs" };

/** A session, and `run`: from values of `batch` images in the grid to probabilities on the processor. */
export async function start({ build, threads, layout, capture, grid, batch = 1, ort: from = "/ort/", model }) {
  const ort = await import(`${from}${BUILDS[build]}`);
  ort.env.wasm.numThreads = threads ?? 1;
  ort.env.wasm.wasmPaths = from;
  const { rows, columns } = grid;
  const gpu = build !== "wasm";
  const session = await ort.InferenceSession.create(model ?? "/made/mmis-net.onnx", {
    executionProviders: [gpu ? { name: "webgpu", preferredLayout: layout } : "wasm"],
    graphOptimizationLevel: "all",
    // Sizes that it knows beforehand let it fold more.
    freeDimensionOverrides: { batch, rows, columns },
    ...(capture && { enableGraphCapture: true, preferredOutputLocation: "gpu-buffer" }),
  });
  const shape = [batch, 1, rows, columns];
  if (!capture) {
    const run = async (values) => {
      const input = new ort.Tensor("float32", values, shape);
      const { probabilities } = await session.run({ bscan: input });
      return probabilities.getData(true);
    };
    return { run, ort };
  }
  const device = await ort.env.webgpu.device;
  const bytes = 4 * batch * rows * columns;
  // STORAGE, COPY_SRC, COPY_DST
  const buffer = device.createBuffer({ size: Math.ceil(bytes / 16) * 16, usage: 0x80 | 0x4 | 0x8 });
  const input = ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims: shape });
  const run = async (values) => {
    device.queue.writeBuffer(buffer, 0, values);
    const { probabilities } = await session.run({ bscan: input });
    // Kept: a captured graph writes there each time.
    return probabilities.getData(false);
  };
  return { run, ort };
}

/** `image` `batch` times. */
export function repeated(image, batch) {
  const all = new Float32Array(image.length * batch);
  for (let at = 0; at < batch; at++) all.set(image, at * image.length);
  return all;
}
