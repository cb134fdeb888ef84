// Pictures that tell their number, as small PNG files.
import zlib from "node:zlib";

const kSide = 48;

/** A ground, a horizon and somebody on it; place and colours differ by `id`. */
export function picture(id) {
  const at = 8 + ((id * 13) % 32);
  const colour = (shift, light) =>
    [0, 1, 2].map((part) => light + Math.round(40 * Math.sin(id * 0.9 + shift + part * 2.1)));
  const [sky, ground, person] = [colour(0, 185), colour(0.4, 130), colour(3, 80)];
  return png(kSide, (x, y) => {
    const head = (x - at) ** 2 + (y - 17) ** 2 <= 14;
    const body = Math.abs(x - at) <= 3 && y > 20 && y < 36;
    return head || body ? person : y > 30 ? ground : sky;
  });
}

/** A square PNG file; `colour(x, y)` gives red, green and blue, 0...255. */
export function png(side, colour) {
  const row = 1 + 3 * side;
  const rows = Buffer.alloc(side * row);
  for (let y = 0; y < side; ++y) for (let x = 0; x < side; ++x) rows.set(colour(x, y), y * row + 1 + 3 * x);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  const ends = [chunk("IHDR", header), chunk("IDAT", zlib.deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, ...ends]);
}

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, check]);
}

function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; ++bit) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}
