// SPDX-License-Identifier: Apache-2.0
// The controller's API: docs/api.md. The browser's cookie lets it look, never change.
export class NotSignedIn extends Error {}

export async function get(path) {
  const answer = await fetch(`/api/v1${path}`, { headers: { Accept: "application/json" } });
  if (answer.status === 401) throw new NotSignedIn();
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

/** Calls back for every event; the browser connects again by itself. */
export function listen({ onEvent, onLost }) {
  const source = new EventSource("/api/v1/events");
  for (const topic of ["status", "log"]) source.addEventListener(topic, () => onEvent(topic));
  source.addEventListener("error", () => onLost(source));
  return source;
}

/** Of many calls in a row, one now and one at the end: never more than one in `pauseMs`. */
export function throttle(action, pauseMs) {
  let timer = null;
  let again = false;
  const run = () => {
    timer = setTimeout(() => {
      timer = null;
      if (again) { again = false; run(); action(); }
    }, pauseMs);
  };
  return () => {
    if (timer !== null) { again = true; return; }
    run();
    action();
  };
}
