// SPDX-License-Identifier: Apache-2.0
// Who changed what, when, from where: newest first.
import { get } from "../api.js";
import { input } from "../form.js";
import { dateTime } from "../format.js";
import { texts } from "../strings.js";
import strings from "../strings/audit.js";
import { button, card, details, element, empty, replace, table } from "../ui.js";

const { text, word } = texts(strings);
const PAGE_ENTRIES = 100;
const SHORT = 80; // what is longer is for those who look into it

const who = (entry) => entry.who === "token" ? text("token") : entry.who || text("nobody");

const auditTable = (entries) => table({
  caption: text("entries"), rows: entries,
  columns: [
    { label: text("at"), cell: (e) => dateTime(e.at_us) },
    { label: text("who"), cell: who },
    { label: text("action"), cell: (e) => word("action", e.action) },
    { label: text("subject"), cell: (e) => e.subject || "–" },
    { label: text("detail"), cell: (e) => e.detail?.length > SHORT ?
      details({ title: text("whole") }, element("code", {}, e.detail)) : e.detail || "–" },
    { label: text("address"), cell: (e) => e.address || "–" },
  ],
});

export async function mount(root, context) {
  const body = element("div", {});
  const filter = input({ name: "who", label: text("filterWho"), type: "search", maxlength: 64,
    value: context.params.get("who") ?? "", autocapitalize: "none", spellcheck: "false" });
  let entries = [];
  let next = null;

  const draw = () => replace(body,
    entries.length > 0 ? auditTable(entries) : empty(text("noEntries")),
    next === null ? null : element("div", { class: "buttons" }, button(text("older"), more, { id: "older" })));
  const fetchPage = async (before) => {
    const page = await get("/audit", { limit: PAGE_ENTRIES, before, who: filter.get().trim() || null },
      { signal: context.signal });
    entries = before === null ? page.entries : [...entries, ...page.entries];
    next = page.next;
    draw();
  };
  const more = () => fetchPage(next);
  const reload = () => {
    context.setParams({ who: filter.get().trim() });
    return fetchPage(null);
  };
  const search = element("form", { class: "filters", role: "search" }, filter.node,
    button(text("search"), reload, { kind: "outline-primary" }));
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    search.querySelector("button").click();
  });
  root.append(card(text("entries"), search, body));
  await fetchPage(null);
}
