// Writes what all forward passes are shown: the middle B-scan of a volume in the grid, as
// raw little-endian f32.
//
//   node input.mjs oct.mhd oct.raw '{"rows": 240, "columns": 288}' input.f32
import fs from "node:fs";

import { prepare, readHeader } from "./web/retina.js";

const [header, raw, grid, out] = process.argv.slice(2);
const { rows, columns, bscans } = readHeader(fs.readFileSync(header, "utf8"));
const size = rows * columns;
const bytes = fs.readFileSync(raw);
const samples = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
const middle = bscans >> 1;
const image = prepare(samples.subarray(middle * size, (middle + 1) * size), rows, columns, JSON.parse(grid));
fs.writeFileSync(out, Buffer.from(image.buffer));
