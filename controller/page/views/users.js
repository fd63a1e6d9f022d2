// SPDX-License-Identifier: Apache-2.0
// Who may sign in, and as what.
import { get, post } from "../api.js";
import { choices, form, input, select } from "../form.js";
import { ago, date } from "../format.js";
import { texts } from "../strings.js";
import strings from "../strings/users.js";
import { badge, button, card, confirm, dialog, element, empty, notice, replace, table, toast } from "../ui.js";

const { text, word } = texts(strings);
const ROLES = ["operator", "approver", "leader", "auditor", "technician", "administrator"];

const roleWords = (role) => word("role", role);

/** Shown once, as large as it has to be copied by hand. */
const showPassword = (name, password) => dialog({
  title: text("passwordOf", name),
  body: [
    element("p", { class: "password" }, element("code", {}, password)),
    notice("warning", text("passwordOnce")),
  ],
  actions: (close) => [
    button(text("copy"), async () => {
      await navigator.clipboard.writeText(password);
      toast(text("copied"));
    }),
    button(text("done"), () => close(), { kind: "primary" }),
  ],
});

function fieldsOf(user, groups) {
  const name = input({ name: "name", label: text("name"), required: true, value: user?.name ?? "", maxlength: 120,
    help: text("nameHelp") });
  const roles = choices({ name: "roles", label: text("roles"), required: true,
    options: ROLES.map((role) => [role, [roleWords(role), element("span", { class: "form-text d-block" },
      word("may", role))]]), value: user?.roles ?? [] });
  const led = choices({ name: "groups", label: text("groups"), help: text("groupsHelp"),
    options: groups.map((g) => [g.id, g.name]), value: user?.groups ?? [] });
  const language = select({ name: "language", label: text("language"),
    options: [["vi", "Tiếng Việt"], ["en", "English"]], value: user?.language ?? "vi" });
  const show = () => { led.node.hidden = !roles.get().includes("leader"); };
  roles.node.addEventListener("change", show);
  show();
  return { name, roles, led, language };
}

/** Groups are said for a leader alone. */
const bodyOf = ({ roles, groups, ...more }) => ({ ...more, roles, groups: roles.includes("leader") ? groups : [] });

async function addUser(groups, after) {
  const user = input({ name: "user", label: text("user"), required: true, maxlength: 64, autocapitalize: "none",
    spellcheck: "false", autocomplete: "off", help: text("userHelp") });
  const { name, roles, led, language } = fieldsOf(null, groups);
  const made = await dialog({
    title: text("addTitle"), wide: true,
    body: (close) => form({ fields: [user, name, roles, led, language], submit: text("add"),
      onSubmit: async (values) => close(await post("/users", bodyOf(values))) }),
  });
  if (!made) return;
  await after();
  await showPassword(made.user ?? made.id, made.password);
}

async function editUser(user, groups, after) {
  const { name, roles, led, language } = fieldsOf(user, groups);
  await dialog({
    title: text("editTitle", user.user), wide: true,
    body: (close) => form({ fields: [name, roles, led, language], submit: text("save"),
      onSubmit: async (values) => {
        await post(`/users/${user.user}/roles`, bodyOf(values));
        close();
        toast(text("saved"));
        await after();
      } }),
  });
}

async function newPassword(user) {
  const sure = await confirm({ title: text("newPasswordTitle", user.name || user.user),
    words: text("newPasswordWords"), yes: text("newPassword"), kind: "primary" });
  if (!sure) return;
  const { password } = await post(`/users/${user.user}/password`);
  await showPassword(user.user, password);
}

async function setDisabled(user, isDisabled, after) {
  if (isDisabled && !await confirm({ title: text("disableTitle", user.name || user.user),
    words: text("disableWords"), yes: text("disable") })) return;
  await post(`/users/${user.user}/${isDisabled ? "disable" : "enable"}`);
  toast(text(isDisabled ? "disabledNow" : "enabledNow", user.user));
  await after();
}

function actions(context, user, groups, after) {
  const small = { kind: "outline-secondary", class: "btn-sm" };
  const label = (words) => ({ "aria-label": `${words}: ${user.user}` });
  const isSelf = user.user === context.session.user;
  return element("div", { class: "buttons" },
    button(text("edit"), () => editUser(user, groups, after), { ...small, ...label(text("edit")), id: `edit-${user.user}` }),
    button(text("newPassword"), () => newPassword(user), { ...small, ...label(text("newPassword")), id: `password-${user.user}` }),
    isSelf ? null : user.disabled_us > 0 ?
      button(text("enable"), () => setDisabled(user, false, after), { ...small, ...label(text("enable")), id: `able-${user.user}` }) :
      button(text("disable"), () => setDisabled(user, true, after),
        { kind: "outline-danger", class: "btn-sm", ...label(text("disable")), id: `able-${user.user}` }));
}

function userTable(context, users, groups, after) {
  const groupName = (id) => groups.find((g) => g.id === id)?.name ?? id;
  return table({
    caption: text("people"), rows: users,
    columns: [
      { label: text("name"), cell: (u) => [u.name || u.user, element("div", { class: "muted small" }, u.user)] },
      { label: text("roles"), cell: (u) => element("div", { class: "row-start" },
        u.roles.map((role) => badge("plain", roleWords(role)))) },
      { label: text("groups"), cell: (u) => u.groups.map(groupName).join(", ") || "–" },
      { label: text("lastLogin"), cell: (u) => u.last_login_us ? ago(u.last_login_us, context.nowUs()) : text("never") },
      { label: text("state"), cell: (u) => u.disabled_us > 0 ?
        badge("bad", text("disabledSince", date(u.disabled_us))) :
        u.must_change ? badge("fair", text("mustChange")) : badge("good", text("active")) },
      { label: text("actions"), wide: true, cell: (u) => actions(context, u, groups, after) },
    ],
  });
}

export async function mount(root, context) {
  const body = element("div", {});
  let groups = [];
  const draw = async () => {
    if (!context.status) await context.refreshStatus();
    const { users } = await get("/users", {}, { signal: context.signal });
    groups = context.status.groups;
    replace(body, users.length > 0 ? userTable(context, users, groups, draw) : empty(text("nobody")));
  };
  context.setActions(button(text("addTitle"), () => addUser(groups, draw), { kind: "primary", id: "add-user" }));
  root.append(card(text("people"), body));
  context.on("people", draw);
  await draw();
}
