// SPDX-License-Identifier: Apache-2.0
// Two people for an emergency; an exercise is never mistaken for the real thing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertGoodView, assertNoComplaints, DESK, open, PHONE, screenshot, signIn, useWard,
  visit } from "./support.mjs";

let ward;
let browser;
useWard({ "to-1": [], "to-2": [] }, (w, b) => { ward = w; browser = b; });

const emergencies = async () => (await ward.api("GET", "/emergencies")).emergencies;

async function ask(page, isReal) {
  await page.getByLabel(isReal ? /KHẨN CẤP THẬT/ : /Diễn tập/).check();
  await page.getByRole("button", { name: isReal ? "Yêu cầu phát KHẨN CẤP THẬT" : "Yêu cầu DIỄN TẬP" }).click();
}

test("without a template, the page says how to prepare one", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "van.hoa", "#/emergency");
  await page.getByText("Chưa có mẫu khẩn cấp nào được duyệt").waitFor();
  await assertGoodView(page);
  await page.context().close();
});

test("an exercise is asked for by one, typed and confirmed by another", async () => {
  const id = await ward.ask("import_audio",
    await ward.ask("write_audio", "so-tan.wav", 2, 3), "Sơ tán khu vực ven sông");
  await ward.api("POST", `/recordings/${id}/set`, { template: true });
  const office = await visit(browser, { viewport: DESK });
  await signIn(office, ward, "van.hoa", "#/emergency");
  await office.getByRole("button", { name: "Gửi yêu cầu" }).click();
  await office.getByText("Hãy chọn: diễn tập hay thật").waitFor();
  await ask(office, false);
  await office.locator(".urgent-exercise").waitFor();
  await office.getByText("Đang chờ người có thẩm quyền xác nhận").or(
    office.getByText("Bạn đã yêu cầu")).first().waitFor();
  assert.equal(await office.locator(".urgent input[name=phrase]").count(), 0);
  await assertGoodView(office);
  await screenshot(office, "emergency");

  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "chu.tich", "#/approval");
  await page.getByText("Có 1 yêu cầu khẩn cấp đang chờ").waitFor();
  await page.getByRole("link", { name: "Mở trang Khẩn cấp" }).click();
  const card = page.locator(".urgent-exercise");
  await card.getByText("DIỄN TẬP, không phải thật").waitFor();
  await assertGoodView(page);
  await screenshot(page, "emergency");
  await card.locator("input[name=phrase]").fill("KHẨN CẤP");
  await card.getByRole("button", { name: "Xác nhận phát DIỄN TẬP" }).click();
  await card.getByText("Chưa đúng. Hãy gõ: DIỄN TẬP").waitFor();
  assert.equal((await emergencies())[0].state, "waiting");
  await card.locator("input[name=phrase]").fill("diễn tập");
  await card.getByRole("button", { name: "Xác nhận phát DIỄN TẬP" }).click();
  await card.waitFor({ state: "detached" });
  const [one] = await emergencies();
  assert.deepEqual([one.state, one.exercise], ["aired", true]);
  assert.notEqual(one.asked_by, one.confirmed_by);
  await open(page, "today"); // whoever looks now must not take it for the real thing
  await page.getByText(/DIỄN TẬP: Sơ tán khu vực ven sông/).first().waitFor();
  await assertNoComplaints(page);
  await page.context().close();
  await office.context().close();
});

test("nobody confirms the own request, and the real one looks and reads otherwise", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "chu.tich", "#/emergency");
  await ask(page, true);
  const dialog = page.getByRole("dialog");
  const yes = dialog.getByRole("button", { name: "Yêu cầu phát KHẨN CẤP THẬT" });
  assert.equal(await yes.isDisabled(), true);
  await dialog.getByRole("textbox").fill("KHẨN CẤP");
  await yes.click();
  const card = page.locator(".urgent-real");
  await card.getByText("Bạn đã yêu cầu; người khác phải xác nhận").waitFor();
  assert.equal(await card.locator("input").count(), 0);
  const [one] = await emergencies();
  assert.deepEqual([one.state, one.exercise], ["waiting", false]);
  const status = await page.evaluate(async (id) => {
    const session = await (await fetch("/api/v1/session")).json();
    return (await fetch(`/api/v1/emergencies/${id}/confirm`, { method: "POST",
      headers: { "Content-Type": "application/json", "X-Loa-CSRF": session.csrf },
      body: JSON.stringify({ exercise: false, phrase: "KHẨN CẤP" }) })).status;
  }, one.id);
  assert.ok(status === 403 || status === 409, `${status}`);
  assert.equal((await emergencies())[0].state, "waiting");
  await page.context().close();
});

test("a request can be refused", async () => {
  await ward.ask("add_user", "pho.chu.tich", ["approver"]);
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "pho.chu.tich", "#/emergency");
  const card = page.locator(".urgent-real");
  await card.locator("input[name=phrase]").waitFor();
  await screenshot(page, "emergency-real");
  await card.getByRole("button", { name: "Từ chối" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Từ chối" }).click();
  await card.waitFor({ state: "detached" });
  assert.equal((await emergencies())[0].state, "refused");
  await page.context().close();
});
