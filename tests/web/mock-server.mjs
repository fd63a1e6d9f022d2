// SPDX-License-Identifier: Apache-2.0
// The page over canned answers: for looking at a view without a ward. `node tests/web/mock-server.mjs
// [PORT]` prints its address; any user signs in, "chairman", "leader", "technician", "auditor" and
// "operator" with that role alone, everybody else with all of them. No part of the product.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { answers } from "./mock-answers.mjs";

const PAGE = fileURLToPath(new URL("../../controller/page/", import.meta.url));
const BOOTSTRAP = process.env.LOA_BOOTSTRAP ?? "/usr/share/javascript/bootstrap5";
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css",
  svg: "image/svg+xml" };
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const RIGHTS = {
  operator: ["listen", "record", "plan", "play", "stop", "ask-emergency", "reports"],
  approver: ["listen", "record", "approve", "play", "stop", "ask-emergency", "confirm-emergency", "reports"],
  leader: ["tick"],
  auditor: ["reports", "audit"],
  technician: ["receivers", "groups"],
  administrator: ["receivers", "groups", "audit", "users"],
};
const ALL = ["own", "look", "read-log"];

function sessionOf(user) {
  const role = user === "chairman" ? "approver" : user;
  const roles = role in RIGHTS ? [role] : Object.keys(RIGHTS);
  return { user, name: user === "chairman" ? "Nguyễn Thị Hoa" : "Trần Văn Minh", roles,
    groups: role === "leader" ? ["to-1"] : [], language: null, csrf: "mock",
    rights: [...new Set([...ALL, ...roles.flatMap((r) => RIGHTS[r])])],
    site: answers.site };
}

export function startMock(port = 0) {
  let session = null;
  const listeners = new Set();
  const json = (response, status, body) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const file = (response, path, type) => {
    try {
      const body = readFileSync(path);
      response.writeHead(200, { "Content-Type": type, "Content-Security-Policy": CSP });
      response.end(String(body).replaceAll("@VERSION@", "0123456789abcdef"));
    } catch {
      response.writeHead(404).end();
    }
  };
  const api = (request, response, path, query, body) => {
    if (path === "/session" && request.method === "POST") {
      if (body.password === "sai") {
        return json(response, 401, { error: { code: "unauthorized", message: "wrong" } });
      }
      session = sessionOf(body.user);
      return json(response, 200, session);
    }
    if (!session) return json(response, 401, { error: { code: "unauthorized", message: "sign in" } });
    if (path === "/session" && request.method === "DELETE") {
      session = null;
      return json(response, 200, {});
    }
    if (path === "/session") return json(response, 200, session);
    if (path === "/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write("event: status\ndata:\n\n");
      listeners.add(response);
      response.on("close", () => listeners.delete(response));
      return undefined;
    }
    const answer = answers.find(request.method, path, query, body);
    if (!answer) return json(response, 404, { error: { code: "not-found", message: path } });
    json(response, answer.status ?? 200, answer.body);
    if (request.method !== "GET") {
      for (const to of listeners) to.write("event: status\ndata:\n\nevent: content\ndata:\n\n");
    }
    return undefined;
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
    const chunks = [];
    request.on("data", (c) => chunks.push(c));
    request.on("end", () => {
      if (pathname.startsWith("/api/v1")) {
        const isJson = request.headers["content-type"] === "application/json";
        const body = isJson ? JSON.parse(Buffer.concat(chunks)) : null;
        api(request, response, pathname.slice(7), searchParams, body);
        return;
      }
      const name = pathname === "/" ? "index.html" : pathname.replace(/^\/(v\/[0-9a-f]+\/)?/, "");
      const type = TYPES[name.split(".").pop()];
      if (name.includes("..") || !type) response.writeHead(404).end();
      else if (name.startsWith("lib/")) file(response, `${BOOTSTRAP}/css/${name.slice(4)}`, type);
      else file(response, PAGE + name, type);
    });
  });
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => {
      resolve({
        url: `http://127.0.0.1:${server.address().port}/`,
        close: () => { server.closeAllConnections(); server.close(); },
      });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log((await startMock(Number(process.argv[2] ?? 0))).url);
}
