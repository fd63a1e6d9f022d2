// SPDX-License-Identifier: Apache-2.0
// From what <input type=datetime-local> holds to the site's time. Pure.

/** Minutes that @zone is ahead of UTC at that moment. */
function offsetMinutes(ms, zone) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-US", { timeZone: zone,
    hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric",
    minute: "numeric", second: "numeric" }).formatToParts(ms).map((p) => [p.type, Number(p.value)]));
  const there = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute,
    parts.second);
  return Math.round((there - ms) / 60000);
}

/** "2026-11-21T17:00" on the clocks of @zone → microseconds, null where it is no time at all.
 *  Of an hour that a change of clocks skips or repeats: the time by the offset before it. */
export function zonedToUs(local, zone) {
  const ms = Date.parse(`${local}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(local) || Number.isNaN(ms)) return null;
  const guess = ms - offsetMinutes(ms, zone) * 60000;
  return (ms - offsetMinutes(guess, zone) * 60000) * 1000;
}

/** The other way, to the minute. */
export function usToZoned(us, zone) {
  const ms = us / 1000;
  return new Date(ms + offsetMinutes(ms, zone) * 60000).toISOString().slice(0, 16);
}
