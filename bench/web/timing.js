// How a forward pass is timed, ours and the peer's alike.

/** Milliseconds of each call of `once`, after warm-up, for `seconds` but `least` calls at least. */
export async function time(once, { warmUp, seconds, least }) {
  for (let call = 0; call < warmUp; call++) await once();
  const ms = [];
  const start = performance.now();
  while (ms.length < least || performance.now() - start < seconds * 1000) {
    // `once` may tell the time that it took itself.
    const began = performance.now();
    const told = await once();
    ms.push(typeof told === "number" ? told : performance.now() - began);
  }
  return ms;
}

/** The input that all are shown: a B-scan in the grid, which xtask wrote. */
export async function input(name) {
  const response = await fetch(`/made/${name}`);
  if (!response.ok) throw new Error(`no ${name}`);
  return new Float32Array(await response.arrayBuffer());
}

/** Says to the driver what came out. */
export function tell(work) {
  work.then(
    (result) => (globalThis.told = { result }),
    (error) => (globalThis.told = { error: String(error?.message ?? error) }),
  );
}
