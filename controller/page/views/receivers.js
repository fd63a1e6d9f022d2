// SPDX-License-Identifier: Apache-2.0
// How every receiver is; test tone, volume, one more, one less; and the groups they stand in.
import { get, getOr, post } from "../api.js";
import { form, input, select } from "../form.js";
import { ago, dateTime, number } from "../format.js";
import { qrMatrix } from "../qr.js";
import { sentence } from "../phrases.js";
import { language, texts } from "../strings.js";
import strings from "../strings/receivers.js";
import { badge, button, card, confirm, details, dialog, element, empty, notice, replace, saveFile, svg,
  table, toast } from "../ui.js";

const { text, word } = texts(strings);
const QUIET_ZONE = 4; // modules of white around a code, as readers want them

// --- state --------------------------------------------------------------------------------------

const isWell = (node, missing) => node.online && !missing.has(node.id) && !node.trouble &&
  node.output !== "failed" && node.clock?.state !== "untrusted";

function stateCell(node, missing) {
  const kind = !node.online ? "bad" : isWell(node, missing) ? "good" : "fair";
  const label = !node.online ? text("offline") : missing.has(node.id) ? text("notReady") : text("ready");
  return [badge(kind, label), node.on_air ? [" ", badge("plain", text("playing"))] : null];
}

const clockCell = (node) => node.clock ?
  node.clock.state === "untrusted" ? badge("bad", word("clock", "untrusted")) :
    word("clock", node.clock.state) : "–";

const outputCell = (node) => node.output === "failed" ? badge("bad", word("output", "failed")) :
  word("output", node.output);

const levelCell = (node) => node.on_air ? text("db", number(node.level_db)) : "–";

const tenths = (db) => number(db, Number.isInteger(db) ? 0 : 1);

/** What it says to be; and what is set, where that is something else: its own limit, or it has not heard yet. */
const volumeCell = (node) => [node.volume_db === null ? "–" : text("db", tenths(node.volume_db)),
  node.volume_db === node.volume_set_db ? null :
    element("div", { class: "muted small" }, text("volumeSet", tenths(node.volume_set_db)))];

function remarks(node) {
  return [node.trouble && sentence(node.trouble), node.output_error && sentence(node.output_error),
    node.unreported > 0 && text("unreported", node.unreported),
    node.refused > 0 && text("refused", node.refused)].filter(Boolean);
}

// --- what one can do ----------------------------------------------------------------------------

async function testTone(node) {
  await post(`/nodes/${node.id}/test`);
  toast(text("testSent", node.id), "info");
}

async function changeVolume(node, after) {
  const volume = input({ name: "volume_db", label: text("volumeLabel"), type: "number", min: -60, max: 0,
    step: 0.5, value: node.volume_set_db, required: true, help: text("volumeHelp") });
  await dialog({
    title: text("volumeOf", node.id),
    body: (close) => form({ fields: [volume], submit: text("save"),
      onSubmit: async (values) => {
        await post(`/nodes/${node.id}/volume`, values);
        close();
        toast(text("saved"));
        await after();
      } }),
  });
}

async function revoke(node, after) {
  const sure = await confirm({ title: text("revokeTitle", node.id), words: [text("revokeWords")],
    yes: text("revoke") });
  if (!sure) return;
  await post(`/nodes/${node.id}/revoke`);
  toast(text("revoked", node.id));
  await after();
}

/** What a receiver needs, without the remarks: so that a code of it can be read by a telephone. */
const essential = (config) => config.split("\n").map((line) => line.replace(/^\s*#.*|\s+#\s.*$/g, "").trim())
  .filter(Boolean).join("\n") + "\n";

function qrDrawing(content) {
  const rows = qrMatrix(content);
  if (!rows) return null;
  const size = rows.length + 2 * QUIET_ZONE;
  const path = rows.map((row, y) => row.map((dark, x) =>
    dark ? `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z` : "").join("")).join("");
  return svg("svg", { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": text("qrLabel"),
    "shape-rendering": "crispEdges" },
  svg("rect", { width: size, height: size, fill: "#fff" }), svg("path", { d: path, fill: "#000" }));
}

/** The file has the receiver's secret, and the controller keeps no copy: now or never. */
const showConfig = ({ id, config }) => dialog({
  title: text("addedTitle", id),
  body: [
    notice("warning", text("onceOnly")),
    element("ol", { class: "steps" },
      element("li", {}, text("stepFile"), element("div", { class: "buttons" },
        button(text("download"), () => saveFile("node.cfg", config), { kind: "primary" }))),
      element("li", {}, text("stepPut"), element("pre", {}, "/etc/loa/node.cfg")),
      element("li", {}, text("stepStart"), element("pre", {}, "systemctl enable --now loa-node"))),
    details({ title: text("qrTitle") }, element("p", { class: "muted" }, text("qrHelp")),
      qrDrawing(essential(config))),
  ],
  actions: (close) => button(text("done"), () => close(), { kind: "outline-secondary" }),
});

async function addNode(groups, after) {
  const id = input({ name: "id", label: text("nodeId"), required: true, maxlength: 64,
    autocapitalize: "none", spellcheck: "false", help: text("nodeIdHelp"), pattern: "[a-z0-9][a-z0-9.-]*" });
  const group = select({ name: "group", label: text("group"), required: true,
    options: groups.map((g) => [g.id, g.name]), value: (groups.find((g) => !g.nodes.length) ?? groups[0])?.id });
  const added = await dialog({
    title: text("addTitle"),
    body: (close) => form({ fields: [id, group], submit: text("add"),
      onSubmit: async (values) => close(await post("/nodes", { ...values, id: values.id.trim() })) }),
  });
  if (!added) return;
  await after();
  await showConfig(added);
}

async function editGroup(group, after) {
  const name = input({ name: "name", label: text("groupName"), required: true, value: group.name, maxlength: 120 });
  const tag = input({ name: "language", label: text("groupLanguage"), value: group.language ?? "vi",
    maxlength: 16, required: true, help: text("groupLanguageHelp") });
  await dialog({
    title: text("editGroup", group.name),
    body: (close) => form({ fields: [name, tag], submit: text("save"),
      onSubmit: async (values) => {
        await post(`/groups/${group.id}/set`, values);
        close();
        toast(text("saved"));
        await after();
      } }),
  });
}

// --- tables -------------------------------------------------------------------------------------

function nodeActions(context, node, after) {
  if (!context.may("receivers")) return null;
  const small = { kind: "outline-secondary", class: "btn-sm" };
  return element("div", { class: "buttons" },
    button(text("test"), () => testTone(node), { ...small, id: `test-${node.id}`,
      "aria-label": text("testOf", node.id) }),
    button(text("volume"), () => changeVolume(node, after), { ...small,
      id: `volume-${node.id}`, "aria-label": text("volumeOf", node.id) }),
    button(text("revoke"), () => revoke(node, after), { kind: "outline-danger", class: "btn-sm",
      id: `revoke-${node.id}`, "aria-label": text("revokeOf", node.id) }));
}

function nodeTable(context, status, nodes, after) {
  const missing = new Set(status.ready.missing);
  const groupName = (id) => status.groups.find((g) => g.id === id)?.name ?? id;
  const rank = (node) => node.online ? Number(isWell(node, missing)) + 1 : 0;
  const sorted = [...nodes].sort((a, b) => rank(a) - rank(b) || a.id.localeCompare(b.id, "vi", { numeric: true }));
  const columns = [
    { label: text("node"), cell: (n) => [n.id, element("div", { class: "muted small" }, groupName(n.group))] },
    { label: text("state"), cell: (n) => [stateCell(n, missing),
      remarks(n).map((r) => element("div", { class: "small muted" }, r))] },
    { label: text("clock"), cell: clockCell },
    { label: text("cache"), class: "tabular", cell: (n) => `${n.ready.n}/${n.ready.of}` },
    { label: text("output"), cell: outputCell },
    { label: text("level"), class: "tabular", cell: levelCell },
    { label: text("volume"), class: "tabular", cell: volumeCell },
    { label: text("lastSeen"), cell: (n) => n.online ? text("now") : ago(n.last_seen_us, status.now_us) },
    { label: text("version"), cell: (n) => n.version ?? "–" },
    context.may("receivers") ? { label: text("actions"), wide: true,
      cell: (n) => nodeActions(context, n, after) } : null,
  ].filter(Boolean);
  return table({ caption: text("receivers"), columns, rows: sorted });
}

function revokedList(nodes) {
  const gone = nodes.filter((n) => n.revoked_us > 0);
  if (gone.length === 0) return null;
  return details({ title: text("revokedTitle", gone.length), key: "revoked" }, element("ul", { class: "plain" },
    gone.map((n) => element("li", {}, `${n.id} · ${dateTime(n.revoked_us)}`))));
}

/** "vi" → "Tiếng Việt"; a tag that the browser does not know stays as it is. */
function languageName(tag) {
  try {
    const name = new Intl.DisplayNames([language()], { type: "language" }).of(tag);
    return name.charAt(0).toLocaleUpperCase() + name.slice(1);
  } catch {
    return tag;
  }
}

function groupTable(context, groups, users, after) {
  const nameOf = (id) => users.find((u) => u.user === id)?.name || id;
  return table({
    caption: text("groups"), rows: groups,
    columns: [
      { label: text("group"), cell: (g) => [g.name, element("div", { class: "muted small" }, g.id)] },
      { label: text("groupLanguage"), cell: (g) => languageName(g.language ?? "vi") },
      { label: text("leaders"), cell: (g) => g.leaders?.length ? g.leaders.map(nameOf).join(", ") : text("noLeader") },
      { label: text("receivers"), cell: (g) => g.nodes.length ? g.nodes.join(", ") :
        badge("fair", text("noReceiver")) },
      context.may("groups") ? { label: text("actions"), wide: true, cell: (g) =>
        element("div", { class: "buttons" }, button(text("edit"), () => editGroup(g, after),
          { kind: "outline-secondary", class: "btn-sm", id: `edit-${g.id}`, "aria-label": text("editGroup", g.name) }))
      } : null,
    ].filter(Boolean),
  });
}

// --- the view -----------------------------------------------------------------------------------

/** Before the controller tells of groups by themselves: what the status has of them. */
const groupsOfStatus = (status) => status.groups.map((g) => ({ ...g,
  nodes: status.nodes.filter((n) => n.group === g.id).map((n) => n.id) }));

export async function mount(root, context) {
  const { signal } = context;
  let listed = [];
  let groups = [];
  let users = [];
  let search = "";
  const receivers = element("div", {});
  const groupsPart = element("div", {});

  const draw = () => {
    const { status } = context;
    if (!status) return;
    const found = status.nodes.filter((n) => `${n.id} ${n.group} ${
      groups.find((g) => g.id === n.group)?.name ?? ""}`.toLocaleLowerCase().includes(search));
    replace(receivers,
      status.nodes.length === 0 ? empty(text("noNodes")) :
        found.length === 0 ? empty(text("noneFound")) : nodeTable(context, status, found, fetchAll),
      revokedList(listed));
    replace(groupsPart, groupTable(context, groups, users, fetchAll));
  };
  const fetchAll = async () => {
    await context.refreshStatus();
    const [nodes, list, people] = await Promise.all([
      get("/nodes", {}, { signal }),
      getOr(null, "/groups", {}, { signal }),
      context.may("users") ? getOr({ users: [] }, "/users", {}, { signal }) : { users: [] },
    ]);
    listed = nodes.nodes;
    groups = list?.groups ?? groupsOfStatus(context.status);
    users = people.users;
    draw();
  };

  const filter = input({ name: "search", label: text("search"), type: "search", maxlength: 64 });
  filter.control.addEventListener("input", () => {
    search = filter.get().trim().toLocaleLowerCase();
    draw();
  });
  if (context.may("receivers")) {
    context.setActions(button(text("addTitle"), () => addNode(groups, fetchAll), { kind: "primary", id: "add-node" }));
  }
  root.append(card(text("receivers"), element("div", { class: "filters" }, filter.node), receivers),
    card(text("groups"), groupsPart));
  context.on("status", draw);
  context.on("people", fetchAll);
  context.every(() => context.status?.on_air.length ? context.refreshStatus() : null, 1000);
  await fetchAll();
}
