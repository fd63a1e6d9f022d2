// SPDX-License-Identifier: Apache-2.0
// One microphone, one take: pieces of a second, each on this telephone's disk before anything else.
import { TakeUploader } from "./take-uploader.js";

const SLICE_MS = 1000;
const BITS_PER_SECOND = 96000;

const WANTED = ["audio/webm;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4",
  "audio/ogg;codecs=opus", "audio/webm"];

/** The first kind of file that this browser records, null: none. */
export function chooseMime(isSupported = (mime) => MediaRecorder.isTypeSupported(mime)) {
  return WANTED.find((mime) => isSupported(mime)) ?? null;
}

/** null, or why this browser cannot record: "insecure" | "unsupported". */
export function whyNot(scope = globalThis) {
  if (scope.isSecureContext === false) return "insecure";
  if (!scope.navigator?.mediaDevices?.getUserMedia || !scope.MediaRecorder) return "unsupported";
  return chooseMime((mime) => scope.MediaRecorder.isTypeSupported(mime)) ? null : "unsupported";
}

/** Why getUserMedia failed, in the names of this page's texts. */
export function microphoneTrouble(error) {
  const kinds = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none",
    OverconstrainedError: "none", NotReadableError: "taken", AbortError: "taken" };
  return kinds[error?.name] ?? "failed";
}

/** As the microphone hears it: the controller measures and levels the whole, while a telephone's gain
 *  control turns the first words down as it finds out how loud the voice is. */
export const openMicrophone = (devices = navigator.mediaDevices) => devices.getUserMedia({
  audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false,
    autoGainControl: false },
});

/** Held while a tab records: another tab then knows that the take is not an orphan. */
async function holdLock(id, locks = globalThis.navigator?.locks) {
  if (!locks) return () => {};
  return new Promise((resolve) => {
    locks.request(`loa-take-${id}`, () => new Promise((release) => { resolve(release); }));
  });
}

/** What was recorded before and after it was cut off: each a sound file of its own. */
export async function filesOf(store, take) {
  const chunks = await store.chunks(take.id);
  const bounds = [0, ...(take.begins ?? []).filter((at) => at > 0 && at < chunks.length), chunks.length];
  return bounds.slice(1).map((end, i) =>
    new Blob(chunks.slice(bounds[i], end), { type: take.mime }));
}

/** Takes that nobody records any more: the tab was closed, reloaded or killed. */
export async function orphans(store, user, locks = globalThis.navigator?.locks) {
  const held = new Set((await locks?.query?.())?.held?.map((lock) => lock.name) ?? []);
  return (await store.takes()).filter((take) =>
    take.user === user && take.n_chunks > 0 && !held.has(`loa-take-${take.id}`));
}

export class Recorder {
  #media;
  #release = () => {};
  #writing = Promise.resolve();
  #seq = 0;
  #heardMs = 0;      // before the last resume
  #runningSince = 0; // 0: paused
  #pieces = [];
  #stopped = null;

  /** onEnd(why): the microphone went away by itself; what there is, is kept. */
  constructor({ store, stream, transport, onUpload = () => {}, onEnd = () => {},
    onTrouble = () => {}, now = () => performance.now() }) {
    Object.assign(this, { store, stream, transport, onUpload, onEnd, onTrouble, now });
  }

  get state() { return this.#media?.state ?? "inactive"; }
  get durationMs() {
    return this.#heardMs + (this.#runningSince ? this.now() - this.#runningSince : 0);
  }

  async #begin({ title, text, user }) {
    this.id = crypto.randomUUID?.() ??
      Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16)).join("-");
    await this.store.add({ id: this.id, title, text, user, mime: this.mime, began_ms: Date.now(),
      duration_ms: 0, n_chunks: 0, begins: [], ended: false, server_id: null, next: 0,
      is_handed_over: false });
  }

  /** A recorder that was cut off cannot go on in its file: another one follows in the same take. */
  async #goOn(take) {
    this.id = take.id;
    this.#seq = take.n_chunks;
    this.#heardMs = take.duration_ms;
    await this.store.update(take.id, { begins: [...take.begins ?? [], take.n_chunks] });
  }

  /** @take: one that was cut off, to go on with; else a new one is begun. */
  async start({ title, text, user, take = null }) {
    const mime = chooseMime();
    this.mime = mime;
    if (take) await this.#goOn(take);
    else await this.#begin({ title, text, user });
    this.#release = await holdLock(this.id);
    this.uploader = new TakeUploader({ store: this.store, transport: this.transport,
      takeId: this.id, onChange: this.onUpload });
    this.#media = new MediaRecorder(this.stream,
      { mimeType: mime, audioBitsPerSecond: BITS_PER_SECOND });
    this.#media.ondataavailable = (event) => this.#keep(event.data);
    this.#stopped = new Promise((resolve) => { this.#media.onstop = resolve; });
    this.#media.onerror = () => this.onEnd("failed");
    for (const track of this.stream.getAudioTracks()) track.onended = () => this.onEnd("taken");
    this.#media.start(SLICE_MS);
    this.#runningSince = this.now();
  }

  #keep(blob) {
    if (blob.size === 0) return;
    const seq = this.#seq++;
    this.#pieces.push(blob);
    const durationMs = Math.round(this.durationMs);
    // one after the other: the uploader counts on there being no holes
    this.#writing = this.#writing.then(async () => {
      const bytes = await blob.arrayBuffer();
      const isKept = await this.store.addChunk(this.id, seq, bytes, { duration_ms: durationMs });
      if (!isKept) this.onTrouble("not-kept");
      this.uploader.kick();
    });
  }

  pause() {
    if (this.state !== "recording") return;
    this.#media.requestData();
    this.#media.pause();
    this.#heardMs = this.durationMs;
    this.#runningSince = 0;
  }

  resume() {
    if (this.state !== "paused") return;
    this.#media.resume();
    this.#runningSince = this.now();
  }

  /** Whatever is in the recorder goes to the disk now: before the page is hidden. */
  flush() {
    if (this.state === "recording") this.#media.requestData();
  }

  async #halt() {
    this.#heardMs = this.durationMs;
    this.#runningSince = 0;
    if (this.state !== "inactive") this.#media.stop();
    await this.#stopped;
    await this.#writing;
    for (const track of this.stream.getTracks()) track.stop();
  }

  /** The end of the recording: the rest goes up, and the controller makes a recording of it. */
  async finish() {
    await this.#halt();
    await this.store.update(this.id,
      { ended: true, duration_ms: Math.round(this.durationMs) });
    this.#release();
    this.uploader.kick();
    return new Blob(this.#pieces, { type: this.mime });
  }

  /** Leaves the page's side of it; the take stays on the disk as it is. */
  async leave() {
    await this.#halt();
    this.uploader.stop();
    this.#release();
  }

  /** Once more from the beginning: nothing of this one is kept. */
  async discard() {
    await this.#halt();
    this.uploader.stop();
    const take = await this.store.take(this.id);
    await this.store.remove(this.id);
    this.#release();
    if (take?.server_id) await this.transport.remove(take.server_id).catch(() => {});
  }
}
