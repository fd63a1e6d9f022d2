// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Announcer, measure, onScale, toDb, Verdict } from "../../controller/page/sound/meter.js";

const power = (lufs) => 10 ** ((lufs + 0.691) / 10);
const level = (peakDb, lufs) => ({ peak: 10 ** (peakDb / 20), weightedMeanSquare: power(lufs) });

function judge(levels, stepMs = 50) {
  const verdict = new Verdict();
  let nowMs = 1000;
  return levels.map((one) => verdict.add(one, (nowMs += stepMs)));
}

test("a full-scale sine has a peak of 0 dB and a mean square of a half", () => {
  const sine = Float32Array.from({ length: 4800 }, (_, i) => Math.sin((i * 2 * Math.PI) / 48));
  const { peak, meanSquare } = measure(sine);
  assert.ok(Math.abs(toDb(peak)) < 0.01);
  assert.ok(Math.abs(meanSquare - 0.5) < 0.001);
  assert.deepEqual(measure([]), { peak: 0, meanSquare: 0 });
});

test("a good voice is good, a far one too low, a covered microphone silent", () => {
  const last = (one) => judge(Array(100).fill(one)).at(-1).verdict;
  assert.equal(last(level(-8, -20)), "good");
  assert.equal(last(level(-8, -37.5)), "good");
  assert.equal(last(level(-25, -38.5)), "low");
  assert.equal(last(level(-56, -70)), "silent");
  assert.equal(last({ peak: 0, weightedMeanSquare: 0 }), "silent");
});

test("nobody is called too low before the first words", () => {
  const verdicts = judge(Array(60).fill(level(-56, -70))).map((one) => one.verdict);
  assert.equal(verdicts[28], "wait");
  assert.equal(verdicts[31], "silent");
});

test("one clipped moment is shown for four seconds, even at the very beginning", () => {
  const verdicts = judge([level(-0.2, -15), ...Array(120).fill(level(-8, -20))])
    .map((one) => one.verdict);
  assert.equal(verdicts[0], "clipped");
  assert.equal(verdicts[79], "clipped");
  assert.equal(verdicts[81], "good");
  assert.equal(judge([level(-0.4, -15)])[0].verdict, "wait");
});

test("a pause between two sentences is not called silence", () => {
  const verdicts = judge([...Array(60).fill(level(-8, -20)), ...Array(40).fill(level(-60, -70))]);
  assert.equal(verdicts.at(-1).verdict, "good");
});

test("the loudness is that of the last three seconds", () => {
  const levels = judge([...Array(100).fill(level(-8, -20)), ...Array(60).fill(level(-30, -40))]);
  assert.ok(Math.abs(levels.at(-1).lufs + 40) < 0.01);
});

test("a screen reader is told of changes, at most one in five seconds", () => {
  const announcer = new Announcer();
  assert.equal(announcer.next("wait", 0), null);
  assert.equal(announcer.next("low", 100), "low");
  assert.equal(announcer.next("low", 9000), null);
  assert.equal(announcer.next("good", 9100), "good");
  assert.equal(announcer.next("clipped", 14000), null);
  assert.equal(announcer.next("clipped", 14100), "clipped");
});

test("the bar runs from -60 to 0 dB", () => {
  assert.equal(onScale(-Infinity), 0);
  assert.equal(onScale(-30), 0.5);
  assert.equal(onScale(3), 1);
});
