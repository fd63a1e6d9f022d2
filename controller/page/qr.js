// SPDX-License-Identifier: Apache-2.0
// QR codes (ISO/IEC 18004): bytes at error correction level L, versions 1 to 40, the best of eight
// masks. qrMatrix(text) → rows of booleans, dark is true; null when the text is too long (2,953 bytes).
// tests/web/qr.test.mjs has what it draws read by another's reader.

// Level L, by version: error correction bytes in a block, and blocks.
const EC_BYTES = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28,
  30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30];
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13,
  14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25];
const LEVEL_L = 1;

const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => (x * y) % 2 + (x * y) % 3 === 0,
  (x, y) => ((x * y) % 2 + (x * y) % 3) % 2 === 0,
  (x, y) => ((x + y) % 2 + (x * y) % 3) % 2 === 0,
];

// --- bytes --------------------------------------------------------------------------------------

// GF(256) over x^8 + x^4 + x^3 + x^2 + 1
const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++) {
  EXP[i] = EXP[i + 255] = x;
  LOG[x] = i;
  x = x << 1 ^ (x & 0x80 ? 0x11d : 0);
}
const times = (a, b) => a && b ? EXP[LOG[a] + LOG[b]] : 0;

/** The generator polynomial of that degree, without its leading 1. */
function generator(degree) {
  let poly = [1];
  for (let i = 0; i < degree; i++) {
    const next = [...poly, 0];
    poly.forEach((c, j) => { next[j + 1] ^= times(c, EXP[i]); });
    poly = next;
  }
  return poly.slice(1);
}

function correction(data, divisor) {
  const rest = new Uint8Array(divisor.length);
  for (const byte of data) {
    const factor = byte ^ rest[0];
    rest.copyWithin(0, 1);
    rest[rest.length - 1] = 0;
    divisor.forEach((c, i) => { rest[i] ^= times(c, factor); });
  }
  return rest;
}

/** Modules that carry data, error correction and what is left over, in bytes. */
function totalBytes(version) {
  let n = 16 * version * version + 128 * version + 64;
  if (version > 1) {
    const marks = Math.floor(version / 7) + 2;
    n -= (25 * marks - 10) * marks - 55;
    if (version > 6) n -= 36;
  }
  return n >> 3;
}

const dataBytes = (version) => totalBytes(version) - EC_BYTES[version - 1] * BLOCKS[version - 1];
const lengthBits = (version) => version < 10 ? 8 : 16;

function smallestVersion(n) {
  for (let version = 1; version <= 40; version++) {
    if (4 + lengthBits(version) + 8 * n <= 8 * dataBytes(version)) return version;
  }
  return null;
}

/** Mode, length, bytes, end, filling. */
function dataOf(bytes, version) {
  const out = new Uint8Array(dataBytes(version));
  let at = 0;
  const put = (value, n) => {
    for (let i = n - 1; i >= 0; i--, at++) out[at >> 3] |= (value >> i & 1) << 7 - (at & 7);
  };
  put(4, 4);
  put(bytes.length, lengthBits(version));
  for (const byte of bytes) put(byte, 8);
  at = Math.min(8 * out.length, at + 4);
  for (let i = at + 7 >> 3, odd = false; i < out.length; i++, odd = !odd) out[i] = odd ? 0x11 : 0xec;
  return out;
}

/** Blocks of nearly one length (the long ones last), woven column by column, then their correction. */
function woven(data, version) {
  const n = BLOCKS[version - 1];
  const divisor = generator(EC_BYTES[version - 1]);
  const short = Math.floor(data.length / n);
  const nShort = n - data.length % n;
  const blocks = [];
  for (let i = 0, at = 0; i < n; i++) {
    const size = short + (i < nShort ? 0 : 1);
    blocks.push(data.subarray(at, at + size));
    at += size;
  }
  const corrections = blocks.map((block) => correction(block, divisor));
  const out = [];
  for (let column = 0; column <= short; column++) {
    for (const block of blocks) if (column < block.length) out.push(block[column]);
  }
  for (let column = 0; column < divisor.length; column++) {
    for (const block of corrections) out.push(block[column]);
  }
  return out;
}

// --- modules ------------------------------------------------------------------------------------

const grid = (size, value) => Array.from({ length: size }, () => new Array(size).fill(value));

function alignmentPlaces(version) {
  if (version === 1) return [];
  const n = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : Math.ceil((4 * version + 4) / (2 * n - 2)) * 2;
  const places = [6];
  for (let i = n - 2; i >= 0; i--) places.push(4 * version + 10 - i * step);
  return places;
}

/** BCH: the value and what is left of it over the polynomial */
function withRemainder(value, polynomial, bits) {
  let rest = value << bits;
  for (let i = 31 - Math.clz32(rest); i >= bits; i = 31 - Math.clz32(rest)) rest ^= polynomial << i - bits;
  return value << bits | rest;
}

/** Everything whose place does not depend on the data. */
function frame(version) {
  const size = 4 * version + 17;
  const dark = grid(size, false);
  const taken = grid(size, false);
  const set = (x, y, value) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    dark[y][x] = value;
    taken[y][x] = true;
  };
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        set(cx + dx, cy + dy, ring !== 2 && ring !== 4);
      }
    }
  }
  const places = alignmentPlaces(version);
  const last = places.length - 1;
  places.forEach((cx, i) => places.forEach((cy, j) => {
    if (i === 0 && j === 0 || i === 0 && j === last || i === last && j === 0) return;
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) set(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
    }
  }));
  if (version > 6) {
    const bits = withRemainder(version, 0x1f25, 12);
    for (let i = 0; i < 18; i++) {
      const value = (bits >> i & 1) === 1;
      const a = size - 11 + i % 3;
      const b = Math.floor(i / 3);
      set(a, b, value);
      set(b, a, value);
    }
  }
  setFormat(set, size, 0);
  return { size, dark, taken, set };
}

function setFormat(set, size, mask) {
  const bits = withRemainder(LEVEL_L << 3 | mask, 0x537, 10) ^ 0x5412;
  const bit = (i) => (bits >> i & 1) === 1;
  for (let i = 0; i < 6; i++) set(8, i, bit(i));
  set(8, 7, bit(6));
  set(8, 8, bit(7));
  set(7, 8, bit(8));
  for (let i = 9; i < 15; i++) set(14 - i, 8, bit(i));
  for (let i = 0; i < 8; i++) set(size - 1 - i, 8, bit(i));
  for (let i = 8; i < 15; i++) set(8, size - 15 + i, bit(i));
  set(8, size - 8, true);
}

/** Up and down in columns of two from the right; column 6 is left out. */
function fill({ size, dark, taken }, bytes) {
  let at = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i++) {
      const y = up ? size - 1 - i : i;
      for (const x of [right, right - 1]) {
        if (taken[y][x]) continue;
        dark[y][x] = at < 8 * bytes.length && (bytes[at >> 3] >> 7 - (at & 7) & 1) === 1;
        at++;
      }
    }
  }
}

const masked = ({ dark, taken }, mask) => dark.map((row, y) =>
  row.map((value, x) => taken[y][x] ? value : value !== MASKS[mask](x, y)));

// --- how hard a mask is to read -----------------------------------------------------------------

const FINDER = /(?=1011101(?:0000|$))|(?=(?:^|0000)1011101)/g;

function linePenalty(line) {
  let penalty = 0;
  for (const run of line.match(/0{5,}|1{5,}/g) ?? []) penalty += run.length - 2;
  return penalty + 40 * (line.match(FINDER) ?? []).length;
}

function penaltyOf(rows) {
  const size = rows.length;
  const lines = rows.map((row) => row.map(Number).join(""));
  const columns = rows.map((_, x) => rows.map((row) => Number(row[x])).join(""));
  let penalty = [...lines, ...columns].reduce((sum, line) => sum + linePenalty(line), 0);
  for (let y = 1; y < size; y++) {
    for (let x = 1; x < size; x++) {
      const value = rows[y][x];
      if (value === rows[y - 1][x] && value === rows[y][x - 1] && value === rows[y - 1][x - 1]) penalty += 3;
    }
  }
  const share = rows.flat().filter(Boolean).length / (size * size);
  return penalty + 10 * Math.floor(Math.abs(share - 0.5) * 20);
}

export function qrMatrix(text) {
  const bytes = new TextEncoder().encode(text);
  const version = smallestVersion(bytes.length);
  if (version === null) return null;
  const symbol = frame(version);
  fill(symbol, woven(dataOf(bytes, version), version));
  let best = null;
  for (let mask = 0; mask < MASKS.length; mask++) {
    setFormat(symbol.set, symbol.size, mask);
    const rows = masked(symbol, mask);
    const penalty = penaltyOf(rows);
    if (best === null || penalty < best.penalty) best = { rows, penalty };
  }
  return best.rows;
}
