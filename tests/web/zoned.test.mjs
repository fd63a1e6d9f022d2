// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { usToZoned, zonedToUs } from "../../controller/page/parts/zoned.js";

test("what is typed is the site's time, wherever the telephone is", () => {
  assert.equal(zonedToUs("2027-02-06T00:00", "Asia/Ho_Chi_Minh"),
    Date.parse("2027-02-05T17:00Z") * 1000);
  assert.equal(zonedToUs("2026-11-21T17:00", "America/New_York"),
    Date.parse("2026-11-21T22:00Z") * 1000);
  assert.equal(usToZoned(zonedToUs("2026-12-31T23:59", "Asia/Ho_Chi_Minh"), "Asia/Ho_Chi_Minh"),
    "2026-12-31T23:59");
});

test("beside a change of clocks it is right to the hour", () => {
  assert.equal(zonedToUs("2026-03-29T03:30", "Europe/Berlin"), Date.parse("2026-03-29T01:30Z") * 1000);
  assert.equal(zonedToUs("2026-03-29T01:30", "Europe/Berlin"), Date.parse("2026-03-29T00:30Z") * 1000);
});

test("what is no time is none", () => {
  for (const typed of ["", "now", "2026-11-21", "2026-13-01T00:00", "2026-11-21T25:00"])
    assert.equal(zonedToUs(typed, "Asia/Ho_Chi_Minh"), null);
});
