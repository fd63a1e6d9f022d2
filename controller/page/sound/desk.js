// SPDX-License-Identifier: Apache-2.0
// The recording desk: the whole screen while somebody speaks. Text, level, one button.
import { length } from "../format.js";
import { texts } from "../strings.js";
import strings from "../strings/desk.js";
import soundStrings from "../strings/sound.js";
import { button, confirm, element } from "../ui.js";
import { onScale, watch } from "./meter.js";
import { microphoneTrouble, openMicrophone, Recorder } from "./recorder.js";
import { takeTransport } from "./take-transport.js";
import { keepScreenOn, teleprompter } from "./teleprompter.js";

const { text } = texts({ ...soundStrings, ...strings });

const verdictText = (verdict) => ({ wait: text("meterWait"), silent: text("meterSilent"),
  low: text("meterLow"), good: text("meterGood"), clipped: text("meterClipped") })[verdict];

const troubleText = (kind) => ({ denied: text("micDenied"), none: text("micNone"),
  taken: text("micTaken"), failed: text("micFailed") })[kind];

/** Where a take is on its way, in words. */
export function uploadText({ state, sent, of, message }) {
  if (state === "waiting") return text("uploadWaiting");
  if (state === "sign-in") return text("uploadSignIn");
  if (state === "refused") return text("uploadRefused", message);
  return text("uploadSafe", sent, of);
}

function meterView() {
  const bar = element("div", { class: "mic-bar" });
  const words = element("p", { class: "mic-words", "aria-hidden": "true" });
  const spoken = element("p", { class: "visually-hidden", "aria-live": "polite" });
  const node = element("div", { class: "mic-meter" },
    element("div", { class: "mic-track", "aria-hidden": "true" }, bar), words, spoken);
  return {
    node,
    show({ verdict, peakDb, lufs, spoken: announced }) {
      node.dataset.verdict = verdict;
      bar.style.transform = `scaleX(${onScale(Math.max(peakDb, lufs))})`;
      const sentence = verdictText(verdict);
      if (words.textContent !== sentence) words.textContent = sentence;
      if (announced) spoken.textContent = verdictText(announced);
    },
    rest() {
      node.dataset.verdict = "wait";
      bar.style.transform = "scaleX(0)";
      words.textContent = "";
    },
  };
}

/** A button whose label is short on the screen and whole for a screen reader. */
const control = (label, short, action) =>
  button(short, action, { kind: "outline-light", class: "btn-sm", "aria-label": `${short} ${label}` });

class Desk {
  #recorder = null;
  #meter = null;
  #screen = null;
  #why = null; // the microphone went away by itself
  #close;

  constructor({ title, words, user, store, take = null }) {
    Object.assign(this, { title, words, user, store, take });
    this.done = new Promise((resolve) => { this.#close = resolve; });
    this.#build();
  }

  #build() {
    this.light = element("strong", { class: "desk-light", role: "status" });
    this.clock = element("span", { class: "desk-clock", role: "timer", "aria-live": "off" }, "0:00");
    this.prompter = teleprompter({ label: text("prompterLabel") });
    this.meterView = meterView();
    this.trouble = element("p", { class: "desk-trouble", role: "alert", hidden: true });
    this.upload = element("p", { class: "desk-upload" });
    this.speed = element("span", { class: "desk-speed" });
    this.pauseButton = button(text("pause"), () => this.#togglePause(),
      { kind: "light", class: "btn-lg" });
    this.doneButton = button(text("done"), () => this.#finish(), { kind: "success", class: "btn-lg" });
    this.againButton = button(text("again"), () => this.#again(), { kind: "outline-light" });
    this.retryButton = button(text("tryAgain"), () => this.begin(), { kind: "light" });
    this.closeButton = button(text("close"), () => this.leave(), { kind: "outline-light" });
    const change = (action) => () => {
      action();
      this.#showSpeed();
    };
    this.node = element("dialog", { class: "desk", "aria-label": text("deskLabel", this.title) },
      element("div", { class: "desk-head" }, this.light, this.clock),
      this.prompter.node,
      element("div", { class: "desk-foot" },
        this.meterView.node, this.trouble,
        element("div", { class: "desk-main" }, this.pauseButton, this.doneButton, this.retryButton,
          this.closeButton),
        element("div", { class: "desk-tools" }, this.againButton,
          control(text("smaller"), "A−", () => this.prompter.larger(-1)),
          control(text("larger"), "A+", () => this.prompter.larger(1)),
          element("span", { class: "desk-pace" },
            control(text("slower"), "−", change(() => this.prompter.faster(-1))), this.speed,
            control(text("faster"), "+", change(() => this.prompter.faster(1))))),
        this.upload));
    // the Escape key must not throw a speech away
    this.node.addEventListener("cancel", (event) => event.preventDefault());
  }

  #showSpeed() { this.speed.textContent = text("speed", this.prompter.wpm); }

  #showState() {
    const state = this.#recorder?.state ?? "inactive";
    this.node.dataset.state = this.#why ? "ended" : state;
    this.light.textContent = this.#why ? text("lightEnded") :
      { recording: text("lightRecording"), paused: text("lightPaused") }[state] ?? text("lightWaiting");
    this.pauseButton.textContent = state === "paused" ? text("resume") : text("pause");
    this.pauseButton.hidden = !this.#recorder || this.#why !== null;
    this.doneButton.hidden = this.againButton.hidden = !this.#recorder;
    this.retryButton.hidden = this.closeButton.hidden = this.#recorder !== null || this.trouble.hidden;
    if (state === "recording") this.prompter.start();
    else this.prompter.stop();
  }

  #tellTrouble(sentence) {
    this.trouble.textContent = sentence ?? "";
    this.trouble.hidden = !sentence;
  }

  open() {
    document.body.append(this.node);
    this.node.showModal();
    this.prompter.setText(this.words || text("noText"));
    this.#showSpeed();
    this.#screen = keepScreenOn();
    this.timer = setInterval(() => {
      if (this.#recorder) this.clock.textContent = length(this.#recorder.durationMs);
    }, 250);
    document.addEventListener("visibilitychange", this.#onHidden);
    window.addEventListener("beforeunload", this.#onUnload);
    window.addEventListener("pagehide", this.#onHidden);
    window.addEventListener("online", this.#onOnline);
    return this.begin();
  }

  #onHidden = () => { if (document.hidden) this.#recorder?.flush(); };
  #onUnload = (event) => { if (this.#recorder) event.preventDefault(); };
  #onOnline = () => this.#recorder?.uploader.kick();

  async begin() {
    this.#why = null;
    this.#tellTrouble(null);
    this.upload.textContent = "";
    this.#showState();
    let stream;
    try {
      stream = await openMicrophone();
    } catch (error) {
      this.#tellTrouble(troubleText(microphoneTrouble(error)));
      this.#showState();
      this.light.textContent = "";
      return;
    }
    if (!this.node.open) { // left while the question was on the screen
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    await this.#record(stream);
  }

  async #record(stream) {
    const recorder = new Recorder({
      store: this.store, stream, transport: takeTransport,
      onUpload: (progress) => { this.upload.textContent = uploadText(progress); },
      onTrouble: () => this.#tellTrouble(text("notKept")),
      onEnd: (why) => {
        this.#why = why;
        this.#tellTrouble(text("taken"));
        this.#meter?.close();
        this.#showState();
      },
    });
    await recorder.start({ title: this.title, text: this.words, user: this.user, take: this.take });
    this.#recorder = recorder;
    this.#meter = watch(stream, (level) => {
      if (this.#recorder?.state === "recording") this.meterView.show(level);
    });
    if (!this.store.isLasting) this.#tellTrouble(text("notKept"));
    this.#showState();
    this.pauseButton.focus();
  }

  #togglePause() {
    if (this.#recorder.state === "paused") this.#recorder.resume();
    else this.#recorder.pause();
    this.meterView.rest();
    this.#showState();
  }

  async #again() {
    if (this.#recorder.state === "recording") this.#togglePause();
    const isSure = await confirm({ title: text("againTitle"), yes: text("again"),
      words: text("againWords", length(this.#recorder.durationMs)) });
    if (!isSure) return;
    this.#meter.close();
    const recorder = this.#recorder;
    this.#recorder = null;
    this.take = null;
    await recorder.discard();
    this.clock.textContent = "0:00";
    this.prompter.rewind();
    await this.begin();
  }

  async #finish() {
    const recorder = this.#recorder;
    this.#tearDown();
    const blob = await recorder.finish();
    this.#close({ recorder, blob });
  }

  /** Away without a decision: what was recorded stays on this device. */
  async leave() {
    if (!this.node.open) return;
    const recorder = this.#recorder;
    this.#tearDown();
    await recorder?.leave();
    this.#close(null);
  }

  #tearDown() {
    this.#recorder = null;
    this.#meter?.close();
    this.#screen.release();
    this.prompter.close();
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.#onHidden);
    window.removeEventListener("beforeunload", this.#onUnload);
    window.removeEventListener("pagehide", this.#onHidden);
    window.removeEventListener("online", this.#onOnline);
    this.node.close();
    this.node.remove();
  }
}

/** @take: one that was cut off, to go on with.
 *  → {recorder, blob} when it is done (the recorder's uploader goes on), null when it was left. */
export async function record({ title, words, user, store, signal, take }) {
  const desk = new Desk({ title, words, user, store, take });
  signal.addEventListener("abort", () => desk.leave());
  await desk.open();
  return desk.done;
}
