// SPDX-License-Identifier: Apache-2.0
// The controller's API (docs/api.md) over the session's cookie.
//
//   await get("/recordings", { state: "draft" })     → the answer's document
//   await post("/play", { recording, to: "all" })    body {} where there is nothing to say
//   await del("/takes/t1")
//   await upload("/recordings?title=…", file, { onProgress, type })   0..1
//   url("/recordings/r1/audio")                       for <audio src>, <a href download>
//
// Every call throws an ApiError whose message is a sentence for people, in their language; the
// session's end (401) is told to the frame besides. `signal` ends a call early: a view hands in
// context.signal, and the AbortError is to be let through (ui.js does so).
import { sentence } from "./phrases.js";
import { language, texts } from "./strings.js";

const { text, has } = texts();
const BASE = "/api/v1";

let csrf = null;
let onSessionEnd = () => {};

/** For app.js: what mutating calls must show, and whom to tell that the session is over. */
export function setCsrf(value) { csrf = value; }
export function setOnSessionEnd(action) { onSessionEnd = action; }

export class ApiError extends Error {
  /** @code: as in docs/api.md, or "network"; @detail: the controller's own words */
  constructor(status, code, detail, retryAfterS = 0) {
    const key = status === 429 ? "error_throttled" : `error_${code.replaceAll("-", "_")}`;
    super(text(has(key) ? key : "error_unknown", status === 429 ? retryAfterS || 60 : detail || code));
    Object.assign(this, { status, code, detail, retryAfterS });
  }
}

/** "/path?a=1": members that are null or undefined are left out. */
export function url(path, query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value != null);
  const search = new URLSearchParams(pairs).toString();
  return BASE + path + (search ? `${path.includes("?") ? "&" : "?"}${search}` : "");
}

function failure(status, document, retryAfter, isSession) {
  const error = document?.error ?? {};
  // the controller's sentence in the reader's language, where it has one
  const detail = (language() === "vi" && error.message_vi) || sentence(error.message) ||
    `HTTP ${status}`;
  const result = new ApiError(status, error.code ?? "unknown", detail, Number(retryAfter) || 0);
  if (status === 401 && !isSession) onSessionEnd();
  return result;
}

function headers(method, type) {
  const all = { Accept: "application/json" };
  if (type) all["Content-Type"] = type;
  if (method !== "GET" && csrf) all["X-Loa-CSRF"] = csrf;
  return all;
}

async function call(method, path, { query, body, type, signal } = {}) {
  const isJson = body !== undefined && type === undefined;
  let answer;
  try {
    answer = await fetch(url(path, query), {
      method, signal, headers: headers(method, isJson ? "application/json" : type),
      body: isJson ? JSON.stringify(body) : body, cache: "no-store",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "network", "");
  }
  const document = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.ok) return document;
  throw failure(answer.status, document, answer.headers.get("Retry-After"), path === "/session");
}

export const get = (path, query, options) => call("GET", path, { ...options, query });

/** The same for what may not be there for this user, or not yet: then @fallback. */
export async function getOr(fallback, path, query, options) {
  try {
    return await get(path, query, options);
  } catch (error) {
    if (error.status === 403 || error.status === 404) return fallback;
    throw error;
  }
}

export const post = (path, body = {}, options) => call("POST", path, { ...options, body });
export const del = (path, options) => call("DELETE", path, options);

/** A file as the body; progress needs XMLHttpRequest. */
export function upload(path, blob, { onProgress, type, signal, query } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url(path, query));
    request.responseType = "json";
    const all = headers("POST", type || blob.type || "application/octet-stream");
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total);
    });
    request.addEventListener("error", () => reject(new ApiError(0, "network", "")));
    request.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve(request.response);
      else reject(failure(request.status, request.response, request.getResponseHeader("Retry-After")));
    });
    signal?.addEventListener("abort", () => request.abort());
    request.send(blob);
  });
}

/** Asks for a job until it is over; → its recording. @onProgress: 0..1, the job's own words */
export async function waitForJob(id, { onProgress, signal } = {}) {
  for (;;) {
    const job = await get(`/jobs/${id}`, undefined, { signal });
    onProgress?.(job.progress ?? 0, job.message);
    if (job.state === "done") return job.recording;
    if (job.state === "failed") throw new ApiError(422, "unknown", job.message);
    await new Promise((resolve) => { setTimeout(resolve, 300); });
  }
}

/** Server-sent events; the browser connects again by itself. Each says: fetch that again. */
export function listen(topics, { onEvent, onLost }) {
  const source = new EventSource(url("/events"));
  for (const topic of topics) source.addEventListener(topic, () => onEvent(topic));
  source.addEventListener("error", () => onLost(source));
  return source;
}

/** Of many calls in a row, one now and one at the end: never more than one in `pauseMs`. */
export function throttle(action, pauseMs) {
  let timer = null;
  let again = false;
  const run = () => {
    timer = setTimeout(() => {
      timer = null;
      if (again) { again = false; run(); action(); }
    }, pauseMs);
  };
  return () => {
    if (timer !== null) { again = true; return; }
    run();
    action();
  };
}
