// SPDX-License-Identifier: Apache-2.0
// Canned answers of the timetable, the logbook and the reports, see mock-answers.mjs.
const DAY_US = 86400e6;
const nowUs = () => Date.now() * 1000;
const iso = (us) => new Date(us / 1000 + 7 * 3600e3).toISOString().replace("Z", "+07:00");
const day = (us) => iso(us).slice(0, 10);
const both = (name, us) => ({ [`${name}_us`]: us, [name]: us ? iso(us) : null });
const groupIds = Array.from({ length: 8 }, (_, i) => `to-${i + 1}`);

const broadcasts = [
  { id: "ban-tin-sang", title: "Bản tin sáng", class: "normal", category: "ban-tin", recording: "r1",
    to: "all", at: ["06:30"], days: ["mon", "tue", "wed", "thu", "fri"] },
  { id: "chuc-tet", title: "Chủ tịch chúc Tết", class: "priority", category: "chao-mung", recording: "r9",
    to: "all", giao_thua: ["+00:00"], exception: { by: "Nguyễn Thị Hoa", why: "Giao thừa" } },
  { id: "mung-1-ram", title: "Vệ sinh môi trường ngày mùng một và ngày rằm", class: "normal", text: "…",
    to: ["to-1", "to-2"], at: ["06:00"], lunar: { day: [1, 15] } },
  { id: "cong-khai-ngan-sach", title: "Công khai dự toán ngân sách quý IV", class: "normal",
    category: "cong-khai", recording: "r2", to: "all", at: ["17:00"], from: "2026-11-20",
    until: "2026-11-22", campaign: { kind: "disclosure", days: 3, level: 2 } },
];
const titleOf = (id) => broadcasts.find((b) => b.id === id)?.title ?? id;

function timetable(query) {
  const from = new Date(`${query.get("from")}T00:00:00Z`).getTime();
  return { days: Array.from({ length: Number(query.get("days")) }, (_, i) => {
    const ms = from + i * 86400e3;
    const date = new Date(ms).toISOString().slice(0, 10);
    const weekday = new Date(ms).getUTCDay();
    const startUs = (h, m) => (ms + (h - 7) * 3600e3 + m * 60e3) * 1000;
    const start = (broadcast, h, m, more = {}) => ({ broadcast, title: titleOf(broadcast), class: "normal",
      ...both("start", startUs(h, m)), duration_ms: 300000, groups: "all", warnings: [],
      state: startUs(h, m) < nowUs() ? "done" : "planned", ...more });
    return { date, weekday: "mon", lunar: { day: i + 1, month: 10, year: 2026, leap: false, text: `${i % 29 + 1}/10` },
      occasions: date.endsWith("-20") ? ["Ngày Nhà giáo Việt Nam"] : [],
      overlays: date.endsWith("-26") ? ["Quốc tang"] : [],
      starts: [...weekday % 6 ? [start("ban-tin-sang", 6, 30, date.endsWith("-26") ? { state: "suspended",
        warnings: [{ kind: "suspended", groups: "all", words: { vi: "Tạm ngừng: Quốc tang", en: "Suspended: Quốc tang" } }] } : {})] : [],
        ...date.endsWith("-21") ? [start("cong-khai-ngan-sach", 17, 0, { warnings: [{ kind: "too-many-sessions",
          groups: ["to-6"], words: { vi: "Quá số phiên phát trong ngày: nhiều nhất 2 (Tổ dân phố 6)",
            en: "One session too many that day: 2 at most (Tổ dân phố 6)" } }] }),
          start("chuc-tet", 23, 59, { class: "priority", state: "unapproved" })] : []] };
  }) };
}

function preview(body) {
  const b = body.broadcast ?? body.broadcasts?.[0];
  if (!b) return { faults: [], starts: [], warnings: [], changes: [] };
  if (!b.recording && !b.text) return { faults: [`${b.id}: one of recording, text is needed`], starts: [], warnings: [], changes: [] };
  const first = nowUs() - nowUs() % DAY_US + 10 * 3600e6;
  return { faults: [], ...both("until", nowUs() + DAY_US),
    starts: Array.from({ length: 10 }, (_, i) => ({ broadcast: b.id, ...both("start", first + i * DAY_US),
      weekday: "sat", lunar: `${13 + i}/10`, occasions: i === 2 ? "Ngày Văn hóa Việt Nam" : null, duration_ms: 300000 })),
    warnings: [{ kind: "conflict", broadcast: b.id, other: "cong-khai-ngan-sach", ...both("start", first), times: 3, text: "…" }],
    changes: [{ kind: "added", broadcast: b.id, title: b.title, class: "normal", ...both("before", 0),
      ...both("after", first), groups: ["to-1", "to-2"], groups_added: [], groups_gone: [], keys: [] }] };
}

const campaigns = () => ({ campaigns: [{ broadcast: "cong-khai-ngan-sach", title: titleOf("cong-khai-ngan-sach"),
  kind: "disclosure", days: 3, level: 2, withdrawn: null, groups: groupIds.map((group, i) => i === 5 ?
    { id: group, state: "broken", run: 0, missed: ["2026-11-21"], plays_until: "2026-11-24" } :
    { id: group, state: i < 3 ? "proven" : "running", run: i < 3 ? 3 : 2, missed: [], plays_until: "2026-11-22" }) }] });

const overlays = () => ({ overlays: [{ id: "quoc-tang", name: "Quốc tang", kind: "mourning",
  from: `${day(nowUs() + 5 * DAY_US)} 00:00`, until: `${day(nowUs() + 7 * DAY_US)} 00:00`, to: "all",
  suspends: "all", keeps: ["thong-bao"], keeps_priority: false, state: "ahead", airings: 4 }] });

const WORDS = {
  completed: { vi: "Đã phát đủ 5 phút, loa đã nhận tiếng; chưa xác minh bằng micrô.", en: "All 5 minutes were played; not verified by a microphone." },
  missed: { vi: "Không phát được: cụm thu mất kết nối cả buổi sáng.", en: "Not played: the receiver was offline." },
};

function logbook(query) {
  const wanted = query.get("group");
  const rows = [0, 1, 2].flatMap((daysAgo) => groupIds.filter((g) => !wanted || g === wanted).map((group, i) => {
    const start = nowUs() - daysAgo * DAY_US - 3 * 3600e6;
    const result = group === "to-6" ? "missed" : "completed";
    return { airing: `ban-tin-sang.${daysAgo}`, broadcast: "ban-tin-sang", title: "Bản tin sáng", class: "normal",
      category: "ban-tin", ...both("start", start), duration_ms: 300000, group, group_name: `Tổ dân phố ${i + 1}`,
      result, level: result === "missed" ? 0 : group === "to-2" ? 5 : 2, words: WORDS[result], week: "2026-W47",
      nodes: [{ node: `cum-${group.slice(3)}`, result, level: result === "missed" ? 0 : 2, heard_ms: 300000, words: WORDS[result] }],
      tick: group === "to-2" ? { answer: "heard", note: "", by: "Lê Văn Tám" } : null,
      coverage: { n: 7, of: 8, missing: ["Tổ dân phố 6"] } };
  }));
  return { airings: rows };
}

const report = () => ({ ...both("from", nowUs() - 20 * DAY_US), ...both("to", nowUs() + 10 * DAY_US), provisional: true,
  airings: 42, minutes: 630, coverage: { n: 322, of: 336 },
  by_group: groupIds.map((group, i) => ({ group, name: `Tổ dân phố ${i + 1}`, airings: 42, minutes: 620.5,
    completed: i === 5 ? 28 : 42, missed: i === 5 ? 14 : 0, coverage_pct: i === 5 ? 66.7 : 100, uptime_pct: i === 5 ? 71.2 : 99.8,
    ticks: { n: 3, of: 4 } })),
  by_category: [{ category: "ban-tin", airings: 30, minutes: 450, coverage_pct: 96.2 }, { category: "cong-khai", airings: 12, minutes: 180, coverage_pct: 95 }],
  by_unit: [{ unit: "Phòng Văn hóa - Xã hội", items: 12, airings: 30, minutes: 450 }],
  disclosures: [{ broadcast: "cong-khai-ngan-sach", title: titleOf("cong-khai-ngan-sach"), proven: 7, of: 8, groups_missing: ["to-6"] }],
  remuneration: [{ author: "Trần Văn Minh", item: "Gương người tốt việc tốt", kind: "bai", airings: 4, fee: 200000 }],
  words: { vi: "Trong kỳ có 42 lần phát, 630 phút; 322/336 lượt tổ nghe được.", en: "42 airings, 630 minutes; 322 of 336 groups heard." } });

const periods = () => ({ periods: [
  { id: "thang", name_vi: "Tháng 11 (từ ngày 14)", name_en: "November (from the 14th)", ...both("from", nowUs() - 7 * DAY_US), ...both("to", nowUs() + 23 * DAY_US), is_over: false },
  { id: "nam", name_vi: "Năm 2026", name_en: "The year 2026", ...both("from", nowUs() - 372 * DAY_US), ...both("to", nowUs() - 7 * DAY_US), due: day(nowUs() + DAY_US), is_over: true }] });

export const TIMETABLE = {
  "GET /broadcasts": () => ({ broadcasts }),
  "GET /timetable": timetable,
  "GET /occasions": () => ({ new_moons: [], occasions: [
    { id: "quoc-khanh", name: "Quốc khánh", solar: "02/09", day_off: true, origin: "national", next: { date: "2027-09-02" } },
    { id: "tet", name: "Tết Nguyên đán", lunar: "01/01", day_off: true, origin: "national", next: { date: "2027-02-06" } },
    { id: "hoi-lang", name: "Hội làng", lunar: "12/02", day_off: false, origin: "local", next: { date: "2027-03-19" } }] }),
  "POST /preview": (query, body) => preview(body),
  "GET /campaigns": campaigns,
  "GET /overlays": overlays,
  "GET /policy": () => ({ source: "controller.cfg", policy: { hours: [{ from: "05:30", to: "21:00" }], sessions_a_day: 2,
    session_minutes: 15, groups: [{ to: ["to-3"], sessions_a_day: 3, session_minutes: 45 }],
    exceptions: [{ id: "dai-hoi", by: "Chủ tịch UBND", why: "Đại hội Đảng bộ phường", from: "2026-12-01 05:00",
      until: "2026-12-03 22:00", to: "all" }] } }),
  "GET /logbook": logbook,
  "GET /ticks": () => ({ ticks: [], due: [{ group: "to-1", week: "2026-W46" }] }),
  "GET /reports/periods": periods,
  "GET /reports": report,
};
