// SPDX-License-Identifier: Apache-2.0
// How loud is the microphone: peak as it is, loudness as the ear has it, and a verdict in words.
//
// Loudness: ITU-R BS.1770-4, its two filters as the browser's own biquads; the mean square of the
// last 3 s (its "short-term" loudness), without the gate.

const WINDOW_MS = 3000;
const CLIPPED_DBFS = -0.3;
const CLIP_SHOWN_MS = 4000;
const SILENT_DBFS = -55;  // a microphone that is off or covered
const LOW_LUFS = -38;     // raising this to the ward's -16 LUFS raises the room's noise as well
const SETTLING_MS = 1500; // before the first words, nobody is too low
const SPOKEN_EVERY_MS = 5000;

export const toDb = (amplitude) => (amplitude > 0 ? 20 * Math.log10(amplitude) : -Infinity);

/** Peak and mean square of samples in -1..1. */
export function measure(samples) {
  let peak = 0;
  let sum = 0;
  for (const sample of samples) {
    const size = Math.abs(sample);
    if (size > peak) peak = size;
    sum += sample * sample;
  }
  return { peak, meanSquare: samples.length > 0 ? sum / samples.length : 0 };
}

/** The verdict: "wait", "silent", "low", "good" or "clipped". Pure; `nowMs` is any clock. */
export class Verdict {
  #window = [];
  #beganMs = null;
  #clippedMs = -Infinity;

  /** → {verdict, peakDb, lufs} */
  add({ peak, weightedMeanSquare }, nowMs) {
    this.#beganMs ??= nowMs;
    this.#window.push({ nowMs, peak, weightedMeanSquare });
    while (this.#window[0].nowMs <= nowMs - WINDOW_MS) this.#window.shift();
    const peakDb = toDb(peak);
    if (peakDb >= CLIPPED_DBFS) this.#clippedMs = nowMs;
    const mean = this.#window.reduce((sum, part) => sum + part.weightedMeanSquare, 0) /
      this.#window.length;
    const lufs = mean > 0 ? -0.691 + 10 * Math.log10(mean) : -Infinity;
    return { verdict: this.#judge(lufs, nowMs), peakDb, lufs };
  }

  #judge(lufs, nowMs) {
    if (nowMs - this.#clippedMs < CLIP_SHOWN_MS) return "clipped";
    if (nowMs - this.#beganMs < SETTLING_MS) return "wait";
    const loudest = Math.max(...this.#window.map((part) => part.peak));
    if (toDb(loudest) < SILENT_DBFS) return "silent";
    return lufs < LOW_LUFS ? "low" : "good";
  }
}

/** What a screen reader is told: a verdict that lasts, at most every few seconds. → text or null */
export class Announcer {
  #said = "wait";
  #saidMs = -Infinity;

  next(verdict, nowMs) {
    if (verdict === this.#said || nowMs - this.#saidMs < SPOKEN_EVERY_MS) return null;
    if (verdict === "wait") return null;
    this.#said = verdict;
    this.#saidMs = nowMs;
    return verdict;
  }
}

/** 0..1 of a scale from -60 to 0 dB. */
export const onScale = (db) => Math.min(1, Math.max(0, (db + 60) / 60));

/** Listens to a stream; onLevel({verdict, peakDb, lufs, spoken}) about 20 times a second.
 *  → {close()} */
export function watch(stream, onLevel) {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(stream);
  const shelf = new BiquadFilterNode(context,
    { type: "highshelf", frequency: 1682, gain: 4 });
  const highPass = new BiquadFilterNode(context, { type: "highpass", frequency: 38, Q: -6 });
  const plain = new AnalyserNode(context, { fftSize: 4096 });
  const weighted = new AnalyserNode(context, { fftSize: 4096 });
  const samples = new Float32Array(4096);
  const verdict = new Verdict();
  const announcer = new Announcer();

  source.connect(plain);
  source.connect(shelf).connect(highPass).connect(weighted);
  context.resume();

  const timer = setInterval(() => {
    const nowMs = performance.now();
    plain.getFloatTimeDomainData(samples);
    const { peak } = measure(samples);
    weighted.getFloatTimeDomainData(samples);
    const level = verdict.add({ peak, weightedMeanSquare: measure(samples).meanSquare }, nowMs);
    onLevel({ ...level, spoken: announcer.next(level.verdict, nowMs) });
  }, 50);

  return {
    close() {
      clearInterval(timer);
      context.close();
    },
  };
}
