// SPDX-License-Identifier: Apache-2.0
// The picture of a sound: a slider that shows what it slides over. A finger, a mouse or the arrow
// keys move it; a screen reader hears the time and, once, what the picture shows.
import { element } from "../ui.js";
import { bars } from "./waveform-shape.js";

const BAR_PX = 3;
const GAP_PX = 1;
const STEP_S = 5;
const PAGE_S = 30;

/** onSeek(seconds); timeText(seconds) → "0:12 / 1:30"; label: what it is, for a screen reader.
 *  → {node, show({peaks}), at(seconds, durationS), close()} */
export function waveform({ onSeek, timeText, label }) {
  const canvas = element("canvas", { class: "waveform-picture", "aria-hidden": "true" });
  const node = element("div", { class: "waveform", role: "slider", tabindex: "0",
    "aria-label": label, "aria-valuemin": "0", "aria-valuemax": "0", "aria-valuenow": "0" }, canvas);
  let peaks = [];
  let position = 0;
  let duration = 0;
  let isHeld = false;

  function draw() {
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (width === 0) return;
    const scale = window.devicePixelRatio || 1;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const brush = canvas.getContext("2d");
    brush.scale(scale, scale);
    const colours = getComputedStyle(canvas);
    const heights = bars(peaks, Math.floor(width / (BAR_PX + GAP_PX)));
    const played = duration > 0 ? position / duration : 0;
    heights.forEach((size, i) => {
      const high = Math.max(2, size * height);
      brush.fillStyle = (i + 0.5) / heights.length <= played ?
        colours.getPropertyValue("--waveform-played") : colours.color;
      brush.fillRect(i * (BAR_PX + GAP_PX), (height - high) / 2, BAR_PX, high);
    });
  }

  function seekTo(seconds) {
    if (duration > 0) onSeek(Math.min(duration, Math.max(0, seconds)));
  }

  function seekByPointer(event) {
    const box = canvas.getBoundingClientRect();
    seekTo(((event.clientX - box.left) / box.width) * duration);
  }

  node.addEventListener("pointerdown", (event) => {
    isHeld = true;
    node.setPointerCapture(event.pointerId);
    seekByPointer(event);
  });
  node.addEventListener("pointermove", (event) => { if (isHeld) seekByPointer(event); });
  for (const end of ["pointerup", "pointercancel"]) {
    node.addEventListener(end, () => { isHeld = false; });
  }
  node.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -STEP_S, ArrowDown: -STEP_S, ArrowRight: STEP_S, ArrowUp: STEP_S,
      PageDown: -PAGE_S, PageUp: PAGE_S, Home: -Infinity, End: Infinity };
    if (!(event.key in moves)) return;
    event.preventDefault();
    seekTo(position + moves[event.key]);
  });
  const observer = new ResizeObserver(draw);
  observer.observe(canvas);

  return {
    node,
    show(more) {
      peaks = more.peaks;
      draw();
    },
    at(seconds, durationS) {
      position = seconds;
      duration = durationS;
      node.setAttribute("aria-valuemax", Math.round(duration));
      node.setAttribute("aria-valuenow", Math.round(position));
      node.setAttribute("aria-valuetext", timeText(position));
      draw();
    },
    close: () => observer.disconnect(),
  };
}
