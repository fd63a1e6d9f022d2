// SPDX-License-Identifier: Apache-2.0
// What was heard: airing by airing and group by group, in words; the weekly tick; print and CSV.
import { get, post, url } from "../api.js";
import { date, dayStartUs, isoDate, isoWeek, time, weekdayDate } from "../format.js";
import { area, form, input, radios, select } from "../form.js";
import { language, texts } from "../strings.js";
import strings from "../strings/logbook.js";
import { badge, BADGE_OF_RESULT, button, card, details, dialog, element, empty, link, list, notice,
  replace, toast } from "../ui.js";

const { text, word } = texts(strings);
const DAY_US = 86400e6;
const DAYS_SHOWN = 7;
const NOT_YET = new Set(["planned", "on-air"]);

const own = (words) => words?.[language()] ?? words?.vi ?? "";

// --- the week's tick ----------------------------------------------------------------------------

async function tick(group, week, airing, context, done) {
  const saved = await dialog({ title: airing ? text("tickAiring", airing.title) : text("tickWeek", week),
    body: (close) => form({ submit: text("send"), fields: [
      radios({ name: "answer", label: text("tickQuestion"), required: true, value: airing?.tick?.answer ?? "", options: [
        ["heard", text("answer_heard")], ["unclear", text("answer_unclear")],
        ["too-loud", text("answer_too_loud")], ["not-heard", text("answer_not_heard")]] }),
      area({ name: "note", label: text("note"), help: text("noteHelp"), rows: 3, maxlength: 500, value: airing?.tick?.note ?? "" }),
    ], onSubmit: async (v) => {
      await post("/ticks", { group, week, ...airing && { airing: airing.airing }, answer: v.answer,
        ...v.note.trim() && { note: v.note.trim() } });
      close(true);
    } }) });
  if (saved) {
    toast(text("tickThanks"));
    await done();
  }
}

/** "16/11", "22/11" of "2026-W47" */
function weekDays(week) {
  const [year, number] = week.split("-W").map(Number);
  const monday = new Date(Date.UTC(year, 0, 4)); // always in the first week
  monday.setUTCDate(monday.getUTCDate() - (monday.getUTCDay() + 6) % 7 + 7 * (number - 1));
  return [monday, new Date(monday.getTime() + 6 * 86400e3)].map((d) =>
    `${d.toISOString().slice(8, 10)}/${d.toISOString().slice(5, 7)}`);
}

function dueNode(due, data, context, done) {
  if (!context.may("tick") || due.length === 0) return null;
  return notice("info", element("p", {}, text("dueWords")), element("div", { class: "buttons" },
    due.slice(0, 6).map((d) => button(text("dueButton", data.groupName(d.group), ...weekDays(d.week)),
      () => tick(d.group, d.week, null, context, done)))));
}

// --- airings ------------------------------------------------------------------------------------

function levelWords(row) {
  return `L${row.level} · ${text(row.level >= 5 ? "level_confirmed" : row.level >= 3 ? "level_verified" : "level_unverified")}`;
}

function groupRow(row, airing, context, done) {
  const week = isoWeek(airing.start_us);
  const canTick = context.may("tick") && context.session.groups.includes(row.group) &&
    !NOT_YET.has(row.result);
  return element("li", { class: "group-row" },
    element("div", { class: "row-between" },
      element("strong", {}, row.group_name || row.group),
      element("span", {}, badge(BADGE_OF_RESULT[row.result] ?? (row.is_provisional ? "plain" : "bad"),
        word("result", row.result)), " ", NOT_YET.has(row.result) ? null : element("span", { class: "muted" }, levelWords(row)))),
    element("p", { class: "words" }, own(row.words)),
    row.tick ? element("p", { class: "muted" }, text("tickSaid", word("answer", row.tick.answer), row.tick.by ?? ""),
      row.tick.note ? ` “${row.tick.note}”` : "") : null,
    canTick && week ? button(text(row.tick ? "tickChange" : "tickThis"), () =>
      tick(row.group, week, { ...row, airing: airing.airing, title: airing.title }, context, done),
    { class: "btn-sm no-print", "aria-label": `${text(row.tick ? "tickChange" : "tickThis")}: ${airing.title}` }) : null,
    row.nodes?.length > 0 ? details({ title: text("receivers", row.nodes.length), key: `${airing.airing}/${row.group}` }, list(row.nodes.map((n) => [
      element("strong", {}, n.node), ": ", own(n.words) || word("result", n.result),
      element("span", { class: "muted" }, ` · L${n.level}`)]))) : null);
}

function airingNode(airing, context, done) {
  const { coverage } = airing;
  const isWhole = coverage.n === coverage.of;
  const isOver = !airing.rows.every((row) => NOT_YET.has(row.result));
  return element("section", { class: "card panel log-airing", "data-airing": airing.airing },
    element("div", { class: "row-between" },
      element("h3", {}, element("time", { datetime: airing.start }, time(airing.start_us)), " ", airing.title),
      isOver && coverage.of > 1 ? badge(isWhole ? "good" : "bad", text("coverage", coverage.n, coverage.of)) : null),
    isOver && !isWhole && coverage.missing?.length > 0 && coverage.of > 1 ?
      element("p", {}, text("missing", coverage.missing.join(", "))) : null,
    airing.rows.length > 3 ? details({ title: text("byGroup", airing.rows.length), key: airing.airing },
      element("ul", { class: "plain" }, airing.rows.map((r) => groupRow(r, airing, context, done)))) :
      element("ul", { class: "plain" }, airing.rows.map((r) => groupRow(r, airing, context, done))));
}

/** One entry an airing; the API has one an airing and a group. */
export function byAiring(rows) {
  const found = new Map();
  for (const row of rows) {
    if (!found.has(row.airing)) found.set(row.airing, { ...row, rows: [] });
    found.get(row.airing).rows.push(row);
  }
  return [...found.values()].map((airing) => ({ ...airing, coverage: airing.coverage ?? {
    n: airing.rows.filter((r) => r.result === "completed").length, of: airing.rows.length, missing: [] } }));
}

function daysOf(airings) {
  const days = new Map();
  for (const airing of airings) {
    const day = isoDate(airing.start_us);
    if (!days.has(day)) days.set(day, []);
    days.get(day).push(airing);
  }
  return [...days.values()];
}

// --- together -----------------------------------------------------------------------------------

function filters(shown, data, apply) {
  const from = input({ name: "from", type: "date", label: text("from"), value: shown.from });
  const to = input({ name: "to", type: "date", label: text("to"), value: shown.to });
  const group = select({ name: "group", label: text("group"), value: shown.group,
    options: [...data.groups.length > 1 ? [["", text("allGroups")]] : [], ...data.groups.map((g) => [g.id, g.name])] });
  const go = () => apply({ from: from.get(), to: to.get(), group: group.get() });
  for (const field of [from, to, group]) field.control.addEventListener("change", go);
  return element("div", { class: "filters no-print" }, from.node, to.node, data.groups.length > 1 ? group.node : null);
}

export async function mount(root, context) {
  const today = isoDate(context.nowUs());
  const { groups } = await get("/groups", undefined, { signal: context.signal });
  const data = { groups, groupName: (id) => groups.find((g) => g.id === id)?.name ?? id };
  const shown = {
    from: context.params.get("from") || isoDate(context.nowUs() - (DAYS_SHOWN - 1) * DAY_US),
    to: context.params.get("to") || today, group: context.params.get("group") || "",
  };
  const query = () => ({ from_us: dayStartUs(shown.from), group: shown.group || null,
    to_us: dayStartUs(shown.to) + DAY_US });
  const bar = element("div");
  const body = element("div");
  const draw = async () => {
    const [{ airings }, ticks] = await Promise.all([
      get("/logbook", query(), { signal: context.signal }),
      context.may("tick") ? get("/ticks", query(), { signal: context.signal }) : { due: [] }]);
    const found = byAiring(airings).sort((a, b) => b.start_us - a.start_us);
    context.setActions(
      link(text("csv"), url("/logbook.csv", { ...query(), lang: language() }), { class: "btn btn-outline-primary", download: "" }),
      button(text("print"), () => window.print()));
    replace(body, dueNode(ticks.due ?? [], data, context, draw),
      element("p", { class: "muted" }, text("ladder")),
      found.length === 0 ? empty(text("nothing", date(query().from_us), date(query().to_us - 1))) :
        daysOf(found).map((day) => element("section", {},
          element("h2", { class: "day-heading" }, weekdayDate(day[0].start_us)),
          day.map((airing) => airingNode(airing, context, draw)))));
  };
  const apply = (values) => {
    Object.assign(shown, values);
    context.setParams(shown);
    return draw().catch((error) => replace(body, notice("danger", error.message)));
  };
  bar.append(filters(shown, data, apply));
  root.append(bar, body);
  context.on("log", draw);
  await draw();
}
