// SPDX-License-Identifier: Apache-2.0
// What waits for the approver's word: hear it, then say yes, or what to mend.
import { get, post } from "../api.js";
import { area, form } from "../form.js";
import { length } from "../format.js";
import { approvalText, facts, fingerprint, kindText, remarks, stateBadge } from "../parts/recording.js";
import { player } from "../sound/player.js";
import { texts } from "../strings.js";
import strings from "../strings/approval.js";
import { button, card, confirm, details, dialog, element, empty, link, list, notice, replace, toast }
  from "../ui.js";

const { text } = texts(strings);
const ENOUGH = 0.95;
const LATELY = 6;

function rejectDialog(recording, onDone) {
  return dialog({ title: text("reject"), body: (close) => form({ kind: "danger", fields: [
    element("p", {}, text("rejectAsk")),
    area({ name: "reason", label: text("reason"), required: true, rows: 3, maxlength: 500 }),
  ], submit: text("reject"), onSubmit: async ({ reason }) => {
    await post(`/recordings/${recording.id}/reject`, { reason: reason.trim() });
    close(true);
    toast(text("rejected", recording.title), "info");
    await onDone();
  } }) });
}

/** One that waits. → {node, close()} */
function waiting(recording, context, onDone) {
  let share = 0;
  const go = button(text("approveNotHeard"), async () => {
    if (share < ENOUGH && !await confirm({ title: text("approve"), yes: text("approve"),
      kind: "primary", words: text("approveAsk", length(share * recording.duration_ms),
        length(recording.duration_ms)) })) return;
    await post(`/recordings/${recording.id}/approve`, { sha256: recording.sha256 });
    toast(text("approved", recording.title));
    await onDone();
  }, { kind: "primary", class: "btn-lg" });
  const sound = player(recording, { signal: context.signal, onHeard: (ms) => {
    share = Math.min(1, ms / Math.max(1, recording.duration_ms));
    // the tail is silence, which players do not count to the millisecond
    const percent = share >= ENOUGH ? 100 : Math.floor(share * 100);
    go.textContent = percent > 0 ? text("approveHeard", percent) : text("approveNotHeard");
  } });
  const node = element("section", { class: "card panel", "data-recording": recording.id },
    element("h2", { class: "panel-title" }, recording.title),
    element("p", { class: "muted" }, [recording.kind && kindText(recording.kind), length(recording.duration_ms),
      recording.submitted_by && text("submittedBy", recording.submitted_by)].filter(Boolean).join(" · ")),
    remarks(recording).map((words) => notice("warning", words)),
    sound.node,
    recording.text && details(text("words"), element("blockquote", { class: "item-text" }, recording.text)),
    details(text("facts"), facts(recording, context.nowUs())),
    element("p", { class: "muted" },
      text("approveBound", context.session.name, fingerprint(recording.sha256))),
    element("div", { class: "buttons" }, go,
      button(text("reject"), () => rejectDialog(recording, onDone), { kind: "outline-danger" })));
  return { node, close: sound.close };
}

async function emergencyNotice(context) {
  if (!context.may("confirm-emergency")) return null;
  const { emergencies } = await get("/emergencies", undefined, { signal: context.signal });
  const n = emergencies.filter((one) => one.state === "waiting").length;
  return n > 0 && notice("danger", element("p", {}, text("emergencyWaiting", n)),
    link(text("emergencyOpen"), "#/emergency", { class: "btn btn-danger" }));
}

const latest = (recordings) => recordings
  .filter((one) => one.state === "approved" || one.state === "rejected").slice(0, LATELY);

export async function mount(root, context) {
  const shown = new Map(); // recording → {node, close}: a player goes on while others come and go
  const head = element("div", {});
  const queue = element("div", { class: "queue" });
  const foot = element("div", {});

  async function draw() {
    const [{ recordings }, urgent] = await Promise.all([
      get("/recordings", undefined, { signal: context.signal }),
      emergencyNotice(context).catch(() => null),
    ]);
    const due = recordings.filter((one) => one.state === "submitted").reverse(); // oldest first
    const keyOf = (one) => `${one.id} ${one.sha256}`;
    const keys = new Set(due.map(keyOf));
    for (const [key, one] of shown) {
      if (keys.has(key)) continue;
      one.close();
      one.node.remove();
      shown.delete(key);
    }
    for (const one of due) {
      if (shown.has(keyOf(one))) continue;
      const made = waiting(one, context, draw);
      shown.set(keyOf(one), made);
      queue.append(made.node);
    }
    const lately = latest(recordings);
    replace(head, urgent, due.length > 0 ? element("p", { role: "status" }, text("waiting", due.length)) :
      empty(text("empty"), element("p", {}, text("emptyHow"))));
    replace(foot, lately.length > 0 && card(text("lately"), list(lately.map((one) =>
      element("div", { class: "row-between" },
        element("span", {}, link(one.title, `#/studio/${one.id}`), " ",
          element("span", { class: "muted" }, approvalText(one))), stateBadge(one))))));
  }

  root.append(head, queue, foot);
  context.on("content", draw);
  await draw();
  return () => { for (const one of shown.values()) one.close(); };
}
