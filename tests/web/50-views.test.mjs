// SPDX-License-Identifier: Apache-2.0
// Every page there is, on a telephone and on a desk, in both languages, by day and by night: nothing that
// axe-core calls serious, no sideways scroll, no complaint in the console. And the pictures.
import { after, before, test } from "node:test";
import { ROUTES } from "../../controller/page/routes.js";
import { assertGoodView, DESK, open, openBrowser, PHONE, screenshot, signIn, startWard, visit }
  from "./support.mjs";

const EVERYTHING = ["operator", "approver", "leader", "auditor", "technician", "administrator"];

let ward;
let browser;
let end;

before(async () => {
  ward = await startWard({ "to-1": ["cum-1"], "to-2": ["cum-2"], "to-3": [] },
    { stored: true, users: { "tat.ca": [EVERYTHING, ["to-1"], "Trần Văn Minh"] } });
  ({ browser, close: end } = await openBrowser());
  const news = await ward.ask("import_audio", await ward.ask("write_audio", "news.wav", 3, 1), "Bản tin sáng");
  const waste = await ward.ask("import_audio", await ward.ask("write_audio", "waste.wav", 4, 2), "Lịch thu gom rác");
  await ward.api("POST", "/apply", { broadcasts: [
    { id: "ban-tin", title: "Bản tin sáng", recording: news, to: ["to-1", "to-2"], at: ["17:00"] },
    { id: "rac", title: "Lịch thu gom rác", recording: waste, to: ["to-1"], at: ["17:30"], class: "priority" },
  ] });
  await ward.ask("played", news);
});
after(async () => {
  await end?.();
  await ward?.close();
});

const LOOKS = [
  { words: "on a telephone", viewport: PHONE, picture: true },
  { words: "on a desk", viewport: DESK, picture: true },
  { words: "in English and in the dark", viewport: PHONE, language: "en", colorScheme: "dark" },
];

for (const { words, picture, language, ...look } of LOOKS) {
  test(`every page is good ${words}`, async (t) => {
    const page = await visit(browser, look);
    await signIn(page, ward, "tat.ca");
    if (language === "en") await page.getByRole("button", { name: "English" }).click();
    for (const { name } of ROUTES) {
      await t.test(name, async () => {
        await open(page, name);
        if (picture) await screenshot(page, name);
        try {
          await assertGoodView(page);
        } finally {
          page.complaints = [];
        }
      });
    }
    if (language === "en") await page.getByRole("button", { name: "Tiếng Việt" }).click();
    await page.context().close();
  });
}
