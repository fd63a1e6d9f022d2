// SPDX-License-Identifier: Apache-2.0
// Forms: labelled fields, errors beside them, one sentence on top, nothing lost by a refusal.
//
//   const name = input({ name: "name", label: text("name"), required: true, help: text("nameHelp") });
//   root.append(form({ fields: [name, …], submit: text("save"), onSubmit: async (values) => … }));
//
// A field is { name, node, control, get(), set(value), setError(sentence or null), check() }. Kinds:
// input({ type }), area, select({ options }), checkbox, choices({ options }) (several boxes → array
// of values), radios({ options }) (→ value). `options` are [[value, label], …].
// onSubmit gets { name: value, … }; what it throws is shown on top, and beside a field where the
// error's text begins with "name: ".
import { texts } from "./strings.js";
import { element, newId, button } from "./ui.js";

const { text } = texts();

function wrap({ label, help, required, name, hidden }, control, { inline = false, get, set }) {
  const errorId = newId("error");
  const helpId = help ? newId("help") : null;
  const labelNode = element("label", { class: inline ? "form-check-label" : "form-label",
    for: control.id }, label);
  const error = element("div", { class: "field-error", id: errorId, hidden: true });
  control.setAttribute("aria-describedby", [helpId, errorId].filter(Boolean).join(" "));
  if (required) control.setAttribute("aria-required", "true");
  const node = element("div", { class: inline ? "field form-check" : "field", hidden },
    inline ? [control, labelNode] : [labelNode, control],
    help ? element("div", { class: "form-text", id: helpId }, help) : null, error);
  const setError = (sentence) => {
    error.textContent = sentence ?? "";
    error.hidden = !sentence;
    control.setAttribute("aria-invalid", sentence ? "true" : "false");
    control.classList.toggle("is-invalid", Boolean(sentence));
  };
  control.addEventListener("input", () => setError(null));
  const check = () => {
    const ok = !required || String(get()).trim() !== "";
    setError(ok ? null : text("fieldEmpty"));
    return ok;
  };
  return { name, node, control, get, set, setError, check };
}

/** @type: text, password, date, time, number, url, …; further attributes go to the <input> */
export function input({ label, help, required, name, value = "", type = "text", hidden, ...more }) {
  const control = element("input", { id: newId(name), name, type, class: "form-control", value, ...more });
  return wrap({ label, help, required, name, hidden }, control, {
    get: () => type === "number" ? (control.value === "" ? "" : Number(control.value)) :
      control.value.normalize("NFC"),
    set: (v) => { control.value = v; },
  });
}

export function area({ label, help, required, name, value = "", rows = 4, hidden, ...more }) {
  const control = element("textarea", { id: newId(name), name, rows, class: "form-control", value, ...more });
  return wrap({ label, help, required, name, hidden }, control, {
    get: () => control.value.normalize("NFC"), set: (v) => { control.value = v; } });
}

export function select({ label, help, required, name, options, value = "", hidden, ...more }) {
  const control = element("select", { id: newId(name), name, class: "form-select", ...more, value },
    options.map(([v, words]) => element("option", { value: v }, words)));
  return wrap({ label, help, required, name, hidden }, control, {
    get: () => control.value, set: (v) => { control.value = v; } });
}

export function checkbox({ label, help, name, value = false, hidden, ...more }) {
  const control = element("input", { id: newId(name), name, type: "checkbox",
    class: "form-check-input", checked: value, ...more });
  return wrap({ label, help, name, hidden }, control, { inline: true,
    get: () => control.checked, set: (v) => { control.checked = v; } });
}

/** Several boxes or one of several, under one legend. */
function group(type, { label, help, required, name, options, value, hidden }) {
  const errorId = newId("error");
  const helpId = help ? newId("help") : null;
  const stem = newId(name);
  const chosen = new Set([value].flat());
  const boxes = options.map(([v, words]) => {
    const id = newId(stem);
    const box = element("input", { id, type, name: stem, value: v, checked: chosen.has(v),
      class: "form-check-input" });
    return { box, node: element("div", { class: "form-check" }, box,
      element("label", { class: "form-check-label", for: id }, words)) };
  });
  const error = element("div", { class: "field-error", id: errorId, hidden: true });
  const node = element("fieldset", { class: "field", hidden,
    "aria-describedby": [helpId, errorId].filter(Boolean).join(" ") },
  element("legend", { class: "form-label" }, label),
  help ? element("div", { class: "form-text", id: helpId }, help) : null,
  element("div", { class: "choices" }, boxes.map((b) => b.node)), error);
  const values = () => boxes.filter((b) => b.box.checked).map((b) => b.box.value);
  const setError = (sentence) => {
    error.textContent = sentence ?? "";
    error.hidden = !sentence;
  };
  node.addEventListener("input", () => setError(null));
  return {
    name, node, control: boxes[0]?.box ?? node, setError,
    get: () => type === "radio" ? values()[0] ?? "" : values(),
    set: (v) => { for (const b of boxes) b.box.checked = [v].flat().includes(b.box.value); },
    check: () => {
      const ok = !required || values().length > 0;
      setError(ok ? null : text("fieldEmpty"));
      return ok;
    },
  };
}

export const choices = (options) => group("checkbox", { value: [], ...options });
export const radios = (options) => group("radio", options);

/**
 * @fields: fields and plain nodes, in order; @submit: the button's label; @extra: more buttons
 * @onSubmit: async (values) => …; the button is busy meanwhile
 * → the <form>, with .fields (by name), .values(), .submit(), .tell(error)
 */
export function form({ fields, submit, onSubmit, extra = [], kind = "primary", ...attributes }) {
  const all = fields.filter((f) => f?.name && f.get);
  const summary = element("div", { class: "alert alert-danger", role: "alert", tabindex: -1, hidden: true });
  const go = button(submit, () => {}, { kind });
  go.type = "submit";
  const node = element("form", { novalidate: true, ...attributes }, summary,
    fields.map((f) => f?.node && f.get ? f.node : f), element("div", { class: "form-foot" }, go, extra));
  node.fields = Object.fromEntries(all.map((f) => [f.name, f]));
  node.values = () => Object.fromEntries(all.map((f) => [f.name, f.get()]));
  const say = (sentence) => {
    summary.textContent = sentence ?? "";
    summary.hidden = !sentence;
  };
  node.tell = (error) => {
    if (error.name === "AbortError") return;
    if (error.status === undefined) console.warn(error);
    const field = all.find((f) => error.detail?.startsWith(`${f.name}: `));
    field?.setError(error.detail.slice(field.name.length + 2));
    say(error.message);
    (field?.control ?? summary).focus();
  };
  node.submit = async () => {
    const bad = all.filter((f) => !f.node.hidden && !f.check());
    if (bad.length > 0) {
      bad[0].control.focus();
      return;
    }
    say(null);
    go.setAttribute("aria-disabled", "true");
    try {
      await onSubmit(node.values(), node);
    } catch (error) {
      node.tell(error);
    } finally {
      go.removeAttribute("aria-disabled");
    }
  };
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (go.getAttribute("aria-disabled") !== "true") node.submit();
  });
  return node;
}
