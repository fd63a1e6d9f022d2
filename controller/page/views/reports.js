// SPDX-License-Identifier: Apache-2.0
// Reports for a period: figures, coverage and uptime by group, categories, lead units, disclosures,
// remuneration; as tables, as CSV, and to be printed and signed.
import { get, url } from "../api.js";
import { date, dateTime, dayStartUs, isoDate, number, percent } from "../format.js";
import { input, select } from "../form.js";
import { language, texts } from "../strings.js";
import strings from "../strings/reports.js";
import { badge, button, card, element, empty, link, notice, replace, table } from "../ui.js";

const { text } = texts(strings);
const DAY_US = 86400e6;

function figure(label, value) {
  return element("div", {}, element("dt", {}, label), element("dd", {}, value));
}

const share = (n, of) => of > 0 ? `${number(n)}/${number(of)} (${percent(100 * n / of)})` : "–";
const col = (label, cell, more = {}) => ({ label, cell, ...more });
const num = (label, cell) => col(label, cell, { class: "number" });
const orDash = (value, show) => value == null ? "–" : show(value);

function part(name, title, query, rows, columns, none) {
  return card(null, element("div", { class: "row-between" }, element("h2", { class: "panel-title" }, title),
    rows.length > 0 ? link(text("csvOf", title), url("/reports.csv", { ...query, part: name, lang: language() }),
      { class: "no-print", download: "" }) : null),
  rows.length > 0 ? table({ caption: title, columns, rows }) : element("p", { class: "muted" }, none ?? text("nothingHere")));
}

function groupsPart(report, query) {
  return part("groups", text("byGroup"), query, report.by_group, [
    col(text("col_group"), (r) => r.name || r.group),
    num(text("col_airings"), (r) => number(r.airings)), num(text("col_minutes"), (r) => number(r.minutes, 1)),
    num(text("col_coverage"), (r) => orDash(r.coverage_pct, percent)),
    num(text("col_missed"), (r) => r.missed > 0 ? badge("bad", number(r.missed)) : "0"),
    num(text("col_uptime"), (r) => orDash(r.uptime_pct, percent)),
    num(text("col_confirmed"), (r) => number(r.confirmed ?? 0)),
    num(text("col_ticks"), (r) => orDash(r.ticks, (t) => typeof t === "object" ? `${number(t.n ?? t.heard ?? 0)}/${number(t.of ?? t.total ?? 0)}` : number(t)))]);
}

function parts(report, query, groupName) {
  return [
    groupsPart(report, query),
    part("categories", text("byCategory"), query, report.by_category, [
      col(text("col_category"), (r) => r.name || r.category || text("none")),
      num(text("col_airings"), (r) => number(r.airings)), num(text("col_minutes"), (r) => number(r.minutes, 1)),
      num(text("col_coverage"), (r) => orDash(r.coverage_pct, percent))]),
    part("units", text("byUnit"), query, report.by_unit, [
      col(text("col_unit"), (r) => r.unit || text("none")), num(text("col_items"), (r) => number(r.items)),
      num(text("col_airings"), (r) => number(r.airings)), num(text("col_minutes"), (r) => number(r.minutes, 1))]),
    part("disclosures", text("disclosures"), query, report.disclosures, [
      col(text("col_title"), (r) => r.title), num(text("col_proven"), (r) => share(r.proven, r.of)),
      col(text("col_missing"), (r) => (r.groups_missing ?? []).map(groupName).join(", ") || text("nobody"), { wide: true })],
    text("noDisclosures")),
    part("remuneration", text("remuneration"), query, report.remuneration, [
      col(text("col_author"), (r) => r.author || text("none")), col(text("col_item"), (r) => r.item ?? r.title ?? ""),
      num(text("col_airings"), (r) => number(r.airings)),
      num(text("col_fee"), (r) => orDash(r.fee, number))], text("noRemuneration")),
  ];
}

function sheet(report, query, context, groupName) {
  const span = text("span", date(report.from_us), date(report.to_us - 1));
  return [
    element("div", { class: "print-head" }, element("p", {}, context.session.site.name),
      element("h2", {}, text("sheetTitle")), element("p", {}, span)),
    report.provisional ? notice("warning", text("provisional", dateTime(context.nowUs()))) : null,
    element("p", { class: "lead" }, report.words?.[language()] ?? ""),
    element("dl", { class: "figures" }, figure(text("airings"), number(report.airings)),
      figure(text("minutes"), number(report.minutes)),
      figure(text("coverage"), share(report.coverage.n, report.coverage.of))),
    report.airings === 0 ? empty(text("nothingAired")) : null,
    parts(report, query, groupName),
    element("div", { class: "print-only signatures" }, element("p", {}, text("signMaker")), element("p", {}, text("signHead"))),
  ];
}

export async function mount(root, context) {
  const [{ periods }, { groups }] = await Promise.all([
    get("/reports/periods", undefined, { signal: context.signal }),
    get("/groups", undefined, { signal: context.signal })]);
  const groupName = (id) => groups.find((g) => g.id === id)?.name ?? id;
  const nameOf = (p) => language() === "vi" ? p.name_vi : p.name_en;
  const wanted = context.params.get("period");
  const state = { period: wanted ?? periods[0]?.id ?? "", from: context.params.get("from"), to: context.params.get("to") };
  const today = isoDate(context.nowUs());
  const choose = select({ name: "period", label: text("period"), value: state.period, options: [
    ...periods.map((p) => [p.id, `${nameOf(p)} (${date(p.from_us)} – ${date(p.to_us - 1)})`]), ["", text("otherPeriod")]] });
  const from = input({ name: "from", type: "date", label: text("from"), value: state.from ?? today });
  const to = input({ name: "to", type: "date", label: text("to"), value: state.to ?? today });
  choose.node.classList.add("wide");
  const due = element("p", { class: "muted" });
  const body = element("div", { class: "report" });

  const queryOf = () => {
    const period = periods.find((p) => p.id === choose.get());
    from.node.hidden = to.node.hidden = Boolean(period);
    due.textContent = period?.due ? text("due", period.due.split("-").reverse().join("/")) : "";
    return period ? { period: period.id } :
      { from_us: dayStartUs(from.get()), to_us: dayStartUs(to.get()) + DAY_US };
  };
  const draw = async () => {
    const query = queryOf();
    const report = await get("/reports", query, { signal: context.signal });
    replace(body, sheet(report, query, context, groupName));
  };
  const go = () => {
    context.setParams(choose.get() ? { period: choose.get() } : { from: from.get(), to: to.get() });
    return draw().catch((error) => replace(body, notice("danger", error.message)));
  };
  for (const field of [choose, from, to]) field.control.addEventListener("change", go);
  context.setActions(button(text("print"), () => window.print()));
  root.append(element("div", { class: "filters no-print" }, choose.node, from.node, to.node), due, body);
  await draw();
}
