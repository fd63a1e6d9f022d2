// SPDX-License-Identifier: Apache-2.0
// Times, lengths and sizes as people read them. Times are the API's: microseconds since 1970, and
// always shown in the site's zone, wherever the telephone is.
import { usToZoned, zonedToUs } from "./parts/zoned.js";
import { language, texts } from "./strings.js";

const { text } = texts();
let zone = "Asia/Ho_Chi_Minh";

export function setZone(name) { zone = name; }
export const siteZone = () => zone;

function format(us, options) {
  return us ? new Intl.DateTimeFormat(language() === "vi" ? "vi-VN" : "en-GB",
    { timeZone: zone, hourCycle: "h23", ...options }).format(us / 1000) : "";
}

const CLOCK = { hour: "2-digit", minute: "2-digit" };
const SECONDS = { ...CLOCK, second: "2-digit" };
const DAY = { day: "2-digit", month: "2-digit", year: "numeric" };

/** 17:00 · 17:00:05 · 21/11/2026 · Thứ Bảy, 21/11/2026 · 21/11 · 21/11 17:00 · 21/11/2026 17:00 */
export const time = (us) => format(us, CLOCK);
export const timeSeconds = (us) => format(us, SECONDS);
export const date = (us) => format(us, DAY);
export const weekdayDate = (us) => format(us, { weekday: "long", ...DAY });
/** Vietnamese writes 21-11 for a date without a year in this library; people write 21/11. */
export const day = (us) => format(us, { day: "2-digit", month: "2-digit" }).replace("-", "/");
export const dayTime = (us) => us ? `${day(us)} ${time(us)}` : "";
export const dateTime = (us) => us ? `${date(us)} ${time(us)}` : "";

/** YYYY-MM-DD in the site's zone, as <input type=date> and the API's queries have it. Of no country's
 *  habits: they change with the browser's version. */
export const isoDate = (us) => usToZoned(us, zone).slice(0, 10);

/** The first moment of such a day in the site's zone: for the API's from_us and to_us */
export const dayStartUs = (iso) => zonedToUs(`${iso}T00:00`, zone);

/** "2026-W47" of ISO 8601, in the site's zone: the week of its Thursday */
export function isoWeek(us) {
  const thursday = new Date(`${isoDate(us)}T00:00:00Z`);
  thursday.setUTCDate(thursday.getUTCDate() + 3 - (thursday.getUTCDay() + 6) % 7);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday - Date.UTC(year, 0, 1)) / (7 * 86400e3));
  return `${year}-W${pad(week)}`;
}

const pad = (n) => String(n).padStart(2, "0");

/** 0:08 · 15:00 · 1:02:03 */
export function length(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  return s < 3600 ? `${Math.floor(s / 60)}:${pad(s % 60)}` :
    `${Math.floor(s / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
}

/** "8 giây", "15 phút", "3 giờ 5 phút" */
export function duration(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return text("durationSeconds", s);
  const min = Math.round(s / 60);
  if (min < 60) return text("durationMinutes", min);
  const hours = text("durationHours", Math.floor(min / 60));
  return min % 60 ? `${hours} ${text("durationMinutes", min % 60)}` : hours;
}

/** "còn 5 phút" · "2 giờ trước" */
export const until = (us, nowUs) => text("inTime", duration((us - nowUs) / 1000));
export const ago = (us, nowUs) =>
  us ? text("timeAgo", duration((nowUs - us) / 1000)) : text("never");

export const number = (value, digits = 0) => new Intl.NumberFormat(
  language() === "vi" ? "vi-VN" : "en-GB",
  { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
export const percent = (share) => `${number(share, share === Math.round(share) ? 0 : 1)}\u00a0%`;
export const bytes = (n) => n < 1e6 ? `${number(n / 1e3)} kB` : `${number(n / 1e6, 1)} MB`;
