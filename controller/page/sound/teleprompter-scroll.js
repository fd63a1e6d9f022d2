// SPDX-License-Identifier: Apache-2.0
// Where the text stands after so many words. Pure.
//
// block = {words, top, height}: one paragraph as laid out, in reading order, pixels.

export const WPM_MIN = 60;
export const WPM_MAX = 300;
export const WPM_USUAL = 150; // Vietnamese syllables of a reader who is being listened to outdoors

/** Vietnamese writes syllables apart: what stands between spaces is one beat of speech. */
export const countWords = (text) => text.split(/\s+/u).filter((w) => /[\p{L}\p{N}]/u.test(w)).length;

export const paragraphsOf = (text) =>
  text.split(/\n+/u).map((line) => line.trim()).filter((line) => line !== "");

export const readingMs = (nWords, wpm) => Math.round((nWords / wpm) * 60000);

/** The pixel that should stand on the reading line after `words` spoken words. */
export function positionOf(blocks, words) {
  let before = 0;
  for (const block of blocks) {
    if (words < before + block.words) {
      return block.top + block.height * ((words - before) / block.words);
    }
    before += block.words;
  }
  const last = blocks.at(-1);
  return last ? last.top + last.height : 0;
}

/** The other way round: how many words lie before a pixel (after the reader has scrolled). */
export function wordsAt(blocks, position) {
  let before = 0;
  for (const block of blocks) {
    if (position < block.top) return before;
    if (position < block.top + block.height) {
      return before + block.words * ((position - block.top) / block.height);
    }
    before += block.words;
  }
  return before;
}
