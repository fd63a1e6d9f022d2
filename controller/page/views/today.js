// SPDX-License-Identifier: Apache-2.0
// What is on air and what comes next.
import { texts } from "../strings.js";
import strings from "../strings/today.js";
import { card, empty, list, replace } from "../ui.js";

const { text } = texts(strings);

export function mount(root, context) {
  const draw = (status) => replace(root,
    card(text("onAir"), status.on_air.length > 0 ? list(status.on_air.map((a) => a.title)) : empty(text("quiet"))));
  context.on("status", draw);
  if (context.status) draw(context.status);
}
