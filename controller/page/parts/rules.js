// SPDX-License-Identifier: Apache-2.0
// The rules of the town: permitted hours, sessions a day and their length, and who allowed what
// they forbid. Rules of single groups are shown and kept; they are written in controller.cfg or by
// the API.
import { get, post } from "../api.js";
import { input, form, select } from "../form.js";
import { DAYS, dayWords, idOf, weekdayName } from "../plain.js";
import { texts } from "../strings.js";
import strings from "../strings/rules.js";
import { button, card, confirm, element, empty, list, notice, replace, table, toast } from "../ui.js";

const { text } = texts(strings);
const WEEK = { all: DAYS, work: DAYS.slice(0, 5), end: DAYS.slice(5) };

const daysOf = (window) => window.days === undefined ? DAYS : [window.days].flat();
const sameDays = (a, b) => a.length === b.length && a.every((d) => b.includes(d));

function daysWords(days) {
  if (sameDays(days, WEEK.all)) return text("days_all");
  if (sameDays(days, WEEK.work)) return text("days_work");
  if (sameDays(days, WEEK.end)) return text("days_end");
  return days.map(weekdayName).join(", ");
}

const windowWords = (w) => text("window", daysWords(daysOf(w)), w.from, w.to);
const momentWords = (moment) => `${moment.slice(11, 16)} ${dayWords(moment.slice(0, 10))}`;

/** The rows in which somebody edits windows → { node, get() } */
function windowsField(windows) {
  const rows = element("div", { class: "windows" });
  const addRow = (window) => {
    const days = daysOf(window);
    const known = Object.keys(WEEK).find((key) => sameDays(WEEK[key], days));
    const choose = select({ name: "days", label: text("days"), value: known ?? "own", options: [
      ["all", text("days_all")], ["work", text("days_work")], ["end", text("days_end")],
      ...known ? [] : [["own", daysWords(days)]]] });
    const from = input({ name: "from", type: "time", label: text("from"), value: window.from, required: true });
    const to = input({ name: "to", label: text("to"), value: window.to, required: true, pattern: "\\d\\d:\\d\\d",
      inputmode: "numeric", maxlength: 5 });
    const row = element("div", { class: "filters window-row" }, choose.node, from.node, to.node,
      button(text("removeWindow"), () => row.remove(), { kind: "outline-danger", class: "btn-sm" }));
    row.read = () => ({ ...choose.get() === "all" ? {} : { days: WEEK[choose.get()] ?? days },
      from: from.get(), to: to.get() });
    rows.append(row);
  };
  windows.forEach(addRow);
  const node = element("fieldset", { class: "field" }, element("legend", { class: "form-label" }, text("hours")), rows,
    button(text("addWindow"), () => addRow({ from: "06:00", to: "20:00" }), { class: "btn-sm" }));
  return { node, get: () => [...rows.children].map((row) => row.read()) };
}

function rulesForm(policy, save) {
  const windows = windowsField(policy.hours ?? []);
  const number = (name, label, help) => input({ name, type: "number", min: 0, max: 1440, label, help, value: policy[name] ?? 0 });
  return form({ submit: text("save"), fields: [windows.node,
    number("sessions_a_day", text("sessionsADay"), text("zeroIsAny")),
    number("session_minutes", text("sessionMinutes"), text("zeroIsAny"))],
  onSubmit: (v) => save({ ...policy, hours: windows.get(), sessions_a_day: Number(v.sessions_a_day),
    session_minutes: Number(v.session_minutes) }) });
}

function exceptionForm(policy, save) {
  return form({ submit: text("allow"), fields: [
    input({ name: "why", label: text("why"), required: true, maxlength: 80 }),
    input({ name: "by", label: text("by"), required: true, maxlength: 80 }),
    input({ name: "from", type: "datetime-local", label: text("exceptionFrom"), required: true }),
    input({ name: "until", type: "datetime-local", label: text("exceptionUntil"), required: true })],
  onSubmit: (v) => save({ ...policy, exceptions: [...policy.exceptions, {
    id: idOf(v.why, policy.exceptions.map((e) => e.id)), by: v.by.trim(), why: v.why.trim(),
    from: v.from.replace("T", " "), until: v.until.replace("T", " "), to: "all" }] }) });
}

function exceptionsTable(policy, save) {
  if (policy.exceptions.length === 0) return empty(text("noExceptions"));
  return table({ caption: text("exceptions"), rows: policy.exceptions, columns: [
    { label: text("why"), cell: (e) => e.why }, { label: text("by"), cell: (e) => e.by },
    { label: text("exceptionFrom"), cell: (e) => momentWords(e.from) },
    { label: text("exceptionUntil"), cell: (e) => momentWords(e.until) },
    ...save ? [{ label: text("actions"), cell: (e) => button(text("take"), async () => {
      if (await confirm({ title: text("takeTitle", e.why), words: text("takeWords"), yes: text("take") }))
        await save({ ...policy, exceptions: policy.exceptions.filter((other) => other !== e) });
    }, { kind: "outline-danger", class: "btn-sm", "aria-label": text("takeTitle", e.why) }) }] : [],
  ] });
}

const limitWords = (policy) => [
  policy.sessions_a_day > 0 ? text("sessionsSet", policy.sessions_a_day) : text("sessionsAny"),
  policy.session_minutes > 0 ? text("minutesSet", policy.session_minutes) : text("minutesAny")];

export async function mountRules(root, context, { tabs, groupName }) {
  const may = context.may("plan");
  const draw = async () => {
    const { policy, source } = await get("/policy", undefined, { signal: context.signal });
    const save = async (changed) => {
      await post("/policy", { policy: changed });
      toast(text("saved"));
      await draw();
    };
    replace(root, tabs(), element("p", { class: "muted" }, text("help")),
      card(text("title"), list([...(policy.hours ?? []).map(windowWords), ...limitWords(policy)]),
        policy.groups.length > 0 ? notice("info", element("p", {}, text("ownRules")), list(policy.groups.map((g) =>
          `${[g.to].flat().map(groupName).join(", ")}: ${[...(g.hours ?? []).map(windowWords), ...limitWords(g)].join("; ")}`))) : null,
        element("p", { class: "muted" }, text(source === "office" ? "fromOffice" : "fromConfig")),
        may && source === "office" ? button(text("takeBack"), async () => {
          if (await confirm({ title: text("takeBack"), words: text("takeBackWords"), yes: text("takeBack") })) await save(null);
        }, { kind: "outline-danger" }) : null),
      card(text("exceptions"), exceptionsTable(policy, may ? save : null)),
      may ? card(text("change"), rulesForm(policy, save)) : null,
      may ? card(text("allowTitle"), exceptionForm(policy, save)) : null);
  };
  await draw();
}
