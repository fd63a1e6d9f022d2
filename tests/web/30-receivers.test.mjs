// SPDX-License-Identifier: Apache-2.0
// Receivers: the technician sees what is wrong, adds one, revokes one, names a group.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assertGoodView, DESK, PHONE, screenshot, signIn, useWard, visit } from "./support.mjs";

let ward;
let browser;
useWard({ "to-1": ["cum-1"], "to-2": ["cum-2"] }, (w, b) => { ward = w; browser = b; });

const row = (page, name) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });

test("every receiver says how it is, and one that is gone comes first", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "ky.thuat", "#/receivers");
  await row(page, "cum-1").getByText("sẵn sàng").waitFor();
  await row(page, "cum-1").getByText("đúng giờ").waitFor();
  await assertGoodView(page);
  await screenshot(page, "receivers");
  await ward.ask("stop_node", "cum-2");
  await row(page, "cum-2").getByText("mất kết nối").waitFor();
  const first = await page.getByRole("rowheader").first().textContent();
  assert.match(first, /^cum-2/);
  await page.context().close();
});

test("a receiver is added: the file works, and the code says the same", async () => {
  const page = await visit(browser, { viewport: DESK, acceptDownloads: true });
  await signIn(page, ward, "ky.thuat", "#/receivers");
  await page.locator("#add-node").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Thêm", exact: true }).click();
  await dialog.getByText("Hãy điền vào ô này").waitFor();
  await dialog.locator("input[name=id]").fill("Cụm Ba");
  await dialog.getByRole("button", { name: "Thêm", exact: true }).click();
  await dialog.getByRole("alert").waitFor();
  page.complaints = []; // the browser logs the refusal that was just provoked
  await dialog.locator("input[name=id]").fill("cum-3");
  await dialog.locator("select[name=group]").selectOption("to-2");
  await assertGoodView(page);
  await dialog.getByRole("button", { name: "Thêm", exact: true }).click();
  await page.getByRole("heading", { name: "Đã thêm cum-3" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"),
    page.getByRole("button", { name: "Tải node.cfg" }).click()]);
  assert.equal(download.suggestedFilename(), "node.cfg");
  const config = readFileSync(await download.path(), "utf8");
  const seed = /seed = "([0-9a-f]{64})"/.exec(config)[1];

  await page.getByText("Mã QR", { exact: true }).click();
  const picture = join(ward.folder, "qr.png");
  await page.locator(".qr").screenshot({ path: picture });
  await screenshot(page, "receivers-added");
  const read = execFileSync("zbarimg", ["--quiet", "--raw", "--oneshot", "-Sbinary", picture],
    { stdio: ["ignore", "pipe", "ignore"] }).toString();
  assert.ok(read.includes(`seed = "${seed}"`) && read.includes('group = "to-2"'), read);
  assert.ok(!read.includes("#"), read);

  await page.getByRole("button", { name: "Tôi đã lưu tệp" }).click();
  await row(page, "cum-3").getByText("chưa bao giờ").waitFor();
  await page.context().close();
});

test("a revoked receiver is gone from the list, after one question", async () => {
  const page = await visit(browser, { viewport: DESK });
  await ward.api("POST", "/nodes", { id: "cum-9", group: "to-1" });
  await signIn(page, ward, "ky.thuat", "#/receivers");
  await row(page, "cum-9").getByRole("button", { name: "Thu hồi" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Không thể hoàn tác").waitFor();
  await dialog.getByRole("button", { name: "Thu hồi" }).click();
  await row(page, "cum-9").waitFor({ state: "detached" });
  const { nodes } = await ward.api("GET", "/nodes");
  assert.ok(nodes.find((n) => n.id === "cum-9").revoked_us > 0);
  await assertGoodView(page);
  await screenshot(page, "receivers");
  await page.context().close();
});

test("a receiver is turned down, and says that it is", async () => {
  const page = await visit(browser, { viewport: PHONE });
  await signIn(page, ward, "ky.thuat", "#/receivers");
  await row(page, "cum-1").getByText("0 dB", { exact: true }).waitFor();
  await row(page, "cum-1").getByRole("button", { name: "Âm lượng của cum-1" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("input[name=volume_db]").fill("-7.5");
  await assertGoodView(page);
  await dialog.getByRole("button", { name: "Lưu" }).click();
  await row(page, "cum-1").getByText("-7,5 dB", { exact: true }).waitFor();
  const { nodes } = await ward.api("GET", "/status");
  const told = nodes.find((n) => n.id === "cum-1");
  assert.deepEqual([told.volume_set_db, told.volume_db], [-7.5, -7.5]);
  const { entries } = await ward.api("GET", "/audit");
  const noted = entries.find((e) => e.action === "node-volume");
  assert.deepEqual([noted.who, noted.subject, noted.detail], ["ky.thuat", "cum-1", "-7.5 dB"]);
  await page.context().close();
});

test("one that does not hear of it shows both: what is set, and what it said last", async () => {
  const page = await visit(browser, { viewport: DESK });
  await ward.api("POST", "/nodes", { id: "cum-8", group: "to-1" });
  await ward.api("POST", "/nodes/cum-8/volume", { volume_db: -20 });
  await signIn(page, ward, "ky.thuat", "#/receivers");
  await row(page, "cum-8").getByText("đặt -20 dB").waitFor();
  await page.context().close();
});

test("a leader sees no button for it, and is refused", async () => {
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "to.truong");
  const status = await page.evaluate(async () => {
    const { csrf } = await (await fetch("/api/v1/session")).json();
    return (await fetch("/api/v1/nodes/cum-1/volume", { method: "POST",
      headers: { "Content-Type": "application/json", "X-Loa-CSRF": csrf },
      body: JSON.stringify({ volume_db: 0 }) })).status;
  });
  page.complaints = []; // the browser logs the refusal that was just provoked
  assert.equal(status, 403);
  assert.equal(await page.locator("#volume-cum-1").count(), 0);
  const { nodes } = await ward.api("GET", "/status");
  assert.equal(nodes.find((n) => n.id === "cum-1").volume_set_db, -7.5);
  await page.context().close();
});

test("the search finds by receiver and by group", async () => {
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "ky.thuat", "#/receivers");
  await row(page, "cum-2").waitFor();
  await page.getByLabel("Tìm cụm thu hoặc tổ").fill("CUM-1");
  await row(page, "cum-2").waitFor({ state: "detached" });
  await row(page, "cum-1").waitFor();
  await page.getByLabel("Tìm cụm thu hoặc tổ").fill("không có");
  await page.getByText("Không có cụm thu nào khớp").waitFor();
  await page.context().close();
});
