// onnxruntime-web alone, on the processor or on WebGPU.
import { repeated, start } from "./peer.js";
import { input, tell, time } from "./timing.js";

const wanted = JSON.parse(new URLSearchParams(location.search).get("wanted"));

tell(measure());

async function measure() {
  const batch = wanted.batch ?? 1;
  const values = repeated(await input(wanted.input), batch);
  const { run } = await start(wanted);
  let answer;
  const ms = await time(async () => {
    answer = await run(values);
  }, wanted);
  // A backend that computes nothing is fast.
  const pixels = wanted.grid.rows * wanted.grid.columns;
  const sum = answer.subarray(0, 3 * pixels).reduce((sum, value) => sum + value, 0);
  if (!(sum > 0 && sum < 3 * pixels)) throw new Error(`its answer is no probabilities (sum ${sum})`);
  return { ms: ms.map((ms) => ms / batch), sum };
}
