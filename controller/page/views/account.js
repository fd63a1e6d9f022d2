// SPDX-License-Identifier: Apache-2.0
// The own account: who am I, what may I do, language, password.
import { get, getOr, post } from "../api.js";
import { form, input } from "../form.js";
import { texts } from "../strings.js";
import strings from "../strings/account.js";
import { badge, card, element, notice, toast } from "../ui.js";

const { text, word } = texts(strings);
const MIN_CHARS = 10;

function passwordForm(context) {
  const { session } = context;
  const old = input({ name: "old", label: text("oldPassword"), type: "password", required: true,
    autocomplete: "current-password", maxlength: 1024 });
  const fresh = input({ name: "new", label: text("newPassword"), type: "password", required: true,
    autocomplete: "new-password", maxlength: 1024, help: text("passwordHelp", MIN_CHARS) });
  const again = input({ name: "again", label: text("newPasswordAgain"), type: "password",
    required: true, autocomplete: "new-password", maxlength: 1024 });
  return form({
    fields: [old, fresh, again],
    submit: text("change"),
    onSubmit: async (values) => {
      if ([...values.new].length < MIN_CHARS) {
        fresh.setError(text("tooShort", MIN_CHARS));
        fresh.control.focus();
        return;
      }
      if (values.new !== values.again) {
        again.setError(text("notTheSame"));
        again.control.focus();
        return;
      }
      await post("/session/password", { old: values.old, new: values.new });
      for (const field of [old, fresh, again]) field.set("");
      toast(text("changed"));
      if (session.must_change) await context.signedIn(await get("/session"));
    },
  });
}

export async function mount(root, context) {
  const { session } = context;
  // before the first password is changed nothing else may be asked
  const names = new Map(session.groups.length > 0 && !session.must_change ?
    (await getOr({ groups: [] }, "/groups", undefined, { signal: context.signal })).groups.map((g) => [g.id, g.name]) : []);
  root.append(
    session.must_change ? notice("warning", text("mustChange")) : "",
    card(session.name,
      element("p", {}, text("userName"), " ", element("strong", {}, session.user)),
      element("p", { class: "row-start" }, session.roles.map((role) => badge("plain", word("role", role)))),
      session.groups.length > 0 ? element("p", {}, text("groups", session.groups.map((id) => names.get(id) ?? id).join(", "))) : null),
    card(text("password"), passwordForm(context)));
}
