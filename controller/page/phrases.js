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
  ["its audio is missing on the controller; import it again",
    "Máy chủ không còn âm thanh của bản thu này. Hãy tải lên lại."],
  ["it has expired and is not aired any more; prolong it, or take a newer one",
    "Bản thu đã hết hạn, không được phát nữa. Hãy gia hạn hoặc dùng bản mới hơn."],
  ["it is confidential and is never aired", "Nội dung Mật: không bao giờ được phát."],
  ["the audio of \"%s\" is not the one that you heard any more; listen again",
    "Âm thanh của “{0}” đã khác bản bạn vừa nghe. Hãy nghe lại rồi duyệt."],
  ["say why, for those who made it: a reason is needed", "Hãy ghi lý do để người làm biết cần sửa gì."],
  ["%d recordings are being made already; try again in a minute",
    "Đang có {0} bản thu được chuẩn bị. Hãy thử lại sau một phút."],
  ["that is outside the permitted hours; next permitted time: %s",
    "Giờ này ngoài khung giờ được phép phát. Giờ được phép gần nhất: {0}."],
  ["airing \"%s\" is over already", "Lần phát này đã kết thúc."],
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
