// SPDX-License-Identifier: Apache-2.0
// The text, large, moving past a line at reading height. The reader's own finger wins: after a
// scroll it goes on from where the text stands then.
import { element } from "../ui.js";
import { countWords, paragraphsOf, positionOf, WPM_MAX, WPM_MIN, WPM_USUAL, wordsAt }
  from "./teleprompter-scroll.js";

const READING_LINE = 0.3; // of the height, from the top: what comes next is seen, too
const SIZES = [20, 24, 28, 34, 40, 48, 58, 70]; // px
const SIZE_KEY = "prompterSize";
const WPM_KEY = "prompterWpm";
const WPM_STEP = 10;

const stored = (key, usual) => Number(localStorage.getItem(key) ?? usual);

/** label: the name of the text for a screen reader.
 *  → {node, setText(), start(), stop(), rewind(), faster(±1), larger(±1), wpm, size, close()} */
export function teleprompter({ label }) {
  const before = element("div", { class: "prompter-space", "aria-hidden": "true" });
  const after = element("div", { class: "prompter-space", "aria-hidden": "true" });
  const lines = element("div", { class: "prompter-text" });
  const scroller = element("div", { class: "prompter-scroller", tabindex: "0", role: "region",
    "aria-label": label }, before, lines, after);
  const node = element("div", { class: "prompter" }, scroller,
    element("div", { class: "prompter-line", "aria-hidden": "true" }));
  let wpm = stored(WPM_KEY, WPM_USUAL);
  let size = Math.min(SIZES.length - 1, stored(SIZE_KEY, 3));
  let blocks = [];
  let words = 0;
  let lastMs = 0; // 0: standing
  let frame = 0;
  let placed = 0;

  function measure() {
    before.style.height = `${scroller.clientHeight * READING_LINE}px`;
    after.style.height = `${scroller.clientHeight * (1 - READING_LINE)}px`;
    const top = lines.offsetTop;
    blocks = [...lines.children].map((line) => ({ words: Number(line.dataset.words),
      top: line.offsetTop - top, height: line.offsetHeight }));
  }

  function place() {
    placed = Math.round(positionOf(blocks, words));
    scroller.scrollTop = placed;
  }

  function step(nowMs) {
    // a hidden tab gets no frames: the text does not run on without its reader
    words += (Math.min(250, nowMs - lastMs) * wpm) / 60000;
    lastMs = nowMs;
    place();
    frame = requestAnimationFrame(step);
  }

  function setSize(to) {
    size = Math.min(SIZES.length - 1, Math.max(0, to));
    localStorage.setItem(SIZE_KEY, size);
    lines.style.fontSize = `${SIZES[size]}px`;
    measure();
    place();
  }

  scroller.addEventListener("scroll", () => {
    if (Math.abs(scroller.scrollTop - placed) > 2) words = wordsAt(blocks, scroller.scrollTop);
  }, { passive: true });
  const observer = new ResizeObserver(() => {
    measure();
    place();
  });
  observer.observe(scroller);
  lines.style.fontSize = `${SIZES[size]}px`;

  return {
    node,
    get wpm() { return wpm; },
    get size() { return SIZES[size]; },
    setText(text) {
      lines.replaceChildren(...paragraphsOf(text).map((line) =>
        element("p", { "data-words": Math.max(1, countWords(line)) }, line)));
      words = 0;
      measure();
      place();
    },
    start() {
      if (lastMs !== 0) return;
      lastMs = performance.now();
      frame = requestAnimationFrame(step);
    },
    stop() {
      cancelAnimationFrame(frame);
      lastMs = 0;
    },
    rewind() {
      words = 0;
      place();
    },
    faster(steps) {
      wpm = Math.min(WPM_MAX, Math.max(WPM_MIN, wpm + steps * WPM_STEP));
      localStorage.setItem(WPM_KEY, wpm);
    },
    larger(steps) { setSize(size + steps); },
    close() {
      cancelAnimationFrame(frame);
      observer.disconnect();
    },
  };
}

/** The screen stays on until release(), where the browser knows how. A hidden page loses it. */
export function keepScreenOn() {
  let lock = null;
  let isWanted = true;
  const ask = async () => {
    if (!isWanted || document.hidden) return;
    try {
      lock = await navigator.wakeLock?.request("screen");
      if (!isWanted) lock?.release();
    } catch { /* low battery: the screen goes dark as always, the recording goes on */ }
  };
  document.addEventListener("visibilitychange", ask);
  ask();
  return {
    release() {
      isWanted = false;
      document.removeEventListener("visibilitychange", ask);
      lock?.release();
    },
  };
}
