// SPDX-License-Identifier: Apache-2.0
// One broadcast in one form, and beside it what it will do: the next airings, what is wrong, what
// becomes different in the next 24 hours. Asked from the controller while somebody types.
//
//   broadcastForm({ broadcast, isNew, taken, recordings, groups, occasions, context, onSaved })
import { post } from "./api.js";
import { DAYS, dayWords, describe, idOf, parseWhen, weekdayName, WHEN_KEYS } from "./plain.js";
import { dateTime, duration, isoDate, length, time, weekdayDate } from "./format.js";
import { area, checkbox, choices, form, input, radios, select } from "./form.js";
import { texts } from "./strings.js";
import strings from "./strings/broadcast-form.js";
import { button, card, details, element, link, list, notice, replace, toast, confirm } from "./ui.js";

const { text, word } = texts(strings);
const PREVIEW_PAUSE_MS = 350;

const kindOf = (b) => ["date", "lunar", "giao_thua", "occasion", "event", "rrule"]
  .find((key) => b[key] !== undefined) ?? "weekly";
const many = (value) => value === undefined ? [] : [value].flat();
const commas = (words) => words.split(/[,;\s]+/).filter(Boolean);

// --- fields -------------------------------------------------------------------------------------

function whatFields({ broadcast: b, recordings }) {
  const offered = recordings.filter((r) => r.state !== "withdrawn" || r.id === b.recording);
  const name = (r) => `${r.title} (${length(r.duration_ms)}${
    r.state && r.state !== "approved" ? `, ${word("recordingState", r.state)}` : ""})`;
  return [
    input({ name: "title", label: text("titleLabel"), value: b.title ?? "", required: true, maxlength: 200 }),
    radios({ name: "source", label: text("source"), value: b.text !== undefined ? "text" : "recording",
      options: [["recording", text("sourceRecording")], ["text", text("sourceText")]] }),
    select({ name: "recording", label: text("recording"), value: b.recording ?? "",
      help: offered.length === 0 ? text("noRecordings") : null,
      options: [["", text("choose")], ...offered.map((r) => [r.id, name(r)]),
        ...b.recording && !offered.some((r) => r.id === b.recording) ? [[b.recording, b.recording]] : []] }),
    area({ name: "text", label: text("spokenText"), help: text("spokenTextHelp"), value: b.text ?? "", rows: 5 }),
  ];
}

function whoFields({ broadcast: b, groups }) {
  const all = b.to === undefined || b.to === "all";
  return [
    radios({ name: "to", label: text("to"), value: all ? "all" : "some",
      options: [["all", text("toAll", groups.length)], ["some", text("toSome")]] }),
    choices({ name: "groups", label: text("groups"), value: all ? [] : many(b.to),
      options: groups.map((g) => [g.id, g.name]) }),
  ];
}

function whenFields({ broadcast: b, occasions, context }) {
  const lunar = b.lunar ?? {};
  const event = b.event ?? {};
  const today = isoDate(context.nowUs());
  return [
    input({ name: "words", label: text("quick"), help: text("quickHelp"), placeholder: text("quickExample") }),
    select({ name: "kind", label: text("kind"), value: kindOf(b), options: [
      ["weekly", text("kind_weekly")], ["date", text("kind_date")], ["lunar", text("kind_lunar")],
      ["giao_thua", text("kind_giao_thua")], ["occasion", text("kind_occasion")],
      ["event", text("kind_event")], ["rrule", text("kind_rrule")]] }),
    choices({ name: "days", label: text("days"), value: b.days ? many(b.days) : DAYS,
      options: DAYS.map((d) => [d, weekdayName(d)]) }),
    input({ name: "date", type: "date", label: text("date"), value: b.date ?? today }),
    input({ name: "lunarDays", label: text("lunarDays"), help: text("lunarDaysHelp"),
      value: many(lunar.day ?? [1, 15]).join(", ") }),
    select({ name: "lunarMonth", label: text("lunarMonth"), value: String(lunar.month ?? ""),
      options: [["", text("everyMonth")], ...Array.from({ length: 12 }, (_, i) => [String(i + 1), String(i + 1)])] }),
    select({ name: "lunarLeap", label: text("lunarLeap"), value: lunar.leap ?? "exclude",
      options: [["exclude", text("leap_exclude")], ["include", text("leap_include")], ["only", text("leap_only")]] }),
    input({ name: "eve", label: text("eve"), help: text("eveHelp"), value: many(b.giao_thua ?? "+00:00").join(", ") }),
    select({ name: "occasion", label: text("occasion"), value: b.occasion?.id ?? occasions[0]?.id ?? "",
      options: occasions.map((o) => [o.id, o.next?.date ? `${o.name} (${dayWords(o.next.date)})` : o.name]) }),
    input({ name: "daysBefore", label: text("daysBefore"), help: text("daysBeforeHelp"),
      value: many(b.occasion?.days_before ?? 0).join(", ") }),
    input({ name: "eventAt", type: "datetime-local", label: text("eventAt"),
      value: (event.at ?? "").replace(" ", "T") }),
    input({ name: "reminders", label: text("reminders"), help: text("remindersHelp"),
      value: many(event.reminders ?? ["-3d 17:00", "-1d 17:00", "-2h"]).join(", ") }),
    input({ name: "rrule", label: text("rrule"), help: text("rruleHelp"), value: b.rrule ?? "FREQ=MONTHLY;BYDAY=1MO" }),
    input({ name: "at", label: text("at"), help: text("atHelp"), value: many(b.at ?? "17:00").join(", ") }),
    input({ name: "from", type: "date", label: text("from"), value: b.from ?? "" }),
    input({ name: "until", type: "date", label: text("until"), value: b.until ?? "" }),
  ];
}

function moreFields({ broadcast: b, isNew }) {
  return [
    input({ name: "id", label: text("id"), help: text("idHelp"), value: b.id ?? "", readonly: !isNew, maxlength: 40 }),
    select({ name: "class", label: text("class"), value: b.class ?? "normal",
      options: [["normal", text("class_normal")], ["priority", text("class_priority")]]
        .concat(b.class === "emergency" ? [["emergency", text("class_emergency")]] : []) }),
    input({ name: "category", label: text("category"), help: text("categoryHelp"), value: b.category ?? "" }),
    input({ name: "repeats", type: "number", label: text("repeats"), value: b.repeats ?? 1, min: 1, max: 100 }),
    input({ name: "order", type: "number", label: text("order"), help: text("orderHelp"), value: b.order ?? 100, min: 0, max: 9999 }),
    input({ name: "except", label: text("except"), help: text("exceptHelp"), value: many(b.except).join(", ") }),
    input({ name: "expires", type: "date", label: text("expires"), value: b.expires ?? "" }),
    input({ name: "review_by", type: "date", label: text("reviewBy"), value: b.review_by ?? "" }),
    checkbox({ name: "disclosure", label: text("disclosure"), help: text("disclosureHelp"), value: b.campaign !== undefined }),
    checkbox({ name: "in_turn", label: text("inTurn"), help: text("inTurnHelp"), value: b.in_turn === true }),
    input({ name: "exceptionBy", label: text("exceptionBy"), help: text("exceptionHelp"), value: b.exception?.by ?? "" }),
    input({ name: "exceptionWhy", label: text("exceptionWhy"), value: b.exception?.why ?? "" }),
  ];
}

/** Which fields each kind of rule shows. */
const OF_KIND = {
  weekly: ["days", "at", "from", "until"], date: ["date", "at"],
  lunar: ["lunarDays", "lunarMonth", "lunarLeap", "at", "from", "until"],
  giao_thua: ["eve", "from", "until"], occasion: ["occasion", "daysBefore", "at", "from", "until"],
  event: ["eventAt", "reminders"], rrule: ["rrule", "at", "from", "until"],
};
const ALL_OF_KINDS = new Set(Object.values(OF_KIND).flat());

// --- values ↔ broadcast -------------------------------------------------------------------------

function whenFrom(v) {
  const times = () => ({ at: commas(v.at) });
  const numbers = (words) => commas(words).map(Number);
  const span = { ...v.from && { from: v.from }, ...v.until && { until: v.until } };
  switch (v.kind) {
    case "date": return { date: v.date, ...times() };
    case "lunar": return { ...times(), ...span, lunar: { day: numbers(v.lunarDays),
      ...v.lunarMonth && { month: Number(v.lunarMonth) },
      ...v.lunarLeap !== "exclude" && { leap: v.lunarLeap } } };
    case "giao_thua": return { giao_thua: commas(v.eve), ...span };
    case "occasion": return { ...times(), ...span,
      occasion: { id: v.occasion, days_before: numbers(v.daysBefore) } };
    case "event": return { event: { at: v.eventAt.replace("T", " "),
      reminders: v.reminders.split(",").map((r) => r.trim()).filter(Boolean) } };
    case "rrule": return { rrule: v.rrule, ...times(), ...span };
    default: return { ...times(), ...span, ...v.days.length < 7 && { days: v.days } };
  }
}

const put = (b, key, value, isThere) => { if (isThere) b[key] = value; else delete b[key]; };

/** What the form does not know stays as it was. */
export function broadcastFrom(values, original, taken) {
  const v = values;
  const b = structuredClone(original);
  for (const key of WHEN_KEYS) if (key !== "also") delete b[key];
  delete b.audio;
  Object.assign(b, whenFrom(v));
  b.id = original.id ?? (v.id.trim() || idOf(v.title, taken));
  b.title = v.title.trim();
  b.class = v.class;
  put(b, "recording", v.recording, v.source === "recording");
  put(b, "text", v.text.trim(), v.source === "text");
  b.to = v.to === "all" ? "all" : v.groups;
  put(b, "category", v.category.trim(), v.category.trim() !== "");
  put(b, "repeats", v.repeats, v.repeats !== "" && v.repeats !== 1);
  put(b, "order", v.order, v.order !== "" && v.order !== 100);
  put(b, "except", commas(v.except), v.except.trim() !== "" && v.kind !== "event");
  put(b, "expires", v.expires, v.expires !== "");
  put(b, "review_by", v.review_by, v.review_by !== "");
  put(b, "campaign", original.campaign ?? { kind: "disclosure", days: 3 }, v.disclosure);
  put(b, "in_turn", true, v.in_turn);
  put(b, "exception", { by: v.exceptionBy.trim(), why: v.exceptionWhy.trim() },
    v.exceptionBy.trim() !== "" || v.exceptionWhy.trim() !== "");
  return b;
}

/** Puts what parseWhen() understood into the fields. */
function fillWhen(fields, when) {
  const kind = kindOf(when);
  fields.kind.set(kind);
  if (when.at) fields.at.set(when.at.join(", "));
  if (kind === "weekly") fields.days.set(when.days ?? DAYS);
  if (when.date) fields.date.set(when.date);
  if (when.lunar) {
    fields.lunarDays.set(when.lunar.day.join(", "));
    fields.lunarMonth.set(String(when.lunar.month ?? ""));
  }
  if (when.giao_thua) fields.eve.set(when.giao_thua.join(", "));
  fields.from.set(when.from ?? "");
  fields.until.set(when.until ?? "");
}

// --- what it will do ----------------------------------------------------------------------------

/** The warning may stand under the other one's name. */
const otherOf = (w, id) => w.other === id ? w.broadcast : w.other;

function warningWords(w, id, title) {
  const at = w.start_us ? dateTime(w.start_us) : "";
  switch (w.kind) {
    case "conflict": return text("warning_conflict", title(otherOf(w, id)), at);
    case "outside-hours": return text("warning_outside_hours", at);
    case "never": return text("warning_never");
    case "expired": return text("warning_expired");
    case "confidential": return text("warning_confidential");
    case "no-such-day": return text("warning_no_such_day");
    case "unapproved": return text("warning_unapproved");
    case "review": return text("warning_review");
    case "too-many-sessions": return text("warning_too_many_sessions", at);
    case "session-too-long": return text("warning_session_too_long", at);
    case "suspended": return text("warning_suspended", at);
    default: return w.text_vi ?? w.text;
  }
}

function startRow(start) {
  const about = [start.lunar && text("lunarIs", start.lunar.text ?? start.lunar), start.occasions,
    start.duration_ms != null && duration(start.duration_ms),
    start.suspended_by && text("suspendedBy", start.suspended_by)].filter(Boolean).join(" · ");
  return [element("strong", {}, `${weekdayDate(start.start_us)} ${time(start.start_us)}`),
    about ? element("span", { class: "muted" }, ` ${about}`) : null];
}

export function changeWords(change, groupName) {
  const groups = (change.groups ?? []).map(groupName).join(", ");
  const was = time(change.before_us);
  const is = time(change.after_us);
  switch (change.kind) {
    case "added": return text("change_added", is, change.title, groups);
    case "gone": return text("change_gone", was, change.title, groups);
    case "moved": return text("change_moved", was, is, change.title, groups);
    default: return text("change_changed", is || was, change.title, groups);
  }
}

function choiceWords(choice, { title, groupName }) {
  switch (choice.kind) {
    case "order": return text("choice_order", title(choice.first));
    case "shift": return text("choice_shift", choice.to.slice(11, 19).replace(/:00$/, ""));
    case "split": return text("choice_split", title(choice.keeper), [choice.broadcast.to].flat().map(groupName).join(", "));
    default: return choice.kind;
  }
}

/** What may be done about two at one time: those of this draft go into the form, nothing is saved. */
function choicesNode(warning, draft, names, apply) {
  const own = (warning.choices ?? []).filter((choice) => choice.broadcast.id === draft.id);
  return own.length === 0 ? null : element("div", { class: "buttons choices-made" },
    own.map((choice) => button(choiceWords(choice, names), () => apply(choice.broadcast), { class: "btn-sm" })));
}

function previewNodes(preview, draft, { titles, groupName, apply, occasions }) {
  const title = (id) => id === draft.id ? draft.title : titles?.get(id) ?? id;
  if (preview.faults?.length > 0) {
    return [notice("warning", element("p", {}, text("notYet")), list(preview.faults))];
  }
  const words = (w) => `${warningWords(w, draft.id, title)}${w.times > 1 ? ` ${text("times", w.times)}` : ""}`;
  return [
    element("p", { class: "lead" }, describe(draft, { occasions })),
    preview.warnings.length > 0 ? notice("warning", element("h3", { class: "h6" }, text("warnings")),
      list(preview.warnings.map((w) => [words(w), choicesNode(w, draft, { title, groupName }, apply)]))) : null,
    element("h3", { class: "h6" }, text("nextStarts")),
    preview.starts.length > 0 ? element("ol", { class: "starts" },
      preview.starts.map((s) => element("li", {}, startRow(s)))) :
      element("p", {}, text("noStarts")),
    element("h3", { class: "h6" }, text("changes24")),
    preview.changes.length > 0 ? list(preview.changes.map((c) => changeWords(c, groupName))) :
      element("p", { class: "muted" }, text("noChanges24")),
  ];
}

// --- together -----------------------------------------------------------------------------------

export function broadcastForm(options) {
  const { broadcast, isNew, taken, groups, occasions, context, onSaved } = options;
  const names = { titles: options.titles,
    groupName: (id) => groups.find((g) => g.id === id)?.name ?? id };
  const panel = element("div", { role: "status" },
    isNew ? element("p", { class: "muted" }, text("previewEmpty")) : null);
  const understood = element("p", { class: "muted", role: "status" });
  const when = whenFields(options);
  let last = null;
  const node = form({
    fields: [
      ...whatFields(options), ...whoFields(options),
      element("h2", { class: "h5" }, text("when")), when[0], understood, ...when.slice(1),
    ],
    submit: text("save"),
    extra: [link(text("cancel"), "#/timetable", { class: "btn btn-outline-secondary" })],
    onSubmit: (values) => save(values),
  });
  const more = moreFields(options);
  node.querySelector(".form-foot").before(details(text("more"), more.map((f) => f.node)));
  const fields = { ...node.fields, ...Object.fromEntries(more.map((f) => [f.name, f])) };
  const values = () => Object.fromEntries(Object.values(fields).map((f) => [f.name, f.get()]));
  const draftOf = () => broadcastFrom(values(), broadcast, taken);

  function showKind() {
    const shown = OF_KIND[fields.kind.get()];
    for (const name of ALL_OF_KINDS) fields[name].node.hidden = !shown.includes(name);
    fields.recording.node.hidden = fields.source.get() !== "recording";
    fields.text.node.hidden = fields.source.get() !== "text";
    fields.groups.node.hidden = fields.to.get() === "all";
  }

  async function look() {
    const draft = draftOf();
    last = await post("/preview", { broadcast: draft }, { signal: context.signal });
    replace(panel, previewNodes(last, draft, { ...names, occasions,
      apply: (changed) => { fields.at.set(many(changed.at).join(", "));
        fields.order.set(changed.order ?? 100);
        fields.to.set(changed.to === "all" ? "all" : "some"); fields.groups.set(many(changed.to));
        showKind(); return look(); } }));
    return draft;
  }

  async function save() {
    const draft = await look();
    if (last.faults?.length > 0) throw Object.assign(new Error(last.faults.join("\n")), { status: 400 });
    const changes = last.changes ?? [];
    if (changes.length > 0 && !await confirm({ title: text("saveTitle"), kind: "primary",
      words: [element("p", {}, text("saveChanges")),
        list(changes.map((c) => changeWords(c, names.groupName)))], yes: text("save") })) return;
    await post("/apply", { broadcasts: [draft] });
    toast(text("saved", draft.title));
    onSaved(draft);
  }

  let cancel = () => {};
  const lookSoon = () => { cancel(); cancel = context.after(look, PREVIEW_PAUSE_MS); };
  node.addEventListener("input", (event) => {
    if (event.target === fields.words.control) {
      const { when: found, rest } = parseWhen(fields.words.get(), isoDate(context.nowUs()));
      if (Object.keys(found).length > 0) fillWhen(fields, found);
      understood.textContent = rest ? text("notUnderstood", rest) : "";
    }
    showKind();
    lookSoon();
  });
  node.addEventListener("change", () => { showKind(); lookSoon(); });
  if (isNew) {
    fields.title.control.addEventListener("change", () => {
      if (fields.id.get() === "") fields.id.set(idOf(fields.title.get(), taken));
    });
  }
  showKind();
  if (!isNew) lookSoon();
  return element("div", { class: "columns form-columns" }, card(null, node), element("div", { class: "beside" }, card(text("preview"), panel)));
}

