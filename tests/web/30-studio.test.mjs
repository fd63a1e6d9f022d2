// SPDX-License-Identifier: Apache-2.0
// The Chairman on a telephone. The microphone is a file that is spoken once, and what the
// loudspeakers would play is held against it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertGoodView, assertNoComplaints, assertNoSidewaysScroll, DESK, openBrowser, PHONE,
  screenshot, settled, signIn, startWard, visit } from "./support.mjs";

const TEXT = `Kính thưa toàn thể bà con nhân dân phường Mẫu.
Nhân dịp năm mới Đinh Mùi, thay mặt Ủy ban nhân dân phường, tôi xin gửi tới bà con lời chúc mừng tốt đẹp nhất.
Chúc mọi nhà bình an, hạnh phúc, thành công.`;

let ward;
let speech;
const browsers = [];

before(async () => {
  ward = await startWard({ "to-1": ["cum-1"], "to-2": [] }, { stored: true });
  speech = await ward.ask("write_audio", "loi-chuc.wav", 60, 11);
});
after(async () => {
  for (const close of browsers) await close();
  await ward?.close();
});

/** A telephone of its own for each test: the microphone's file is spoken once a browser. */
async function telephone(more = {}) {
  const { browser, close } = await openBrowser({ microphone: speech });
  browsers.push(close);
  const page = await visit(browser, { viewport: PHONE, permissions: ["microphone"], ...more });
  page.on("dialog", (dialog) => dialog.accept()); // "leave the page?"
  await signIn(page, ward, "chu.tich", "#/studio");
  return page;
}

async function begin(page, title) {
  await page.locator("input[name=title]").fill(title);
  await page.locator("textarea[name=words]").fill(TEXT);
  await page.locator(".record-button").click();
  await page.locator(".desk[data-state=recording]").waitFor();
}

/** Until the desk's clock shows so many seconds. */
const recorded = (page, seconds) => page.waitForFunction((s) => {
  const [min, sec] = document.querySelector(".desk-clock").textContent.split(":").map(Number);
  return min * 60 + sec >= s;
}, seconds);

async function opened(page) {
  await page.waitForURL(/#\/studio\/r/);
  await settled(page);
  return page.url().match(/studio\/(r\w+)/)[1];
}

const complaintsBut = (page, pattern) => page.complaints.filter((line) => !pattern.test(line));

test("the Chairman reads, records, hears, approves, and puts it at giao thừa", async () => {
  const page = await telephone();
  await assertGoodView(page);
  await screenshot(page, "studio");
  await begin(page, "Lời chúc mừng năm mới");
  await recorded(page, 4);
  await page.getByText("Đã lưu trên máy này và gửi về phường").waitFor();
  await assertGoodView(page);
  await screenshot(page, "studio-recording");
  const scrolled = await page.locator(".prompter-scroller").evaluate((n) => n.scrollTop);
  assert.ok(scrolled > 0, "the text moves");
  await page.getByRole("button", { name: "Tạm dừng" }).click();
  await page.getByText("Tạm dừng", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "Ghi tiếp" }).waitFor();
  const paused = await page.locator(".desk-clock").textContent();
  await page.setViewportSize({ width: 740, height: 360 });
  await assertNoSidewaysScroll(page);
  for (const name of ["Ghi tiếp", "Xong"])
    assert.ok(await page.getByRole("button", { name }).isVisible(), `${name} is on a telephone on its side`);
  await screenshot(page, "studio-recording-side");
  await page.setViewportSize(PHONE);
  assert.equal(await page.locator(".desk-clock").textContent(), paused);
  await page.getByRole("button", { name: "Ghi tiếp" }).click();
  await recorded(page, 6);
  await page.getByRole("button", { name: "Xong" }).click();
  const id = await opened(page);
  const kept = await ward.api("GET", `/recordings/${id}`);
  assert.equal(kept.title, "Lời chúc mừng năm mới");
  assert.equal(kept.text, TEXT);
  assert.ok(kept.duration_ms > 5000, `${kept.duration_ms}`);

  await page.getByRole("button", { name: /^Nghe: / }).click();
  await page.getByText("Bạn đã nghe hết").waitFor();
  await screenshot(page, "studio-approve");
  await page.getByRole("button", { name: "Tôi duyệt bản thu này" }).click();
  await page.getByText(/đã duyệt lúc/).waitFor();
  const { approved } = await ward.api("GET", `/recordings/${id}`);
  assert.deepEqual([approved.by, approved.sha256], ["chu.tich", kept.sha256]);

  await page.getByText(/Giao thừa: 00:00 ngày/).waitFor();
  await assertGoodView(page);
  await page.getByRole("button", { name: "Hẹn phát lúc giao thừa, đến toàn phường" }).click();
  await page.getByText(/Đã hẹn: .* 00:00, đến toàn phường/).waitFor();
  await screenshot(page, "studio-air");
  await assertGoodView(page);
  for (const [name, type] of [["master.mp3", /^audio\/mpeg/], ["master.wav", /^audio\/(x-)?wav/]]) {
    const [status, found] = await page.evaluate(async (path) => {
      const answer = await fetch(path);
      return [answer.status, answer.headers.get("Content-Type")];
    }, `/api/v1/recordings/${id}/${name}`);
    assert.equal(status, 200);
    assert.match(found, type);
  }
});

test("what is planned is seen after a reload, with who is ready, and can be called off", async () => {
  const id = await ward.ask("import_audio", await ward.ask("write_audio", "hen-gio.wav", 3, 5),
    "Hẹn giờ");
  const page = await visit((await openBrowserOnce()).browser, { viewport: DESK });
  await signIn(page, ward, "chu.tich", `#/studio/${id}`);
  await page.getByLabel("Hẹn ngày giờ").check();
  await page.locator("input[name=at]").fill("2020-01-01T07:00");
  await page.getByRole("button", { name: /^Hẹn phát lúc 01\/01 07:00/ }).click();
  await page.getByText("Hãy chọn ngày giờ trong tương lai").waitFor();
  const inAnHour = await page.evaluate(() => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 16));
  await page.locator("input[name=at]").fill(inAnHour);
  await page.getByLabel("Chỉ một số tổ").check();
  await page.getByRole("button", { name: /^Hẹn phát lúc/ }).click();
  await page.getByText("Hãy điền vào ô này").waitFor();
  await page.getByLabel("Tổ dân phố 1").check();
  await page.getByRole("button", { name: /^Hẹn phát lúc .* đến Tổ dân phố 1$/ }).click();
  await page.getByText(/Đã hẹn: .*, đến Tổ dân phố 1/).waitFor();
  await page.getByText("1/1 cụm thu đã có bản thu").waitFor();
  await screenshot(page, "studio-planned");
  await assertGoodView(page);
  await page.reload();
  await settled(page);
  await page.getByText("1/1 cụm thu đã có bản thu").waitFor();
  await page.getByRole("button", { name: "Huỷ lần phát này" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Huỷ lần phát này" }).click();
  await page.getByText(/^Đã hẹn/).waitFor({ state: "detached" });
  assert.deepEqual((await ward.api("GET", `/recordings/${id}`)).planned, []);
  await assertNoComplaints(page);
});

test("a line that drops in mid-recording loses nothing", async () => {
  const page = await telephone();
  await begin(page, "Ghi khi mất mạng");
  await recorded(page, 3);
  await page.context().setOffline(true);
  await page.getByText("Đang mất mạng. Cứ ghi tiếp").waitFor();
  await recorded(page, 8);
  await page.context().setOffline(false);
  await page.getByText("Đã lưu trên máy này và gửi về phường").waitFor();
  await recorded(page, 10);
  await page.getByRole("button", { name: "Xong" }).click();
  const id = await opened(page);
  const said = await ward.ask("said", id, speech);
  assert.ok(said.seconds >= 9, JSON.stringify(said));
  assert.ok(said.share > 0.85, JSON.stringify(said));
  assert.deepEqual(said.jumps, []);
  assert.deepEqual(complaintsBut(page, /ERR_INTERNET_DISCONNECTED/), []);
});

test("what ends without a network waits on the telephone, and goes by itself", async () => {
  const page = await telephone();
  await begin(page, "Xong khi mất mạng");
  await recorded(page, 2);
  await page.context().setOffline(true);
  await recorded(page, 4);
  await page.getByRole("button", { name: "Xong" }).click();
  await page.getByText("Bản ghi nằm an toàn trên máy này").waitFor();
  await page.getByRole("button", { name: "Tải bản ghi về máy này" }).waitFor();
  await screenshot(page, "studio-offline");
  await page.context().setOffline(false);
  const id = await opened(page);
  assert.ok((await ward.ask("said", id, speech)).seconds >= 3);
});

test("a page that is reloaded in mid-recording keeps what was said", async () => {
  const page = await telephone();
  await begin(page, "Tải lại giữa chừng");
  await recorded(page, 5);
  await page.reload();
  await page.getByText(/Bản ghi dở dang “Tải lại giữa chừng”/).waitFor();
  await settled(page);
  await assertGoodView(page);
  await screenshot(page, "studio-found");
  assert.equal(await page.locator("textarea[name=words]").inputValue(), TEXT);
  await page.getByRole("button", { name: "Giữ lại và dùng bản ghi này" }).click();
  const id = await opened(page);
  const said = await ward.ask("said", id, speech);
  assert.ok(said.seconds >= 3.5, JSON.stringify(said));
  assert.ok(said.share > 0.85, JSON.stringify(said));
  await page.goto(`${ward.url}#/studio`);
  await settled(page);
  assert.equal(await page.getByText(/Bản ghi dở dang/).count(), 0);
});

test("a recording goes on after a reload, and comes out as one", async () => {
  const page = await telephone();
  await begin(page, "Ghi tiếp sau khi tải lại");
  await recorded(page, 5);
  await page.reload(); // the browser speaks the microphone's file from the beginning then
  await page.getByText(/Bản ghi dở dang “Ghi tiếp sau khi tải lại”/).waitFor();
  await settled(page);
  const kept = await page.getByText(/Bản ghi dở dang “Ghi tiếp/).innerText();
  const firstSeconds = Number(/dài 0:(\d\d)/.exec(kept)[1]);
  await page.getByRole("button", { name: "Ghi tiếp", exact: true }).click();
  await page.locator(".desk[data-state=recording]").waitFor();
  await recorded(page, firstSeconds + 6);
  await page.getByRole("button", { name: "Xong" }).click();
  const id = await opened(page);
  const { duration_ms, sha256 } = await ward.api("GET", `/recordings/${id}`);
  assert.ok(duration_ms > (firstSeconds + 4) * 1000, `${duration_ms} of ${firstSeconds} and 6 s`);
  const parts = await ward.ask("said_parts", id, speech);
  assert.equal(parts.length, 2, JSON.stringify(parts));
  for (const part of parts) assert.ok(part.seconds >= 2.5 && part.share > 0.85, JSON.stringify(parts));
  await page.getByRole("button", { name: "Tôi duyệt bản thu này" }).click();
  await page.getByText("Đã duyệt.").first().waitFor();
  assert.equal((await ward.api("GET", `/recordings/${id}`)).approved.sha256, sha256);
  assert.deepEqual((await ward.api("GET", "/takes")).takes, []);
});

test("starting again keeps nothing of the first attempt", async () => {
  const page = await telephone();
  await begin(page, "Ghi lại từ đầu");
  await recorded(page, 4);
  await page.getByRole("button", { name: "Ghi lại từ đầu" }).click();
  const dialog = page.getByRole("dialog", { name: "Ghi lại từ đầu?" });
  await dialog.getByRole("button", { name: "Ghi lại từ đầu" }).click();
  await page.locator(".desk[data-state=recording]").waitFor();
  await recorded(page, 2);
  await page.getByRole("button", { name: "Xong" }).click();
  const { duration_ms } = await ward.api("GET", `/recordings/${await opened(page)}`);
  assert.ok(duration_ms < 4000, `${duration_ms}`);
  assert.deepEqual((await ward.api("GET", "/takes")).takes, []);
});

test("a microphone that is refused is explained", async () => {
  const { browser, close } = await openBrowser();
  browsers.push(close);
  const page = await visit(browser, { viewport: PHONE });
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  await signIn(page, ward, "chu.tich", "#/studio");
  await page.locator("input[name=title]").fill("Không có micrô");
  await page.locator(".record-button").click();
  await page.getByRole("alert").filter({ hasText: "chưa được phép dùng micrô" }).waitFor();
  await page.getByRole("button", { name: "Thử lại" }).waitFor();
  await assertGoodView(page);
  await page.getByRole("button", { name: "Đóng" }).click();
  await page.locator("input[name=title]").waitFor();
  await page.context().close();
});

test("the office records and submits; it cannot approve", async () => {
  const page = await visit((await openBrowserOnce()).browser, { viewport: DESK });
  await signIn(page, ward, "van.hoa", "#/studio");
  await assertGoodView(page);
  await screenshot(page, "studio");
  await begin(page, "Bản tin của văn phòng");
  await recorded(page, 2);
  await page.getByRole("button", { name: "Xong" }).click();
  const id = await opened(page);
  assert.equal(await page.getByRole("button", { name: /duyệt bản thu này/ }).count(), 0);
  await page.getByRole("button", { name: "Gửi duyệt" }).click();
  await page.getByText("Bản thu đang chờ duyệt").waitFor();
  assert.equal((await ward.api("GET", `/recordings/${id}`)).state, "submitted");
  await screenshot(page, "studio-submitted");
  await assertNoComplaints(page);
});

async function openBrowserOnce() {
  const opened = await openBrowser({ microphone: speech });
  browsers.push(opened.close);
  return opened;
}
