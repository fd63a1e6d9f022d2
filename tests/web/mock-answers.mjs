// SPDX-License-Identifier: Apache-2.0
// Canned answers, as docs/api.md has them; the clock is the machine's.
import { TIMETABLE } from "./mock-timetable.mjs";

const nowUs = () => Date.now() * 1000;
const iso = (us) => new Date(us / 1000).toISOString();
const at = (seconds) => ({ start_us: nowUs() + seconds * 1e6, start: iso(nowUs() + seconds * 1e6) });
const site = { id: "phuong-mau", name: "Phường Mẫu", time_zone: "Asia/Ho_Chi_Minh" };
const groups = Array.from({ length: 8 }, (_, i) => ({ id: `to-${i + 1}`, name: `Tổ dân phố ${i + 1}`,
  nodes: i === 7 ? 0 : 1, language: "vi", leaders: i === 0 ? ["leader"] : [], start_offset_ms: 0 }));
const startedUs = nowUs() - 3e6;

const node = (i, more = {}) => ({ id: `cum-${i}`, group: `to-${i}`, online: true,
  clock: { state: "synced", source: "controller", bound_us: 420 }, plan_serial: 1, output: "open",
  output_error: null, trouble: null, on_air: "now.1", position_ms: 3000, level_db: -14 - i,
  volume_set_db: i === 2 ? -6 : 0, volume_db: i === 2 ? -6 : 0,
  ready: { n: 4, of: 4, missing: [] }, last_seen_us: nowUs() - i * 1e6,
  last_seen: iso(nowUs()), unreported: 0, refused: 0, version: "0.1.0", ...more });

const nodes = () => [1, 2, 3, 4, 5].map((i) => node(i)).concat(
  node(6, { online: false, on_air: null, output: "closed", level_db: null, last_seen_us: nowUs() - 7200e6 }),
  node(7, { clock: { state: "untrusted", source: "none", bound_us: 0 }, on_air: null, output: "closed",
    level_db: null, refused: 3, trouble: "The clock cannot be trusted: no answer from the controller" }));

const status = () => ({
  site, now: iso(nowUs()), now_us: nowUs(), broker: "connected",
  on_air: [{ id: "now.1", broadcast: "now", title: "Thông báo tiêm chủng cho trẻ em dưới 5 tuổi",
    class: "priority", groups: groups.map((g) => g.id), start_us: startedUs, start: iso(startedUs),
    duration_ms: 180000, state: "on-air" }],
  next: [
    { id: "b1.1", broadcast: "b1", title: "Bản tin chiều", class: "normal", groups: groups.map((g) => g.id),
      ...at(5400), duration_ms: 900000, state: "planned",
      ready: { n: 5, of: 7, missing: ["cum-6", "cum-7"] } },
    { id: "b2.1", broadcast: "b2", title: "Lịch thu gom rác", class: "normal", groups: ["to-1", "to-2"],
      ...at(20000), duration_ms: 120000, state: "planned", ready: { n: 2, of: 2, missing: [] } },
    { id: "b3.1", broadcast: "b3", title: "Chủ tịch chúc Tết", class: "priority",
      groups: groups.map((g) => g.id), ...at(77 * 86400), duration_ms: 240000, state: "planned" },
  ],
  groups, nodes: nodes(), ready: { n: 5, of: 7, missing: ["cum-6", "cum-7"] },
  warnings: ["group to-8 (Tổ dân phố 8) has no receiver; add one with: loactl node add ID --group to-8"],
});

const log = () => ({ entries: [
  { id: 1, kind: "outcome", node: "cum-6", group: "to-6", group_name: "Tổ dân phố 6", airing: "b0.1",
    broadcast: "b0", title: "Bản tin sáng", class: "normal", result: "missed", reason: "offline", level: 0,
    planned_us: nowUs() - 3 * 3600e6, duration_ms: 900000, heard_ms: 0, superseded: false },
  { id: 2, kind: "outcome", node: "cum-1", group: "to-1", group_name: "Tổ dân phố 1", airing: "b0.1",
    broadcast: "b0", title: "Bản tin sáng", class: "normal", result: "completed", reason: "", level: 2,
    planned_us: nowUs() - 3 * 3600e6, duration_ms: 900000, heard_ms: 900000, superseded: false },
  { id: 3, kind: "security", node: "cum-7", group: "to-7", group_name: "Tổ dân phố 7", code: "signature",
    topic: "loa/phuong-mau/plan/to-7", detail: "The signature is not the controller's", count: 3,
    first_us: nowUs() - 1800e6, last_us: nowUs() - 1700e6 },
], next: null });

const users = () => ({ users: [
  { id: "hoa", name: "Nguyễn Thị Hoa", roles: ["approver"], groups: [], language: "vi", disabled: false,
    created_us: nowUs() - 9e12, last_seen_us: nowUs() - 3600e6 },
  { id: "minh", name: "Trần Văn Minh", roles: ["operator", "technician"], groups: [], language: "vi",
    disabled: false, created_us: nowUs() - 9e12, last_seen_us: nowUs() - 60e6 },
  { id: "to1", name: "Lê Văn Tám", roles: ["leader"], groups: ["to-1"], language: "vi", disabled: true,
    created_us: nowUs() - 9e12, last_seen_us: 0 },
] });

const audit = () => ({ entries: [
  { id: 2, at_us: nowUs() - 60e6, who: "minh", address: "192.0.2.7", action: "play", subject: "now.1",
    detail: "r1 to all" },
  { id: 1, at_us: nowUs() - 3600e6, who: "hoa", address: "192.0.2.9", action: "approve", subject: "r1",
    detail: "sha256 3fa9…" },
], next: null });

const TABLE = {
  "GET /status": status,
  "GET /log": log,
  ...TIMETABLE,
  "GET /users": users,
  "POST /users": (query, body) => ({ status: 201, id: body.id, password: "xuan-bien-lua-7421" }),
  "GET /audit": audit,
  "GET /groups": () => ({ groups: groups.map((g) => ({ ...g, nodes: g.nodes ? [`cum-${g.id.slice(3)}`] : [] })) }),
  "GET /nodes": () => ({ nodes: nodes().map((n) => ({ id: n.id, group: n.group, added_us: nowUs() - 9e12,
    revoked_us: 0, last_seen_us: n.last_seen_us })) }),
  "POST /nodes": (query, body) => ({ status: 201, id: body.id, group: body.group,
    config: `site = "phuong-mau";\nnode = "${body.id}";\ngroup = "${body.group}";\nseed = "${"0f".repeat(32)}";\n` }),
  "GET /emergencies": () => ({ emergencies: [{ id: "e1", state: "waiting", asked_by: "Trần Văn Minh",
    title: "Sơ tán khu vực ven sông", to: "all", exercise: false, asked_us: nowUs() - 60e6 }] }),
  "GET /recordings": (query) => ({ recordings: query.get("state") === "submitted" ? [{ id: "r9",
    title: "Chủ tịch chúc Tết", state: "submitted", duration_ms: 240000 }] : [] }),
};

export const answers = {
  site,
  find(method, path, query, body) {
    const make = TABLE[`${method} ${path}`];
    if (!make) return method === "POST" ? { body: {} } : null;
    const { status: code, ...document } = make(query, body);
    return typeof code === "number" ? { status: code, body: document } : { body: make(query, body) };
  },
};
