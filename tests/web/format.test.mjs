// SPDX-License-Identifier: Apache-2.0
// Times as people read them, in the site's zone.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.localStorage ??= { getItem: () => null, setItem() {} };
const format = await import("../../controller/page/format.js");

const us = (text) => Date.parse(text) * 1000;

test("a week is that of its Thursday, in the site's zone", () => {
  const cases = {
    "2026-11-22T16:59:59Z": "2026-W47", // Sunday, a second before midnight in Việt Nam
    "2026-11-22T17:00:00Z": "2026-W48",
    "2026-12-31T12:00:00Z": "2026-W53",
    "2027-01-03T12:00:00Z": "2026-W53",
    "2027-01-04T12:00:00Z": "2027-W01",
    "2024-12-30T12:00:00Z": "2025-W01",
  };
  for (const [at, week] of Object.entries(cases)) assert.equal(format.isoWeek(us(at)), week, at);
});

test("a time is the ward's, wherever the telephone is", () => {
  assert.equal(format.time(us("2026-11-21T17:30:00Z")), "00:30");
  assert.equal(format.isoDate(us("2026-11-21T17:30:00Z")), "2026-11-22");
  assert.equal(format.dayTime(us("2026-11-21T17:30:00Z")), "22/11 00:30");
  assert.equal(format.time(0), "");
  assert.equal(format.dayStartUs("2026-11-22"), us("2026-11-21T17:00:00Z"));
  assert.equal(format.isoDate(format.dayStartUs("2026-11-22")), "2026-11-22");
});

test("lengths and durations are short", () => {
  assert.equal(format.length(8200), "0:08");
  assert.equal(format.length(3723000), "1:02:03");
  assert.equal(format.duration(59000), "59 giây");
  assert.equal(format.duration(5400e3), "1 giờ 30 phút");
});
