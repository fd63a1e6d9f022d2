// SPDX-License-Identifier: Apache-2.0
// Great days: those of the country, and what the office adds: its own, days in lieu of a year, a
// national one that is otherwise here, and where the official lunar calendar decides differently.
import { get, post } from "../api.js";
import { changeWords } from "../broadcast-form.js";
import { area, checkbox, form, input, select } from "../form.js";
import { dayWords, idOf } from "../plain.js";
import { texts } from "../strings.js";
import strings from "../strings/days.js";
import { badge, button, card, confirm, details, element, list, replace, table, toast } from "../ui.js";

const { text, word } = texts(strings);
const KINDS = ["solar", "lunar", "dates", "before"];

const kindOf = (occasion) => KINDS.find((kind) => occasion[kind] !== undefined) ?? "solar";
const refused = (field, words) => Object.assign(new Error(words), { status: 400, detail: `${field}: ${words}` });

/** "9/3", "09-03" → "09/03" */
function dayAndMonth(words) {
  const found = /^\s*(\d{1,2})[/.-](\d{1,2})\s*$/.exec(words);
  if (!found) throw refused("day", text("dayWanted"));
  return `${found[1].padStart(2, "0")}/${found[2].padStart(2, "0")}`;
}

/** One date a line, as people write it → as the API has it */
function datesOf(words) {
  return words.split(/[\n,;]+/).map((line) => line.trim()).filter(Boolean).map((line) => {
    const found = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(line);
    if (!found) throw refused("dates", text("dateWanted", line));
    return `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}`;
  });
}

function ruleWords(occasion, nameOf) {
  switch (kindOf(occasion)) {
    case "solar": return text("everySolar", occasion.solar ?? "");
    case "lunar": return text("everyLunar", occasion.lunar);
    case "before": return text("dayBefore", nameOf(occasion.before));
    default: return occasion.dates.map(dayWords).join(", ");
  }
}

/** The rest of an occasion from a form: its day in one of four ways. */
function readDay(v) {
  if (v.kind === "dates") return { dates: datesOf(v.dates) };
  if (v.kind === "before") return { before: v.before };
  return { [v.kind]: dayAndMonth(v.day), ...v.since !== "" && v.since > 0 && { since: v.since } };
}

function occasionForm(occasion, occasions, save) {
  const kind = select({ name: "kind", label: text("kind"), value: kindOf(occasion),
    options: KINDS.map((k) => [k, word("kind", k)]) });
  const day = input({ name: "day", label: text("day"), help: text("dayHelp"), required: true, maxlength: 5,
    inputmode: "numeric", value: occasion.solar ?? occasion.lunar ?? "" });
  const dates = area({ name: "dates", label: text("dates"), help: text("datesHelp"), required: true, rows: 3,
    value: (occasion.dates ?? []).map(dayWords).join("\n") });
  const before = select({ name: "before", label: text("before"), value: occasion.before ?? "",
    options: occasions.filter((o) => kindOf(o) !== "before" && o.id !== occasion.id).map((o) => [o.id, o.name]) });
  const since = input({ name: "since", type: "number", label: text("since"), min: 0, max: 9999, value: occasion.since ?? "" });
  const show = () => {
    day.node.hidden = since.node.hidden = !["solar", "lunar"].includes(kind.get());
    dates.node.hidden = kind.get() !== "dates";
    before.node.hidden = kind.get() !== "before";
  };
  kind.control.addEventListener("change", show);
  show();
  return form({ submit: text("save"), fields: [
    input({ name: "name", label: text("name"), required: true, maxlength: 120, value: occasion.name ?? "" }),
    kind, day, dates, before, since,
    checkbox({ name: "dayOff", label: text("dayOff"), value: occasion.day_off ?? false })],
  onSubmit: (v) => save({ id: occasion.id ?? idOf(v.name, occasions.map((o) => o.id)), name: v.name.trim(),
    ...readDay(v), ...v.dayOff && { day_off: true } }) });
}

function moonForm(save) {
  return form({ submit: text("save"), fields: [
    input({ name: "computed", type: "date", label: text("computed"), required: true }),
    input({ name: "official", type: "date", label: text("official"), required: true }),
    input({ name: "source", label: text("source"), required: true, maxlength: 200 })],
  onSubmit: (v) => save({ computed: v.computed, official: v.official, source: v.source.trim() }) });
}

/** Asks the controller what it would do, the reader whether it shall, and does it. → was it done? */
async function change(path, body, { title, yes, always, groupName }) {
  const { changes } = await post(path, { ...body, dry_run: true });
  const words = [always ? element("p", {}, always) : null,
    changes.length > 0 ? element("p", {}, text("changesNext")) : null,
    changes.length > 0 ? list(changes.map((c) => changeWords(c, groupName))) : null];
  if ((always || changes.length > 0) && !await confirm({ title, yes, words, kind: always ? "danger" : "primary" }))
    return false;
  await post(path, body);
  return true;
}

const BADGE_OF_ORIGIN = { local: "plain", replaced: "fair" };

const takeTitle = (o) => text(o.origin === "replaced" ? "giveBackTitle" : "removeTitle", o.name);

function occasionsTable(occasions, data, { may, edit, take }) {
  const nameOf = (id) => occasions.find((o) => o.id === id)?.name ?? id;
  const uses = (o) => data.broadcasts.filter((b) => b.occasion?.id === o.id).map((b) => b.title);
  return table({ caption: text("title"), rows: [...occasions].sort((a, b) => (a.next?.date ?? "9").localeCompare(b.next?.date ?? "9")), columns: [
    { label: text("occasion"), cell: (o) => [o.name, " ",
      o.origin !== "national" ? badge(BADGE_OF_ORIGIN[o.origin], word("origin", o.origin)) : null, " ",
      o.day_off ? badge("good", text("off")) : null,
      uses(o).length > 0 ? element("div", { class: "muted" }, text("usedBy", uses(o).join(", "))) : null] },
    { label: text("when"), cell: (o) => ruleWords(o, nameOf) },
    { label: text("next"), cell: (o) => o.next ? [dayWords(o.next.date),
      o.next.lunar ? element("span", { class: "lunar" }, ` ${text("lunar", o.next.lunar.text)}`) : null] : text("noNext") },
    ...may ? [{ label: text("actions"), cell: (o) => element("div", { class: "buttons" },
      button(text(o.origin === "national" ? "replace" : "edit"), () => edit(o),
        { class: "btn-sm", "aria-label": text(o.origin === "national" ? "replaceTitle" : "editTitle", o.name) }),
      o.origin !== "national" ? button(text(o.origin === "replaced" ? "giveBack" : "remove"), () => take(o),
        { kind: "outline-danger", class: "btn-sm", "aria-label": takeTitle(o) }) : null) }] : [],
  ] });
}

function moonsCard(moons, { may, save, take }) {
  return details({ title: text("moons"), key: "moons" }, element("p", { class: "muted" }, text("moonsHelp")),
    moons === null ? element("p", {}, text("moonsFaulty")) : null,
    moons?.length > 0 ? table({ caption: text("moons"), rows: moons, columns: [
      { label: text("computed"), cell: (m) => dayWords(m.computed) },
      { label: text("official"), cell: (m) => dayWords(m.official) },
      { label: text("source"), cell: (m) => m.source ?? "" },
      ...may ? [{ label: text("actions"), cell: (m) => button(text("remove"), () => take(m),
        { kind: "outline-danger", class: "btn-sm", "aria-label": text("removeTitle", dayWords(m.computed)) }) }] : []] }) : null,
    may ? moonForm(save) : null);
}

export async function mountDays(root, context, data, tabs) {
  const may = context.may("plan");
  let edited = {};
  const draw = async () => {
    const { occasions, new_moons: moons } = await get("/occasions", undefined, { signal: context.signal });
    const done = async (words) => {
      edited = {};
      toast(words);
      await draw();
    };
    const put = async (occasion) => {
      if (await change("/occasions", { occasion }, { title: occasion.name, yes: text("save"), groupName: data.groupName }))
        await done(text("saved", occasion.name));
    };
    const take = async (o) => {
      if (await change(`/occasions/${encodeURIComponent(o.id)}/remove`, {}, { title: takeTitle(o),
        yes: text(o.origin === "replaced" ? "giveBack" : "remove"), groupName: data.groupName,
        always: text(o.origin === "replaced" ? "giveBackWords" : "removeWords") })) await done(text(o.origin === "replaced" ? "givenBack" : "removed", o.name));
    };
    const editor = card(edited.origin === "national" ? text("replaceTitle", edited.name) :
      edited.id ? text("editTitle", edited.name) : text("add"),
      edited.origin === "national" ? element("p", { class: "muted" }, text("replaceHelp")) : null,
      occasionForm(edited, occasions, put),
      edited.id ? button(text("cancel"), async () => { edited = {}; await draw(); }, { kind: "outline-secondary" }) : null);
    const edit = async (o) => {
      edited = o;
      await draw();
      root.querySelector("form [name=name]").focus();
    };
    replace(root, tabs(), element("p", { class: "muted" }, text("help")), may ? editor : null,
      card(text("title"), occasionsTable(occasions, data, { may, edit, take })),
      moonsCard(moons, { may,
        save: async (moon) => {
          if (await change("/new-moons", { new_moon: moon }, { title: text("moons"), yes: text("save"), groupName: data.groupName }))
            await done(text("saved", dayWords(moon.official)));
        },
        take: async (m) => {
          if (await change(`/new-moons/${m.computed}/remove`, {}, { title: text("removeTitle", dayWords(m.computed)),
            yes: text("remove"), always: text("moonBack"), groupName: data.groupName }))
            await done(text("removed", dayWords(m.computed)));
        } }));
  };
  await draw();
}
