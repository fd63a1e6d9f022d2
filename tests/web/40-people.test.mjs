// SPDX-License-Identifier: Apache-2.0
// The administrator's pages: who may come in, and what everybody did.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertGoodView, assertNoComplaints, DESK, open, PHONE, screenshot, settled, signIn, useWard,
  visit } from "./support.mjs";

let ward;
let browser;
useWard({ "to-1": [], "to-2": [] }, (w, b) => { ward = w; browser = b; });

const row = (page, name) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });

test("a new leader gets a password shown once, must choose another, and sees a leader's menu", async () => {
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "quan.tri", "#/users");
  await page.locator("#add-user").click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("input[name=user]").fill("to.truong.2");
  await dialog.locator("input[name=name]").fill("Bà Lan");
  assert.equal(await dialog.getByText("Tổ dân phố 2").isVisible(), false);
  await dialog.getByRole("checkbox", { name: /Tổ trưởng/ }).check();
  await dialog.getByRole("checkbox", { name: "Tổ dân phố 2" }).check();
  await assertGoodView(page);
  await screenshot(page, "users-add");
  await dialog.getByRole("button", { name: "Thêm", exact: true }).click();
  const shown = page.locator(".password code");
  await shown.waitFor();
  const password = await shown.textContent();
  assert.ok(password.length >= 10);
  await page.getByRole("button", { name: "Xong" }).click();
  await row(page, "Bà Lan").getByText("chờ đổi mật khẩu").waitFor();

  const other = await visit(browser, { viewport: PHONE });
  await other.goto(`${ward.url}#/today`);
  await other.locator("input[name=user]").fill("to.truong.2");
  await other.locator("input[name=password]").fill(password);
  await other.keyboard.press("Enter");
  await other.getByText("Hãy đặt mật khẩu của riêng bạn").waitFor();
  await assertNoComplaints(other);
  await other.locator("input[name=old]").fill(password);
  await other.locator("input[name=new]").fill("hoa dao hoa mai");
  await other.locator("input[name=again]").fill("hoa dao hoa mai");
  await other.getByRole("button", { name: "Đổi mật khẩu" }).click();
  await other.waitForFunction(() => !document.body.innerText.includes("Hãy đặt mật khẩu của riêng bạn"));
  await settled(other);
  assert.equal(await other.locator("nav a[data-route=users]").count(), 0);
  await other.context().close();
  await page.context().close();
});

test("roles are changed, an account is disabled and its owner signed out", async () => {
  const page = await visit(browser, { viewport: PHONE });
  const other = await visit(browser, { viewport: PHONE });
  await signIn(other, ward, "mttq", "#/account");
  await signIn(page, ward, "quan.tri", "#/users");
  await page.locator("#edit-mttq").click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("input[name=name]").fill("Ông Bình");
  await dialog.getByRole("button", { name: "Lưu" }).click();
  await row(page, "Ông Bình").waitFor();
  await assertGoodView(page);
  await screenshot(page, "users");
  await page.locator("#able-mttq").click();
  await page.getByRole("dialog").getByRole("button", { name: "Khoá" }).click();
  await row(page, "Ông Bình").getByText("khoá từ").waitFor();
  await other.evaluate(() => { location.hash = "#/today"; });
  await other.getByRole("heading", { level: 1, name: "Đăng nhập" }).waitFor();
  await other.context().close();
  await page.context().close();
});

test("nobody disables the own account by mistake", async () => {
  const page = await visit(browser);
  await signIn(page, ward, "quan.tri", "#/users");
  await page.locator("#edit-quan\\.tri").waitFor();
  assert.equal(await page.locator("#able-quan\\.tri").count(), 0);
  await page.context().close();
});

test("the audit log says who did what, and is filtered by name", async () => {
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "quan.tri", "#/users");
  await open(page, "audit");
  await row(page, /\d/).filter({ hasText: "quan.tri" }).first().waitFor();
  await assertGoodView(page);
  await screenshot(page, "audit");
  await page.getByLabel("Tên đăng nhập").fill("nobody.at.all");
  await page.keyboard.press("Enter");
  await page.getByText("Chưa có thay đổi nào").waitFor();
  await page.reload();
  await page.getByText("Chưa có thay đổi nào").waitFor();
  assert.equal(await page.getByLabel("Tên đăng nhập").inputValue(), "nobody.at.all");
  await assertNoComplaints(page);
  await page.context().close();
});
