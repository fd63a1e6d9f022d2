// SPDX-License-Identifier: Apache-2.0
// The timetable: a broadcast in plain words, what it will do before it is saved, the calendar that
// shows it, and taking it out again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertGoodView, DESK, open, openBrowser, PHONE, screenshot, signIn, startWard, visit }
  from "./support.mjs";

let ward;
let browser;
let end;
let imported;

before(async () => {
  ward = await startWard({ "to-1": [], "to-2": [], "to-3": [] });
  ({ browser, close: end } = await openBrowser());
  imported = await ward.ask("import_audio", await ward.ask("write_audio", "news.wav", 3, 1), "Bản tin chiều");
  await ward.api("POST", "/apply", { broadcasts: [
    { id: "ban-tin", title: "Bản tin chiều", recording: imported, to: "all", at: ["17:00"], order: 10 }] });
});
after(async () => {
  await end?.();
  await ward?.close();
});

const broadcasts = async () => (await ward.api("GET", "/broadcasts")).broadcasts;

test("an office makes a broadcast in plain words, and sees what it will do first", async () => {
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "van.hoa", "#/timetable/new");
  await page.getByLabel("Tên chương trình").fill("Lịch thu gom rác");
  await page.getByLabel("Văn bản, máy đọc").check();
  await page.getByLabel("Văn bản", { exact: true }).fill("Rác được thu gom vào sáng thứ hai và thứ tư.");
  await page.getByLabel("Chọn từng tổ").check();
  await page.getByLabel("Tổ dân phố 1").check();
  await page.getByLabel("Nói bằng lời").fill("thứ 2, thứ 4 lúc 17:00 đến 30/4 nếu trời nắng");
  await page.getByText("Chưa hiểu: neu troi nang").waitFor();
  assert.equal(await page.getByLabel("Giờ phát").inputValue(), "17:00");
  assert.equal(await page.getByLabel("thứ Tư").isChecked(), true);
  assert.equal(await page.getByLabel("thứ Ba").isChecked(), false);
  const starts = page.locator("ol.starts > li");
  await starts.nth(9).waitFor();
  assert.equal(await starts.count(), 10);
  for (const words of await starts.allInnerTexts()) assert.match(words, /^Thứ (Hai|Tư), .* 17:00/);
  await screenshot(page, "timetable-form");
  await assertGoodView(page);
  assert.equal((await broadcasts()).length, 1, "nothing is saved by looking");
  await page.getByRole("button", { name: "Lưu vào lịch phát" }).click();
  const question = page.getByRole("dialog");
  const done = page.getByText("Đã lưu “Lịch thu gom rác”.");
  await question.or(done).first().waitFor(); // asks only on the eve of such a day
  if (await question.count() > 0) await question.getByRole("button", { name: "Lưu vào lịch phát" }).click();
  await done.waitFor();
  const saved = (await broadcasts()).find((b) => b.id === "lich-thu-gom-rac");
  assert.deepEqual([saved.at, saved.days, saved.to], [["17:00"], ["mon", "wed"], ["to-1"]]);
  assert.match(saved.until, /-04-30$/);
  await page.context().close();
});

test("a mistake is named before it is saved, and what was typed stays", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "van.hoa", "#/timetable/edit/ban-tin");
  await page.getByLabel("Giờ phát").fill("25:61");
  await page.getByText("Chưa phát được:").waitFor();
  await page.getByRole("button", { name: "Lưu vào lịch phát" }).click();
  await page.locator("form .alert-danger").waitFor();
  assert.equal(await page.getByLabel("Giờ phát").inputValue(), "25:61");
  assert.deepEqual((await broadcasts()).find((b) => b.id === "ban-tin").at, ["17:00"]);
  await assertGoodView(page);
  await page.context().close();
});

test("what the form does not know is kept", async () => {
  const before = { ...(await broadcasts()).find((b) => b.id === "ban-tin"), grace_s: 120, resume: "rejoin" };
  await ward.api("POST", "/apply", { broadcasts: [before] });
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "van.hoa", "#/timetable/edit/ban-tin");
  await page.getByLabel("Tên chương trình").fill("Bản tin buổi chiều");
  await page.locator("ol.starts > li").first().waitFor();
  await page.getByRole("button", { name: "Lưu vào lịch phát" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Lưu vào lịch phát" }).click();
  await page.getByText("Đã lưu “Bản tin buổi chiều”.").waitFor();
  assert.deepEqual((await broadcasts()).find((b) => b.id === "ban-tin"), { ...before, title: "Bản tin buổi chiều" });
  await page.context().close();
});

test("the calendar shows it by month, week and day, with lunar days", async () => {
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "van.hoa", "#/timetable?view=month&date=2027-02-05");
  const tet = page.locator(".calendar .day").filter({ has: page.getByRole("link", { name: "06/02", exact: true }) });
  await tet.getByText("Tết Nguyên đán").waitFor();
  await tet.getByText("Bản tin buổi chiều").waitFor();
  assert.match(await tet.innerText(), /1\/1/);
  assert.equal(await page.locator(".calendar > .day").count(), 42);
  await page.getByRole("button", { name: "Tuần" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".calendar > .day").length === 7);
  await page.getByRole("button", { name: "Ngày", exact: true }).click();
  await page.waitForFunction(() => document.querySelectorAll(".calendar > .day").length === 1);
  await page.getByRole("button", { name: /Bản tin buổi chiều/ }).click();
  await page.getByRole("dialog").getByText("Hằng ngày lúc 17:00").waitFor();
  await assertGoodView(page);
  await page.context().close();
});

test("taking it out says what will not play, and only an operator may", async () => {
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "van.hoa", "#/timetable/list");
  await page.getByRole("button", { name: "Xoá “Bản tin buổi chiều”" }).click();
  const question = page.getByRole("dialog");
  await question.getByText("17:00 không còn “Bản tin buổi chiều”").waitFor();
  await question.getByRole("button", { name: "Xoá" }).click();
  await page.getByText("Đã xoá “Bản tin buổi chiều”.").waitFor();
  assert.equal((await broadcasts()).some((b) => b.id === "ban-tin"), false);
  const auditor = await visit(browser, { viewport: PHONE });
  await signIn(auditor, ward, "mttq", "#/timetable/list");
  await auditor.getByText("Lịch thu gom rác").waitFor();
  assert.equal(await auditor.getByRole("button", { name: /Xoá/ }).count(), 0);
  await open(auditor, "timetable");
  await assertGoodView(auditor);
  await auditor.context().close();
  await page.context().close();
});

test("the office adds a great day, and is told what that changes before it is saved", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "van.hoa", "#/timetable/days");
  const { now } = await ward.api("GET", "/status");
  const tomorrow = new Date(Date.parse(`${now.slice(0, 10)}T00:00:00Z`) + 86400e3).toISOString().slice(0, 10);
  const [year, month, day] = tomorrow.split("-");
  await page.getByLabel("Tên ngày").fill("Hội làng Đông");
  await page.getByLabel("Ngày/tháng").fill("hôm nào đó");
  await page.getByRole("button", { name: "Lưu" }).first().click();
  await page.getByText("Hãy ghi ngày/tháng, ví dụ 09/03.").first().waitFor();
  await page.getByLabel("Ngày/tháng").fill(`${Number(day)}/${Number(month)}`);
  await page.getByRole("button", { name: "Lưu" }).first().click();
  const row = page.getByRole("row").filter({ hasText: "Hội làng Đông" });
  await row.getByText("địa phương").waitFor();
  assert.match(await row.innerText(), new RegExp(`${day}/${month} hằng năm[^]*${day}/${month}/${year}`));
  await assertGoodView(page);

  // something goes by it at every hour of that day: in whatever hour this runs, one is within 24
  await ward.api("POST", "/apply", { broadcasts: [{ id: "hoi", title: "Lời mời hội", recording: imported, to: "all",
    at: ["00:10", "06:10", "12:10", "18:10", "23:50"], occasion: { id: "hoi-lang-dong" } }] });
  await open(page, "today");
  await open(page, "timetable/days");
  await row.getByText("Chương trình: Lời mời hội").waitFor();
  await row.getByRole("button", { name: "Sửa “Hội làng Đông”" }).click();
  await page.getByLabel("Cách tính ngày").selectOption("dates");
  await page.getByLabel("Những ngày nào").fill(`${day}/${month}/${Number(year) + 1}`);
  await page.getByRole("button", { name: "Lưu" }).first().click();
  const question = page.getByRole("dialog");
  await question.getByText("Trong 24 giờ tới, lịch phát thay đổi như sau:").waitFor();
  await question.getByText(/không còn “Lời mời hội”/).first().waitFor();
  assert.equal((await ward.api("GET", "/occasions")).occasions.find((o) => o.id === "hoi-lang-dong").dates, undefined);
  await question.getByRole("button", { name: "Lưu" }).click();
  await page.getByText("Đã lưu “Hội làng Đông”.").first().waitFor();
  assert.deepEqual((await ward.api("GET", "/occasions")).occasions.find((o) => o.id === "hoi-lang-dong").dates,
    [`${Number(year) + 1}-${month}-${day}`]);

  // while something goes by it, it stays; and a national day that is changed says so
  await row.getByRole("button", { name: "Xoá “Hội làng Đông”" }).click();
  await page.getByText("Chương trình “Lời mời hội” theo ngày này").waitFor();
  page.complaints = []; // the browser logs the refusal that was just provoked
  const national = page.getByRole("row").filter({ hasText: "Ngày Thầy thuốc" });
  await national.getByRole("button").click();
  await page.getByText("thay đổi chỉ có hiệu lực ở đây").waitFor();
  await page.getByLabel("Ngày/tháng").fill("28/02");
  await page.getByRole("button", { name: "Lưu" }).first().click();
  await national.getByText("khác cả nước").waitFor();
  await screenshot(page, "timetable-days");
  await assertGoodView(page);
  await national.getByRole("button", { name: /Theo cả nước/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Theo cả nước" }).click();
  await national.getByText("khác cả nước").waitFor({ state: "detached" });
  assert.match(await national.innerText(), /27\/02 hằng năm/);
  await ward.api("DELETE", "/broadcasts/hoi");

  const auditor = await visit(browser, { viewport: PHONE });
  await signIn(auditor, ward, "mttq", "#/timetable/days");
  await auditor.getByText("Hội làng Đông").waitFor();
  assert.equal(await auditor.getByRole("button", { name: /Sửa|Xoá|Lưu/ }).count(), 0);
  await auditor.context().close();
  await page.context().close();
});

test("mourning is a switch over the timetable, and can be turned back", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "van.hoa", "#/timetable/overlays");
  await page.getByText("Không có đợt tạm ngưng nào.").waitFor();
  const { now } = await ward.api("GET", "/status");
  const day = (n) => new Date(Date.parse(`${now.slice(0, 10)}T00:00:00Z`) + n * 86400e3).toISOString().slice(0, 10);
  await page.getByLabel("Tên", { exact: true }).fill("Quốc tang");
  await page.getByLabel("Từ", { exact: true }).fill(`${day(1)}T00:00`);
  await page.getByLabel("Đến", { exact: true }).fill(`${day(9)}T00:00`);
  await page.getByRole("button", { name: "Lưu" }).click();
  await page.getByRole("rowheader", { name: "Quốc tang" }).waitFor();
  const { overlays } = await ward.api("GET", "/overlays");
  assert.deepEqual([overlays[0].id, overlays[0].suspends, overlays[0].from], ["quoc-tang", "all", `${day(1)} 00:00`]);
  await assertGoodView(page);
  await open(page, `timetable?view=week&date=${day(7)}`);
  await page.getByText("Tạm ngưng: Quốc tang").first().waitFor();
  await open(page, "timetable/overlays");
  await page.getByRole("button", { name: "Bỏ “Quốc tang”" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Bỏ", exact: true }).click();
  await page.getByText("Không có đợt tạm ngưng nào.").waitFor();
  assert.deepEqual((await ward.api("GET", "/overlays")).overlays, []);
  await page.context().close();
});

test("two at one time are seen before they are saved, with what may be done", async () => {
  await ward.api("POST", "/apply", { broadcasts: [{ id: "tin-a", title: "Tin A", recording: imported, to: ["to-1", "to-2"], at: ["09:00"] }] });
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "van.hoa", "#/timetable/new");
  await page.getByLabel("Tên chương trình").fill("Tin B");
  await page.locator("select[name=recording]").selectOption(imported);
  await page.getByLabel("Nói bằng lời").fill("hằng ngày lúc 9:00");
  await page.getByText("Trùng giờ với “Tin A”").waitFor();
  await screenshot(page, "timetable-conflict");
  await assertGoodView(page);
  await page.getByRole("button", { name: "Cho “Tin B” phát trước" }).waitFor();
  await page.getByRole("button", { name: /^Dời sang 09:\d\d(:\d\d)?$/ }).waitFor();
  await page.getByRole("button", { name: "Nhường “Tin A”, chỉ phát cho Tổ dân phố 3" }).click();
  await page.getByText("Trùng giờ với “Tin A”").waitFor({ state: "detached" });
  assert.equal(await page.getByLabel("Tổ dân phố 3").isChecked(), true);
  assert.equal(await page.getByLabel("Tổ dân phố 1").isChecked(), false);
  await page.context().close();
});

test("the rules of the town are read, changed, excepted and taken back", async () => {
  const policy = async () => (await ward.api("GET", "/policy"));
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "van.hoa", "#/timetable/rules");
  await page.getByRole("heading", { name: "Quy định về giờ phát" }).waitFor();
  await page.getByLabel("Số phiên một ngày").fill("2");
  await page.getByLabel("Mỗi phiên nhiều nhất (phút)").fill("15");
  await page.getByRole("button", { name: "Lưu quy định" }).click();
  await page.getByText("Một ngày nhiều nhất 2 phiên").waitFor();
  const written = await policy();
  assert.deepEqual([written.source, written.policy.sessions_a_day, written.policy.session_minutes], ["office", 2, 15]);
  await page.getByLabel("Lý do").fill("Đại hội Đảng bộ phường");
  await page.getByLabel("Người cho phép").fill("Chủ tịch UBND");
  await page.getByLabel("Từ lúc").fill("2026-12-01T05:00");
  await page.getByLabel("Đến lúc").fill("2026-12-03T22:00");
  await page.getByRole("button", { name: "Cho phép", exact: true }).click();
  await page.getByRole("rowheader", { name: "Đại hội Đảng bộ phường" }).waitFor();
  assert.deepEqual((await policy()).policy.exceptions.map((e) => [e.id, e.by, e.from]),
    [["dai-hoi-dang-bo-phuong", "Chủ tịch UBND", "2026-12-01 05:00"]]);
  await screenshot(page, "timetable-rules");
  await assertGoodView(page);
  await page.getByRole("button", { name: "Dùng lại quy định trong tệp cấu hình" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Dùng lại quy định trong tệp cấu hình" }).click();
  await page.getByText("Theo tệp cấu hình của bộ điều khiển.").waitFor();
  assert.equal((await policy()).source, "controller.cfg");
  await page.context().close();
});

test("what the rules silence is struck through in the calendar, with the reason", async () => {
  await ward.api("POST", "/policy", { policy: { hours: [{ from: "05:00", to: "16:00" }],
    groups: [{ to: ["to-3"], hours: [{ from: "05:00", to: "20:00" }] }] } });
  await ward.api("POST", "/apply", { broadcasts: [
    { id: "tin-toi", title: "Tin tối", recording: imported, to: "all", at: ["22:30"], order: 20 },
    { id: "tin-muon", title: "Tin muộn", recording: imported, to: "all", at: ["17:30"], order: 30 }] });
  const { now } = await ward.api("GET", "/status");
  const nextWeek = new Date(Date.parse(`${now.slice(0, 10)}T00:00:00Z`) + 7 * 86400e3).toISOString().slice(0, 10);
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "van.hoa", `#/timetable?view=week&date=${nextWeek}`);
  const silent = page.locator("li.start", { hasText: "Tin tối" }).first();
  await silent.getByText("Ngoài khung giờ được phép phát", { exact: true }).waitFor();
  assert.equal(await silent.locator("s").innerText(), "22:30 Tin tối");
  assert.equal(await silent.getByText("không phát").count(), 1, "not by the line alone");
  const partly = page.locator("li.start", { hasText: "Tin muộn" }).first();
  await partly.getByText("Ngoài khung giờ được phép phát (Tổ dân phố 1, Tổ dân phố 2)").waitFor();
  assert.equal(await partly.locator("s").count(), 0, "one group hears it");
  await screenshot(page, "timetable-silenced");
  await assertGoodView(page);
  await silent.getByRole("button").click();
  await page.getByRole("dialog").getByText("Ngoài khung giờ được phép phát", { exact: true }).waitFor();
  await page.context().close();
});
