// SPDX-License-Identifier: Apache-2.0
// The timetable: month, week and day with lunar days; one broadcast's form; and beside them the
// list of broadcasts, great days and disclosures, overlays, files.
import { del, get, post, upload, url } from "../api.js";
import { broadcastForm, changeWords } from "../broadcast-form.js";
import { date, duration, isoDate, time } from "../format.js";
import { checkbox, choices, form, input, radios, select } from "../form.js";
import { dayWords, describe, idOf, weekdayName, DAYS } from "../plain.js";
import { mountDays } from "../parts/days.js";
import { mountRules } from "../parts/rules.js";
import { language, texts } from "../strings.js";
import strings from "../strings/timetable.js";
import { badge, button, card, confirm, dialog, element, empty, link, list, notice, replace, table,
  toast } from "../ui.js";

const { text, word } = texts(strings);
const DAY_MS = 86400e3;
const SPANS = { month: 42, week: 7, day: 1 };

const toDate = (iso) => new Date(`${iso}T00:00:00Z`);
const addDays = (iso, n) => new Date(toDate(iso).getTime() + n * DAY_MS).toISOString().slice(0, 10);
const weekdayOf = (iso) => (toDate(iso).getUTCDay() + 6) % 7;
const firstShown = (view, iso) => {
  if (view === "day") return iso;
  const from = view === "month" ? `${iso.slice(0, 8)}01` : iso;
  return addDays(from, -weekdayOf(from));
};
const monthsLater = (iso, n) => {
  const day = toDate(`${iso.slice(0, 8)}01`);
  day.setUTCMonth(day.getUTCMonth() + n);
  return day.toISOString().slice(0, 10);
};

// --- what every part needs ----------------------------------------------------------------------

async function load(context) {
  const one = (path) => get(path, undefined, { signal: context.signal });
  const may = context.may("plan");
  const [{ broadcasts }, { groups }, { occasions }, recordings] = await Promise.all([
    one("/broadcasts"), one("/groups"), one("/occasions"),
    may ? one("/recordings").then((a) => a.recordings) : []]);
  return { broadcasts, groups, occasions, recordings,
    titles: new Map(broadcasts.map((b) => [b.id, b.title])),
    groupName: (id) => groups.find((g) => g.id === id)?.name ?? id };
}

const toWords = (data, to) => to === "all" ? text("allGroups") : [to].flat().map(data.groupName).join(", ");

// --- calendar -----------------------------------------------------------------------------------

const KIND_OF_STATE = { suspended: "plain", silenced: "fair", unapproved: "fair", done: "plain", on_air: "good" };
const SILENT = ["suspended", "silenced", "stopped", "unapproved", "withdrawn", "expired", "confidential"];
const reasons = (start) => (start.warnings ?? []).map((w) => w.words[language()]);

function startNode(start, context, data) {
  const state = start.state?.replaceAll("-", "_") ?? "planned";
  const marks = [
    state !== "planned" && state !== "done" ? badge(KIND_OF_STATE[state] ?? "plain", word("state", state)) : null,
    state === "planned" && start.warnings?.length > 0 ? badge("fair", text("warning")) : null,
  ];
  const name = [element("time", { datetime: start.start }, time(start.start_us)), " ", start.title];
  return element("li", { class: `start start-${start.class} ${state === "done" ? "is-done" : ""}` },
    element("button", { type: "button", class: "btn btn-link start-button",
      onclick: () => showStart(start, context, data) }, SILENT.includes(state) ? element("s", {}, name) : name),
    marks, reasons(start).map((words) => element("p", { class: "reason" }, words)));
}

async function showStart(start, context, data) {
  const broadcast = data.broadcasts.find((b) => b.id === start.broadcast);
  const rows = [
    [text("col_time"), `${date(start.start_us)} ${time(start.start_us)}`],
    [text("col_length"), start.duration_ms != null ? duration(start.duration_ms) : text("unknown")],
    [text("col_to"), toWords(data, start.groups ?? broadcast?.to ?? "all")],
    broadcast && [text("col_when"), describe(broadcast, data)],
    [text("col_class"), word("class", start.class)],
  ].filter(Boolean);
  const edit = await dialog({ title: start.title,
    body: [start.warnings?.length > 0 ? notice("warning", list(reasons(start))) : null,
      element("dl", { class: "facts" }, rows.map(([k, v]) => [element("dt", {}, k), element("dd", {}, v)]))],
    actions: (close) => [button(text("close"), () => close(false), { kind: "outline-secondary" }),
      context.may("plan") && broadcast ? button(text("edit"), () => close(true), { kind: "primary" }) : null] });
  if (edit) context.go(`timetable/edit/${encodeURIComponent(start.broadcast)}`);
}

function dayNode(day, shown, context, data) {
  const isOther = shown.view === "month" && day.date.slice(0, 7) !== shown.date.slice(0, 7);
  const lunar = day.lunar?.text ?? day.lunar;
  return element("li", { class: ["day", isOther && "is-other", day.date === shown.today && "is-today",
    day.starts.length === 0 && !day.occasions?.length && day.date !== shown.today && "is-empty"]
    .filter(Boolean).join(" "), "aria-current": day.date === shown.today ? "date" : null },
  element("h3", { class: "day-title" },
    element("span", { class: "day-weekday" }, weekdayName(DAYS[weekdayOf(day.date)])), " ",
    link(dayWords(day.date).replace(/\/\d{4}$/, ""), `#/timetable?view=day&date=${day.date}`),
    lunar ? element("span", { class: "lunar" }, ` ${text("lunar", lunar)}`) : null),
  (day.occasions ?? []).map((name) => element("p", { class: "occasion" }, name)),
  (day.overlays ?? []).map((name) => element("p", { class: "overlay" }, text("overlayOn", name))),
  element("ul", { class: "starts-of-day" }, day.starts.map((s) => startNode(s, context, data))));
}

function spanWords(shown, days) {
  if (shown.view === "day") return dayWords(shown.date);
  if (shown.view === "month") return text("monthOf", Number(shown.date.slice(5, 7)), shown.date.slice(0, 4));
  return text("spanOf", dayWords(days[0].date), dayWords(days.at(-1).date));
}

function calendarTools(shown, data, go) {
  const step = (n) => shown.view === "month" ? monthsLater(shown.date, n) : addDays(shown.date, n * SPANS[shown.view]);
  const group = select({ name: "group", label: text("groupFilter"), value: shown.group,
    options: [["", text("allGroups")], ...data.groups.map((g) => [g.id, g.name])] });
  group.control.addEventListener("change", () => go({ group: group.get() }));
  const to = (view, label) => button(label, () => go({ view }), { kind: "outline-secondary",
    id: `view-${view}`, "aria-pressed": String(shown.view === view), class: shown.view === view ? "active" : "" });
  return element("div", { class: "filters calendar-tools" },
    element("div", { class: "buttons", role: "group", "aria-label": text("viewLabel") },
      to("month", text("view_month")), to("week", text("view_week")), to("day", text("view_day"))),
    element("div", { class: "buttons" },
      button("‹", () => go({ date: step(-1) }), { kind: "outline-secondary", id: "earlier", "aria-label": text("earlier") }),
      button(text("today"), () => go({ date: shown.today }), { kind: "outline-secondary", id: "to-today" }),
      button("›", () => go({ date: step(1) }), { kind: "outline-secondary", id: "later", "aria-label": text("later") })),
    group.node);
}

async function mountCalendar(root, context, data) {
  const shown = {
    view: SPANS[context.params.get("view")] ? context.params.get("view") :
      window.innerWidth < 768 ? "week" : "month",
    date: /^\d{4}-\d\d-\d\d$/.test(context.params.get("date") ?? "") ? context.params.get("date") : null,
    group: context.params.get("group") ?? "", today: isoDate(context.nowUs()),
  };
  shown.date ??= shown.today;
  const draw = async () => {
    const { days } = await get("/timetable", { from: firstShown(shown.view, shown.date),
      days: SPANS[shown.view], group: shown.group || null }, { signal: context.signal });
    const nothing = days.every((d) => d.starts.length === 0);
    replace(root, tabs("", context), calendarTools(shown, data, go),
      element("h2", { "aria-live": "polite" }, spanWords(shown, days)),
      nothing && data.broadcasts.length === 0 ? empty(text("emptyTimetable"),
        context.may("plan") ? link(text("add"), "#/timetable/new", { class: "btn btn-primary" }) : null) : null,
      element("ol", { class: `calendar calendar-${shown.view}` },
        days.map((day) => dayNode(day, shown, context, data))));
  };
  const go = (values) => {
    Object.assign(shown, values);
    context.setParams({ view: shown.view, date: shown.date === shown.today ? null : shown.date, group: shown.group });
    return draw();
  };
  context.on("timetable", draw);
  await draw();
}

// --- one broadcast ------------------------------------------------------------------------------

function mountForm(root, context, data, id) {
  const broadcast = id ? data.broadcasts.find((b) => b.id === id) : {};
  if (!broadcast) {
    replace(root, tabs("", context), notice("warning", text("noBroadcast", id)));
    return;
  }
  context.setTitle(id ? text("editTitle", broadcast.title) : text("add"));
  const copy = context.params.get("recording") ? { recording: context.params.get("recording") } : {};
  root.append(broadcastForm({ broadcast: { ...broadcast, ...copy }, isNew: !id, ...data, context,
    taken: data.broadcasts.map((b) => b.id), onSaved: () => context.go("timetable/list") }));
}

async function remove(broadcast, context, data) {
  const { changes } = await post("/preview", { broadcasts: [], remove: [broadcast.id] }, { signal: context.signal });
  if (!await confirm({ title: text("removeTitle", broadcast.title), yes: text("remove"), words: [
    element("p", {}, text("removeWords")),
    changes.length > 0 ? list(changes.map((c) => changeWords(c, data.groupName))) : null] })) return false;
  await del(`/broadcasts/${encodeURIComponent(broadcast.id)}`);
  toast(text("removed", broadcast.title));
  return true;
}

function mountList(root, context, data) {
  const may = context.may("plan");
  const search = input({ name: "search", label: text("search"), type: "search" });
  const rows = element("div");
  const draw = () => {
    const wanted = search.get().toLocaleLowerCase();
    const found = data.broadcasts.filter((b) => `${b.title} ${b.id} ${b.category ?? ""}`.toLocaleLowerCase().includes(wanted));
    replace(rows, found.length === 0 ? empty(data.broadcasts.length === 0 ? text("emptyTimetable") : text("nothingFound")) :
      table({ caption: text("tab_list"), rows: found, columns: [
        { label: text("col_title"), cell: (b) => [b.title, " ", b.class !== "normal" ? badge(b.class === "emergency" ? "emergency" : "fair", word("class", b.class)) : null] },
        { label: text("col_when"), cell: (b) => describe(b, data), wide: true },
        { label: text("col_to"), cell: (b) => toWords(data, b.to) },
        ...may ? [{ label: text("col_do"), cell: (b) => element("div", { class: "buttons" },
          link(text("edit"), `#/timetable/edit/${encodeURIComponent(b.id)}`,
            { class: "btn btn-sm btn-outline-primary", "aria-label": text("editTitle", b.title) }),
          button(text("remove"), async () => {
            if (!await remove(b, context, data)) return;
            data.broadcasts.splice(data.broadcasts.indexOf(b), 1);
            draw();
          }, { kind: "outline-danger", class: "btn-sm", "aria-label": text("removeTitle", b.title) })) }] : [],
      ] }));
  };
  search.control.addEventListener("input", draw);
  draw();
  root.append(tabs("list", context), search.node, rows);
}

// --- disclosures ---------------------------------------------------------------------------------

const MARK_OF_CAMPAIGN = { proven: "good", running: "plain", waiting: "plain", broken: "bad", failed: "bad" };

async function mountDisclosures(root, context, data) {
  const draw = async () => {
    const { campaigns } = await get("/campaigns", undefined, { signal: context.signal });
    replace(root, tabs("disclosures", context), element("p", { class: "muted" }, text("disclosuresHelp")),
      campaigns.length === 0 ? empty(text("noDisclosures")) : campaigns.map((c) => {
        const n = c.groups.filter((g) => g.state === "proven").length;
        return card(`${c.title}: ${text("provenOf", n, c.groups.length)}` +
          (c.withdrawn ? ` (${text("withdrawnOn", dayWords(c.withdrawn.slice(0, 10)))})` : ""), table({ caption: c.title, rows: c.groups, columns: [
          { label: text("col_group"), cell: (g) => data.groupName(g.id) },
          { label: text("col_state"), cell: (g) => badge(MARK_OF_CAMPAIGN[g.state] ?? "plain", word("campaign", g.state)) },
          { label: text("col_days"), cell: (g) => text("daysOf", g.days_done ?? g.run ?? 0, c.days) },
          { label: text("col_missed"), cell: (g) => [g.missed ?? g.broken_on ?? []].flat().map(dayWords).join(", ") },
          { label: text("col_until"), cell: (g) => g.plays_until && !c.withdrawn ? dayWords(g.plays_until) : "" },
        ] }));
      }));
  };
  context.on("log", draw);
  await draw();
}

// --- overlays -----------------------------------------------------------------------------------

function overlayForm(taken, data, done) {
  const categories = [...new Set(data.broadcasts.map((b) => b.category).filter(Boolean))].sort();
  return form({ submit: text("save"), fields: [
    input({ name: "name", label: text("overlayName"), required: true, maxlength: 80 }),
    select({ name: "kind", label: text("overlayKind"), value: "mourning", options: [
      ["mourning", text("overlay_mourning")], ["exams", text("overlay_exams")], ["custom", text("overlay_custom")]] }),
    input({ name: "from", type: "datetime-local", label: text("overlayFrom"), required: true }),
    input({ name: "until", type: "datetime-local", label: text("overlayUntil"), required: true }),
    radios({ name: "suspends", label: text("overlaySuspends"), value: "all", options: [["all", text("overlayAll")],
      ...categories.length > 0 ? [["some", text("overlaySome")]] : []] }),
    categories.length > 0 ? choices({ name: "categories", label: text("overlayCategories"), help: text("overlayCategoriesHelp"),
      options: categories.map((c) => [c, c]) }) : null,
    checkbox({ name: "keepsPriority", label: text("overlayKeepsPriority") }),
  ].filter(Boolean), onSubmit: async (v) => {
    const chosen = v.categories ?? [];
    await post("/overlays", { overlay: { id: idOf(v.name, taken), name: v.name.trim(), kind: v.kind,
      from: v.from.replace("T", " "), until: v.until.replace("T", " "),
      ...v.suspends === "all" ? { suspends: "all", ...chosen.length > 0 && { keeps: chosen } } : { suspends: chosen },
      ...v.keepsPriority && { keeps_priority: true } } });
    toast(text("overlaySaved", v.name));
    done();
  } });
}

const momentWords = (words) => `${dayWords(words.slice(0, 10))} ${words.slice(11)}`;

function overlayWords(overlay) {
  if (Array.isArray(overlay.suspends)) return overlay.suspends.join(", ");
  return overlay.keeps?.length > 0 ? text("overlayAllBut", overlay.keeps.join(", ")) : text("overlayAll");
}

async function mountOverlays(root, context, data) {
  const may = context.may("plan");
  const draw = async () => {
    const { overlays } = await get("/overlays", undefined, { signal: context.signal });
    replace(root, tabs("overlays", context), element("p", { class: "muted" }, text("overlaysHelp")),
      overlays.length === 0 ? empty(text("noOverlays")) : table({ caption: text("tab_overlays"), rows: overlays, columns: [
        { label: text("overlayName"), cell: (o) => [o.name, " ", o.state === "holds" ? badge("fair", text("overlayIsOn")) : o.state === "over" ? badge("plain", text("overlayIsOver")) : null] },
        { label: text("overlayFrom"), cell: (o) => momentWords(o.from) },
        { label: text("overlayUntil"), cell: (o) => momentWords(o.until) },
        { label: text("overlaySuspends"), cell: (o) => overlayWords(o) },
        ...may ? [{ label: text("col_do"), cell: (o) => button(text("overlayOff"), async () => {
          if (!await confirm({ title: text("overlayOffTitle", o.name), words: text("overlayOffWords"), yes: text("overlayOff") })) return;
          await post(`/overlays/${encodeURIComponent(o.id)}/remove`);
          await draw();
        }, { kind: "outline-danger", class: "btn-sm", "aria-label": text("overlayOffTitle", o.name) }) }] : [],
      ] }),
      may ? card(text("overlayNew"), overlayForm(overlays.map((o) => o.id), data, draw)) : null);
  };
  await draw();
}

// --- files --------------------------------------------------------------------------------------

function mountFiles(root, context, data) {
  const from = isoDate(context.nowUs());
  const result = element("div", { role: "status" });
  const file = element("input", { type: "file", id: "ics-file", accept: ".ics,text/calendar", class: "form-control" });
  const send = async (isDry) => {
    if (!file.files[0]) {
      file.focus();
      throw Object.assign(new Error(text("chooseFile")), { status: 400 });
    }
    const answer = await upload("/calendar", file.files[0], { type: "text/calendar", query: { dry_run: isDry ? 1 : null } });
    replace(result,
      answer.not_imported?.length > 0 ? notice("warning", element("h3", { class: "h6" }, text("notImported")),
        list(answer.not_imported.map((n) => text("notImportedLine", n.line, n.property ?? n.uid ?? "", n.why)))) : null,
      answer.broadcasts?.length > 0 ? notice("success", element("h3", { class: "h6" }, text(isDry ? "wouldImport" : "imported")),
        list(answer.broadcasts.map((b) => typeof b === "string" ? b : `${b.title}: ${describe(b, data)}`))) : null);
  };
  root.append(tabs("files", context),
    card(text("exportTitle"), element("p", {}, text("exportHelp")),
      link(text("exportIcs"), url("/calendar.ics", { from, days: 366 }), { class: "btn btn-outline-primary", download: "lich-phat.ics" })),
    context.may("plan") ? card(text("importTitle"),
      element("label", { class: "form-label", for: "ics-file" }, text("importFile")), file,
      element("div", { class: "buttons" }, button(text("importTry"), () => send(true)),
        button(text("importDo"), () => send(false), { kind: "primary" })), result) : null);
}

// --- together -----------------------------------------------------------------------------------

const PARTS = { list: mountList, days: (root, context, data) => mountDays(root, context, data, () => tabs("days", context)),
  disclosures: mountDisclosures, overlays: mountOverlays,
  rules: (root, context, data) => mountRules(root, context, { tabs: () => tabs("rules", context), groupName: data.groupName }),
  files: mountFiles };

function tabs(current, context) {
  const tab = (name, label) => element("li", {}, link(label, `#/timetable${name ? `/${name}` : ""}`,
    { "aria-current": name === current ? "page" : null }));
  return element("div", { class: "tabs no-print", role: "navigation", "aria-label": text("tabsLabel") }, element("ul", {},
    tab("", text("tab_calendar")), tab("list", text("tab_list")), tab("days", text("tab_days")),
    tab("disclosures", text("tab_disclosures")), tab("overlays", text("tab_overlays")),
    tab("rules", text("tab_rules")),
    tab("files", text("tab_files"))));
}

export async function mount(root, context) {
  const data = await load(context);
  const [part = "", id] = context.rest;
  if (context.may("plan") && part !== "new" && part !== "edit")
    context.setActions(link(text("add"), "#/timetable/new", { class: "btn btn-primary" }));
  if (part === "new" || part === "edit") return mountForm(root, context, data, part === "edit" ? id : null);
  return (PARTS[part] ?? mountCalendar)(root, context, data);
}
