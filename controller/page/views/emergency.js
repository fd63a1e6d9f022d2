// SPDX-License-Identifier: Apache-2.0
// Emergencies: one person asks, another hears it and confirms. An exercise looks, reads and is
// typed differently from the real thing, in every step.
import { get, post } from "../api.js";
import { choices, form, input, radios, select } from "../form.js";
import { dateTime, time } from "../format.js";
import { player } from "../sound/player.js";
import { texts } from "../strings.js";
import strings from "../strings/emergency.js";
import { badge, button, card, confirm, element, empty, list, notice, replace, toast } from "../ui.js";

const { text, word } = texts(strings);
const PAST = 10;
const EXPIRY_MS = 20000;

const whereText = (to, groups) => (to === "all" ? text("toAll") :
  to.map((id) => groups.find((group) => group.id === id)?.name ?? id).join(", "));

const faceOf = (isExercise) => (isExercise ?
  { class: "exercise", stripe: text("exerciseStripe"), phrase: text("exercisePhrase"),
    confirm: text("confirmExercise"), kind: "primary" } :
  { class: "real", stripe: text("realStripe"), phrase: text("realPhrase"),
    confirm: text("confirmReal"), kind: "danger" });

// --- the second person --------------------------------------------------------------------------

function confirmForm(emergency, face, onDone) {
  const phrase = input({ name: "phrase", label: text("phraseLabel", face.phrase), autocomplete: "off",
    autocapitalize: "characters", spellcheck: "false" });
  const refuse = button(text("refuse"), async () => {
    if (!await confirm({ title: text("refuse"), yes: text("refuse"),
      words: text("refuseAsk", emergency.title) })) return;
    await post(`/emergencies/${emergency.id}/refuse`, {});
    toast(text("refused"), "info");
    await onDone();
  }, { kind: "outline-secondary" });
  return form({ fields: [phrase], submit: face.confirm, kind: face.kind, extra: [refuse],
    onSubmit: async ({ phrase: typed }) => {
      if (typed.trim().toLocaleUpperCase("vi") !== face.phrase) {
        phrase.setError(text("phraseWrong", face.phrase));
        phrase.control.focus();
        return;
      }
      await post(`/emergencies/${emergency.id}/confirm`,
        { exercise: emergency.exercise, phrase: face.phrase });
      toast(text("confirmed"));
      await onDone();
    } });
}

/** → {node, close()} */
function waiting(emergency, recording, context, onDone) {
  const face = faceOf(emergency.exercise);
  const sound = recording && player(recording, { signal: context.signal });
  const decide = () => {
    if (emergency.asked_by === context.session.user) return notice("info", text("otherPerson"));
    if (!context.may("confirm-emergency")) return notice("info", text("mayNotConfirm"));
    return confirmForm(emergency, face, onDone);
  };
  const node = element("section", { class: `card panel urgent urgent-${face.class}`,
    "data-emergency": emergency.id },
  element("p", { class: "urgent-stripe" }, face.stripe),
  element("h3", {}, emergency.title),
  element("p", {}, text("where", whereText(emergency.to, context.status?.groups ?? []))),
  element("p", { class: "muted" },
    text("askedBy", emergency.asked_name || emergency.asked_by, dateTime(emergency.asked_us)),
    emergency.expires_us > 0 && ` · ${text("expiresAt", time(emergency.expires_us))}`),
  sound?.node, decide());
  return { node, close: () => sound?.close() };
}

// --- the first person ---------------------------------------------------------------------------

function askForm(templates, context, onDone) {
  const groups = context.status?.groups ?? [];
  const what = select({ name: "recording", label: text("choose"), required: true,
    value: templates[0].id, options: templates.map((one) => [one.id, one.title]) });
  const kind = radios({ name: "kind", label: text("kind"), options: [
    ["exercise", [element("strong", { class: "exercise-word" }, text("exercise")), " ",
      element("span", { class: "muted" }, text("exerciseHelp"))]],
    ["real", [element("strong", { class: "real-word" }, text("real")), " ",
      element("span", { class: "muted" }, text("realHelp"))]]] });
  const to = radios({ name: "to", label: text("to"), value: "all",
    options: [["all", text("toAll")], ["some", text("toSome")]] });
  const some = choices({ name: "groups", label: text("groups"), required: true, hidden: true,
    options: groups.map((group) => [group.id, group.name]) });
  const node = form({ fields: [what, kind, to, some], submit: text("ask"), class: "ask-form",
    onSubmit: async () => {
      if (kind.get() === "") {
        kind.setError(text("kindMissing"));
        kind.control.focus();
        return;
      }
      const target = to.get() === "all" ? "all" : some.get();
      const isReal = kind.get() === "real";
      if (isReal && !await confirm({ title: text("askRealTitle"), yes: text("askReal"),
        words: text("askRealWords", whereText(target, groups)), phrase: text("realPhrase") })) return;
      await post("/emergencies", { recording: what.get(), to: target, exercise: !isReal });
      toast(text("asked"), "info");
      await onDone();
    } });
  const go = node.querySelector("button[type=submit]");
  node.addEventListener("input", () => {
    some.node.hidden = to.get() !== "some";
    const isReal = kind.get() === "real";
    go.textContent = isReal ? text("askReal") : kind.get() ? text("askExercise") : text("ask");
    go.classList.toggle("btn-danger", isReal);
    go.classList.toggle("btn-primary", !isReal);
  });
  return node;
}

// ------------------------------------------------------------------------------------------------

const pastList = (emergencies) => list(emergencies.slice(0, PAST).map((one) =>
  element("div", { class: "row-between" },
    element("span", {}, badge(one.exercise ? "plain" : "emergency",
      one.exercise ? text("exercise") : text("real")), " ", one.title, " ",
    element("span", { class: "muted" },
      text("askedBy", one.asked_name || one.asked_by, dateTime(one.asked_us)),
      one.confirmed_by && ` · ${text("confirmedBy", one.confirmed_by)}`)),
    badge(one.state === "aired" ? "good" : "plain", word("state", one.state)))));

export async function mount(root, context) {
  const shown = new Map();
  const queue = element("div", { class: "queue" });
  const none = element("div", {});
  const ask = element("div", {});
  const past = element("div", {});

  async function draw() {
    const [{ emergencies }, { recordings }] = await Promise.all([
      get("/emergencies", undefined, { signal: context.signal }),
      get("/recordings", undefined, { signal: context.signal }),
    ]);
    const due = emergencies.filter((one) => one.state === "waiting");
    for (const [id, one] of shown) {
      if (due.some((other) => other.id === id)) continue;
      one.close();
      one.node.remove();
      shown.delete(id);
    }
    for (const one of due) {
      if (shown.has(one.id)) continue;
      const made = waiting(one, recordings.find((r) => r.id === one.recording), context, draw);
      shown.set(one.id, made);
      queue.append(made.node);
    }
    replace(none, due.length === 0 && element("p", { class: "muted" }, text("waitingNone")));
    const over = emergencies.filter((one) => one.state !== "waiting");
    replace(past, over.length > 0 && card(text("past"), pastList(over)));
    return recordings;
  }

  root.append(element("p", {}, text("twoPeople")),
    card(text("waitingPanel"), none, queue), ask, past);
  context.on("content", draw);
  context.every(draw, EXPIRY_MS); // a request lapses without anybody doing anything
  const recordings = await draw();
  const unmount = () => { for (const one of shown.values()) one.close(); };
  if (!context.may("ask-emergency")) return unmount;
  const templates = recordings.filter((one) => one.template && one.state === "approved");
  const drawAsk = async () => {
    await draw();
    replace(ask, card(text("askPanel"), askForm(templates, context, drawAsk)));
  };
  replace(ask, card(text("askPanel"), templates.length > 0 ? askForm(templates, context, drawAsk) :
    empty(text("noTemplates"))));
  return unmount;
}
