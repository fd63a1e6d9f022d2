// SPDX-License-Identifier: Apache-2.0
// Nothing airs without a named person's word; emergencies want two people.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertGoodView, assertNoComplaints, DESK, PHONE, screenshot, signIn, useWard,
  visit } from "./support.mjs";

let ward;
let browser;
useWard({ "to-1": [], "to-2": [] }, (w, b) => { ward = w; browser = b; });

/** The office brings a recording in and submits it. → its id */
async function submitted(name, seconds) {
  const page = await visit(browser);
  await signIn(page, ward, "van.hoa", "#/library");
  await page.locator("#upload-files").setInputFiles(
    await ward.ask("write_audio", `${name}.wav`, seconds, name.length));
  const one = page.locator("details.item").filter({ hasText: name });
  await one.locator("summary").first().click();
  await one.getByRole("button", { name: "Gửi duyệt" }).click();
  await one.getByText("Chờ duyệt").first().waitFor();
  await page.context().close();
  return (await ward.api("GET", "/recordings")).recordings.find((r) => r.title === name).id;
}

const stateOf = async (id) => ward.api("GET", `/recordings/${id}`);

test("with nothing to decide, the page says what it is for", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "chu.tich", "#/approval");
  await page.getByText("Không có bản thu nào chờ duyệt").waitFor();
  await assertGoodView(page);
  await page.context().close();
});

test("the approver hears all of it, and the approval bears name and hash", async () => {
  const id = await submitted("bao-cao-tuan", 3);
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "chu.tich", "#/approval");
  const one = page.locator(`[data-recording="${id}"]`);
  await one.getByRole("button", { name: "Duyệt (chưa nghe)" }).waitFor();
  await one.getByRole("button", { name: /^Nghe/ }).click();
  const approve = one.getByRole("button", { name: "Duyệt (đã nghe 100 %)" });
  await approve.waitFor();
  await screenshot(page, "approval");
  await assertGoodView(page);
  await approve.click();
  await one.waitFor({ state: "detached" });
  const { state, approved, sha256 } = await stateOf(id);
  assert.equal(state, "approved");
  assert.equal(approved.by, "chu.tich");
  assert.equal(approved.sha256, sha256);
  await assertNoComplaints(page);
  await page.context().close();
});

test("approving unheard is asked once, not forbidden", async () => {
  const id = await submitted("thong-bao-nuoc", 3);
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "chu.tich", "#/approval");
  const one = page.locator(`[data-recording="${id}"]`);
  await one.getByRole("button", { name: "Duyệt (chưa nghe)" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Bạn mới nghe 0:00 / 0:03").waitFor();
  await dialog.getByRole("button", { name: "Thôi" }).click();
  assert.equal((await stateOf(id)).state, "submitted");
  await one.getByRole("button", { name: "Duyệt (chưa nghe)" }).click();
  await dialog.getByRole("button", { name: "Duyệt" }).click();
  await one.waitFor({ state: "detached" });
  assert.equal((await stateOf(id)).state, "approved");
  await page.context().close();
});

test("sending back wants a reason, which the office reads", async () => {
  const id = await submitted("tin-sai-ngay", 2);
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "chu.tich", "#/approval");
  const one = page.locator(`[data-recording="${id}"]`);
  await one.getByRole("button", { name: "Trả lại" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Trả lại" }).click();
  await dialog.getByText("Hãy điền vào ô này").waitFor();
  await dialog.locator("textarea").fill("Họp ngày 26, không phải ngày 25.");
  await dialog.getByRole("button", { name: "Trả lại" }).click();
  await one.waitFor({ state: "detached" });
  assert.equal((await stateOf(id)).state, "rejected");
  await page.context().close();
  const office = await visit(browser);
  await signIn(office, ward, "van.hoa", "#/library");
  await office.locator("details.item").filter({ hasText: "tin-sai-ngay" }).locator("summary").first().click();
  await office.getByText("Lý do trả lại: Họp ngày 26, không phải ngày 25.").waitFor();
  await office.context().close();
});

test("who may not approve is refused by the controller, not only by the page", async () => {
  const id = await submitted("tin-chua-duyet", 2);
  const page = await visit(browser);
  await signIn(page, ward, "van.hoa", "#/approval");
  await page.getByText("không dùng trang này").waitFor();
  const status = await page.evaluate(async (recording) => {
    const session = await (await fetch("/api/v1/session")).json();
    const { sha256 } = await (await fetch(`/api/v1/recordings/${recording}`)).json();
    const answer = await fetch(`/api/v1/recordings/${recording}/approve`, { method: "POST",
      headers: { "Content-Type": "application/json", "X-Loa-CSRF": session.csrf },
      body: JSON.stringify({ sha256 }) });
    return answer.status;
  }, id);
  assert.equal(status, 403);
  assert.equal((await stateOf(id)).state, "submitted");
  await page.context().close();
});

test("somebody who is hearing one is not interrupted when another arrives", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "chu.tich", "#/approval");
  await page.locator("[data-recording]").first().waitFor();
  const before = await page.locator("[data-recording]").count();
  const first = await page.locator("[data-recording]").first().elementHandle();
  await submitted("tin-den-sau", 2);
  await page.waitForFunction((n) => document.querySelectorAll("[data-recording]").length === n + 1, before);
  assert.equal(await first.evaluate((node) => node.isConnected), true);
  await page.context().close();
});
