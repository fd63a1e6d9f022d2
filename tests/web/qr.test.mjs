// SPDX-License-Identifier: Apache-2.0
// What qr.js draws is read by zbar, which is somebody else's.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { qrMatrix } from "../../controller/page/qr.js";

const QUIET = 4;
const SCALE = 4;

/** Portable graymap, each module SCALE pixels, with the quiet zone that a reader wants. */
function picture(rows) {
  const size = (rows.length + 2 * QUIET) * SCALE;
  const pixels = Buffer.alloc(size * size, 255);
  rows.forEach((row, y) => row.forEach((dark, x) => {
    for (let dy = 0; dark && dy < SCALE; dy++) {
      const start = ((y + QUIET) * SCALE + dy) * size + (x + QUIET) * SCALE;
      pixels.fill(0, start, start + SCALE);
    }
  }));
  return Buffer.concat([Buffer.from(`P5 ${size} ${size} 255\n`), pixels]);
}

function readBack(text) {
  const folder = mkdtempSync(join(tmpdir(), "loa-qr-"));
  try {
    const path = join(folder, "code.pgm");
    writeFileSync(path, picture(qrMatrix(text)));
    return execFileSync("zbarimg", ["--quiet", "--raw", "--oneshot", "-Sbinary", path],
      { stdio: ["ignore", "pipe", "ignore"] }).toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As many letters as asked for, none of them in a row alike. */
const sample = (n) => Array.from({ length: n }, (_, i) => "abcdefghijklmnopqrstuvwxyz0123456789="[i * 7 % 37]).join("");

test("every version from the smallest to the largest is read back", () => {
  // the lengths at which a version is full, and one more: 17 is version 1, 2953 version 40
  for (const n of [1, 17, 18, 53, 78, 79, 154, 230, 231, 271, 272, 321, 521, 718, 858, 1003, 1171, 1465,
    1732, 2068, 2303, 2563, 2809, 2953]) {
    const text = sample(n);
    assert.equal(readBack(text), text, `${n} bytes`);
  }
});

test("a configuration file with its Vietnamese remarks is read back", () => {
  const text = 'site = "phuong-1";\nname = "Phường Bến Nghé";\nseed = "00ff";\n';
  assert.equal(readBack(text), text);
});

test("the size grows as the standard says, and a text too long is refused", () => {
  assert.equal(qrMatrix("x".repeat(17)).length, 21);
  assert.equal(qrMatrix("x".repeat(18)).length, 25);
  assert.equal(qrMatrix("x".repeat(2953)).length, 177);
  assert.equal(qrMatrix("x".repeat(2954)), null);
});
