// SPDX-License-Identifier: Apache-2.0
// Brings one take to the controller, chunk by chunk, however often the line drops.
//
// transport = {create(take) → id, send(id, seq, bytes, mime, begins) → {next},
//              look(id) → {next, recording}, finish(id) → {job}}; an answer of the controller's that refuses is an Error with
// `status`, a line that is down one without (or 0).
//
// States, told by onChange({state, sent, of, message, job, recording}):
//   sending   on its way              idle     all there; the recording goes on
//   waiting   the line is down, or the controller is busy: tries again by itself
//   sign-in   nobody is signed in any more: sign in, then kick()
//   refused   the controller will not have it, `message` says why; the take stays here
//   making    the controller has it all and makes a recording of it: `job`. The take stays here
//             until that is done: who asked removes it, or kick() finds out at the next visit
//   done      it is a recording, and has left this device

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;

/** Full jitter would try at once now and then; half of it keeps many telephones apart as well. */
export function waitMs(nFailures, random = Math.random) {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, nFailures - 1));
  return longest * (0.5 + 0.5 * random());
}

const isPassing = (status) =>
  !status || status === 408 || status === 425 || status === 429 || status >= 500;

export class TakeUploader {
  #stopped = false;
  #running = false;
  #kicked = false;
  #wake = null;
  #nFailures = 0;
  #nNewStarts = 0;
  #last = { state: "idle", sent: 0, of: 0, message: null, job: null,
    recording: null };

  constructor({ store, transport, takeId, onChange = () => {}, timers = globalThis,
    random = Math.random }) {
    Object.assign(this, { store, transport, takeId, onChange, timers, random });
  }

  get progress() { return this.#last; }

  /** There is something new to send, or the line may be up again. */
  kick() {
    if (this.#stopped) return;
    this.#kicked = true;
    this.#wake?.();
    if (!this.#running) this.#run();
  }

  stop() {
    this.#stopped = true;
    this.#wake?.();
  }

  #tell(changes) {
    this.#last = { ...this.#last, message: null, ...changes };
    this.onChange(this.#last);
  }

  async #run() {
    this.#running = true;
    let pause = 0;
    while (!this.#stopped && pause !== "over") {
      this.#kicked = false;
      pause = await this.#attempt();
      if (this.#kicked || pause === 0 || pause === "over") continue;
      if (pause === null) break; // until the next kick()
      await this.#sleep(pause);
    }
    this.#running = false; // in the same turn as the decision: no kick() falls in between
  }

  #sleep(ms) {
    return new Promise((resolve) => {
      const timer = this.timers.setTimeout(resolve, ms);
      this.#wake = () => {
        this.timers.clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }

  /** → 0: go on; > 0: in so many ms; null: when kicked; "over": never. */
  async #attempt() {
    try {
      const pause = await this.#step();
      this.#nFailures = 0;
      return pause;
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #step() {
    const take = await this.store.take(this.takeId);
    if (take === null) return "over";
    const counts = { sent: take.next, of: take.n_chunks };
    if (take.next < take.n_chunks) this.#tell({ state: "sending", ...counts });
    if (take.server_id === null) {
      await this.store.update(take.id, { server_id: await this.transport.create(take), next: 0 });
      return 0;
    }
    if (take.next < take.n_chunks) return this.#send(take);
    if (!take.ended) {
      this.#tell({ state: "idle", ...counts });
      return null;
    }
    this.#tell({ state: "sending", ...counts });
    return this.#handOver(take, counts);
  }

  async #handOver(take, counts) {
    const recording = take.is_handed_over ?
      (await this.transport.look(take.server_id)).recording : null;
    if (recording) {
      await this.store.remove(take.id);
      this.#tell({ state: "done", ...counts, recording });
      return "over";
    }
    const { job } = await this.transport.finish(take.server_id);
    await this.store.update(take.id, { is_handed_over: true });
    this.#tell({ state: "making", ...counts, job });
    return null;
  }

  async #send(take) {
    const bytes = await this.store.chunk(take.id, take.next);
    const { next } = await this.transport.send(take.server_id, take.next, bytes, take.mime,
      (take.begins ?? []).includes(take.next));
    // an answer that acknowledges nothing would make this loop spin
    if (!(next > take.next)) throw Object.assign(new Error("next"), { status: 409 });
    await this.store.update(take.id, { next: Math.min(next, take.n_chunks) });
    return 0;
  }

  async #failed(error) {
    const take = await this.store.take(this.takeId).catch(() => null);
    if (take !== null && (error.status === 404 || error.status === 409)) {
      const again = await this.#findPlace(take, error).catch((other) => ({ error: other }));
      if (again === true) return 0;
      if (again.error) return this.#failed(Object.assign(again.error, { looked: true }));
    }
    this.#nFailures += 1;
    if (error.status === 401) {
      this.#tell({ state: "sign-in" });
      return null;
    }
    if (isPassing(error.status)) {
      const pause = waitMs(this.#nFailures, this.random);
      this.#tell({ state: "waiting", message: error.status ? error.message : null });
      return pause;
    }
    this.#tell({ state: "refused", message: error.message });
    return null;
  }

  /** The controller does not know the take, or is at another chunk: → whether to go on. */
  async #findPlace(take, error) {
    if (take.server_id === null || error.looked || this.#nNewStarts >= 3) return false;
    this.#nNewStarts += 1;
    if (error.status === 404) { // all chunks are still here: begin again
      await this.store.update(take.id, { server_id: null, next: 0, is_handed_over: false });
      return true;
    }
    const { next } = await this.transport.look(take.server_id);
    if (!Number.isInteger(next) || next === take.next || next > take.n_chunks) return false;
    await this.store.update(take.id, { next });
    return true;
  }
}
