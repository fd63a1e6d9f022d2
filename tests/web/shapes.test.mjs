// SPDX-License-Identifier: Apache-2.0
// The waveform in numbers and words; where the teleprompter stands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bars, describe, Heard } from "../../controller/page/sound/waveform-shape.js";
import { countWords, paragraphsOf, positionOf, readingMs, wordsAt }
  from "../../controller/page/sound/teleprompter-scroll.js";
import { chooseMime, microphoneTrouble, whyNot } from "../../controller/page/sound/recorder.js";

test("no loud moment falls between two bars", () => {
  const peaks = Array(1000).fill(0);
  peaks[777] = 255;
  for (const n of [1, 7, 64, 333, 1000]) {
    assert.equal(bars(peaks, n).length, n);
    assert.equal(Math.max(...bars(peaks, n)), 1);
  }
  assert.equal(bars([51, 102], 4)[3], 0.4);
  assert.deepEqual(bars([], 2), [0, 0]);
});

test("silence at both ends and long pauses are told", () => {
  const peaks = [...Array(10).fill(0), ...Array(30).fill(90), ...Array(25).fill(3),
    ...Array(10).fill(90), ...Array(5).fill(0), ...Array(10).fill(90), ...Array(10).fill(2)];
  assert.deepEqual(describe(peaks, 10000),
    { silentBeforeMs: 1000, silentAfterMs: 1000, nLongPauses: 1, isSilent: false });
  assert.equal(describe(Array(50).fill(8), 5000).isSilent, true);
});

test("what was heard twice counts once, and what was jumped over not at all", () => {
  const heard = new Heard();
  const play = (...positions) => { heard.jump(); for (const s of positions) heard.reach(s); return heard.ms; };
  assert.equal(play(0), 0);
  assert.equal(play(0, 0.25, 0.5, 3), 3000);
  assert.equal(play(5, 6.5), 4500);
  assert.equal(play(1, 2), 4500);         // heard already
  assert.equal(play(2.5, 3.5), 5000);     // half of it new
  assert.equal(play(6, 7, 6.9, 7.1), 5600); // a clock that steps back adds nothing
  assert.equal(play(3.25, 5.5), 7100);    // closes the gap
  assert.equal(play(0, 7.1), 7100);
});

test("words are Vietnamese syllables; dashes and dots are none", () => {
  assert.equal(countWords("Kính thưa  bà con – nhân dân\n…"), 6);
  assert.equal(countWords(""), 0);
  assert.equal(readingMs(150, 150), 60000);
});

test("empty lines are no paragraphs", () => {
  assert.deepEqual(paragraphsOf(" Một \n\n  \nHai\n"), ["Một", "Hai"]);
});

test("the text stands where the voice is, in short and in long paragraphs, and back", () => {
  const blocks = [{ words: 2, top: 0, height: 100 }, { words: 20, top: 150, height: 400 }];
  for (const [words, position] of [[0, 0], [1, 50], [2, 150], [12, 350], [22, 550], [99, 550]]) {
    assert.equal(positionOf(blocks, words), position);
  }
  for (const [position, words] of [[0, 0], [50, 1], [120, 2], [350, 12], [900, 22]]) {
    assert.equal(wordsAt(blocks, position), words);
  }
  assert.equal(positionOf([], 5), 0);
});

test("the first kind that the browser records is taken", () => {
  assert.equal(chooseMime(() => true), "audio/webm;codecs=opus");
  assert.equal(chooseMime((mime) => mime === "audio/mp4"), "audio/mp4");
  assert.equal(chooseMime(() => false), null);
});

test("a browser that cannot record says why", () => {
  const navigator = { mediaDevices: { getUserMedia() {} } };
  const MediaRecorder = { isTypeSupported: () => true };
  assert.equal(whyNot({ isSecureContext: true, navigator, MediaRecorder }), null);
  assert.equal(whyNot({ isSecureContext: false, navigator, MediaRecorder }), "insecure");
  assert.equal(whyNot({ isSecureContext: true, navigator: {}, MediaRecorder }), "unsupported");
  assert.equal(whyNot({ isSecureContext: true, navigator,
    MediaRecorder: { isTypeSupported: () => false } }), "unsupported");
  assert.equal(microphoneTrouble({ name: "NotAllowedError" }), "denied");
  assert.equal(microphoneTrouble({ name: "NotReadableError" }), "taken");
  assert.equal(microphoneTrouble(undefined), "failed");
});
