// SPDX-License-Identifier: Apache-2.0
// Name and password; then the page that was asked for.
import { post } from "../api.js";
import { form, input } from "../form.js";
import { texts } from "../strings.js";
import strings from "../strings/login.js";
import { element } from "../ui.js";

const { text } = texts(strings);

export function mount(root, context) {
  const user = input({ name: "user", label: text("user"), required: true,
    autocomplete: "username", autocapitalize: "none", spellcheck: "false", maxlength: 64 });
  const password = input({ name: "password", label: text("password"), type: "password",
    required: true, autocomplete: "current-password", maxlength: 1024 });
  const signIn = form({
    fields: [user, password],
    submit: text("signIn"),
    onSubmit: async (values, node) => {
      try {
        await context.signedIn(await post("/session", values));
      } catch (error) {
        if (error.status !== 401) throw error;
        password.set("");
        node.tell(Object.assign(new Error(text("wrong")), { status: 401 }));
        password.control.focus();
      }
    },
  });
  root.append(element("section", { class: "panel login" },
    element("p", { class: "muted" }, text("intro")), signIn,
    element("p", { class: "muted login-help" }, text("forgotten"))));
  user.control.focus();
}
