// SPDX-License-Identifier: Apache-2.0
// From the API's documents to elements. Texts only ever become text nodes.
import { language, text, word } from "./strings.js";

export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value != null) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c != null && c !== ""));
  return node;
}

export function time(us, zone, withDay = true) {
  if (!us) return "";
  const options = { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit",
    hourCycle: "h23" };
  if (withDay) Object.assign(options, { day: "2-digit", month: "2-digit" });
  return new Intl.DateTimeFormat(language(), options).format(us / 1000);
}

export function length(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  const pad = (n) => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${pad(s % 60)}` :
    `${Math.floor(s / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
}

const badge = (kind, label) => element("span", { class: `badge ${kind}` }, label);
const empty = (key) => element("p", { class: "empty" }, text(key));

function groupNames(status, ids) {
  if (ids.length === status.groups.length && ids.length > 1) return text("allGroups");
  return ids.map((id) => status.groups.find((g) => g.id === id)?.name ?? id).join(", ");
}

function table(headings, rows) {
  return element("div", { class: "scroll", tabindex: "0" }, element("table", {},
    element("thead", {}, element("tr", {},
      ...headings.map((key) => element("th", { scope: "col" }, text(key))))),
    element("tbody", {}, ...rows)));
}

const cell = (key, ...children) => element("td", { "data-label": text(key) }, ...children);

/** One card each; progress is moved by moveProgress(). */
export function onAir(status) {
  if (status.on_air.length === 0) return [empty("quiet")];
  return status.on_air.map((airing) => {
    const playing = status.nodes.filter((n) => n.on_air === airing.id);
    return element("article", { class: `card ${airing.class}` },
      element("h3", {}, airing.title),
      element("p", {}, badge(airing.class, word("class", airing.class)), " ",
        groupNames(status, airing.groups)),
      element("progress", { "data-start": airing.start_us, "data-ms": airing.duration_ms,
        max: Math.max(1, airing.duration_ms), "aria-label": airing.title }),
      element("p", { class: "muted" }, element("span", { class: "elapsed" }),
        playing.length ? ` · ${playing.map((n) => n.id).join(", ")}` : ""));
  });
}

export function moveProgress(root, nowUs) {
  for (const bar of root.querySelectorAll("progress")) {
    const total = Number(bar.dataset.ms);
    const at = Math.min(total, Math.max(0, (nowUs - Number(bar.dataset.start)) / 1000));
    bar.value = at;
    bar.parentElement.querySelector(".elapsed").textContent = `${length(at)} / ${length(total)}`;
  }
}

export function next(status) {
  if (status.next.length === 0) return [empty("noNext")];
  const zone = status.site.time_zone;
  const soon = (airing) => airing.start_us - status.now_us < 86400e6;
  return [element("ol", { class: "plain" }, ...status.next.map((airing) =>
    element("li", {},
      element("time", { datetime: airing.start }, time(airing.start_us, zone)), " ",
      element("strong", {}, airing.title), " ",
      airing.class === "normal" ? "" : badge(airing.class, word("class", airing.class)),
      element("span", { class: "muted" }, ` ${groupNames(status, airing.groups)}`,
        soon(airing) ?
          ` · ${text("inTime", length((airing.start_us - status.now_us) / 1000))}` : ""))))];
}

export function nodes(status) {
  if (status.nodes.length === 0) return [empty("noNodes")];
  const zone = status.site.time_zone;
  const rows = status.nodes.map((node) => element("tr", {},
    cell("node", element("strong", {}, node.id)),
    cell("group", groupNames(status, [node.group])),
    cell("state", badge(node.online ? "good" : "bad", text(node.online ? "online" : "offline")),
      node.refused > 0 ? ` ${text("refusedCount", node.refused)}` : ""),
    cell("clock", node.clock ? word("clock", node.clock.state) : ""),
    cell("output", word("output", node.output), node.output_error ? `: ${node.output_error}` : ""),
    cell("ready", `${node.ready.n}/${node.ready.of}`),
    cell("lastSeen", node.last_seen_us ? time(node.last_seen_us, zone) : text("never"))));
  return [table(["node", "group", "state", "clock", "output", "ready", "lastSeen"], rows)];
}

const kinds = { completed: "good", partial: "fair", preempted: "fair", stopped: "fair" };

function logRow(entry, zone) {
  if (entry.kind !== "outcome") {
    return element("tr", {},
      cell("planned", time(entry.first_us, zone)),
      cell("group", entry.group_name || entry.group || ""), cell("node", entry.node || ""),
      cell("title", entry.detail), cell("result", badge("bad", text("security")), ` ${entry.code}`),
      cell("heard", text("times", entry.count)), cell("level", ""));
  }
  const reason = entry.reason === entry.result ? "" : entry.reason;
  const remark = entry.gave_way_to ? text("gaveWay", entry.gave_way_to) : reason;
  return element("tr", {},
    cell("planned", time(entry.planned_us, zone)),
    cell("group", entry.group_name || entry.group || ""), cell("node", entry.node || ""),
    cell("title", entry.title),
    cell("result", badge(kinds[entry.result] ?? "bad", word("result", entry.result)),
      remark ? ` ${remark}` : ""),
    cell("heard", text("heardOf", length(entry.heard_ms), length(entry.duration_ms))),
    cell("level", `L${entry.level} `,
      element("span", { class: "muted" }, text(entry.level >= 3 ? "verified" : "unverified"))));
}

/** Newest first. */
export function log(entries, status) {
  if (entries.length === 0) return [empty("noLog")];
  const rows = entries.toReversed ? entries.toReversed() : [...entries].reverse();
  return [table(["planned", "group", "node", "title", "result", "heard", "level"],
    rows.map((entry) => logRow(entry, status.site.time_zone)))];
}
