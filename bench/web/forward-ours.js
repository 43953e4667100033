// Our CPU worker alone: the real script, spoken to as the engine's worker does.
import { input, tell, time } from "./timing.js";

const wanted = JSON.parse(new URLSearchParams(location.search).get("wanted"));

tell(measure());

async function measure() {
  const { rows, columns } = wanted.grid;
  const image = await input(wanted.input);
  const page = new DOMParser().parseFromString(await text("/page/index.html"), "text/html");
  const address = (name) =>
    new URL(page.querySelector(`meta[name="${name}"]`).content, new URL("/page/", location.href)).href;
  const weights = await (await fetch(address("lacuna-weights"))).arrayBuffer();
  const ask = await startWorker(new URL("cpu-worker_loader.js", address("lacuna-engine")).href);
  await ask("Start", [weights]);
  // A B-scan of the grid's own size: by its samples' sizes it is not resampled.
  const bscan = {
    rows,
    columns,
    sample_type: "F32",
    stated_padding: null,
    scale: { axial_um: 7.92, lateral_um: 20 },
  };
  let task = 0;
  const once = async () => {
    const request = { Compute: { task: task++, wanted: "Segmentation", bscan } };
    const { Segmented } = await ask(request, [image.slice().buffer]);
    if (!Segmented) throw new Error("the worker answered something else");
    return Segmented.times.forward_ms;
  };
  const ms = await time(once, wanted);
  return { ms };
}

async function text(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`no ${url}`);
  return response.text();
}

/** Starts the worker and gives what sends it a message and waits for the answer. */
async function startWorker(url) {
  const script = URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: "text/javascript" }));
  const worker = new Worker(script, { type: "module" });
  const heard = () =>
    new Promise((resolve, reject) => {
      worker.onmessage = (message) => resolve(message.data);
      worker.onerror = (event) => reject(new Error(event.message ?? "the worker died"));
    });
  // It speaks first, as every worker of ours does.
  await heard();
  return async (request, payload) => {
    const answer = heard();
    worker.postMessage({ cpu: request, payload }, payload);
    const event = (await answer).cpu;
    if (event.Failed) throw new Error(event.Failed.cause);
    return event;
  };
}
