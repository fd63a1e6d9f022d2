// SPDX-License-Identifier: Apache-2.0
// The controller's sentences in the reader's language (controller/page/phrases.js).
import assert from "node:assert/strict";
import { test } from "node:test";

const stored = new Map();
globalThis.localStorage = { getItem: (key) => stored.get(key) ?? null,
  setItem: (key, value) => stored.set(key, value) };
globalThis.document = { documentElement: {} };
const { setLanguage } = await import("../../controller/page/strings.js");
const { sentence } = await import("../../controller/page/phrases.js");

test("values, their own words, places and several faults are said in Vietnamese", () => {
  setLanguage("vi");
  const cases = [
    ["this is an exercise, not an emergency; look again", "Đây là diễn tập, không phải khẩn cấp thật. Hãy xem lại."],
    ["recording \"r1\" (Tin chiều) is not approved; submit it, and have an approver listen and approve it",
      "Bản thu “Tin chiều” chưa được duyệt: hãy trình, và nhờ người có thẩm quyền nghe rồi duyệt."],
    ["the file is damaged after 3.2 s of sound (MP3)", "Tệp hỏng từ giây thứ 3.2. Hãy chép lại từ nguồn."],
    ["\"2027-02-30\" does not exist: 2027-02 has the days 01 to 28", "“2027-02-30” không có: tháng 02/2027 chỉ có 28 ngày."],
    ["broadcast 1 (tin): the broadcast has no \"at\"", "Chưa có giờ phát."],
    ["occasions: solar: want a day such as \"09/03\"\nbroadcast:7: until: lies before \"from\"",
      "Mục “solar” chưa đúng: cần ngày có thật, ghi như 09/03.\nNgày cuối nằm trước ngày đầu."],
    ["nobody has translated this", "nobody has translated this"],
  ];
  for (const [english, vietnamese] of cases) assert.equal(sentence(english), vietnamese);
});

test("in English they stay as they came", () => {
  setLanguage("en");
  assert.equal(sentence("nothing was recorded yet"), "nothing was recorded yet");
  assert.equal(sentence(""), "");
  setLanguage("vi");
});
