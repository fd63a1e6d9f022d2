// SPDX-License-Identifier: Apache-2.0
// Puts an approved recording on the air: at giao thừa, at a time, now. Then: who has it already.
import { get, post } from "../api.js";
import { choices, form, input, radios } from "../form.js";
import { dateTime, duration, weekdayDate } from "../format.js";
import { texts } from "../strings.js";
import strings from "../strings/air.js";
import { button, confirm, details, element, notice, progress, replace, tellError, toast } from "../ui.js";
import { usToZoned, zonedToUs } from "./zoned.js";

const { text } = texts(strings);
const SHOWN_MISSING = 8;
const HOUR_US = 3600e6;

/** Where an airing stands, live: "58/60 receivers have the recording", and who has not. */
function board(airing, context) {
  const node = element("div", { class: "board", role: "status" });
  const draw = (status) => {
    const found = [...(status?.next ?? []), ...(status?.on_air ?? [])]
      .find((one) => one.id === airing.airing);
    const ready = found?.ready;
    if (!ready) {
      replace(node, element("p", { class: "muted" }, text("boardLater")));
      return;
    }
    const names = ready.missing.slice(0, SHOWN_MISSING).join(", ");
    const rest = ready.missing.length - SHOWN_MISSING;
    const label = text("boardReady", ready.n, ready.of);
    replace(node, element("p", { class: "board-count" }, label),
      progress(ready.of > 0 ? ready.n / ready.of : 0, label),
      ready.missing.length > 0 && element("p", {}, text("boardMissing",
        rest > 0 ? text("boardMore", names, rest) : names)));
  };
  draw(context.status);
  context.on("status", draw);
  return node;
}

/** One that is planned. @airing: {airing, start_us, groups} */
function plannedNotice(airing, recording, context, redraw) {
  const when = dateTime(airing.start_us);
  const whom = whomText(airing.groups, context.status?.groups ?? []);
  const cancel = button(text("cancelAiring"), async () => {
    if (!await confirm({ title: text("cancelAiring"), yes: text("cancelAiring"),
      words: text("cancelAsk", recording.title, when) })) return;
    await post("/stop", { airing: airing.airing });
    toast(text("cancelled"), "info");
    await redraw();
  }, { kind: "outline-danger" });
  return notice("success", element("p", { tabindex: "-1" },
    element("strong", {}, text("scheduled", when, whom))), board(airing, context),
  context.may("stop") && cancel);
}

/** The date of the next Tết, null where it is not known. */
async function nextEve(signal) {
  const { occasions } = await get("/occasions", undefined, { signal });
  return occasions.find((one) => one.id === "tet")?.next?.date ?? null;
}

function whomText(to, groups) {
  if (to === "all" || (groups.length > 0 && to.length === groups.length)) return text("toAllShort");
  const names = to.map((id) => groups.find((group) => group.id === id)?.name ?? id);
  return text("toSomeShort", names.length <= 2 ? names.join(", ") : text("someGroups", names.length));
}

function whenText(when, at, whom) {
  if (when === "eve") return text("airAtEve", whom);
  if (when === "now") return text("airNow", whom);
  return at ? text("airAtTime", `${at.slice(8, 10)}/${at.slice(5, 7)} ${at.slice(11)}`, whom) :
    text("air");
}

/** What is planned of a recording, and the form to plan it. → node */
export function airDesk({ recording, context }) {
  const place = element("div", {});

  /** @fresh: the airing that was just asked for: one that begins now is planned no more */
  async function draw(fresh = null) {
    const { planned } = await get(`/recordings/${recording.id}`, undefined, { signal: context.signal });
    const all = fresh && !planned.some((one) => one.airing === fresh.airing) ? [fresh, ...planned] :
      planned;
    const form = airForm(recording, context, draw);
    replace(place, all.map((one) => plannedNotice(one, recording, context, draw)),
      all.length > 0 ? details(text("oneMore"), form) : form);
    context.refreshStatus();
    if (fresh) place.querySelector("p").focus();
  }

  draw().catch(tellError);
  return place;
}

function airForm(recording, context, onAired) {
  const groups = context.status?.groups ?? [];
  const when = radios({ name: "when", label: text("when"), value: "eve", options: [
    ["eve", element("span", {}, text("whenEve"))], ["at", text("whenAt")], ["now", text("whenNow")]] });
  const at = input({ name: "at", label: text("atTime"), type: "datetime-local", required: true,
    hidden: true, value: usToZoned(context.nowUs() + HOUR_US, context.zone) });
  const to = radios({ name: "to", label: text("to"), value: "all",
    options: [["all", text("toAll")], ["some", text("toSome")]] });
  const some = choices({ name: "groups", label: text("groups"), required: true, hidden: true,
    options: groups.map((group) => [group.id, group.name]) });
  const target = () => (to.get() === "all" ? "all" : some.get());
  const node = form({ fields: [when, at, to, some], submit: text("air"), class: "air-form",
    onSubmit: async () => {
      const airing = await air(recording, context, when.get(), at, target());
      if (airing) await onAired(airing);
    } });
  const go = node.querySelector("button[type=submit]");
  go.classList.add("btn-lg");
  const show = () => {
    at.node.hidden = when.get() !== "at";
    some.node.hidden = to.get() !== "some";
    go.textContent = whenText(when.get(), at.get(), whomText(target(), groups));
  };
  node.addEventListener("input", show);
  show();
  nextEve(context.signal).then((day) => {
    if (day) when.node.querySelector("label span").textContent =
      text("whenEveOn", weekdayDate(Date.parse(`${day}T12:00Z`) * 1000));
  }).catch(() => {}); // the date is a courtesy; the controller knows it
  return node;
}

/** → the airing; null: a second thought */
async function air(recording, context, when, at, to) {
  const wish = { recording: recording.id, to, class: "normal" };
  if (when === "eve") return post("/play", { ...wish, at: { giao_thua: "+00:00" } });
  if (when === "at") {
    const us = zonedToUs(at.get(), context.zone);
    if (us === null || us <= context.nowUs()) {
      at.setError(text("atTimeBad"));
      at.control.focus();
      return null;
    }
    return post("/play", { ...wish, at_us: us });
  }
  const whom = whomText(to, context.status?.groups ?? []);
  const isSure = await confirm({ title: text("airNowTitle"), kind: "primary",
    yes: text("airNow", whom),
    words: text("airNowWords", recording.title, duration(recording.duration_ms), whom) });
  return isSure ? post("/play", wish) : null;
}
