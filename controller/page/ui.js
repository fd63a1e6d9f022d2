// SPDX-License-Identifier: Apache-2.0
// The parts that views are made of. Texts only ever become text nodes; nothing here knows a view.
//
//   element("p", { class: "muted", onclick: fn, hidden: true }, "text", node, null, [more])
//   button(label, action, { kind: "primary", … })   disabled while the action runs, its error told
//   link(label, href), badge(kind, label), empty(text, node…), notice(kind, text, node…)
//   card(title, node…), table({ … }), details({ title, key, open }, node…), list(items)
//   replace(parent, node…)      new children, the focus and what is being typed stay where they were
//   toast(text, kind)           told to the screen reader, too
//   tellError(error)            a toast for whatever was thrown
//   dialog({ … }), confirm({ … })
//   form({ … }), field kinds: see form.js
import { texts } from "./strings.js";

const { text } = texts();
const PROPERTIES = new Set(["value", "checked", "disabled", "selected", "indeterminate", "srcObject"]);

let lastId = 0;
export const newId = (stem = "id") => `${stem}-${++lastId}`;

const append = (node, children) => {
  for (const child of children.flat(Infinity)) {
    if (child != null && child !== false && child !== "") node.append(child);
  }
};

export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  append(node, children); // before the attributes: a select's value needs its options
  for (const [key, value] of Object.entries(attributes)) {
    if (value == null || value === false && !PROPERTIES.has(key)) continue;
    if (typeof value === "function") node.addEventListener(key.replace(/^on/, ""), value);
    else if (PROPERTIES.has(key)) node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  return node;
}

/** Drawings: the same in SVG's name space. */
export function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  append(node, children);
  return node;
}

// --- saying things ------------------------------------------------------------------------------

const TOAST_MS = 6000;

/** @kind: "success", "info", "warning", "danger"; the last is read out at once and stays longer. */
export function toast(words, kind = "success") {
  const node = element("div", { class: `alert alert-${kind} toast-note`, role: kind === "danger" ? "alert" : null },
    element("span", {}, words),
    element("button", { type: "button", class: "btn-close", "aria-label": text("close"),
      onclick: () => node.remove() }));
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), kind === "danger" ? 3 * TOAST_MS : TOAST_MS);
  return node;
}

export function tellError(error) {
  if (error.name === "AbortError") return; // the view was left
  if (error.name !== "Error" || error.status === undefined) console.warn(error);
  toast(error.message, "danger");
}

// --- small parts --------------------------------------------------------------------------------

/** @kind: Bootstrap's: primary, secondary, danger, outline-primary, link, … */
export function button(label, action, { kind = "outline-primary", ...attributes } = {}) {
  const node = element("button", { type: "button", ...attributes,
    class: `btn btn-${kind} ${attributes.class ?? ""}`.trim() }, label);
  node.addEventListener("click", async (event) => {
    if (node.getAttribute("aria-disabled") === "true") return;
    node.setAttribute("aria-disabled", "true"); // keeps the focus, which `disabled` would lose
    try {
      await action(event);
    } catch (error) {
      tellError(error);
    } finally {
      node.removeAttribute("aria-disabled");
    }
  });
  return node;
}

export const link = (label, href, attributes = {}) => element("a", { href, ...attributes }, label);

/** @kind: good, fair, bad, plain, emergency */
export const badge = (kind, label) => element("span", { class: `mark mark-${kind}` }, label);

export const BADGE_OF_RESULT = { completed: "good", partial: "fair", preempted: "fair",
  stopped: "fair", suspended: "plain", planned: "plain", "on-air": "good", "not-reported": "plain" };

/** Where nothing is yet: what this place is for, and how to begin. */
export const empty = (words, ...more) => element("div", { class: "empty" },
  element("p", {}, words), more);

/** @kind: info, warning, danger, success */
export const notice = (kind, ...children) => element("div", { class: `alert alert-${kind}` }, children);

export const card = (title, ...children) => element("section", { class: "card panel" },
  title ? element("h2", { class: "panel-title" }, title) : null, children);

/** @head: the title, or { title, key, open }: by @key it stays open or closed over a redraw */
export function details(head, ...children) {
  const { title, key, open = false } = typeof head === "string" ? { title: head } : head;
  return element("details", { "data-key": key, open }, element("summary", {}, title), children);
}

export const list = (items, attributes = {}) => element("ul", { class: "plain", ...attributes },
  items.map((item) => element("li", {}, item)));

/** A bar with its value in words; @share 0..1 */
export function meter(share, label, kind = "good") {
  const node = element("meter", { class: `meter meter-${kind}`, min: 0, max: 1, "aria-label": label });
  node.value = Math.min(1, Math.max(0, share));
  return node;
}

/** A bar that moves: set its .value, 0..1; @label says what is on its way */
export function progress(share, label) {
  const node = element("progress", { max: 1, "aria-label": label });
  node.value = share;
  return node;
}

/**
 * A table that becomes a list of cards on a narrow screen.
 * @columns: [{ label, cell: (row) => string | node | array, class, wide: true (cell takes the
 * whole line on a telephone) }]; the first column names the row.
 * @caption: for the screen reader; @rowAttributes: (row) => attributes
 */
export function table({ caption, columns, rows, rowAttributes = () => ({}) }) {
  const cell = (column, row, i) => element(i === 0 ? "th" : "td", {
    role: i === 0 ? "rowheader" : "cell", scope: i === 0 ? "row" : null,
    class: [column.class, column.wide ? "wide" : null].filter(Boolean).join(" ") || null,
    "data-label": column.label,
  }, element("div", {}, column.cell(row)));
  // roles are said again, because `display` takes them away from a table on a narrow screen
  return element("div", { class: "table-scroll", role: "region", tabindex: 0, "aria-label": caption },
    element("table", { class: "table", role: "table" },
      element("caption", { class: "visually-hidden" }, caption),
      element("thead", { role: "rowgroup" }, element("tr", { role: "row" },
        columns.map((c) => element("th", { scope: "col", role: "columnheader", class: c.class },
          c.label)))),
      element("tbody", { role: "rowgroup" }, rows.map((row) =>
        element("tr", { role: "row", ...rowAttributes(row) },
          columns.map((c, i) => cell(c, row, i)))))));
}

/**
 * New children for @parent. The focus goes to the element with the same id, or the same data-key,
 * and an input that is being typed in keeps what it has: for views that are drawn again by events.
 */
export function replace(parent, ...children) {
  const active = parent.contains(document.activeElement) ? document.activeElement : null;
  const typed = active && "value" in active ? active.value : null;
  const open = new Map([...parent.querySelectorAll("details[data-key]")]
    .map((d) => [d.dataset.key, d.open]));
  parent.replaceChildren();
  append(parent, children);
  for (const node of parent.querySelectorAll("details[data-key]")) {
    node.open = open.get(node.dataset.key) ?? node.open;
  }
  if (!active) return;
  const same = (active.id && parent.querySelector(`#${CSS.escape(active.id)}`)) ||
    (active.dataset.key && parent.querySelector(`[data-key="${CSS.escape(active.dataset.key)}"]`));
  if (!same) return;
  if (typed !== null && same.tagName === active.tagName && same.type !== "checkbox" &&
      same.type !== "radio" && same.tagName !== "BUTTON") same.value = typed;
  same.focus({ preventScroll: true });
}

// --- dialogs ------------------------------------------------------------------------------------

/**
 * @body: nodes, or (close) => nodes; @actions: [node], or (close) => [node]
 * → what close(value) was called with, undefined when it was dismissed
 */
export function dialog({ title, body, actions = [], wide = false }) {
  return new Promise((resolve) => {
    const id = newId("dialog");
    const back = document.activeElement;
    const node = element("dialog", { class: wide ? "wide" : null, "aria-labelledby": id });
    let result;
    const close = (value) => { result = value; node.close(); };
    const made = (part) => typeof part === "function" ? part(close) : part;
    append(node, [
      element("div", { class: "dialog-head" },
        element("h2", { id, tabindex: -1, class: "h5" }, title),
        element("button", { type: "button", class: "btn-close", "aria-label": text("close"),
          onclick: () => close(undefined) })),
      element("div", { class: "dialog-body" }, made(body)),
      element("div", { class: "dialog-foot" }, made(actions)),
    ]);
    const leave = () => node.close();
    node.addEventListener("close", () => {
      window.removeEventListener("hashchange", leave);
      node.remove();
      // the view may have been drawn again meanwhile
      (back?.isConnected ? back : back?.id ? document.getElementById(back.id) : null)?.focus();
      resolve(result);
    });
    window.addEventListener("hashchange", leave);
    document.body.append(node);
    node.showModal();
    // not the cross: a screen reader shall begin with the question
    (node.querySelector("[autofocus]") ?? node.querySelector("h2")).focus();
  });
}

/**
 * A question before something that cannot be undone. → true or false
 * @phrase: has to be typed first, for what concerns the whole ward
 */
export async function confirm({ title, words, yes, kind = "danger", phrase = null }) {
  const input = phrase && element("input", { class: "form-control", autocomplete: "off",
    autofocus: true, id: newId("phrase") });
  const said = await dialog({
    title,
    body: [
      [words].flat().map((w) => typeof w === "string" ? element("p", {}, w) : w),
      phrase && element("label", { class: "form-label", for: input.id },
        text("confirmPhrase", phrase)),
      input,
    ],
    actions: (close) => {
      const go = button(yes ?? text("yes"), () => close(true), { kind });
      if (phrase) {
        const check = () => { go.disabled = input.value.trim().normalize("NFC") !== phrase; };
        input.addEventListener("input", check);
        check();
      }
      return [button(text("cancel"), () => close(false), { kind: "outline-secondary" }), go];
    },
  });
  return said === true;
}

// --- files --------------------------------------------------------------------------------------

/** Hands @content (text or Blob) to the browser as a file. */
export function saveFile(name, content, type = "text/plain;charset=utf-8") {
  const href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const node = element("a", { href, download: name });
  document.body.append(node);
  node.click();
  node.remove();
  setTimeout(() => URL.revokeObjectURL(href), 10000);
}
