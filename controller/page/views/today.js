// SPDX-License-Identifier: Apache-2.0
// What is on air, what comes next, who is ready, what wants a hand. Drawn again by events; while
// something is on air the levels are asked for every second.
import { get, getOr, post } from "../api.js";
import { ago, dateTime, dayTime, duration, isoDate, length, number, time, until, weekdayDate } from "../format.js";
import { sentence } from "../phrases.js";
import { texts } from "../strings.js";
import strings from "../strings/today.js";
import { badge, button, card, confirm, details, element, empty, link, list, meter, notice, replace,
  toast } from "../ui.js";

const { text, word } = texts(strings);
const DAY_US = 86400e6;
const LOOK_AHEAD_DAYS = 14;
const QUIET_DB = -60;
const LOW_DB = -40;
const STARTING_US = 5e6; // what begins this soon stands beside what is on air
const MAX_SHOWN = 12; // receivers of an airing: more are shown on demand
const BAD_RESULTS = new Set(["missed", "failed", "refused", "partial"]);

const classBadge = (airing) => airing.class === "normal" ? null :
  badge(airing.class === "emergency" ? "emergency" : "fair", word("class", airing.class));

function groupNames(status, ids) {
  if (ids.length === status.groups.length && ids.length > 1) return text("allGroups");
  return ids.map((id) => status.groups.find((g) => g.id === id)?.name ?? id).join(", ");
}

const groupName = (status, id) => status.groups.find((g) => g.id === id)?.name ?? id;

// --- on air -------------------------------------------------------------------------------------

/** One receiver of an airing: its name, and how loud it is, or why it is silent. */
function receiver(status, node, airing) {
  const isPlaying = node.online && node.on_air === airing.id;
  const db = Math.max(QUIET_DB, node.level_db ?? QUIET_DB);
  const words = !node.online ? text("offline") :
    !isPlaying ? text("notPlaying") :
      db <= QUIET_DB ? text("silent") : text("level", number(db));
  return element("li", { class: "receiver" },
    element("span", { class: "receiver-name" }, `${node.id} · ${groupName(status, node.group)}`),
    element("span", { class: isPlaying ? "muted" : "bad" }, words),
    meter(isPlaying ? (db - QUIET_DB) / -QUIET_DB : 0, text("levelOf", node.id),
      isPlaying && db > LOW_DB ? "good" : "fair"));
}

const startingOf = (status, nowUs) => status.next.filter((a) => a.start_us - nowUs < STARTING_US);

/** What it says of itself until it is on air: never that it sounds before it does. */
const startsIn = (startUs, nowUs) => startUs <= nowUs ? text("startsNow") :
  startUs - nowUs < 1e6 ? text("startsInLess") : text("startsIn", Math.ceil((startUs - nowUs) / 1e6));

const startingCard = (status, airing, stop) =>
  element("article", { class: `airing airing-${airing.class}`, "aria-label": airing.title },
    element("div", { class: "row-between" }, element("h3", {}, airing.title),
      element("div", { class: "row-start" }, classBadge(airing))),
    element("p", {}, text("where", groupNames(status, airing.groups)), " · ",
      element("strong", { class: "tabular", "data-starts": airing.start_us })),
    stop);

function airingCard(status, airing, stop) {
  const nodes = status.nodes.filter((n) => airing.groups.includes(n.group));
  const n = nodes.filter((node) => node.online && node.on_air === airing.id).length;
  return element("article", { class: `airing airing-${airing.class}`, "aria-label": airing.title },
    element("div", { class: "row-between" },
      element("h3", {}, airing.title), element("div", { class: "row-start" }, classBadge(airing),
        airing.state === "waiting" ? badge("plain", text("waiting")) : null)),
    element("p", {}, text("where", groupNames(status, airing.groups)), " · ",
      element("strong", {}, text("playing", n, nodes.length))),
    element("progress", { "data-start": airing.start_us, "data-ms": airing.duration_ms,
      max: Math.max(1, airing.duration_ms), "aria-label": airing.title }),
    element("p", { class: "elapsed tabular" }),
    stop,
    details({ title: text("receivers"), key: airing.id, open: nodes.length <= MAX_SHOWN }, element("ul", { class: "plain receivers" },
      nodes.map((node) => receiver(status, node, airing)))));
}

function moveProgress(root, nowUs) {
  for (const countdown of root.querySelectorAll("[data-starts]")) {
    countdown.textContent = startsIn(Number(countdown.dataset.starts), nowUs);
  }
  for (const bar of root.querySelectorAll("progress[data-start]")) {
    const total = Number(bar.dataset.ms);
    const at = Math.min(total, Math.max(0, (nowUs - Number(bar.dataset.start)) / 1000));
    bar.value = at;
    bar.nextElementSibling.textContent = text("elapsed", length(at), length(total));
  }
}

async function stopAiring(context, airings) {
  const isOne = airings.length === 1;
  const sure = await confirm({
    title: isOne ? text("stopTitle", airings[0].title) : text("stopAllTitle", airings.length),
    words: text("stopWords"),
    yes: text("stopYes"),
  });
  if (!sure) return;
  await post("/stop", isOne ? { airing: airings[0].id } : { all: true });
  toast(text("stopped"));
  await context.refreshStatus();
}

function onAir(context, status) {
  const starting = startingOf(status, context.nowUs());
  const airings = [...status.on_air, ...starting];
  if (airings.length === 0) {
    return [element("p", { class: "muted" }, text("quiet"))];
  }
  const stop = (which, label, attributes) => !context.may("stop") ? null :
    element("div", { class: "buttons buttons-stop" },
      button(label, () => stopAiring(context, which), { kind: "danger", ...attributes }));
  const isOne = airings.length === 1;
  return [
    isOne ? null : stop(airings, text("stopAll"), { id: "stop", class: "btn-lg" }),
    airings.map((airing) => (starting.includes(airing) ? startingCard : airingCard)(status, airing,
      stop([airing], isOne ? text("stop") : text("stopThis"),
        isOne ? { id: "stop", class: "btn-lg" } : { id: `stop-${airing.id}`, kind: "outline-danger" }))),
  ];
}

// --- next and readiness -------------------------------------------------------------------------

function readiness(ready) {
  if (!ready || ready.of === 0) return null;
  if (ready.n === ready.of) return badge("good", text("readyOf", ready.n, ready.of));
  return [badge("fair", text("readyOf", ready.n, ready.of)), " ",
    element("span", { class: "muted" }, text("missing", ready.missing.join(", ")))];
}

/** 17:00 today · ngày mai 17:00 · 23/11 17:00 within a month · 06/02/2027 23:55 */
function startOf(airing, nowUs) {
  const us = airing.start_us;
  if (isoDate(us) === isoDate(nowUs)) return time(us);
  if (isoDate(us) === isoDate(nowUs + DAY_US)) return text("tomorrow", time(us));
  return us - nowUs < 30 * DAY_US ? dayTime(us) : dateTime(us);
}

function nextItem(status, airing, lunar) {
  const soon = airing.start_us - status.now_us < DAY_US;
  return [
    element("div", { class: "row-between" },
      element("span", {}, element("time", { datetime: airing.start, class: "fw-bold" },
        startOf(airing, status.now_us)), " ", airing.title),
      classBadge(airing)),
    element("div", { class: "muted" },
      [groupNames(status, airing.groups), duration(airing.duration_ms), lunar,
        soon ? until(airing.start_us, status.now_us) : null].filter(Boolean).join(" · ")),
    element("div", {}, readiness(airing.ready)),
  ];
}

function next(context, status, days) {
  if (status.next.length === 0) {
    return empty(text("noNext"), context.may("plan") ?
      link(text("beginPlan"), "#/timetable", { class: "btn btn-primary" }) : null);
  }
  const lunarOf = (us) => {
    const lunar = days.get(isoDate(us))?.lunar;
    return lunar ? text("lunar", lunar.text ?? lunar) : null;
  };
  return list(status.next.map((airing) => nextItem(status, airing, lunarOf(airing.start_us))));
}

/** Why a receiver is not ready, as far as its state tells. */
function whyNotReady(node, nowUs) {
  if (!node) return "";
  if (!node.last_seen_us) return text("neverSeen");
  if (!node.online) return text("offlineSince", ago(node.last_seen_us, nowUs));
  if (node.trouble) return sentence(node.trouble);
  if (node.output_error) return sentence(node.output_error);
  if (node.clock?.state === "untrusted") return text("clockUntrusted");
  return text("waitsForPlan");
}

function ready(context, status) {
  if (status.nodes.length === 0) {
    return empty(text("noNodes"), context.may("receivers") ?
      link(text("beginNodes"), "#/receivers", { class: "btn btn-primary" }) : null);
  }
  const { n, of, missing } = status.ready;
  return [
    element("p", { class: "big-number" }, text("readyOf", n, of)),
    missing.length === 0 ? element("p", { class: "muted" }, text("allReady")) :
      list(missing.map((id) => {
        const node = status.nodes.find((other) => other.id === id);
        return [element("strong", {}, id), " ", node ? groupName(status, node.group) : "",
          element("div", { class: "muted" }, whyNotReady(node, status.now_us))];
      })),
  ];
}

// --- what wants a hand --------------------------------------------------------------------------

const waitingEmergency = (emergency) => notice("danger",
  link(text(emergency.exercise ? "exerciseWaits" : "emergencyWaits", emergency.title, emergency.asked_by),
    "#/emergency", { class: "fw-bold" }));

function missedRuns(entries) {
  const bad = entries.filter((e) => e.kind === "outcome" && !e.superseded && BAD_RESULTS.has(e.result));
  if (bad.length === 0) return null;
  return notice("warning", element("p", {}, link(text("missedRuns", bad.length), "#/logbook")),
    details({ title: text("show"), key: "missed" }, list(bad.slice(-20).reverse().map((e) =>
      `${dayTime(e.planned_us)} · ${e.title} · ${e.group_name} · ${e.node}: ${word("result", e.result)}`))));
}

function securityEvents(entries) {
  const events = entries.filter((e) => e.kind === "security");
  if (events.length === 0) return null;
  return notice("danger", element("p", {}, text("securityEvents", events.length)),
    details({ title: text("show"), key: "security" }, list(events.slice(-20).reverse().map((e) =>
      `${dayTime(e.first_us)} · ${e.node} · ${e.group_name}: ${sentence(e.detail)} (${text("times", e.count)})`))));
}

function warnings(status) {
  const all = [...status.broker === "connected" ? [] : [text("broker", sentence(status.broker))],
    ...status.warnings.map(sentence)];
  if (all.length === 0) return null;
  if (all.length <= 2) return all.map((words) => notice("warning", words));
  return notice("warning", element("p", {}, text("warnings", all.length)), list(all));
}

function attention(context, status, found) {
  const approvals = found.submitted.length;
  const parts = [
    found.emergencies.filter((e) => e.state === "waiting").map(waitingEmergency),
    approvals > 0 ? notice("info", link(text("approvalsWait", approvals), "#/approval")) : null,
    found.due > 0 ? notice("info", link(text("ticksDue", found.due), "#/logbook")) : null,
    securityEvents(found.entries), missedRuns(found.entries), warnings(status),
  ].flat().filter(Boolean);
  return parts.length > 0 ? parts : [element("p", { class: "muted" }, text("nothingWrong"))];
}

async function lookForTrouble(context) {
  const { signal } = context;
  const ask = (condition, path, query, member) => condition ?
    getOr({ [member]: [] }, path, query, { signal }).then((d) => d[member]) : [];
  const fromUs = Math.round(context.nowUs() - DAY_US);
  const [entries, emergencies, submitted, due] = await Promise.all([
    ask(true, "/log", { events: 1, from_us: fromUs }, "entries"),
    ask(context.may("ask-emergency") || context.may("confirm-emergency"), "/emergencies", {}, "emergencies"),
    ask(context.may("approve"), "/recordings", { state: "submitted" }, "recordings"),
    ask(context.may("tick"), "/ticks", {}, "due"),
  ]);
  const { groups } = context.session;
  return { entries, emergencies, submitted,
    due: due.filter((one) => one.is_over && groups.includes(one.group)).length };
}

// --- the day ------------------------------------------------------------------------------------

function dayLine(status, days) {
  const today = days.get(isoDate(status.now_us));
  return [
    element("p", { class: "today-line" }, element("strong", {}, weekdayDate(status.now_us)),
      today?.lunar ? ` · ${text("lunar", today.lunar.text ?? today.lunar)}` : null),
    today?.occasions.length ? element("p", {}, today.occasions.map((name) => badge("good", name))) : null,
    today?.overlays.length ? element("p", {}, today.overlays.map((name) => badge("fair", name))) : null,
  ];
}

function comingDays(days, todayDate) {
  const coming = [...days.values()].filter((d) => d.date > todayDate && d.occasions.length > 0);
  return coming.length === 0 ? null : element("p", { class: "muted" }, text("coming"), " ",
    coming.map((d) => `${d.date.slice(8)}/${d.date.slice(5, 7)} ${d.occasions.join(", ")}`).join(" · "));
}

export async function mount(root, context) {
  const part = (title) => {
    const body = element("div", {});
    return { body, node: card(title, body) };
  };
  const day = element("div", {});
  const air = part(text("onAir"));
  const trouble = part(text("attention"));
  const coming = part(text("next"));
  const board = part(text("ready"));
  let days = new Map();
  let found = { entries: [], emergencies: [], submitted: [], due: 0 };

  const draw = (status) => {
    replace(day, dayLine(status, days));
    replace(air.body, onAir(context, status));
    replace(trouble.body, attention(context, status, found));
    replace(coming.body, next(context, status, days), comingDays(days, isoDate(status.now_us)));
    replace(board.body, ready(context, status));
    moveProgress(root, context.nowUs());
  };
  const drawAll = () => { if (context.status) draw(context.status); };
  const look = async () => {
    found = await lookForTrouble(context);
    drawAll();
  };

  root.append(day, element("div", { class: "today" }, element("div", {}, air.node, coming.node),
    element("div", {}, trouble.node, board.node)));
  context.on("status", draw);
  for (const topic of ["log", "content"]) context.on(topic, look);
  context.on("timetable", async () => {
    days = await fetchDays(context);
    drawAll();
  });
  let nStarting = 0;
  const turn = () => {
    const { status } = context;
    if (!status) return null;
    moveProgress(root, context.nowUs());
    const starting = startingOf(status, context.nowUs());
    // its time has come: is it on air?
    if (starting.some((a) => a.start_us <= context.nowUs())) return context.refreshStatus();
    if (starting.length !== nStarting) drawAll();
    nStarting = starting.length;
    return null;
  };
  context.every(turn, 250);
  context.every(() => context.status?.on_air.length ? context.refreshStatus() : null, 1000);
  context.every(context.refreshStatus, 10000);
  if (context.status) draw(context.status);
  else await context.refreshStatus();
  [days] = await Promise.all([fetchDays(context), look()]);
  drawAll();
}

async function fetchDays({ nowUs, signal }) {
  const { days } = await getOr({ days: [] }, "/timetable",
    { from: isoDate(nowUs()), days: LOOK_AHEAD_DAYS }, { signal });
  return new Map(days.map((day) => [day.date, day]));
}
