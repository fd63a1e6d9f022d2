// SPDX-License-Identifier: Apache-2.0
// What is on air, what comes next, how the receivers are, and the log as it fills up.
import { get, listen, NotSignedIn, throttle } from "./api.js";
import { language, switchLanguage, text } from "./strings.js";
import * as view from "./view.js";

const KEPT_ENTRIES = 200;
const LOG_DAYS = 7;

const at = (id) => document.getElementById(id);
const state = { status: null, entries: [], after: 0, offsetUs: 0, notice: null };

const nowUs = () => Date.now() * 1000 + state.offsetUs;

function showNotice() {
  const warnings = state.status?.warnings ?? [];
  const broker = state.status && state.status.broker !== "connected" ?
    text("brokerLost", state.status.broker) : null;
  const lines = [state.notice && text(state.notice), broker, ...warnings].filter(Boolean);
  at("notice").hidden = lines.length === 0;
  at("notice").textContent = lines.join(" · ");
}

function showClock() {
  if (state.status) at("clock").textContent = view.time(nowUs(), state.status.site.time_zone);
  view.moveProgress(at("air"), nowUs());
}

function show() {
  document.documentElement.lang = language();
  for (const node of document.querySelectorAll("[data-text]"))
    node.textContent = text(node.dataset.text);
  at("language").textContent = text("language");
  at("language").lang = language() === "vi" ? "en" : "vi";
  showNotice();
  const status = state.status;
  if (!status) return;
  at("site").textContent = status.site.name;
  document.title = status.on_air.length > 0 ?
    `▶ ${status.on_air[0].title} · ${status.site.name}` : `${status.site.name} · Loa Phường`;
  at("ready").textContent = status.nodes.length > 0 ?
    text("readyOf", status.ready.n, status.ready.of) : "";
  at("air").replaceChildren(...view.onAir(status));
  at("next").replaceChildren(...view.next(status));
  at("nodes").replaceChildren(...view.nodes(status));
  at("log").replaceChildren(...view.log(state.entries, status));
  showClock();
}

async function attempt(action) {
  try {
    await action();
    state.notice = null;
  } catch (error) {
    state.notice = error instanceof NotSignedIn ? "signIn" : "connectionLost";
    if (!(error instanceof NotSignedIn) && !(error instanceof TypeError)) console.warn(error);
  }
  show();
}

const fetchStatus = () => attempt(async () => {
  const status = await get("/status");
  state.status = status;
  state.offsetUs = status.now_us - Date.now() * 1000;
});

let fetching = Promise.resolve();
const fetchLog = () => {
  // one after the other: two at once would show an entry twice
  fetching = fetching.then(() => attempt(async () => {
    const fromUs = Math.floor(Date.now() / 1000 - LOG_DAYS * 86400) * 1e6;
    let page;
    do {
      page = await get(`/log?events=1&from_us=${fromUs}&after=${state.after}`);
      for (const entry of page.entries) state.after = Math.max(state.after, entry.id);
      state.entries = [...state.entries, ...page.entries].slice(-KEPT_ENTRIES);
    } while (page.next !== null);
  }));
};

at("language").addEventListener("click", () => {
  switchLanguage();
  show();
});

show();
await fetchStatus();
if (state.notice !== "signIn") {
  const topics = { status: throttle(fetchStatus, 500), log: throttle(fetchLog, 500) };
  listen({
    onEvent: (topic) => topics[topic](),
    onLost: () => {
      state.notice = "connectionLost";
      showNotice();
    },
  });
  setInterval(showClock, 250);
  setInterval(topics.status, 10000); // positions and levels, which are not worth an event
}
