// SPDX-License-Identifier: Apache-2.0
// The frame: session, menu, routes, events. README.md here says what a view gets and gives.
import * as api from "./api.js";
import { setZone, siteZone } from "./format.js";
import { isOpenTo, routeOf, ROUTES } from "./routes.js";
import { language, setLanguage, texts } from "./strings.js";
import { button, element, notice, tellError, toast } from "./ui.js";

const { text, has } = texts();
const TOPICS = ["status", "log", "job", "content", "timetable", "people"];
const EVENT_PAUSE_MS = 400;

const at = (id) => document.getElementById(id);
const state = { session: null, status: null, offsetUs: 0, source: null, isLost: false };
/** What is on screen: { name, unmount, listeners: Map topic → Set, timers, abort } */
let shown = null;

// --- events -------------------------------------------------------------------------------------

function tell(topic, value) {
  for (const listener of shown?.listeners.get(topic) ?? []) {
    Promise.resolve().then(() => listener(value)).catch(tellError);
  }
}

function setLost(isLost) {
  if (state.isLost === isLost) return;
  state.isLost = isLost;
  at("connection").textContent = isLost ? text("connectionLost") : "";
  at("connection").hidden = !isLost;
}

async function fetchStatus() {
  try {
    const status = await api.get("/status");
    state.status = status;
    state.offsetUs = status.now_us - Date.now() * 1000;
    setZone(status.site.time_zone);
    setLost(false);
    tell("status", status);
  } catch (error) {
    if (error.code === "network") setLost(true);
    else if (error.status !== 401) tellError(error);
  }
}

function listen() {
  const throttled = Object.fromEntries(TOPICS.map((topic) => [topic,
    api.throttle(topic === "status" ? fetchStatus : () => tell(topic), EVENT_PAUSE_MS)]));
  state.source = api.listen(TOPICS, {
    onEvent: (topic) => { setLost(false); throttled[topic](); },
    onLost: () => setLost(true),
  });
}

// --- session ------------------------------------------------------------------------------------

function signedOut() {
  state.session = null;
  state.status = null;
  state.source?.close();
  state.source = null;
  api.setCsrf(null);
  setLost(false);
}

function signedIn(session) {
  state.session = session;
  api.setCsrf(session.csrf);
  setZone(session.site.time_zone);
  if (session.language) setLanguage(session.language);
  drawFrame();
  state.source?.close();
  if (!session.must_change) listen(); // until then the API has nothing for this user
}

export const may = (right) => state.session?.rights.includes(right) ?? false;

async function signOut() {
  await api.del("/session");
  signedOut();
  await show();
}

async function changeLanguage() {
  setLanguage(language() === "vi" ? "en" : "vi");
  if (state.session) {
    state.session.language = language();
    api.post("/session/language", { language: language() }).catch(tellError);
  }
  drawFrame();
  await show({ keepFocus: true });
}

// --- frame --------------------------------------------------------------------------------------

function setMenu(isOpen) {
  at("nav").classList.toggle("is-open", isOpen);
  at("menu").setAttribute("aria-expanded", String(isOpen));
}

function drawFrame() {
  const { session } = state;
  const current = shown?.name;
  at("skip").textContent = text("skip");
  at("site").textContent = session?.site.name ?? text("productName");
  at("menu").textContent = text("menu");
  at("menu").hidden = !session;
  at("nav").hidden = !session;
  at("nav").setAttribute("aria-label", text("menuLabel"));
  at("language").textContent = text("switchLanguage");
  at("language").lang = language() === "vi" ? "en" : "vi";
  document.body.classList.toggle("is-signed-in", Boolean(session));
  if (!session) return;
  at("nav").replaceChildren(
    element("ul", {}, ROUTES.filter((route) => isOpenTo(route, session.rights)).map((route) =>
      element("li", {}, element("a", { href: `#/${route.name}`, "data-route": route.name,
        "aria-current": route.name === current ? "page" : null }, text(`title_${route.name}`))))),
    element("p", { class: "who" }, session.name),
    button(text("signOut"), signOut, { kind: "outline-secondary", class: "btn-sm", id: "sign-out" }));
}

function setTitle(words) {
  at("title").textContent = words;
  document.title = `${words} · ${state.session?.site.name ?? text("productName")}`;
}

// --- routes -------------------------------------------------------------------------------------

function parseHash() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, ...rest] = path.split("/").map(decodeURIComponent);
  return { name: name || "today", rest, params: new URLSearchParams(query) };
}

/** What a view is given; README.md describes it. */
function contextOf(view, { rest, params }) {
  const timer = (start, stop) => (action, ms) => {
    const id = start(() => Promise.resolve().then(action).catch(tellError), ms);
    view.cleanups.push(() => stop(id));
    return () => stop(id);
  };
  return {
    session: state.session,
    may,
    rest,
    params,
    signal: view.abort.signal,
    get status() { return state.status; },
    get zone() { return siteZone(); },
    nowUs: () => Date.now() * 1000 + state.offsetUs,
    refreshStatus: fetchStatus,
    on(topic, listener) {
      if (!TOPICS.includes(topic)) throw new Error(`no such topic: ${topic}`);
      if (!view.listeners.has(topic)) view.listeners.set(topic, new Set());
      view.listeners.get(topic).add(listener);
      return () => view.listeners.get(topic).delete(listener);
    },
    every: timer(setInterval, clearInterval),
    after: timer(setTimeout, clearTimeout),
    go: (path) => { location.hash = `#/${path}`; },
    setParams(values) {
      const search = new URLSearchParams(Object.entries(values)
        .filter(([, value]) => value != null && value !== "")).toString();
      history.replaceState(null, "", `#/${[view.name, ...rest].join("/")}${search ? `?${search}` : ""}`);
    },
    setTitle,
    setActions: (...nodes) => at("actions").replaceChildren(...nodes.filter(Boolean)),
    signedIn: async (session) => { signedIn(session); await show(); },
  };
}

function unmount() {
  if (!shown) return;
  shown.abort.abort();
  for (const cleanup of shown.cleanups) cleanup();
  try {
    shown.unmount?.();
  } catch (error) {
    console.warn(error);
  }
  shown = null;
}

function focusTitle() {
  window.scrollTo(0, 0);
  at("title").focus({ preventScroll: true });
}

const routeToShow = (name) => {
  if (!state.session) return { name: "login" };
  if (state.session.must_change) return routeOf("account"); // the API answers nothing else
  const route = routeOf(name);
  if (!route) return { problem: "notFound" };
  return isOpenTo(route, state.session.rights) ? route : { problem: "noRight" };
};

async function show({ keepFocus = false, isFirst = false } = {}) {
  const where = parseHash();
  const route = routeToShow(where.name);
  unmount();
  const view = { name: route.name, listeners: new Map(), cleanups: [], abort: new AbortController() };
  shown = view;
  setMenu(false);
  drawFrame();
  const titleKey = `title_${route.name}`;
  setTitle(has(titleKey) ? text(titleKey) : text("productName"));
  at("actions").replaceChildren();
  const root = element("div", { class: `view view-${route.name ?? "none"}` },
    element("p", { class: "muted" }, text("loading")));
  at("view").replaceChildren(root);
  if (!keepFocus && !isFirst) focusTitle();
  if (route.problem) {
    root.replaceChildren(notice("warning", text(route.problem === "noRight" ? "noRight" : "notFound")));
    root.dataset.state = "ready";
    return;
  }
  try {
    const module = await import(`./views/${route.name}.js`);
    if (shown !== view) return;
    root.replaceChildren();
    const done = await module.mount(root, contextOf(view, where));
    if (shown === view) view.unmount = done;
    else done?.();
    root.dataset.state = "ready"; // for tests
  } catch (error) {
    if (shown !== view || error.name === "AbortError" || error.status === 401) return;
    if (error.status === undefined) console.error(error);
    root.dataset.state = "failed";
    root.replaceChildren(notice("danger", element("p", {}, text("viewFailed", error.message)),
      button(text("tryAgain"), () => show(), { kind: "outline-danger" })));
  }
}

async function start() {
  setLanguage(language());
  at("menu").addEventListener("click", () => setMenu(!at("nav").classList.contains("is-open")));
  at("language").addEventListener("click", () => changeLanguage().catch(tellError));
  at("skip").addEventListener("click", (event) => { event.preventDefault(); focusTitle(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && at("nav").classList.contains("is-open")) {
      setMenu(false);
      at("menu").focus();
    }
  });
  api.setOnSessionEnd(() => {
    if (!state.session) return;
    signedOut();
    toast(text("error_unauthorized"), "warning");
    show();
  });
  window.addEventListener("hashchange", () => show());
  drawFrame();
  try {
    signedIn(await api.get("/session"));
  } catch (error) {
    if (error.status !== 401) tellError(error);
  }
  await show({ isFirst: true });
}

start();
