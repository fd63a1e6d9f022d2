// SPDX-License-Identifier: Apache-2.0
// Who comes in, where they land, and how they get about.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertGoodView, assertNoComplaints, DESK, PHONE, screenshot, settled, signIn, useWard,
  visit } from "./support.mjs";

let ward;
let browser;
useWard({ "to-1": [], "to-2": [] }, (w, b) => { ward = w; browser = b; });

test("a stranger sees the login and nothing else, and a wrong password is told", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await page.goto(`${ward.url}#/receivers`);
  await settled(page);
  await assertGoodView(page);
  await screenshot(page, "login");
  assert.equal(await page.locator("nav").isVisible(), false);
  await page.locator("input[name=user]").fill("van.hoa");
  await page.locator("input[name=password]").fill("wrong password");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "không đúng" }).waitFor();
  assert.equal(await page.locator("input[name=password]").inputValue(), "");
  await page.context().close();
});

test("after the login comes the page that was asked for, and a reload keeps it", async () => {
  const page = await visit(browser);
  await signIn(page, ward, "ky.thuat", "#/account");
  assert.equal(await page.locator("h1").textContent(), "Tài khoản của tôi");
  await assertGoodView(page);
  await screenshot(page, "account");
  await page.reload();
  await settled(page);
  assert.equal(await page.locator("h1").textContent(), "Tài khoản của tôi");
  await assertNoComplaints(page);
  await page.context().close();
});

test("the menu shows what one may use, and an address beyond it says so", async () => {
  const page = await visit(browser);
  await signIn(page, ward, "to.truong");
  const names = await page.locator("nav a").allTextContents();
  assert.ok(names.includes("Nhật ký phát"), names.join());
  assert.ok(!names.includes("Người dùng"), names.join());
  await page.goto(`${ward.url}#/users`);
  await page.getByText("không dùng trang này").waitFor();
  await page.goto(`${ward.url}#/nothing`);
  await page.getByText("Không có trang này").waitFor();
  await page.context().close();
});

test("the language changes at once, and is kept for the next time", async () => {
  const page = await visit(browser);
  await signIn(page, ward, "van.hoa", "#/account");
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { level: 1, name: "My account" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await page.getByRole("heading", { level: 1, name: "My account" }).waitFor();
  await page.getByRole("button", { name: "Tiếng Việt" }).click();
  await page.getByRole("heading", { level: 1, name: "Tài khoản của tôi" }).waitFor();
  await assertNoComplaints(page);
  await page.context().close();
});

test("everything can be reached by the keyboard, and the focus follows the page", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "quan.tri");
  await page.reload();
  await settled(page);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "title");
  await page.locator("#menu").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#menu").getAttribute("aria-expanded"), "true");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("nav").isVisible(), false);
  await page.keyboard.press("Enter");
  await page.locator("nav a[data-route=account]").focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "title" &&
    document.activeElement.textContent === "Tài khoản của tôi");
  assert.equal(await page.locator("nav").isVisible(), false);
  await page.context().close();
});

test("a password is changed, and the old one is of no use then", async () => {
  const page = await visit(browser);
  await ward.ask("add_user", "doi.mat.khau", ["auditor"]);
  await signIn(page, ward, "doi.mat.khau", "#/account");
  const fill = async (old, fresh, again) => {
    await page.locator("input[name=old]").fill(old);
    await page.locator("input[name=new]").fill(fresh);
    await page.locator("input[name=again]").fill(again);
    await page.getByRole("button", { name: "Đổi mật khẩu" }).click();
  };
  await fill(ward.password, "mot cau khac han", "mot cau khac hon");
  await page.getByText("Hai lần gõ không giống nhau").waitFor();
  await fill(ward.password, "mot cau khac han", "mot cau khac han");
  await page.getByText("Đã đổi mật khẩu").waitFor();
  await assertNoComplaints(page);
  await page.locator("#sign-out").click();
  await page.getByRole("heading", { level: 1, name: "Đăng nhập" }).waitFor();
  await page.locator("input[name=user]").fill("doi.mat.khau");
  await page.locator("input[name=password]").fill(ward.password);
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "không đúng" }).waitFor();
  await page.context().close();
});

test("the first paint is quick on an old telephone", async (t) => {
  const page = await visit(browser, { viewport: PHONE });
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 6 });
  const paint = async () => {
    await page.goto(ward.url);
    await settled(page);
    return page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
  };
  const cold = await paint();
  const warm = await paint();
  t.diagnostic(`first paint, CPU throttled 6x: ${Math.round(cold)} ms cold, ${Math.round(warm)} ms warm`);
  assert.ok(cold > 0 && warm > 0);
  await page.context().close();
});

test("what did not change is not fetched again", async () => {
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "van.hoa");
  await page.reload();
  await settled(page);
  const fetched = await page.evaluate(() => performance.getEntriesByType("resource")
    .filter((entry) => new URL(entry.name).pathname.startsWith("/v/"))
    .map((entry) => [new URL(entry.name).pathname.split("/").pop(), entry.transferSize]));
  assert.ok(fetched.length > 5);
  assert.deepEqual(fetched.filter(([, size]) => size > 0), []);
  await page.context().close();
});
