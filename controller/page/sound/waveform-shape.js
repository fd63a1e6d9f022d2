// SPDX-License-Identifier: Apache-2.0
// What a waveform looks like, as numbers and for those who do not see it. Pure.
//
// peaks: 0..255, evenly over the whole duration.

const QUIET = 8;          // of 255: about -30 dB
const LONG_PAUSE_MS = 2000;

/** `nBars` bars of 0..1, each the highest of its peaks: no loud moment falls between two. */
export function bars(peaks, nBars) {
  const out = [];
  for (let i = 0; i < nBars; i++) {
    const from = Math.floor((i * peaks.length) / nBars);
    const to = Math.max(from + 1, Math.floor(((i + 1) * peaks.length) / nBars));
    let highest = 0;
    for (let j = from; j < to && j < peaks.length; j++) highest = Math.max(highest, peaks[j]);
    out.push(highest / 255);
  }
  return out;
}

/** → {silentBeforeMs, silentAfterMs, nLongPauses, isSilent} */
export function describe(peaks, durationMs) {
  const msOf = (n) => Math.round((n * durationMs) / Math.max(1, peaks.length));
  const first = peaks.findIndex((peak) => peak > QUIET);
  if (first < 0) {
    return { silentBeforeMs: durationMs, silentAfterMs: 0, nLongPauses: 0, isSilent: true };
  }
  const last = peaks.findLastIndex ? peaks.findLastIndex((peak) => peak > QUIET) :
    peaks.length - 1 - [...peaks].reverse().findIndex((peak) => peak > QUIET);
  let nLongPauses = 0;
  let quiet = 0;
  for (let i = first; i <= last; i++) {
    quiet = peaks[i] > QUIET ? 0 : quiet + 1;
    if (quiet > 0 && peaks[i + 1] > QUIET && msOf(quiet) >= LONG_PAUSE_MS) nLongPauses += 1;
  }
  return { silentBeforeMs: msOf(first), silentAfterMs: msOf(peaks.length - 1 - last), nLongPauses,
    isSilent: false };
}

/** Which parts were heard at least once. Not HTMLMediaElement.played: Firefox leaves out how it
 *  began (ESR 153: a recording of 5.5 s heard whole was 1 to 5.5 s). Positions in seconds. */
export class Heard {
  #ranges = []; // [from, to], in order and apart
  #at = null;   // where it plays; null: it is elsewhere in a moment

  /** The listener goes somewhere else. */
  jump() {
    this.#at = null;
  }

  /** It plays, and has come to here. */
  reach(position) {
    const from = this.#at;
    this.#at = position;
    if (from === null || position <= from) return;
    const apart = ([a, b]) => b < from || a > position;
    const joined = this.#ranges.filter((range) => !apart(range));
    this.#ranges = [...this.#ranges.filter(apart), [Math.min(from, ...joined.map(([a]) => a)),
      Math.max(position, ...joined.map(([, b]) => b))]].sort(([a], [b]) => a - b);
  }

  get ms() {
    return Math.round(1000 * this.#ranges.reduce((sum, [a, b]) => sum + b - a, 0));
  }
}
