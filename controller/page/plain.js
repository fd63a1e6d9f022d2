// SPDX-License-Identifier: Apache-2.0
// When a broadcast plays, in plain words, both ways. Pure: no call, no element.
//
//   describe(broadcast, { occasions })   → "Các ngày làm việc lúc 17:00, đến 30/04/2027"
//   parseWhen(words, today)              → { when, rest }: keys of a broadcast, and what was not
//                                          understood; words in Vietnamese or English, with or
//                                          without the marks above the letters
//   idOf(title, taken)                   → an id for a new broadcast
//   whenOf(broadcast), WHEN_KEYS         its keys that say when
import { texts } from "./strings.js";
import strings from "./strings/plain.js";

const { text } = texts(strings);

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
export const WHEN_KEYS = ["at", "days", "date", "rrule", "lunar", "giao_thua", "occasion", "event",
  "from", "until", "except", "also"];

export const whenOf = (broadcast) => Object.fromEntries(WHEN_KEYS
  .filter((key) => broadcast[key] !== undefined).map((key) => [key, broadcast[key]]));

// --- in words -----------------------------------------------------------------------------------

/** 2026-11-24 → 24/11/2026 */
export const dayWords = (iso) => iso.split("-").reverse().join("/");

const listed = (items) => items.length < 2 ? items.join("") :
  text("and", items.slice(0, -1).join(", "), items.at(-1));

function weekdayName(day) {
  switch (day) {
    case "mon": return text("day_t2");
    case "tue": return text("day_t3");
    case "wed": return text("day_t4");
    case "thu": return text("day_t5");
    case "fri": return text("day_t6");
    case "sat": return text("day_t7");
    default: return text("day_cn");
  }
}

export { weekdayName };

function weekdays(days) {
  const chosen = DAYS.filter((d) => days.includes(d));
  if (chosen.length === 0 || chosen.length === 7) return text("everyDay");
  if (chosen.join() === "mon,tue,wed,thu,fri") return text("weekdays");
  if (chosen.join() === "sat,sun") return text("weekend");
  return text("everyDayOf", listed(chosen.map(weekdayName)));
}

/** "00:10" → 10 phút, "01:30" → 1 giờ 30 phút */
function offsetWords(clock) {
  const [hours, minutes] = clock.split(":").map(Number);
  return [hours ? text("hours", hours) : "", minutes || !hours ? text("minutes", minutes) : ""]
    .filter(Boolean).join(" ");
}

function eveWords(offset) {
  const clock = offset.slice(1);
  if (/^00:00(:00)?$/.test(clock)) return text("eve");
  return text(offset.startsWith("-") ? "eveBefore" : "eveAfter", offsetWords(clock));
}

function lunarWords({ day, month }) {
  const days = [day].flat().map((d) => d === 15 && !month ? text("lunarRam") :
    d <= 10 && !month ? text("lunarFirst", d) : text("lunarDay", d));
  return month ? text("lunarMonth", listed(days), month) : text("lunarDays", listed(days));
}

function occasionWords({ id, days_before: before = [0] }, occasions) {
  const name = occasions?.find((o) => o.id === id)?.name ?? id;
  return listed([before].flat().map((n) => {
    if (n === 0) return text("occasion", name);
    return n > 0 ? text("daysBefore", n, name) : text("daysAfter", -n, name);
  }));
}

function daysWords(b, names) {
  if (b.date) return text("date", dayWords(b.date));
  if (b.lunar) return lunarWords(b.lunar);
  if (b.giao_thua) return listed([b.giao_thua].flat().map(eveWords));
  if (b.occasion) return occasionWords(b.occasion, names.occasions);
  if (b.event) {
    const [day, clock = ""] = b.event.at.split(" ");
    return text("event", `${clock} ${dayWords(day)}`.trim(), [b.event.reminders].flat().join(", "));
  }
  if (b.rrule) return text("rule", b.rrule);
  return weekdays([b.days ?? []].flat());
}

const capital = (words) => words.charAt(0).toLocaleUpperCase() + words.slice(1);

export function describe(broadcast, names = {}) {
  const b = broadcast;
  const parts = [daysWords(b, names)];
  const times = [b.at ?? []].flat();
  if (times.length > 0) parts[0] += ` ${text("atTimes", listed(times))}`;
  if (b.from && !b.date) parts.push(text("from", dayWords(b.from)));
  if (b.until && !b.date) parts.push(text("until", dayWords(b.until)));
  const except = [b.except ?? []].flat();
  if (except.length > 0) parts.push(text("except", listed(except.map(dayWords))));
  if (b.repeats > 1) parts.push(text("repeats", b.repeats));
  return capital(parts.join(", "));
}

// --- from words ---------------------------------------------------------------------------------

/** Small letters without marks: people type fast, and not every keyboard has them. */
export const bare = (words) => words.normalize("NFD").replace(/[\u0300-\u036f]/g, "")
  .replace(/[đĐ]/g, "d").toLowerCase();

const pad = (n) => String(n).padStart(2, "0");

const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august",
  "september", "october", "november", "december"];
const WEEKDAY_WORDS = [
  [/\b(?:thu (?:hai|2)|t2|mondays?)\b/g, "mon"], [/\b(?:thu (?:ba|3)|t3|tuesdays?)\b/g, "tue"],
  [/\b(?:thu (?:tu|4)|t4|wednesdays?)\b/g, "wed"], [/\b(?:thu (?:nam|5)|t5|thursdays?)\b/g, "thu"],
  [/\b(?:thu (?:sau|6)|t6|fridays?)\b/g, "fri"], [/\b(?:thu (?:bay|7)|t7|saturdays?)\b/g, "sat"],
  [/\b(?:chu nhat|cn|sundays?)\b/g, "sun"],
];
const DATE = String.raw`(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}))?`;
const CLOCK = String.raw`(\d{1,2})(?::(\d{2})|h(\d{2})?|\s?gio(?:\s?(\d{1,2})(?:\s?phut)?)?)`;

/** The next such day from @today on, or the one of that year; null: there is no such day */
function dateOf(day, month, year, today) {
  const valid = (y) => new Date(Date.UTC(y, month - 1, day)).getUTCMonth() === month - 1 &&
    day >= 1 && month >= 1 && month <= 12;
  const iso = (y) => `${y}-${pad(month)}-${pad(day)}`;
  if (year) return valid(year) ? iso(year) : null;
  const first = Number(today.slice(0, 4));
  for (let y = first; y <= first + 8; y++) if (valid(y) && iso(y) >= today) return iso(y);
  return null;
}

/** Takes what @pattern finds out of the words. */
class Words {
  constructor(words) {
    this.left = ` ${bare(words).replace(/[,;.]+(\s|$)/g, " ").replace(/\s+/g, " ")} `;
  }

  take(pattern, action = () => true) {
    this.left = this.left.replace(pattern, (...match) => action(...match) === false ? match[0] : " ");
  }
}

function takeMonthNames(words) {
  words.left = words.left.replace(
    new RegExp(String.raw`\b(\d{1,2}) (${MONTHS.join("|")})(?: (\d{4}))?\b`, "g"),
    (all, day, month, year) => `${day}/${MONTHS.indexOf(month) + 1}${year ? `/${year}` : ""}`);
  words.left = words.left.replace(/\bngay (\d{1,2}) thang (\d{1,2})(?: nam (\d{4}))?\b(?! am)/g,
    (all, day, month, year) => `${day}/${month}${year ? `/${year}` : ""}`);
}

function takeEve(words, when) {
  const add = (sign, hours, minutes) => {
    (when.giao_thua ??= []).push(`${sign}${pad(Number(hours ?? 0))}:${pad(Number(minutes ?? 0))}`);
  };
  const span = String.raw`(?:(\d{1,2}) (?:gio|h|hours?) ?)?(?:(\d{1,2}) (?:phut|min(?:utes)?))?`;
  const eve = String.raw`(?:giao thua|midnight at tet)`;
  words.take(new RegExp(String.raw`\b${eve} ?([+-]) ?${span}`, "g"),
    (all, sign, hours, minutes) => hours || minutes ? add(sign, hours, minutes) : false);
  words.take(new RegExp(String.raw`(?<= )(?:(\d{1,2}) (?:gio|hours?) )?(?:(\d{1,2}) (?:phut|min(?:utes)?) )?(truoc|sau|before|after) ${eve}`, "g"),
    (all, hours, minutes, side) => add(/truoc|before/.test(side) ? "-" : "+", hours, minutes));
  words.take(new RegExp(String.raw`\b(?:dem )?${eve}\b`, "g"), () => add("+", 0, 0));
}

function takeLunar(words, when) {
  const days = new Set();
  let month;
  words.take(/\b(?:ngay )?(\d{1,2})\/(\d{1,2}) (?:am lich|am|lunar)\b/g, (all, day, m) => {
    days.add(Number(day));
    month = Number(m);
  });
  words.take(/\b(?:ngay )?ram thang (\d{1,2}|gieng)\b/g, (all, m) => {
    days.add(15);
    month = m === "gieng" ? 1 : Number(m);
  });
  words.take(/\bm[uo]ng (\d{1,2}|mot)\b/g, (all, day) => { days.add(day === "mot" ? 1 : Number(day)); });
  words.take(/\b(?:ngay )?ram\b/g, () => { days.add(15); });
  if (days.size === 0) return;
  words.take(/\b(?:hang thang|moi thang|am lich|am|every month|lunar)\b/g);
  when.lunar = { day: [...days].sort((a, b) => a - b), ...month && { month } };
}

function takeDates(words, when, today) {
  const set = (key) => (all, day, month, year) => {
    const iso = dateOf(Number(day), Number(month), year && Number(year), today);
    if (!iso) return false;
    when[key] = iso;
    return true;
  };
  words.take(new RegExp(String.raw`\b(?:den het|den|toi|until|till|to)(?: ngay)? ${DATE}\b`, "g"), set("until"));
  words.take(new RegExp(String.raw`\b(?:ke tu|tu|from|since)(?: ngay)? ${DATE}\b`, "g"), set("from"));
  words.take(new RegExp(String.raw`\b(?:vao |on )?(?:ngay )?${DATE}\b`, "g"), set("date"));
}

function takeDays(words, when) {
  const days = new Set();
  const between = (first, last) => {
    for (let i = first; ; i = (i + 1) % 7) {
      days.add(DAYS[i]);
      if (i === last) return;
    }
  };
  const index = (word) => WEEKDAY_WORDS.findIndex(([pattern]) =>
    new RegExp(`^${pattern.source}$`).test(word));
  words.take(/\b(thu (?:[2-7]|hai|ba|tu|nam|sau|bay)|t[2-7]|cn|chu nhat|\w+day)s? ?(?:-|den|to) ?(thu (?:[2-7]|hai|ba|tu|nam|sau|bay)|t[2-7]|cn|chu nhat|\w+day)s?\b/g,
    (all, a, b) => {
      if (index(a) < 0 || index(b) < 0) return false;
      between(index(a), index(b));
      return true;
    });
  words.take(/\b(?:cac |moi |every )?(?:ngay lam viec|ngay thuong|weekdays?|working days?)\b/g,
    () => between(0, 4));
  words.take(/\b(?:cuoi tuan|at weekends?|weekends?)\b/g, () => between(5, 6));
  for (const [pattern, day] of WEEKDAY_WORDS) words.take(pattern, () => { days.add(day); });
  words.take(/\b(?:hang ngay|moi ngay|every day|daily)\b/g);
  if (days.size > 0) when.days = DAYS.filter((d) => days.has(d));
}

function takeTimes(words, when) {
  const times = new Set();
  words.take(new RegExp(String.raw`(?:\b(?:luc|vao luc|at) )?\b${CLOCK}\b(?: (sang|chieu|toi|trua|am|pm))?`, "g"),
    (all, hour, m1, m2, m3, part) => {
      let h = Number(hour);
      const m = Number(m1 ?? m2 ?? m3 ?? 0);
      if (/chieu|toi|pm/.test(part ?? "") && h < 12) h += 12;
      if (h > 23 || m > 59) return false;
      times.add(`${pad(h)}:${pad(m)}`);
      return true;
    });
  if (times.size > 0) when.at = [...times].sort();
}

const FILLERS = /\b(?:va|and|luc|at|vao|on|cac|moi|every|ngay|hang tuan|weekly|phat)\b/g;

export function parseWhen(input, today) {
  const words = new Words(input);
  const when = {};
  takeMonthNames(words);
  takeEve(words, when);
  takeLunar(words, when);
  takeDates(words, when, today);
  takeTimes(words, when);
  takeDays(words, when);
  words.take(FILLERS);
  return { when, rest: words.left.replace(/[+\-–]/g, " ").replace(/\s+/g, " ").trim() };
}

// --- ids ----------------------------------------------------------------------------------------

/** At most 40 letters, digits and '-'; a number behind it where it is taken. */
export function idOf(title, taken = []) {
  const stem = bare(title).replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 36)
    .replace(/-+$/, "") || "chuong-trinh";
  for (let n = 1; ; n++) {
    const id = n === 1 ? stem : `${stem}-${n}`;
    if (!taken.includes(id)) return id;
  }
}
