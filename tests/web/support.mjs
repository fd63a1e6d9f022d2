// SPDX-License-Identifier: Apache-2.0
// A ward, a browser, and what every view must hold to. Nothing outlives its test.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

const TOP = fileURLToPath(new URL("../../", import.meta.url));
// where `make check-page` has put the packages of package.json
const tools = createRequire(process.env.LOA_PAGE_TOOLS ?? join(TOP, "build/page-tools/package.json"));
const { chromium } = tools("playwright-core");
const AXE = readFileSync(tools.resolve("axe-core/axe.min.js"), "utf8");
const SCREENS = process.env.LOA_SCREENS ?? join(TOP, "build/screens");

/** A busy machine is slow, a broken page is stuck: only the second may trip a watchdog. */
export const PATIENCE_MS = Number(process.env.LOA_PATIENCE ?? 20) * 1000;
export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 800 };

// As root, and without a word to anybody outside.
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--disable-dev-shm-usage", "--use-fake-ui-for-media-stream"];

// --- the ward -----------------------------------------------------------------------------------

/** user → [roles, groups, name]; what most tests want */
export const USERS = {
  "van.hoa": [["operator"], [], "Trần Văn Minh"],
  "chu.tich": [["approver"], [], "Nguyễn Thị Hoa"],
  "to.truong": [["leader"], ["to-1"], "Lê Thị Lan"],
  "mttq": [["auditor"], [], "Phạm Văn Bình"],
  "ky.thuat": [["technician"], [], "Đỗ Quang Huy"],
  "quan.tri": [["administrator"], [], "Vũ Thu Hà"],
};

/** → { url, password, ask(verb, …), close() }; the verbs are those of ward_server.py */
export async function startWard(groups, { users = USERS, ...options } = {}) {
  const child = spawn("/usr/bin/python3", ["-B", join(TOP, "tests/web/ward_server.py")],
    { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => { child.on("exit", resolve); });
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { resolve, reject } = waiting.shift();
    const answer = JSON.parse(line);
    if ("ok" in answer) resolve(answer.ok);
    else reject(new Error(`${answer.error}\n${answer.trace}`));
  });
  child.on("exit", () => { for (const w of waiting) w.reject(new Error("the ward ended")); });
  const ask = (...call) => new Promise((resolve, reject) => {
    waiting.push({ resolve, reject });
    child.stdin.write(`${JSON.stringify(call)}\n`);
  });
  const ward = {
    ask,
    api: (method, path, body) => ask("api", method, path, body ?? null),
    close: async () => { child.stdin.end(); await ended; },
  };
  try {
    Object.assign(ward, await ask("start", groups, users, options));
  } catch (error) {
    await ward.close();
    throw error;
  }
  return ward;
}

// --- the browser --------------------------------------------------------------------------------

/** @microphone: a WAV file that is spoken into it once */
export async function openBrowser({ microphone } = {}) {
  const args = [...FLAGS];
  if (microphone) {
    args.push("--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${microphone}%noloop`);
  }
  // with a profile folder of its own, that goes with it
  const browser = await chromium.launch({
    executablePath: process.env.LOA_CHROMIUM ?? "/usr/bin/chromium", args });
  return { browser, close: () => browser.close() };
}

/** A ward and a browser for the tests of a file, which has them by then from @ready(ward, browser). */
export function useWard(groups, ready) {
  let ward;
  let end;
  before(async () => {
    ward = await startWard(groups);
    const opened = await openBrowser();
    end = opened.close;
    await ready(ward, opened.browser);
  });
  after(async () => {
    await end?.();
    await ward?.close();
  });
}

/** A fresh visitor. What the page complains of is collected in page.complaints. */
export async function visit(browser, { viewport = DESK, language = "vi", colorScheme = "light", ...more } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, locale: "vi-VN", timezoneId: "UTC",
    reducedMotion: "reduce", ...more });
  await context.addInitScript((l) => {
    if (localStorage.getItem("language") === null) localStorage.setItem("language", l);
  }, language);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    // whether somebody is signed in is asked, and "no" is an answer, not a fault
    const isQuestion = message.location().url.endsWith("/api/v1/session");
    if (["error", "warning"].includes(message.type()) && !isQuestion) {
      page.complaints.push(`${message.text()} (${message.location().url})`);
    }
  });
  return page;
}

export async function signIn(page, ward, user, hash = "") {
  await page.goto(ward.url + hash);
  await page.locator("input[name=user]").fill(user);
  await page.locator("input[name=password]").fill(ward.password);
  await page.locator("form button[type=submit]").click();
  await page.locator("#sign-out").waitFor({ state: "attached" });
  await settled(page);
}

/** The view is there and has its data: nothing is being fetched, nothing says "loading". */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector("#view > .view")?.dataset.state);
  const state = await page.locator("#view > .view").getAttribute("data-state");
  assert.equal(state, "ready", await page.locator("#view").innerText());
}

export async function open(page, name) {
  await page.evaluate((n) => { location.hash = `#/${n}`; }, name);
  await page.waitForFunction((n) => document.querySelector("#view > .view")?.classList
    .contains(`view-${n.split(/[/?]/)[0]}`), name);
  await settled(page);
}

/** The page shows the level of @n receivers that are on air, and each of them is heard. */
export async function allMetersMove(page, n) {
  await page.waitForFunction((wanted) => {
    const meters = [...document.querySelectorAll(".airing meter")];
    return meters.length === wanted && meters.every((m) => m.value > 0.3);
  }, n);
}

// --- what every view must hold to ---------------------------------------------------------------

export async function assertNoComplaints(page) {
  assert.deepEqual(page.complaints, []);
}

/** axe-core: nothing serious or critical. */
export async function assertAccessible(page) {
  // not through a <script>: the content security policy forbids what is not the page's own
  const found = await page.evaluate(`(async () => {
    if (!window.axe) { ${AXE} }
    const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
    return violations.filter((v) => v.impact === "serious" || v.impact === "critical")
      .map((v) => v.id + ": " + v.help + "\\n    " + v.nodes.slice(0, 4)
        .map((n) => n.target.join(" ") + "  " + (n.any[0]?.message ?? "")).join("\\n    "));
  })()`);
  assert.deepEqual(found, []);
}

export async function assertNoSidewaysScroll(page) {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= limit) return [];
    return [...document.querySelectorAll("body *")]
      .filter((n) => n.getBoundingClientRect().right > limit + 1)
      .slice(0, 5).map((n) => `${n.tagName} ${n.className}`);
  });
  assert.deepEqual(wide, []);
}

/** Every text came from the tables: a key that is missing shows as itself. */
export async function assertOneH1(page) {
  assert.equal(await page.locator("h1").count(), 1);
  const levels = await page.$$eval("h1, h2, h3, h4, h5, h6",
    (all) => all.filter((h) => h.offsetParent).map((h) => Number(h.tagName[1])));
  for (let i = 1; i < levels.length; i++) {
    assert.ok(levels[i] <= levels[i - 1] + 1, `a heading of level ${levels[i]} follows one of ${levels[i - 1]}`);
  }
}

export async function assertGoodView(page) {
  await assertOneH1(page);
  await assertNoSidewaysScroll(page);
  await assertAccessible(page);
  await assertNoComplaints(page);
}

/** build/screens/NAME-WIDTH.png */
export async function screenshot(page, name) {
  mkdirSync(SCREENS, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.getElementById("toasts").replaceChildren());
  await page.screenshot({ path: join(SCREENS, `${name}-${page.viewportSize().width}.png`),
    // what lies behind a dialog is not worth a look
    fullPage: await page.locator("dialog[open]").count() === 0, animations: "disabled" });
}
