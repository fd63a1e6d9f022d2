// SPDX-License-Identifier: Apache-2.0
// Sentences of the controller and of receivers are English, for loactl and the logs. Here are those
// that people at the page meet, as the C sources have them ("%s" and the like stand for a value) and
// in Vietnamese ("{0}" is the first value). What ends with a colon goes on with a last value. What is
// not here shows as it came.
// tests/lint/check-page.py holds every left side against the sources.
import { language } from "./strings.js";

const PHRASES = [
  ["group %s (%s) has no receiver; add one with: loactl node add ID --group %s",
    "{1} chưa có cụm thu nào: thêm ở trang Cụm thu."],
  ["receiver %s: %s", "Cụm thu {0}: {1}"],
  ["the kernel does not call this machine's clock synchronised, so no receiver follows it: run chrony or systemd-timesyncd, or answer for it with clock = { trust_system = true; } in controller.cfg",
    "Đồng hồ của máy chủ chưa được đồng bộ nên các cụm thu không theo giờ của nó. Kỹ thuật viên cần bật chrony hoặc systemd-timesyncd."],
  ["%s (%s) is not ready on %u of %u receivers:",
    "“{0}” chưa sẵn sàng ở {2} trên {3} cụm thu:{4}"],
];

const escape = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const patterns = PHRASES.map(([english, vietnamese]) => ({
  pattern: new RegExp(`^${escape(english.replace(/:$/, ":%s")).replace(/%[a-z]+/g, "(.*?)")}$`, "s"),
  vietnamese,
}));

/** A sentence from outside, in the reader's language where it is known. */
export function sentence(english) {
  if (language() !== "vi" || !english) return english ?? "";
  for (const { pattern, vietnamese } of patterns) {
    const found = pattern.exec(english);
    if (found) return vietnamese.replace(/\{(\d)\}/g, (all, i) => sentence(found[Number(i) + 1]));
  }
  return english;
}
