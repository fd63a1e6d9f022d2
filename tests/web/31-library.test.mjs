// SPDX-License-Identifier: Apache-2.0
// The library: what comes in, what it says of itself, who may do what with it.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertGoodView, assertNoComplaints, DESK, open, openBrowser, PHONE, screenshot, settled,
  signIn, startWard, visit } from "./support.mjs";

let ward;
let browser;
let end;
let bulletin;

const waitFor = async (isSo, what) => {
  for (let i = 0; i < 400; i++) {
    if (await isSo()) return;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  assert.fail(`never: ${what}`);
};

before(async () => {
  ward = await startWard({ "to-1": [], "to-2": [] });
  ({ browser, close: end } = await openBrowser());
  bulletin = await ward.ask("write_audio", "ban-tin-chieu.wav", 3, 7);
});
after(async () => {
  await end?.();
  await ward?.close();
});

const item = (page, title) => page.locator("details.item").filter({ hasText: title });

test("an empty library says how to begin", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "van.hoa", "#/library");
  await page.getByText("Thư viện chưa có bản thu nào").waitFor();
  await assertGoodView(page);
  await screenshot(page, "library-empty");
  await page.context().close();
});

test("files are uploaded, each with its own fate, and a text file is told from sound", async () => {
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "van.hoa", "#/library");
  const note = join(ward.folder, "ghi-chu.txt");
  const fake = join(ward.folder, "khong-phai.mp3");
  writeFileSync(note, "Họp tổ dân phố lúc 19 giờ.\n");
  writeFileSync(fake, "Đây không phải là âm thanh.\n".repeat(50));
  await page.locator("#upload-files").setInputFiles([bulletin, note, fake]);
  await page.getByText("Xong: đã vào thư viện").waitFor();
  await page.getByText("Đây không phải tệp âm thanh").waitFor();
  await page.getByText("Máy chủ không đọc được âm thanh trong tệp").waitFor();
  await item(page, "ban-tin-chieu").waitFor();
  assert.equal(await page.locator("details.item").count(), 1);
  await screenshot(page, "library-upload");
  await assertGoodView(page);
  await page.context().close();
});

test("a file can be dropped", async () => {
  const page = await visit(browser);
  await signIn(page, ward, "van.hoa", "#/library");
  await page.evaluate(() => {
    const files = new DataTransfer();
    files.items.add(new File(["x"], "a.pdf", { type: "application/pdf" }));
    document.querySelector(".drop-zone").dispatchEvent(
      new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: files }));
  });
  await page.getByText("Đây không phải tệp âm thanh").waitFor();
  await assertNoComplaints(page);
  await page.context().close();
});

test("a recording is heard, described, found again and submitted", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "van.hoa", "#/library");
  const one = item(page, "ban-tin-chieu");
  await one.locator("summary").first().click();
  await one.getByRole("button", { name: "Nghe: ban-tin-chieu" }).click();
  await waitFor(() => one.locator("audio").evaluate((a) => a.ended), "it was heard to its end");
  const slider = one.getByRole("slider");
  await slider.focus();
  await page.keyboard.press("Home");
  await waitFor(async () => await slider.getAttribute("aria-valuetext") === "0:00 / 0:03", "back at 0");
  await one.getByText("Dài 0:03.").waitFor();
  await one.getByRole("button", { name: "Sửa thông tin" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("input[name=title]").fill("Bản tin chiều thứ Bảy");
  await dialog.locator("select[name=kind]").selectOption("tin");
  await dialog.locator("input[name=lead_unit]").fill("Trạm Y tế");
  await dialog.locator("input[name=expires]").fill("2030-12-31");
  await assertGoodView(page);
  await dialog.getByRole("button", { name: "Lưu" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.locator("input[name=search]").fill("tram y te");
  const renamed = item(page, "Bản tin chiều thứ Bảy");
  await renamed.waitFor();
  await page.locator("input[name=search]").fill("không có đâu");
  await page.getByText("Không có bản thu nào khớp").waitFor();
  await page.locator("input[name=search]").fill("thu bay");
  if (!await renamed.evaluate((d) => d.open)) await renamed.locator("summary").first().click();
  await renamed.getByText("31/12/2030").waitFor();
  await screenshot(page, "library");
  await renamed.getByRole("button", { name: "Gửi duyệt" }).click();
  await renamed.getByText("Chờ duyệt").first().waitFor();
  const [kept] = (await ward.api("GET", "/recordings")).recordings;
  assert.deepEqual([kept.title, kept.kind, kept.lead_unit, kept.state, kept.submitted_by],
    ["Bản tin chiều thứ Bảy", "tin", "Trạm Y tế", "submitted", "van.hoa"]);
  // to the end of that day at UTC+7
  assert.equal(kept.expires_us, Date.parse("2030-12-31T17:00Z") * 1000);
  await assertGoodView(page);
  await page.context().close();
});

test("a text is read to its writer before it becomes a recording", async () => {
  const page = await visit(browser);
  await signIn(page, ward, "van.hoa", "#/library");
  await page.getByRole("button", { name: "Tạo từ văn bản" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("input[name=title]").fill("Thông báo họp");
  await dialog.locator("textarea[name=text]").fill("UBND phường mời họp ngày 25/11.");
  await dialog.locator(".read-aloud").filter({ hasText: /[uủ]y ban nhân dân/i }).waitFor();
  await assertGoodView(page);
  await screenshot(page, "library-speech");
  await dialog.getByRole("button", { name: "Tạo bản thu" }).click();
  await item(page, "Thông báo họp").waitFor();
  await assertNoComplaints(page);
  await page.context().close();
});

test("withdrawing asks why, and says so afterwards", async () => {
  const page = await visit(browser);
  await signIn(page, ward, "van.hoa", "#/library");
  const one = item(page, "Bản tin chiều thứ Bảy");
  await one.locator("summary").first().click();
  await one.getByRole("button", { name: "Thu hồi" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Thu hồi" }).click();
  await dialog.getByText("Hãy điền vào ô này").waitFor();
  await dialog.locator("input[name=reason]").fill("Sai ngày");
  await dialog.getByRole("button", { name: "Thu hồi" }).click();
  await one.getByText("Lý do thu hồi: Sai ngày").waitFor();
  await assertGoodView(page);
  await page.context().close();
});

test("who may not hear recordings has no library", async () => {
  const page = await visit(browser);
  await signIn(page, ward, "to.truong", "#/library");
  await page.getByText("không dùng trang này").waitFor();
  assert.equal(await page.locator("nav a[data-route=library]").count(), 0);
  await page.context().close();
});

test("every text is there in English, too", async () => {
  const page = await visit(browser, { language: "en" });
  await signIn(page, ward, "van.hoa", "#/library");
  await open(page, "account");
  if (await page.getByRole("button", { name: "English" }).count() > 0)
    await page.getByRole("button", { name: "English" }).click();
  await open(page, "library");
  await settled(page);
  await page.getByRole("heading", { name: "Upload audio files" }).waitFor();
  await page.locator("details.item summary").first().click();
  await page.getByRole("button", { name: /^Play/ }).waitFor();
  await assertGoodView(page);
  await page.context().close();
});
