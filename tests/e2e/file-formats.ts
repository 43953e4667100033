// Just enough of each format to make input for the page and to check what it
// saves. Written apart from the readers and writers under test, on purpose.
import zlib from "node:zlib";

// ---- PNG (ISO/IEC 15948) -------------------------------------------------

/** A PNG of 8-bit samples: one a pixel for grey, three for colour. */
export function encodePng(width: number, height: number, samples: Uint8Array): Buffer {
  const channels = samples.length / (width * height);
  if (channels !== 1 && channels !== 3) throw new Error(`${samples.length} samples do not fill ${width} x ${height}`);
  const stride = width * channels;
  const filtered = Buffer.alloc((stride + 1) * height);
  for (let row = 0; row < height; row++) {
    // Each row leads with its filter type, 0 for none.
    filtered.set(samples.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits a sample
  header[9] = channels === 1 ? 0 : 2; // colour type
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", zlib.deflateSync(filtered)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** CRC-32 of PNG and zip (polynomial 0xEDB88320, reflected); Node 20 has none of its own. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A B-scan in greys, another for each `seed`: vitreous, retina, its bright edge, choroid, with speckle. */
export function greyPattern(width: number, height: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const depth = y / height - 0.3 - 0.02 * Math.sin((x / width) * 3 + seed);
    const grey = depth < 0 ? 14 : depth < 0.25 ? 90 : depth < 0.31 ? 170 : 60 - 60 * (depth - 0.31);
    const speckle = ((Math.imul(x * 19349663 + y * 73856093 + seed * 83492791, 2654435761) >>> 8) & 0xffff) / 0xffff;
    return grey * (0.6 + 0.8 * speckle);
  });
}

// ---- MetaImage -----------------------------------------------------------

export interface MetaImage {
  /** Columns, rows, frames. */
  size: [number, number, number];
  spacing: number[];
  labels: Buffer;
}

/** Reads a mask of 8-bit labels; `file` gives the bytes of the data file that the header names. */
export function readMetaImage(header: string, file: (name: string) => Buffer): MetaImage {
  const fields = new Map(
    header
      .split(/\r?\n/)
      .filter((line) => line.includes("="))
      .map((line) => {
        const at = line.indexOf("=");
        return [line.slice(0, at).trim(), line.slice(at + 1).trim()] as const;
      }),
  );
  const field = (name: string) => {
    const value = fields.get(name);
    if (value === undefined) throw new Error(`the header lacks ${name}:\n${header}`);
    return value;
  };
  const numbers = (name: string) => field(name).split(/\s+/).map(Number);
  if (field("ElementType") !== "MET_UCHAR") throw new Error(`a mask of ${field("ElementType")}`);
  const stored = file(field("ElementDataFile"));
  const labels = fields.get("CompressedData") === "True" ? zlib.inflateSync(stored) : stored;
  const [columns, rows, frames] = numbers("DimSize");
  return { size: [columns, rows, frames], spacing: numbers("ElementSpacing"), labels };
}

// ---- NIfTI-1 -------------------------------------------------------------

export interface Nifti {
  headerSize: number;
  magic: string;
  dimensions: number[];
  datatype: number;
  /** Millimetres per voxel along each dimension. */
  pixdim: number[];
  labels: Buffer;
}

/** Reads a gzipped little-endian NIfTI-1 file; offsets as in nifti1.h. */
export function readNiftiGz(bytes: Buffer): Nifti {
  const file = zlib.gunzipSync(bytes);
  const count = file.readInt16LE(40);
  return {
    headerSize: file.readInt32LE(0),
    magic: file.toString("latin1", 344, 347),
    dimensions: Array.from({ length: count }, (_, at) => file.readInt16LE(42 + 2 * at)),
    datatype: file.readInt16LE(70),
    pixdim: Array.from({ length: count }, (_, at) => file.readFloatLE(80 + 4 * at)),
    labels: file.subarray(file.readFloatLE(108)),
  };
}

// ---- DICOM (PS3.5 chapter 7, explicit VR little endian) -------------------

/** Values of a data set by tag ("0028,0010"); those inside of sequences are left out. */
export function readDicom(bytes: Buffer): Map<string, Buffer> {
  if (bytes.toString("latin1", 128, 132) !== "DICM") throw new Error("no DICOM file");
  const values = new Map<string, Buffer>();
  const hex = (number: number) => number.toString(16).padStart(4, "0");
  for (let at = 132; at < bytes.length; ) {
    const tag = `${hex(bytes.readUInt16LE(at))},${hex(bytes.readUInt16LE(at + 2))}`;
    const representation = bytes.toString("latin1", at + 4, at + 6);
    const long = ["OB", "OW", "SQ", "UN", "UT", "UC", "UR"].includes(representation);
    const length = long ? bytes.readUInt32LE(at + 8) : bytes.readUInt16LE(at + 6);
    at += long ? 12 : 8;
    if (length === 0xffffffff) {
      // A sequence of undefined length ends with a delimiter at its own depth.
      at = endOfSequence(bytes, at);
      continue;
    }
    values.set(tag, bytes.subarray(at, at + length));
    at += length;
  }
  return values;
}

function endOfSequence(bytes: Buffer, from: number): number {
  let at = from;
  for (let depth = 1; depth > 0; ) {
    const tag = bytes.readUInt32LE(at);
    const length = bytes.readUInt32LE(at + 4);
    if (tag === 0xe000fffe) {
      at += length === 0xffffffff ? 8 : 8 + length;
    } else if (tag === 0xe0ddfffe) {
      depth -= 1;
      at += 8;
    } else if (tag === 0xe00dfffe) {
      at += 8;
    } else {
      const representation = bytes.toString("latin1", at + 4, at + 6);
      const long = ["OB", "OW", "SQ", "UN", "UT", "UC", "UR"].includes(representation);
      const size = long ? bytes.readUInt32LE(at + 8) : bytes.readUInt16LE(at + 6);
      if (long && size === 0xffffffff) {
        depth += 1;
        at += 12;
      } else {
        at += (long ? 12 : 8) + size;
      }
    }
  }
  return at;
}

// ---- zip (PKWARE APPNOTE 4.3) --------------------------------------------

/** The files of a zip by name. Checks each against its CRC-32. */
export function readZip(zip: Buffer): Map<string, Buffer> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0) throw new Error("no zip: the end record is missing");
  const files = new Map<string, Buffer>();
  let entry = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(entry) !== 0x02014b50) throw new Error("the zip's directory is damaged");
    const method = zip.readUInt16LE(entry + 10);
    const crc = zip.readUInt32LE(entry + 16);
    const packed = zip.readUInt32LE(entry + 20);
    const nameLength = zip.readUInt16LE(entry + 28);
    const name = zip.toString("utf8", entry + 46, entry + 46 + nameLength);
    const local = zip.readUInt32LE(entry + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const stored = zip.subarray(start, start + packed);
    const content = method === 8 ? zlib.inflateRawSync(stored) : stored;
    if (crc32(content) !== crc) throw new Error(`${name} is damaged in the zip`);
    files.set(name, content);
    entry += 46 + nameLength + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
  return files;
}

// ---- CSV (RFC 4180) ------------------------------------------------------

/** Records of a CSV file, each as its fields by the header's names. */
export function readCsv(text: string): Record<string, string>[] {
  const records: string[][] = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const record = records[records.length - 1];
    const here = text[at];
    if (quoted && here === '"' && text[at + 1] === '"') {
      record[record.length - 1] += '"';
      at += 1;
    } else if (here === '"') {
      quoted = !quoted;
    } else if (!quoted && here === ",") {
      record.push("");
    } else if (!quoted && here === "\r" && text[at + 1] === "\n") {
      records.push([""]);
      at += 1;
    } else {
      record[record.length - 1] += here;
    }
  }
  const [names, ...rows] = records.filter((record) => record.length > 1);
  return rows.map((row) => Object.fromEntries(names.map((name, column) => [name, row[column] ?? ""])));
}
