// SPDX-License-Identifier: Apache-2.0
// The whole story, through the page alone: the Chairman speaks into a microphone, hears it, approves; the
// office plans it, is warned of a day that does not exist, moves it; three receivers say it; the leader of
// one group finds it in the own log and ticks; the report counts it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allMetersMove, assertAccessible, assertNoComplaints, assertNoSidewaysScroll, DESK, open, openBrowser,
  PATIENCE_MS, PHONE, screenshot, signIn, startWard, visit } from "./support.mjs";

const TITLE = "Chủ tịch chúc mừng năm mới";
const TEXT = "Kính thưa toàn thể Nhân dân! Ủy ban nhân dân phường thân ái gửi tới bà con lời chúc mừng năm mới: " +
  "an khang, thịnh vượng, vạn sự như ý.";
const SPOKEN_S = 8;
const AHEAD_S = 20;
const RECEIVERS = ["cum-1a", "cum-1b", "cum-2"];

let ward;
let browser;
let end;
let greeting;
let recording;

before(async () => {
  ward = await startWard({ "to-1": ["cum-1a", "cum-1b"], "to-2": ["cum-2"] }, { stored: true });
  greeting = await ward.ask("write_audio", "greeting.wav", SPOKEN_S, 7);
  ({ browser, close: end } = await openBrowser({ microphone: greeting }));
});
after(async () => {
  await end?.();
  await ward?.close();
});

async function assertGood(page) {
  await assertNoSidewaysScroll(page);
  await assertAccessible(page);
  await assertNoComplaints(page);
}

async function chairmanRecords(page) {
  await signIn(page, ward, "chu.tich", "#/studio");
  await page.getByLabel("Tên bản thu").fill(TITLE);
  await page.getByLabel("Lời đọc").fill(TEXT);
  await page.getByRole("button", { name: "Ghi âm" }).click();
  const desk = page.locator("dialog.desk");
  await desk.getByText("Đang ghi").waitFor();
  await page.waitForFunction(() => document.querySelector(".mic-meter").dataset.verdict !== "wait");
  await screenshot(page, "studio-recording");
  await assertGood(page);
  await page.waitForFunction((s) => {
    const [min, seconds] = document.querySelector(".desk-clock").textContent.split(":").map(Number);
    return 60 * min + seconds > s;
  }, SPOKEN_S + 1);
  await desk.getByRole("button", { name: "Xong" }).click();
  await page.waitForFunction(() => /^#\/studio\/r/.test(location.hash));
  recording = await page.evaluate(() => location.hash.split("/").at(-1));
}

async function chairmanHearsAndApproves(page) {
  const approve = page.getByRole("button", { name: "Tôi duyệt bản thu này" });
  await approve.waitFor();
  await page.locator(".player-play").click();
  await page.getByText("Bạn đã nghe hết.").waitFor({ timeout: PATIENCE_MS + 1000 * SPOKEN_S });
  await screenshot(page, "studio-approve");
  await assertGood(page);
  await approve.click();
  await page.getByText("Đã duyệt.").waitFor();
  await page.getByText("Hẹn giờ phát").first().waitFor();
  await screenshot(page, "studio-air");
  await assertGood(page);
}

/** {date, at} of the site's wall clock, so many seconds from now */
async function inSeconds(seconds) {
  const { now_us: nowUs } = await ward.api("GET", "/status");
  const [date, at] = new Date(nowUs / 1000 + 1000 * seconds + 7 * 3600e3).toISOString().slice(0, 19).split("T");
  return { date, at };
}

async function officePlans(page) {
  await signIn(page, ward, "van.hoa", "#/timetable/new");
  await page.getByLabel("Tên chương trình").fill(TITLE);
  await page.locator("select[name=recording]").selectOption({ label: await page.locator("select[name=recording] option")
    .filter({ hasText: TITLE }).textContent() });

  // a day that many years do not have
  const kind = page.locator("select[name=kind]");
  await kind.selectOption("lunar");
  await page.locator("input[name=lunarDays]").fill("30");
  await page.locator("select[name=lunarMonth]").selectOption("12");
  await page.locator("input[name=at]").fill("23:55");
  await page.getByText("Hãy dùng “Giao thừa”").waitFor();
  await screenshot(page, "timetable-warning");
  await assertGood(page);

  await page.getByLabel("Nói bằng lời").fill("giao thừa");
  await page.waitForFunction(() => document.querySelector("select[name=kind]").value === "giao_thua");
  await page.locator("ol.starts").getByText("06/02/2027").first().waitFor();
  await page.getByRole("button", { name: "Lưu vào lịch phát" }).click();
  await page.getByText(`Đã lưu “${TITLE}”.`).waitFor();

  // and now, because nobody wants to wait until Tết
  await page.getByRole("link", { name: `Sửa “${TITLE}”` }).click();
  await kind.selectOption("date");
  await assertGood(page);
  const soon = await inSeconds(AHEAD_S);
  await page.locator("input[name=date]").fill(soon.date);
  await page.locator("input[name=at]").fill(soon.at);
  await page.locator("ol.starts").getByText(soon.at.slice(0, 5)).waitFor();
  await page.getByRole("button", { name: "Lưu vào lịch phát" }).click();
  const question = page.getByRole("dialog");
  await question.getByText(TITLE).waitFor();
  await screenshot(page, "timetable-changes");
  await question.getByRole("button", { name: "Lưu vào lịch phát" }).click();
  await question.waitFor({ state: "detached" });
}

async function everybodyHears(page) {
  await open(page, "today");
  await page.locator(".airing").filter({ hasText: TITLE }).getByText("3/3 cụm đang phát")
    .waitFor({ timeout: PATIENCE_MS + 1000 * AHEAD_S });
  await allMetersMove(page, RECEIVERS.length);
  await screenshot(page, "story-on-air");
  await page.getByText("Hiện không phát gì").waitFor({ timeout: PATIENCE_MS + 1000 * SPOKEN_S });
  for (const receiver of RECEIVERS) {
    const { taken, said } = await ward.ask("repeated", receiver, recording, greeting);
    assert.ok(taken > 0.5, `the recording holds ${Math.round(100 * taken)} % of what was spoken`);
    assert.ok(said > 0.9, `${receiver} said ${Math.round(100 * said)} % of what the recording holds`);
  }
}

async function leaderTicks(page) {
  await signIn(page, ward, "to.truong", "#/logbook");
  const entry = page.locator(".log-airing").filter({ hasText: TITLE });
  await entry.getByText("Phát đủ").first().waitFor();
  await assertGood(page);
  assert.equal(await page.getByText("Tổ dân phố 2").count(), 0);
  assert.equal(await page.getByText("cum-2").count(), 0);
  await entry.getByRole("button", { name: `Xác nhận: ${TITLE}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "Nghe rõ" }).check();
  await dialog.getByRole("button", { name: "Gửi" }).click();
  await entry.getByText("L5").waitFor();
  await screenshot(page, "logbook-leader");
  await assertGood(page);
  // nor does the API tell a leader what the page does not show
  const seen = await page.evaluate(async () => Promise.all(["/status", "/log", "/logbook", "/groups", "/nodes"].map(
    async (path) => `${path} ${await (await fetch(`/api/v1${path}`)).text()}`)));
  assert.deepEqual(seen.filter((answer) => /to-2|cum-2/.test(answer)).map((answer) => answer.slice(0, 400)), []);
}

async function reportCounts(page) {
  await signIn(page, ward, "mttq", "#/reports");
  const { date } = await inSeconds(0);
  await page.getByLabel("Kỳ báo cáo").selectOption("");
  await page.getByLabel("Từ ngày").fill(`${date.slice(0, 8)}01`);
  await page.getByLabel("Đến ngày").fill(date);
  const figures = page.locator("dl.figures");
  await figures.getByText("2/2 (100 %)").waitFor();
  assert.match(await figures.innerText(), /Lần phát\s+1\s/);
  // what the leader ticked counts as confirmed, in that group alone
  const headings = await page.getByRole("columnheader").allInnerTexts();
  for (const [name, confirmed] of [["Tổ dân phố 1", "1"], ["Tổ dân phố 2", "0"]]) {
    const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });
    const cells = await row.locator("th, td").allInnerTexts();
    assert.equal(cells[headings.indexOf("Có người xác nhận")], confirmed, `${name}: ${cells}`);
  }
  await screenshot(page, "reports-story");
  await assertGood(page);
}

test("from the microphone to the report", { timeout: 240_000 }, async (t) => {
  const chairman = await visit(browser, { viewport: PHONE });
  const office = await visit(browser, { viewport: DESK });
  const leader = await visit(browser, { viewport: PHONE });
  const auditor = await visit(browser, { viewport: DESK });
  await t.test("the Chairman records a greeting on a telephone", () => chairmanRecords(chairman));
  await t.test("hears what the loudspeakers will say, and approves it", () => chairmanHearsAndApproves(chairman));
  await t.test("the office plans it, is warned, and moves it to be soon", () => officePlans(office));
  await t.test("three receivers say what was spoken into the microphone", () => everybodyHears(office));
  await t.test("the leader sees the own group's log, nothing of others, and ticks", () => leaderTicks(leader));
  await t.test("the report counts it", () => reportCounts(auditor));
});
