// A minimal page around onnxruntime-web: decode, resize to the grid, run, threshold, enlarge, draw.
import { start } from "./peer.js";
import { label, prepare, readHeader } from "./retina.js";

const wanted = JSON.parse(new URLSearchParams(location.search).get("wanted"));
const { grid, channels } = wanted;
const said = document.querySelector("[data-testid=coverage]");

const { run } = await start(wanted);
// Warm, as our engine is by its self-test.
await run(new Float32Array(grid.rows * grid.columns));
said.textContent = "ready";

document.querySelector("input").addEventListener("change", async (event) => {
  const { files } = event.target;
  const named = (ending) => [...files].find((file) => file.name.endsWith(ending));
  const { rows, columns, bscans } = readHeader(await named(".mhd").text());
  const samples = new Uint16Array(await named(".raw").arrayBuffer());
  const size = rows * columns;
  const masks = [];
  for (let bscan = 0; bscan < bscans; bscan++) {
    const image = prepare(samples.subarray(bscan * size, (bscan + 1) * size), rows, columns, grid);
    masks.push(label(await run(image), channels, grid, rows, columns));
    if (bscan === 0) draw(masks[0], rows, columns);
    said.textContent = bscan + 1 < bscans ? `${bscan + 1} of ${bscans} B-scans measured` : said.textContent;
  }
  draw(masks[bscans >> 1], rows, columns);
  said.textContent = `all ${bscans} B-scans measured`;
});

function draw(mask, rows, columns) {
  const canvas = document.querySelector("canvas");
  [canvas.width, canvas.height] = [columns, rows];
  const colours = Uint32Array.of(0, 0xff5555ff, 0xffffaa55, 0xff55ff55);
  const rgba = Uint32Array.from(mask, (label) => colours[label]);
  const picture = new ImageData(new Uint8ClampedArray(rgba.buffer), columns, rows);
  canvas.getContext("2d").putImageData(picture, 0, 0);
}
