// SPDX-License-Identifier: Apache-2.0
// The API's side of a take: docs/api.md, "Takes".
import { del, get, post, upload } from "../api.js";

const TIMEOUT_MS = 20000; // a telephone that changes its network leaves connections hanging

const inTime = (call) => {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), TIMEOUT_MS);
  return call({ signal: patience.signal }).finally(() => clearTimeout(timer));
};

export const takeTransport = {
  create: async ({ title, mime, text }) => (await inTime((options) =>
    post("/takes", text ? { title, mime, text } : { title, mime }, options))).take,
  send: (id, seq, bytes, mime, begins) => inTime((options) =>
    upload(`/takes/${id}/chunk`, new Blob([bytes]),
      { ...options, type: mime.split(";")[0], query: { seq, begins: begins ? 1 : null } })),
  look: (id) => inTime((options) => get(`/takes/${id}`, undefined, options)),
  finish: (id) => inTime((options) => post(`/takes/${id}/finish`, {}, options)),
  remove: (id) => inTime((options) => del(`/takes/${id}`, options)),
};
