// SPDX-License-Identifier: Apache-2.0
// Files on their way into the library: one after the other, each with its bar and its own fate.
import { upload, waitForJob } from "../api.js";
import { texts } from "../strings.js";
import strings from "../strings/library.js";
import { card, element, progress } from "../ui.js";

const { text } = texts(strings);

const withoutSuffix = (name) => name.replace(/\.[^.]{1,5}$/, "").normalize("NFC").trim() || name;

/** Says no to what cannot be audio before a slow line carries it. → sentence or null */
export function refusal(file) {
  if (file.size === 0) return text("fileEmpty");
  const isOther = /^(text|image|application\/(pdf|json|zip|msword|vnd))/.test(file.type);
  return isOther ? text("fileNotAudio") : null;
}

const sendType = ({ type }) =>
  (/^(audio\/|video\/(mp4|webm)$|application\/ogg$)/.test(type) ? type : "application/octet-stream");

function row(file) {
  const words = element("p", { class: "muted", role: "status" }, text("fileWaiting"));
  const bar = progress(0, file.name);
  return { words, bar, node: element("li", {}, element("strong", {}, file.name), bar, words) };
}

async function send(file, { words, bar }, signal) {
  const no = refusal(file);
  if (no) throw new Error(no);
  const { job } = await upload("/recordings", file, {
    signal, type: sendType(file),
    query: { title: withoutSuffix(file.name), file_name: file.name },
    onProgress: (share) => {
      bar.value = share / 2;
      words.textContent = text("fileSending", Math.round(share * 100));
    },
  });
  words.textContent = text("filePreparing");
  await waitForJob(job, { signal, onProgress: (share) => { bar.value = 0.5 + share / 2; } });
  bar.value = 1;
  words.textContent = text("fileDone");
}

/** → {node, add(files)}; onDone after each that arrived */
export function uploads({ signal, onDone }) {
  const rows = element("ul", { class: "plain" });
  const node = card(text("uploads"), rows);
  let line = Promise.resolve();
  node.hidden = true;

  async function one(file, shown) {
    try {
      await send(file, shown, signal);
      await onDone();
    } catch (error) {
      if (error.name === "AbortError") return;
      shown.bar.hidden = true;
      shown.words.className = "field-error";
      // 422: the job's own words are for the log, not for the office
      shown.words.textContent = error.status === 422 ? text("fileUnreadable") :
        error.status === undefined ? error.message : text("fileFailed", error.message);
    }
  }

  return {
    node,
    add(files) {
      for (const file of files) {
        const shown = row(file);
        rows.prepend(shown.node);
        node.hidden = false;
        line = line.then(() => one(file, shown));
      }
    },
  };
}
