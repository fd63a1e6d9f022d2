// SPDX-License-Identifier: Apache-2.0
// Texts in two languages. strings/NAME.js has those of views/NAME.js, strings/common.js the shared
// ones: `key: ["tiếng Việt", "English"]`, "{0}" stands for a value. tests/web/strings.test.mjs
// finds what is missing, unused or in one language only; it reads text("key") and word("kind", …)
// in the sources, so keys are written out in the call, never put together.
import common from "./strings/common.js";

const LANGUAGES = ["vi", "en"];
let column = Math.max(0, LANGUAGES.indexOf(localStorage.getItem("language")));

export const language = () => LANGUAGES[column];

export function setLanguage(name) {
  column = Math.max(0, LANGUAGES.indexOf(name));
  localStorage.setItem("language", language());
  document.documentElement.lang = language();
}

const fill = (pattern, values) => pattern.replace(/\{(\d)\}/g, (all, i) => String(values[i]));

/**
 * The texts of one view over the common ones.
 *   text("key", value...)  the text; a key that is not there shows as it is, for a test to find
 *   word("kind", value)    the text "kind_value"; a word that is newer than this page: as it is
 *   has("key")
 */
export function texts(own = {}) {
  const find = (key) => own[key] ?? common[key];
  const text = (key, ...values) => fill(find(key)?.[column] ?? key, values);
  return {
    text,
    word: (kind, value) => {
      // the API writes on-air, a key is on_air
      const key = `${kind}_${String(value).replaceAll("-", "_")}`;
      return find(key) ? text(key) : String(value ?? "");
    },
    has: (key) => find(key) !== undefined,
  };
}
