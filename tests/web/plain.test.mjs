// SPDX-License-Identifier: Apache-2.0
// A broadcast's days and times in plain words, both ways (controller/page/plain.js).
import assert from "node:assert/strict";
import { test } from "node:test";

const stored = new Map();
globalThis.localStorage = { getItem: (key) => stored.get(key) ?? null,
  setItem: (key, value) => stored.set(key, value) };
globalThis.document = { documentElement: {} };
const { setLanguage } = await import("../../controller/page/strings.js");
const { bare, describe, idOf, parseWhen } = await import("../../controller/page/plain.js");

const TODAY = "2026-11-21";
const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"];

test("what an office would type becomes the keys of a broadcast", () => {
  const cases = [
    ["mỗi ngày làm việc lúc 17:00 đến 30/4", { days: WEEKDAYS, at: ["17:00"], until: "2027-04-30" }],
    ["every weekday at 17:00 until 30 April", { days: WEEKDAYS, at: ["17:00"], until: "2027-04-30" }],
    ["giao thừa + 10 phút", { giao_thua: ["+00:10"] }],
    ["giao thừa +1 giờ 30 phút", { giao_thua: ["+01:30"] }],
    ["15 phút trước giao thừa", { giao_thua: ["-00:15"] }],
    ["10 minutes after midnight at Tết", { giao_thua: ["+00:10"] }],
    ["đêm giao thừa", { giao_thua: ["+00:00"] }],
    ["hằng ngày 6h30 và 17h", { at: ["06:30", "17:00"] }],
    ["thứ 2, thứ 4 lúc 5 giờ chiều", { days: ["mon", "wed"], at: ["17:00"] }],
    ["t2-t6 06:30 từ 1/12 đến 31/12", { days: WEEKDAYS, at: ["06:30"], from: "2026-12-01", until: "2026-12-31" }],
    ["thứ hai đến thứ sáu lúc 7:05", { days: WEEKDAYS, at: ["07:05"] }],
    ["chủ nhật 8 giờ", { days: ["sun"], at: ["08:00"] }],
    ["cuối tuần lúc 07:30", { days: ["sat", "sun"], at: ["07:30"] }],
    ["mùng 1 và rằm lúc 6:00", { lunar: { day: [1, 15] }, at: ["06:00"] }],
    ["10/3 âm lịch lúc 7h", { lunar: { day: [10], month: 3 }, at: ["07:00"] }],
    ["rằm tháng 7 lúc 17:30", { lunar: { day: [15], month: 7 }, at: ["17:30"] }],
    ["ngày 24/11/2026 lúc 08:00", { date: "2026-11-24", at: ["08:00"] }],
    ["ngày 5 tháng 1 lúc 08:00", { date: "2027-01-05", at: ["08:00"] }],
    ["Monday to Wednesday at 6:00 pm", { days: ["mon", "tue", "wed"], at: ["18:00"] }],
    ["THỨ BẢY 06:30", { days: ["sat"], at: ["06:30"] }],
  ];
  for (const [words, when] of cases) {
    assert.deepEqual(parseWhen(words, TODAY), { when, rest: "" }, words);
    assert.deepEqual(parseWhen(words.normalize("NFD"), TODAY).when, when, `${words} (NFD)`);
  }
});

test("what is not understood is shown, not swallowed", () => {
  assert.equal(parseWhen("lúc 17:00 nếu trời nắng", TODAY).rest, "neu troi nang");
  assert.deepEqual(parseWhen("ngày 31/2 lúc 25:00", TODAY).when, {});
  assert.match(parseWhen("ngày 31/2", TODAY).rest, /31\/2/);
  assert.deepEqual(parseWhen("", TODAY), { when: {}, rest: "" });
});

test("a day without a year is the next one", () => {
  assert.equal(parseWhen("ngày 21/11", TODAY).when.date, "2026-11-21");
  assert.equal(parseWhen("ngày 20/11", TODAY).when.date, "2027-11-20");
  assert.equal(parseWhen("ngày 29/2", TODAY).when.date, "2028-02-29");
});

test("keys are said in words, in both languages", () => {
  const cases = [
    [{ at: ["17:00"], days: WEEKDAYS, until: "2027-04-30" },
      "Các ngày làm việc lúc 17:00, đến 30/04/2027", "Every weekday at 17:00, until 30/04/2027"],
    [{ at: ["06:30", "17:00"] }, "Hằng ngày lúc 06:30 và 17:00", "Every day at 06:30 and 17:00"],
    [{ at: ["06:30"], days: ["mon", "wed"] }, "Vào thứ Hai và thứ Tư lúc 06:30",
      "Every Monday and Wednesday at 06:30"],
    [{ giao_thua: ["+00:10"] }, "Giao thừa + 10 phút", "Midnight at Tết + 10 min"],
    [{ giao_thua: ["-00:15", "+00:00"] }, "15 phút trước giao thừa và Giao thừa",
      "15 min before midnight at Tết and Midnight at Tết"],
    [{ lunar: { day: [1, 15] }, at: ["06:00"] }, "Mùng 1 và rằm âm lịch hằng tháng lúc 06:00",
      "Day 1 and day 15 (full moon) of every lunar month at 06:00"],
    [{ lunar: { day: [10], month: 3 }, at: ["07:00"] }, "Ngày 10 tháng 3 âm lịch lúc 07:00",
      "Day 10 of lunar month 3 at 07:00"],
    [{ occasion: { id: "quoc-khanh", days_before: [3, 0] }, at: ["07:00"] },
      "3 ngày trước Quốc khánh và Vào Quốc khánh lúc 07:00",
      "3 days before Quốc khánh and On Quốc khánh at 07:00"],
    [{ date: "2026-11-24", at: ["08:00"], repeats: 2 }, "Ngày 24/11/2026 lúc 08:00, mỗi lần 2 lượt",
      "On 24/11/2026 at 08:00, 2 times in a row"],
    [{ rrule: "FREQ=MONTHLY;BYDAY=1MO", from: "2026-12-01", at: ["08:00"] },
      "Theo quy tắc FREQ=MONTHLY;BYDAY=1MO lúc 08:00, từ 01/12/2026",
      "By the rule FREQ=MONTHLY;BYDAY=1MO at 08:00, from 01/12/2026"],
  ];
  const names = { occasions: [{ id: "quoc-khanh", name: "Quốc khánh" }] };
  for (const [broadcast, vi, en] of cases) {
    setLanguage("vi");
    assert.equal(describe(broadcast, names), vi);
    setLanguage("en");
    assert.equal(describe(broadcast, names), en);
  }
  setLanguage("vi");
});

test("what is described is understood again", () => {
  const cases = [{ days: WEEKDAYS, at: ["17:00"], until: "2027-04-30" }, { giao_thua: ["+00:10"] },
    { giao_thua: ["-00:15"] }, { at: ["06:30", "17:00"] }, { date: "2026-11-24", at: ["08:00"] },
    { lunar: { day: [1, 15] }, at: ["06:00"] }, { days: ["sat", "sun"], at: ["07:30"], from: "2026-12-01" }];
  for (const language of ["vi", "en"]) {
    setLanguage(language);
    for (const when of cases) {
      if (language === "en" && when.lunar) continue; // "day 1" could be any
      assert.deepEqual(parseWhen(describe(when), TODAY).when, when, describe(when));
    }
  }
  setLanguage("vi");
});

test("an id is made of the title, and is a new one", () => {
  assert.equal(idOf("Bản tin sáng"), "ban-tin-sang");
  assert.equal(idOf("Bản tin sáng", ["ban-tin-sang", "ban-tin-sang-2"]), "ban-tin-sang-3");
  assert.equal(idOf("Đại hội Đảng bộ phường, nhiệm kỳ 2025–2030"), "dai-hoi-dang-bo-phuong-nhiem-ky-2025");
  assert.equal(idOf("!!!"), "chuong-trinh");
  for (const title of ["x".repeat(300), "Ữ Ữ", "-a-"]) assert.match(idOf(title), /^[a-z0-9][a-z0-9.-]{0,39}$/);
  assert.equal(bare("Đường ĐỖ"), "duong do");
});
