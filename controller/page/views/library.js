// SPDX-License-Identifier: Apache-2.0
// The library: what there is, how it sounds, what state it is in; files and texts come in here.
import { get, post, waitForJob } from "../api.js";
import { area, checkbox, form, input, select } from "../form.js";
import { isoDate, length } from "../format.js";
import { ageText, approvalText, badges, downloads, facts, kindText, KINDS, remarks, STATES,
  stateText } from "../parts/recording.js";
import { uploads } from "../parts/uploads.js";
import { zonedToUs } from "../parts/zoned.js";
import { player } from "../sound/player.js";
import { texts } from "../strings.js";
import strings from "../strings/library.js";
import { button, card, details, dialog, element, empty, link, notice, replace, toast } from "../ui.js";

const { text } = texts(strings);
const PAGE = 30;
const TYPING_MS = 500;

// --- bringing in --------------------------------------------------------------------------------

function dropZone(onFiles) {
  const picker = element("input", { type: "file", multiple: true, hidden: true, id: "upload-files",
    accept: "audio/*,video/mp4,video/webm,.mp3,.wav,.m4a,.ogg,.opus,.flac,.webm" });
  const node = element("div", { class: "drop-zone" },
    element("span", { class: "drop-here" }, text("dropHere")), " ",
    button(text("chooseFiles"), () => picker.click(), { kind: "primary" }), picker,
    element("p", { class: "muted" }, text("dropKinds")));
  picker.addEventListener("change", () => {
    onFiles([...picker.files]);
    picker.value = "";
  });
  const lit = (isLit) => (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    node.classList.toggle("is-over", isLit);
  };
  for (const name of ["dragenter", "dragover"]) node.addEventListener(name, lit(true));
  node.addEventListener("dragleave", lit(false));
  node.addEventListener("drop", (event) => {
    lit(false)(event);
    onFiles([...event.dataTransfer.files]);
  });
  return node;
}

/** Shows how the reader will speak the text, while it is being written. */
function readAloud(words, context) {
  const node = element("div", { class: "read-aloud", role: "status" }, text("readAloudEmpty"));
  let stop = () => {};
  words.control.addEventListener("input", () => {
    stop();
    stop = context.after(async () => {
      const said = words.get().trim();
      if (said === "") {
        node.textContent = text("readAloudEmpty");
        return;
      }
      const { read } = await post("/speech/read", { text: said }, { signal: context.signal });
      if (words.get().trim() === said) node.textContent = read;
    }, TYPING_MS);
  });
  return element("div", { class: "field" }, element("p", { class: "form-label" }, text("readAloud")),
    node);
}

function speechDialog(context, onDone) {
  return dialog({ title: text("addSpeech"), wide: true, body: (close) => {
    const title = input({ name: "title", label: text("title"), required: true, maxlength: 200 });
    const words = area({ name: "text", label: text("speechText"), rows: 7, required: true,
      help: text("speechTextHelp") });
    const kind = kindField("");
    return form({ fields: [title, kind, words, readAloud(words, context)],
      submit: text("speechMake"), onSubmit: async (values) => {
        const { job } = await post("/speech", { title: values.title.trim(), text: values.text.trim(),
          ...(values.kind ? { kind: values.kind } : {}) }, { signal: context.signal });
        await waitForJob(job, { signal: context.signal });
        close(true);
        await onDone();
      } });
  } });
}

// --- one recording ------------------------------------------------------------------------------

const kindField = (value) => select({ name: "kind", label: text("kind"), value: value ?? "",
  options: [["", kindText(null)], ...KINDS.map((kind) => [kind, kindText(kind)])] });

function expiryUs(day, zone) {
  if (day === "") return 0;
  const next = new Date(`${day}T00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return zonedToUs(`${next.toISOString().slice(0, 10)}T00:00`, zone);
}

function editDialog(recording, context, onDone) {
  return dialog({ title: text("edit"), wide: true, body: (close) => form({
    class: "edit-recording",
    fields: [
      input({ name: "title", label: text("title"), required: true, maxlength: 200, value: recording.title }),
      kindField(recording.kind),
      input({ name: "category", label: text("category"), maxlength: 64, value: recording.category ?? "" }),
      input({ name: "lead_unit", label: text("leadUnit"), maxlength: 200, value: recording.lead_unit ?? "" }),
      input({ name: "author", label: text("author"), maxlength: 200, value: recording.author ?? "" }),
      input({ name: "language", label: text("language"), maxlength: 16, help: text("languageHelp"),
        value: recording.language ?? "" }),
      input({ name: "expires", label: text("expires"), type: "date", help: text("expiresHelp"),
        value: recording.expires_us ? isoDate(recording.expires_us - 1) : "" }),
      checkbox({ name: "confidential", label: text("confidential"), value: recording.confidential }),
      checkbox({ name: "template", label: text("template"), value: recording.template }),
    ],
    submit: text("save"), onSubmit: async ({ expires, ...values }) => {
      const orNull = (v) => (v === "" ? null : v);
      await post(`/recordings/${recording.id}/set`, { title: values.title.trim(),
        kind: orNull(values.kind), category: orNull(values.category),
        lead_unit: orNull(values.lead_unit), author: orNull(values.author),
        language: orNull(values.language), confidential: values.confidential,
        template: values.template, expires_us: expiryUs(expires, context.zone) });
      toast(text("saved"));
      close(true);
      await onDone();
    } }) });
}

function withdrawDialog(recording, onDone) {
  return dialog({ title: text("actionWithdraw"), body: (close) => form({ kind: "danger", fields: [
    element("p", {}, text("withdrawAsk", recording.title)),
    (recording.used_by ?? []).length > 0 &&
      notice("warning", text("withdrawUsed", recording.used_by.join(", "))),
    input({ name: "reason", label: text("reason"), required: true, maxlength: 500 }),
  ].filter(Boolean), submit: text("actionWithdraw"), onSubmit: async ({ reason }) => {
    await post(`/recordings/${recording.id}/withdraw`, { reason: reason.trim() });
    toast(text("withdrawn"), "info");
    close(true);
    await onDone();
  } }) });
}

function actions(recording, context, redraw) {
  const isOpen = ["draft", "rejected", "withdrawn"].includes(recording.state);
  const mayDecide = context.may("approve") && ["draft", "submitted"].includes(recording.state);
  const href = `#/studio/${recording.id}`;
  return element("div", { class: "buttons" },
    mayDecide && link(text("actionApprove"), href, { class: "btn btn-primary" }),
    recording.state === "approved" && context.may("play") && context.may("record") &&
      link(text("actionAir"), href, { class: "btn btn-primary" }),
    isOpen && !mayDecide && context.may("record") && button(text("actionSubmit"), async () => {
      await post(`/recordings/${recording.id}/submit`, {});
      toast(text("submitted"));
      await redraw();
    }, { kind: "primary" }),
    context.may("record") && button(text("edit"), () => editDialog(recording, context, redraw)),
    recording.state !== "withdrawn" && (context.may("record") || context.may("approve")) &&
      button(text("actionWithdraw"), () => withdrawDialog(recording, redraw),
        { kind: "outline-danger" }));
}

/** One row that opens; the sound is loaded when it does. */
function item(recording, state) {
  const { context, redraw, players } = state;
  const inside = element("div", { class: "item-inside" });
  const node = element("details", { class: "item panel", "data-key": recording.id },
    element("summary", {},
      element("span", { class: "item-title" }, recording.title),
      element("span", { class: "item-marks" }, badges(recording)),
      element("span", { class: "item-facts muted" }, [recording.kind && kindText(recording.kind),
        length(recording.duration_ms), ageText(recording.imported_us, context.nowUs())]
        .filter(Boolean).join(" · "))),
    inside);
  node.addEventListener("toggle", () => {
    if (!node.open || inside.firstChild) return;
    const sound = player(recording, { signal: context.signal });
    players.add(sound);
    inside.append(...remarks(recording).map((words) => notice("warning", words)), sound.node,
      facts(recording, context.nowUs()),
      ...(recording.text ? [details(text("speechText"),
        element("blockquote", { class: "item-text" }, recording.text))] : []),
      ...(recording.approved ? [element("p", {}, approvalText(recording))] : []),
      actions(recording, context, redraw), downloads(recording));
  });
  return node;
}

// --- all of them --------------------------------------------------------------------------------

const plainText = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d")
  .toLowerCase();

function matches(recording, { search, state, kind }) {
  if (state && recording.state !== state) return false;
  if (kind && recording.kind !== kind) return false;
  const hay = plainText([recording.title, recording.text, recording.author, recording.lead_unit,
    recording.category].filter(Boolean).join(" "));
  return plainText(search).split(/\s+/).every((word) => hay.includes(word));
}

function filterBar(values, onChange) {
  const search = input({ name: "search", label: text("filterSearch"), type: "search", value: values.search });
  const state = select({ name: "state", label: text("filterState"), value: values.state,
    options: [["", text("filterAll")], ...STATES.map((one) => [one, stateText(one)])] });
  const kind = select({ name: "kind", label: text("filterKind"), value: values.kind,
    options: [["", text("filterAll")], ...KINDS.map((one) => [one, kindText(one)])] });
  const node = element("form", { class: "filters", role: "search", "aria-label": text("search") },
    search.node, state.node, kind.node);
  node.addEventListener("submit", (event) => event.preventDefault());
  node.addEventListener("input", () =>
    onChange({ search: search.get(), state: state.get(), kind: kind.get() }));
  return node;
}

export async function mount(root, context) {
  const state = { context, players: new Set(), recordings: [], nShown: PAGE,
    filter: Object.fromEntries(["search", "state", "kind"].map((k) => [k, context.params.get(k) ?? ""])) };
  const rows = element("div", { class: "items" });
  const count = element("p", { class: "muted", role: "status" });

  function draw() {
    const found = state.recordings.filter((one) => matches(one, state.filter));
    for (const sound of state.players) sound.close();
    state.players.clear();
    count.textContent = state.recordings.length > 0 ? text("found", found.length) : "";
    replace(rows,
      state.recordings.length === 0 && empty(text("empty"), element("p", {}, text("emptyHow"))),
      state.recordings.length > 0 && found.length === 0 && empty(text("filterNone")),
      found.slice(0, state.nShown).map((one) => item(one, state)),
      found.length > state.nShown && button(text("more", found.length - state.nShown), () => {
        state.nShown += PAGE;
        draw();
      }));
  }

  state.redraw = async () => {
    ({ recordings: state.recordings } =
      await get("/recordings", undefined, { signal: context.signal }));
    draw();
  };
  const moving = uploads({ signal: context.signal, onDone: state.redraw });
  if (context.may("record")) {
    context.setActions(
      button(text("addSpeech"), () => speechDialog(context, state.redraw)),
      link(text("addRecord"), "#/studio", { class: "btn btn-outline-primary" }));
    root.append(card(text("addFiles"), dropZone(moving.add)), moving.node);
  }
  root.append(filterBar(state.filter, (values) => {
    Object.assign(state.filter, values);
    state.nShown = PAGE;
    context.setParams(values);
    draw();
  }), count, rows);
  await state.redraw();
  // somebody who is hearing one is not interrupted by what others do
  context.on("content", async () => {
    if (!rows.querySelector("details[open]")) await state.redraw();
  });
  return () => { for (const sound of state.players) sound.close(); };
}
