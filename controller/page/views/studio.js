// SPDX-License-Identifier: Apache-2.0
// The studio: #/studio to record, #/studio/RECORDING to hear, approve and air what was recorded.
import { del, get, post, waitForJob } from "../api.js";
import { area, form, input, select } from "../form.js";
import { dateTime, dayTime, duration, length } from "../format.js";
import { airDesk } from "../parts/air.js";
import { approvalText, badges, downloads, facts, fingerprint, remarks, stateBadge }
  from "../parts/recording.js";
import { record, uploadText } from "../sound/desk.js";
import { player } from "../sound/player.js";
import { filesOf, orphans, whyNot } from "../sound/recorder.js";
import { openTakeStore } from "../sound/take-store.js";
import { takeTransport } from "../sound/take-transport.js";
import { TakeUploader } from "../sound/take-uploader.js";
import { countWords, readingMs } from "../sound/teleprompter-scroll.js";
import { texts } from "../strings.js";
import strings from "../strings/studio.js";
import { button, card, confirm, details, element, empty, link, list, notice, progress, replace,
  saveFile, toast } from "../ui.js";

const { text } = texts(strings);
const DRAFT_KEY = "studioDraft";
const RECENT = 8;
const USUAL_WPM = 150;

const ending = (take) => take.mime.includes("mp4") ? "m4a" : take.mime.includes("ogg") ? "ogg" : "webm";

/** On this device's disk, for people: one file, or one for each time that it was gone on with. */
async function saveTake(store, take) {
  const files = await filesOf(store, take);
  files.forEach((blob, i) => saveFile(`${take.title}${files.length > 1 ? ` ${i + 1}` : ""}.${ending(take)}`,
    blob, take.mime));
}

// --- on its way ---------------------------------------------------------------------------------

/** Follows a finished take until it is a recording, then opens that. What cannot be made into one
 *  stays on this device, to be saved. */
function followTake({ place, store, takeId, uploader, context }) {
  const words = element("p", { role: "status" }, text("sending"));
  const bar = progress(0, text("sending"));
  const more = element("div", { class: "buttons" });
  const save = button(text("saveHere"), async () => {
    const take = await store.take(takeId);
    if (take) await saveTake(store, take);
  }, { kind: "outline-secondary" });
  const again = button(text("again"), () => context.go(`studio?${Date.now()}`));
  replace(place, card(text("sendTitle"), words, bar, more));

  const arrived = async (recording) => {
    await store.remove(takeId);
    context.go(`studio/${recording}`);
  };
  const onMaking = async (job) => {
    words.textContent = text("processing");
    replace(more);
    try {
      await arrived(await waitForJob(job, { signal: context.signal,
        onProgress: (share) => { bar.value = share; } }));
    } catch (error) {
      if (error.name === "AbortError") return;
      bar.hidden = true;
      words.textContent = text("audioFailed", error.message);
      replace(more, save, again);
    }
  };
  const show = (state) => {
    if (state.of > 0 || state.state !== "idle")
      words.textContent = state.state === "waiting" ? text("sendingWaits") : uploadText(state);
    if (state.of > 0) bar.value = state.sent / state.of;
    if (["waiting", "refused"].includes(state.state)) replace(more, save);
    if (state.state === "making") onMaking(state.job);
    if (state.state === "done") arrived(state.recording);
  };
  uploader.onChange = show;
  const kick = () => uploader.kick();
  window.addEventListener("online", kick);
  context.signal.addEventListener("abort", () => {
    window.removeEventListener("online", kick);
    uploader.stop();
  });
  show(uploader.progress);
  uploader.kick();
}

// --- what is left of earlier --------------------------------------------------------------------

function foundTake(take, uploader, { store, place, context, redraw, goOn }) {
  const sound = element("div", {});
  const keep = button(text("keep"), async () => {
    await store.update(take.id, { ended: true });
    followTake({ place, store, takeId: take.id, uploader, context });
  }, { kind: "primary" });
  const listen = button(text("listenHere"), async () => {
    const players = (await filesOf(store, take)).map((blob) => {
      const href = URL.createObjectURL(blob);
      context.signal.addEventListener("abort", () => URL.revokeObjectURL(href));
      return element("audio", { controls: true, src: href, "aria-label": take.title });
    });
    players.forEach((audio, i) => audio.addEventListener("ended", () => players[i + 1]?.play()));
    replace(sound, players);
    await players[0].play();
  }, { kind: "outline-primary" });
  const more = take.ended || whyNot() ? null :
    button(text("goOn"), () => goOn(take, uploader), { kind: "danger" });
  const discard = button(text("discard"), async () => {
    if (!await confirm({ title: text("discard"), yes: text("discard"),
      words: text("discardAsk", take.title, length(take.duration_ms)) })) return;
    uploader.stop();
    const { server_id: there } = await store.take(take.id) ?? take;
    await store.remove(take.id);
    if (there) await del(`/takes/${there}`).catch(() => {});
    await redraw();
  }, { kind: "outline-danger" });
  return notice("warning",
    element("p", {}, element("strong", {}, text("takeFound", take.title, length(take.duration_ms),
      dateTime(take.began_ms * 1000)))),
    element("p", {}, text("takeFoundWords")), sound,
    element("div", { class: "buttons" }, more, keep, listen, discard));
}

/** What lies on this device alone goes to the ward without being asked for. → the uploader */
function sendOn(take, store, context, redraw) {
  const uploader = new TakeUploader({ store, transport: takeTransport, takeId: take.id });
  uploader.onChange = async ({ state, job }) => {
    try {
      if (state === "making") await waitForJob(job, { signal: context.signal });
      if (state === "making") await store.remove(take.id);
      if (["making", "done"].includes(state) && !context.signal.aborted) await redraw();
    } catch (error) {
      if (error.name !== "AbortError") console.warn(error); // it is still in the list
    }
  };
  context.signal.addEventListener("abort", () => uploader.stop());
  uploader.kick();
  return uploader;
}

/** Takes that another device began, or whose audio is being made. */
async function serverTakes(known, context) {
  const { takes } = await get("/takes", undefined, { signal: context.signal });
  return takes.filter((take) => !known.has(take.take));
}

const serverTake = (take, place, context) => {
  const finish = button(text("keep"), async () => {
    const job = take.job ?? (await takeTransport.finish(take.take)).job;
    replace(place, card(text("sendTitle"), element("p", { role: "status" }, text("processing"))));
    context.go(`studio/${await waitForJob(job, { signal: context.signal })}`);
  }, { kind: "primary" });
  const discard = button(text("discard"), async () => {
    if (!await confirm({ title: text("discard"), yes: text("discard"),
      words: text("serverTake", take.title) })) return;
    await del(`/takes/${take.take}`);
    toast(text("discard"), "info");
    context.go(`studio?${Date.now()}`);
  }, { kind: "outline-danger" });
  return notice("info", element("p", {}, text("serverTake", take.title)),
    element("div", { class: "buttons" }, finish, discard));
};

// --- before -------------------------------------------------------------------------------------

function textForm(recordings, draft, onRecord) {
  const written = recordings.filter((one) => one.text);
  const title = input({ name: "title", label: text("titleLabel"), required: true, maxlength: 200,
    value: draft.title ?? "", placeholder: text("titlePlaceholder") });
  const words = area({ name: "words", label: text("textLabel"), rows: 8, value: draft.words ?? "",
    placeholder: text("textPlaceholder") });
  const pick = select({ name: "pick", label: text("pickText"), hidden: written.length === 0,
    options: [["", text("pickTextNone")], ...written.map((one) => [one.id, one.title])] });
  const time = element("p", { class: "muted", role: "status" });
  const show = () => {
    const n = countWords(words.get());
    time.textContent = n > 0 ? text("readingTime", n, duration(readingMs(n, USUAL_WPM))) : "";
    localStorage.setItem(DRAFT_KEY, JSON.stringify({ title: title.get(), words: words.get() }));
  };
  pick.control.addEventListener("change", () => {
    const one = written.find((recording) => recording.id === pick.get());
    if (!one) return;
    words.set(one.text);
    if (!title.get()) title.set(one.title);
    show();
  });
  const node = form({ fields: [title, pick, words, time], submit: text("record"), kind: "danger",
    onSubmit: ({ title: name }) => onRecord({ title: name.trim(), words: words.get().trim() }) });
  node.querySelector("button[type=submit]").classList.add("btn-lg", "record-button");
  node.addEventListener("input", show);
  show();
  return node;
}

const storedDraft = () => {
  try {
    return JSON.parse(localStorage.getItem(DRAFT_KEY)) ?? {};
  } catch {
    return {};
  }
};

const recentList = (recordings) => (recordings.length === 0 ? empty(text("recentEmpty")) :
  list(recordings.slice(0, RECENT).map((one) => element("div", { class: "row-between" },
    element("span", {}, link(one.title, `#/studio/${one.id}`), " ",
      element("span", { class: "muted" }, `${length(one.duration_ms)} · ${dayTime(one.imported_us)}`)),
    stateBadge(one)))));

async function mountDesk(root, context) {
  const store = await openTakeStore();
  const { user } = context.session;
  const { recordings } = await get("/recordings", undefined, { signal: context.signal });
  const place = element("div", {});
  const uploaders = new Map();
  const uploaderOf = (take) => {
    if (!uploaders.has(take.id)) uploaders.set(take.id, sendOn(take, store, context, draw));
    return uploaders.get(take.id);
  };

  async function draw() {
    const left = await orphans(store, user);
    const known = new Set(left.map((take) => take.server_id));
    const there = await serverTakes(known, context).catch(() => []);
    const reason = whyNot();
    const found = [...left.map((take) => foundTake(take, uploaderOf(take), { store, place, context, redraw: draw, goOn })),
      ...there.map((take) => serverTake(take, place, context))];
    replace(place,
      found.length > 0 && card(text("takePanel"), ...found),
      card(text("record"), element("p", {}, text("lead")),
        reason === "insecure" && notice("danger", text("insecure")),
        reason === "unsupported" && notice("danger", text("unsupported")),
        reason === null && textForm(recordings, storedDraft(), begin)),
      card(text("recent"), recentList(recordings.filter((one) => one.by === user))));
  }

  /** After a reload, or where the microphone went away: the same take, spoken on. */
  const goOn = async (take, uploader) => {
    uploader.stop(); // the recorder has its own
    uploaders.delete(take.id);
    await begin({ title: take.title, words: take.text ?? "", take: await store.take(take.id) ?? take });
  };

  async function begin({ title, words, take }) {
    const done = await record({ title, words, user, store, signal: context.signal, take });
    if (done === null) {
      if (!context.signal.aborted) await draw();
      return;
    }
    localStorage.removeItem(DRAFT_KEY);
    followTake({ place, store, takeId: done.recorder.id, uploader: done.recorder.uploader, context });
  }

  root.append(place);
  await draw();
}

// --- after --------------------------------------------------------------------------------------

function heardText(heardMs, durationMs) {
  // the last moments are silence, and players do not count them to the millisecond
  if (heardMs >= durationMs * 0.97 - 500) return text("heardAll");
  return text("heardPart", length(heardMs), length(durationMs));
}

function decision(recording, context, heard, redraw) {
  const act = async (path, body, said) => {
    await post(`/recordings/${recording.id}/${path}`, body);
    toast(said);
    await redraw();
  };
  if (recording.state === "approved") return null;
  // what was sent back or withdrawn comes back only by being submitted
  if (context.may("approve") && ["draft", "submitted"].includes(recording.state)) {
    return card(text("approvePanel"), heard,
      element("p", {}, text("approveBound", context.session.name, fingerprint(recording.sha256))),
      button(text("approve"), () => act("approve", { sha256: recording.sha256 }, text("approved")),
        { kind: "primary", class: "btn-lg" }));
  }
  if (recording.state === "submitted") return notice("info", text("waitingForApproval"));
  return card(text("submitPanel"), element("p", {}, text("submitWords")),
    button(text("submit"), () => act("submit", {}, text("submitted")),
      { kind: "primary", class: "btn-lg" }));
}

async function mountRecording(root, id, context) {
  let recording = await get(`/recordings/${id}`, undefined, { signal: context.signal });
  const heard = element("p", { role: "status" }, heardText(0, recording.duration_ms));
  const sound = player(recording, { signal: context.signal, onHeard: (ms) => {
    const words = heardText(ms, recording.duration_ms);
    if (heard.textContent !== words) heard.textContent = words;
  } });
  heard.removeAttribute("role"); // it moves all the time; it is read with the button
  const head = element("div", {});
  const next = element("div", {});
  const foot = element("div", { class: "buttons" });
  const again = () => {
    localStorage.setItem(DRAFT_KEY,
      JSON.stringify({ title: recording.title, words: recording.text ?? "" }));
    context.go("studio");
  };

  async function draw() {
    recording = await get(`/recordings/${id}`, undefined, { signal: context.signal });
    replace(head, element("h2", {}, recording.title), element("p", {}, badges(recording),
      " ", approvalText(recording)), remarks(recording).map((words) => notice("warning", words)));
    replace(next, decision(recording, context, heard, draw),
      recording.state === "approved" && card(text("airPanel"), context.may("play") ?
        airDesk({ recording, context }) : element("p", {}, text("airForbidden"))));
    replace(foot, recording.state !== "approved" &&
      button(text("again"), again, { kind: "outline-secondary" }),
    link(text("backToStudio"), "#/studio", { class: "btn btn-outline-secondary" }));
  }

  await draw();
  root.append(head, card(text("listenPanel"), sound.node, details(text("more"),
    facts(recording, context.nowUs())), downloads(recording)), next, foot);
  return () => sound.close();
}

export function mount(root, context) {
  return context.rest[0] ? mountRecording(root, context.rest[0], context) :
    mountDesk(root, context);
}
