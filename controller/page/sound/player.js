// SPDX-License-Identifier: Apache-2.0
// Hears a recording as the loudspeakers will play it, and knows how much of it was heard.
import { get, url } from "../api.js";
import { length } from "../format.js";
import { texts } from "../strings.js";
import strings from "../strings/sound.js";
import { element } from "../ui.js";
import { waveform } from "./waveform.js";
import { describe, Heard } from "./waveform-shape.js";

const { text } = texts(strings);
const BACK_S = 10;
let sounding = null; // two at once are understood by nobody

/** What the picture shows, in words. */
export function shapeText(peaks, durationMs) {
  const shape = describe(peaks, durationMs);
  if (shape.isSilent) return text("playerAllSilent");
  const parts = [text("playerLength", length(durationMs))];
  if (shape.silentBeforeMs >= 1000)
    parts.push(text("playerSilentBefore", length(shape.silentBeforeMs)));
  if (shape.silentAfterMs >= 1000)
    parts.push(text("playerSilentAfter", length(shape.silentAfterMs)));
  if (shape.nLongPauses > 0) parts.push(text("playerPauses", shape.nLongPauses));
  return parts.join(" ");
}

/** recording: of the API. onHeard(ms): heard at least once so far. → {node, heardMs(), close()} */
export function player(recording, { onHeard = () => {}, signal } = {}) {
  const path = `/recordings/${recording.id}`;
  const durationS = recording.duration_ms / 1000;
  const audio = element("audio", { preload: "none" },
    element("source", { src: url(`${path}/audio`), type: "audio/ogg; codecs=opus" }),
    element("source", { src: url(`${path}/master.mp3`), type: "audio/mpeg" }));
  const button = element("button", { type: "button", class: "btn btn-primary player-play" });
  const back = element("button", { type: "button", class: "btn btn-outline-secondary" },
    text("playerBack", BACK_S));
  const time = element("span", { class: "player-time" });
  const words = element("p", { class: "player-shape muted" });
  const trouble = element("p", { class: "player-trouble", role: "alert", hidden: true });
  const picture = waveform({
    label: text("playerPosition", recording.title),
    timeText: (s) => text("playerAt", length(s * 1000), length(recording.duration_ms)),
    onSeek: goTo,
  });
  const node = element("div", { class: "player" }, audio, picture.node,
    element("div", { class: "player-row" }, button, back, time), words, trouble);
  const heard = new Heard();
  let heardMs = 0;

  function follow() {
    if (!audio.seeking) heard.reach(audio.currentTime);
    picture.at(audio.currentTime, durationS);
    time.textContent = text("playerAt", length(audio.currentTime * 1000),
      length(recording.duration_ms));
    const isPlaying = !audio.paused && !audio.ended;
    button.textContent = isPlaying ? text("playerPause") : text("playerPlay");
    button.setAttribute("aria-label", isPlaying ? text("playerPauseOf", recording.title) :
      text("playerPlayOf", recording.title));
    if (heard.ms !== heardMs) {
      heardMs = heard.ms;
      onHeard(heardMs);
    }
  }

  function goTo(s) {
    follow();
    audio.currentTime = s;
    follow();
  }

  async function toggle() {
    trouble.hidden = true;
    if (!audio.paused) {
      audio.pause();
      return;
    }
    if (sounding && sounding !== audio) sounding.pause();
    sounding = audio;
    try {
      await audio.play();
    } catch (error) {
      if (error.name === "AbortError") return; // paused before it began
      trouble.textContent = text("playerFailed");
      trouble.hidden = false;
      audio.load();
    }
  }

  button.addEventListener("click", toggle);
  back.addEventListener("click", () => goTo(Math.max(0, audio.currentTime - BACK_S)));
  for (const event of ["play", "pause", "ended", "timeupdate", "seeked"])
    audio.addEventListener(event, follow);
  audio.addEventListener("seeking", () => heard.jump());
  follow();
  get(`${path}/waveform`, undefined, { signal }).then(({ peaks }) => {
    picture.show({ peaks });
    words.textContent = shapeText(peaks, recording.duration_ms);
  }).catch(() => { words.textContent = text("playerNoPicture"); });

  return {
    node,
    heardMs: () => heardMs,
    close() {
      audio.pause();
      if (sounding === audio) sounding = null;
      audio.replaceChildren();
      audio.load(); // lets go of the connection
      picture.close();
    },
  };
}
