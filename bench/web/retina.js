// What anybody would write around a network in a page: read a MetaImage, bring a B-scan to
// the grid, bring probabilities back. The peer's minimal page and the inputs use it.

/** Header of a MetaImage of 16-bit samples. */
export function readHeader(text) {
  const entries = Object.fromEntries(text.split(/\r?\n/).map((line) => line.split(" = ", 2)));
  const [columns, rows, bscans] = entries.DimSize.split(" ").map(Number);
  if (entries.ElementType !== "MET_USHORT") throw new Error(`${entries.ElementType} is not read here`);
  return { columns, rows, bscans };
}

/** `values` of `rows` x `columns`, bilinearly in a grid of `toRows` x `toColumns`. */
export function resize(values, rows, columns, toRows, toColumns) {
  const resized = new Float32Array(toRows * toColumns);
  const [down, right] = [rows / toRows, columns / toColumns];
  for (let row = 0; row < toRows; row++) {
    const y = Math.min(Math.max((row + 0.5) * down - 0.5, 0), rows - 1);
    const top = Math.floor(y);
    const [above, below] = [top * columns, Math.min(top + 1, rows - 1) * columns];
    const v = y - top;
    for (let column = 0; column < toColumns; column++) {
      const x = Math.min(Math.max((column + 0.5) * right - 0.5, 0), columns - 1);
      const left = Math.floor(x);
      const next = Math.min(left + 1, columns - 1);
      const u = x - left;
      const upper = values[above + left] * (1 - u) + values[above + next] * u;
      const lower = values[below + left] * (1 - u) + values[below + next] * u;
      resized[row * toColumns + column] = upper * (1 - v) + lower * v;
    }
  }
  return resized;
}

/** Maps the 1st percentile to 0 and the 99.5th to 1, and clamps. */
export function normalise(image) {
  const sorted = Float32Array.from(image).sort();
  const at = (fraction) => sorted[Math.round((sorted.length - 1) * fraction)];
  const [low, high] = [at(0.01), at(0.995)];
  const range = high > low ? high - low : 1;
  return image.map((value) => Math.min(Math.max((value - low) / range, 0), 1));
}

/** The network's input for a B-scan. */
export function prepare(samples, rows, columns, grid) {
  return normalise(resize(samples, rows, columns, grid.rows, grid.columns));
}

/** Labels in the B-scan's own grid: the most probable of `channels` where it reaches 0.5. */
export function label(probabilities, channels, grid, rows, columns) {
  const pixels = grid.rows * grid.columns;
  const labels = new Uint8Array(rows * columns);
  const best = new Float32Array(rows * columns).fill(0.5);
  channels.forEach((channel, index) => {
    const map = probabilities.subarray(channel * pixels, (channel + 1) * pixels);
    if (!map.some((probability) => probability >= 0.5)) return;
    const enlarged = resize(map, grid.rows, grid.columns, rows, columns);
    for (let at = 0; at < labels.length; at++) {
      if (enlarged[at] >= best[at]) {
        best[at] = enlarged[at];
        labels[at] = index + 1;
      }
    }
  });
  return labels;
}
