// SPDX-License-Identifier: Apache-2.0
// What a recording is, in words: for every view that shows one.
import { url } from "../api.js";
import { date, dateTime, duration, isoDate, number } from "../format.js";
import { sentence } from "../phrases.js";
import { texts } from "../strings.js";
import strings from "../strings/recording.js";
import { badge, element, link } from "../ui.js";

const { text, word } = texts(strings);
const DAY_MS = 86400000;
const STATE_KINDS = { approved: "good", submitted: "fair", rejected: "bad", withdrawn: "bad" };

export const KINDS = ["tin", "bai", "chuyen-muc", "loi-chao", "thong-bao", "khan-cap"];
export const STATES = ["draft", "submitted", "approved", "rejected", "withdrawn"];

export const kindText = (kind) => (kind ? word("kind", kind) : text("kind_none"));
export const stateText = (state) => word("state", state);

export const stateBadge = (recording) =>
  badge(STATE_KINDS[recording.state] ?? "plain", stateText(recording.state));

export const badges = (recording) => [
  stateBadge(recording),
  recording.is_expired && badge("bad", text("badgeExpired")),
  recording.confidential && badge("bad", text("badgeConfidential")),
  recording.template && badge("emergency", text("badgeTemplate")),
].filter(Boolean).flatMap((one) => [one, " "]);

/** "hôm nay", "34 ngày trước": by the calendar of the site, not by hours */
export function ageText(us, nowUs) {
  const midnight = (at) => Date.parse(isoDate(at));
  const days = Math.round((midnight(nowUs) - midnight(us)) / DAY_MS);
  if (days <= 0) return text("ageToday");
  return days === 1 ? text("ageYesterday") : text("ageDays", days);
}

/** What somebody should know before it is aired, besides the state. */
export const remarks = (recording) => [
  recording.state === "rejected" && recording.reason && text("rejectedWhy", recording.reason),
  recording.state === "withdrawn" && recording.reason && text("withdrawnWhy", recording.reason),
  ...(recording.warnings ?? []).map(sentence),
].filter(Boolean);

export const approvalText = ({ approved }) =>
  (approved ? text("approvedBy", approved.by === "token" ? text("byController") : approved.name || approved.by, dateTime(approved.at_us)) : "");

/** The hash as people can compare it: four groups of four. */
export const fingerprint = (sha256) => sha256.slice(0, 16).match(/.{4}/g).join(" ");

const pair = (term, value) => (value ?
  [element("dt", {}, term), element("dd", {}, value)] : []);

export const loudnessText = (recording) => text("loudness",
  number(recording.loudness_lufs, 1), number(recording.true_peak_dbtp, 1));

export const facts = (recording, nowUs) => element("dl", { class: "facts" },
  pair(text("factDuration"), duration(recording.duration_ms)),
  pair(text("factLoudness"), loudnessText(recording)),
  pair(text("factAge"), `${ageText(recording.imported_us, nowUs)}, ${dateTime(recording.imported_us)}`),
  pair(text("factBy"), recording.by),
  pair(text("factKind"), recording.kind && kindText(recording.kind)),
  pair(text("factCategory"), recording.category),
  pair(text("factUnit"), recording.lead_unit),
  pair(text("factAuthor"), recording.author),
  pair(text("factUsed"), (recording.used_by ?? []).join(", ") || text("notUsed")),
  pair(text("factFingerprint"), fingerprint(recording.sha256)),
  pair(text("factExpires"), recording.expires_us && date(recording.expires_us - 1)));

export const downloads = (recording) => element("p", { class: "links" },
  ...[["master.mp3", text("downloadMp3")], ["master.wav", text("downloadWav")],
    ["original", text("downloadOriginal")]].map(([file, label]) =>
    link(label, url(`/recordings/${recording.id}/${file}`),
      { class: "btn btn-outline-secondary btn-sm", download: "" })));
