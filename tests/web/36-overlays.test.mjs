// SPDX-License-Identifier: Apache-2.0
// National mourning is switched on over the timetable, and off again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertGoodView, DESK, openBrowser, signIn, startWard, visit } from "./support.mjs";

let ward;
let browser;
let end;

before(async () => {
  ward = await startWard({ "to-1": [] });
  ({ browser, close: end } = await openBrowser());
});
after(async () => {
  await end?.();
  await ward?.close();
});

test("mourning is declared for two days, and taken back", async () => {
  const page = await visit(browser, { viewport: DESK });
  await signIn(page, ward, "van.hoa", "#/timetable/overlays");
  await page.locator("input[name=name]").fill("Quốc tang");
  await page.locator("input[name=from]").fill("2027-03-01T00:00");
  await page.locator("input[name=until]").fill("2027-03-03T00:00");
  await page.getByRole("button", { name: "Lưu" }).click();
  const row = page.getByRole("row").filter({ hasText: "Quốc tang" });
  await row.getByText("2027-03-03 00:00").waitFor();
  await assertGoodView(page);
  const { overlays } = await ward.api("GET", "/overlays");
  assert.deepEqual(overlays.map((o) => [o.id, o.kind, o.suspends]), [["quoc-tang", "mourning", "all"]]);
  await row.getByRole("button", { name: "Bỏ “Quốc tang”" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Bỏ", exact: true }).click();
  await row.waitFor({ state: "detached" });
  assert.deepEqual((await ward.api("GET", "/overlays")).overlays, []);
  await page.context().close();
});
