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
  ["Too many reports and logbooks are being made just now: try again in a few seconds",
    "Đang có quá nhiều báo cáo và nhật ký được lập. Hãy thử lại sau vài giây."],
  ["that is outside the permitted hours; next permitted time: %s",
    "Giờ này ngoài khung giờ được phép phát. Giờ được phép gần nhất: {0}."],
  ["airing \"%s\" is over already", "Lần phát này đã kết thúc."],

  // of takes
  ["a take may be gone on with %d times: finish this one", "Một bản ghi chỉ nối được {0} lần. Hãy bấm “Xong” cho bản này."],
  ["a take may have %d MB, a piece %d: finish this one", "Bản ghi đã dài hết mức ({0} MB). Hãy bấm “Xong” cho bản này."],

  // of great days
  ["the broadcast \"%s\" goes by this day: give it other days, or remove it first",
    "Chương trình “{0}” theo ngày này. Hãy đặt ngày khác cho chương trình, hoặc xoá chương trình trước."],
  ["nothing of the office's own is called \"%s\"; what is shipped stays",
    "Không có ngày nào của địa phương mang mã {0}; ngày của cả nước không xoá được."],
  ["a file of the calendars on the controller is faulty; have it mended first: %s",
    "Tệp lịch trên máy chủ có lỗi, hãy nhờ kỹ thuật viên sửa trước: {0}"],
  ["there are %d already: remove what is over first", "Đã có {0} ngày: hãy xoá những ngày đã qua."],
  ["%s: want %s", "Mục “{0}” chưa đúng: cần {1}."],
  ["a day such as \"09/03\"", "ngày có thật, ghi như 09/03"],
  ["a lunar day such as \"10/03\"", "ngày âm có thật, ghi như 10/03"],
  ["1 to 256 letters", "từ 1 đến 256 chữ"],
  ["a list of dates such as \"2026-05-02\"", "ít nhất một ngày"],
  ["the override for \"%s\" gives a month that has neither 29 nor 30 days",
    "Với thay đổi của ngày {0}, có tháng âm không đủ 29 hoặc quá 30 ngày. Hãy xem lại ngày."],
  ["official: must be the day of \"computed\", or the one before or after",
    "Lịch chính thức chỉ có thể sớm hoặc muộn hơn một ngày so với cách tính."],

  // of the planner
  ["%s is marked as confidential and is never aired", "“{0}” là nội dung Mật: không bao giờ được phát."],
  ["%s: the speech is not made yet; %u airing(s) wait for it, the first at %s",
    "“{0}”: máy chưa đọc xong văn bản; {1} lần phát đang chờ, lần đầu lúc {2}."],
  ["%s: there is no recording \"%s\" for %u airing(s), the first at %s; import it, or correct the broadcast",
    "“{0}”: không có bản thu {1} cho {2} lần phát, lần đầu lúc {3}. Hãy chọn bản thu khác."],
  ["%s: \"%s\" is not approved yet; %u airing(s) wait for that, the first at %s; have it approved in time",
    "“{0}”: bản thu “{1}” chưa được duyệt; {2} lần phát đang chờ, lần đầu lúc {3}. Hãy trình duyệt kịp giờ."],
  ["%s: \"%s\" has expired by then; %u airing(s) are not planned, the first at %s; prolong it or take another recording",
    "“{0}”: bản thu “{1}” hết hạn trước giờ phát; {2} lần phát bị bỏ, lần đầu lúc {3}. Hãy gia hạn hoặc chọn bản thu khác."],
  ["%s: \"%s\" was withdrawn; %u airing(s) are not planned, the first at %s; take another recording",
    "“{0}”: bản thu “{1}” đã bị rút; {2} lần phát bị bỏ, lần đầu lúc {3}. Hãy chọn bản thu khác."],
  ["%s: %u airing(s) outside the permitted hours are not planned%s, the first at %s; move it, or name who allowed an exception and why",
    "“{0}”: {1} lần phát nằm ngoài khung giờ được phép, lần đầu lúc {3}. Hãy dời giờ, hoặc ghi ai cho phép phát ngoài giờ và lý do."],

  // of receivers and people
  ["the receiver's id must be of a-z, 0-9, '-' and '.', at most %d characters",
    "Mã cụm thu chỉ gồm chữ thường không dấu a–z, số, dấu “-” và “.”, nhiều nhất {0} ký tự."],
  ["there is a receiver \"%s\" already, or was one: its log would be mixed up; take another id",
    "Đã có, hoặc từng có cụm thu {0}. Hãy đặt mã khác để nhật ký không lẫn lộn."],
  ["there is no receiver \"%s\"; node list shows them", "Không có cụm thu {0}."],
  ["receiver \"%s\" was revoked before", "Cụm thu {0} đã bị thu hồi trước đó."],
  ["The login name must be 1 to %d lower-case letters, digits, '-' or '.', e.g. nguyen.van.a",
    "Tên đăng nhập gồm 1 đến {0} chữ thường không dấu, số, dấu “-” hoặc “.”, ví dụ nguyen.van.a."],
  ["There is a user \"%s\" already: take another name, or loactl user set %s",
    "Đã có người dùng {0}. Hãy chọn tên khác."],
  ["%s is the last administrator: make another one first",
    "{0} là quản trị viên cuối cùng: hãy tạo một quản trị viên khác trước."],
  ["A leader leads at least one group: name it", "Tổ trưởng phải phụ trách ít nhất một tổ: hãy chọn tổ."],
  ["The old password is wrong", "Mật khẩu hiện nay không đúng."],
  ["The new password is the old one: take another", "Mật khẩu mới trùng mật khẩu cũ: hãy chọn mật khẩu khác."],
  ["The password must have at least 10 characters: three or four words are good",
    "Mật khẩu cần ít nhất 10 ký tự: ba, bốn từ ghép lại là tốt."],
  ["The password must not be the login name: take three or four words",
    "Mật khẩu không được giống tên đăng nhập: hãy dùng ba, bốn từ."],
  ["This password is among the first that are guessed: take three or four words",
    "Mật khẩu này dễ đoán quá: hãy dùng ba, bốn từ."],
];

const escape = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const patterns = PHRASES.map(([english, vietnamese]) => ({
  pattern: new RegExp(`^${escape(english.replace(/:$/, ":%s")).replace(/%[a-z]+/g, "(.*?)")}$`, "s"),
  vietnamese,
}));

/** A sentence from outside, in the reader's language where it is known; of faults, each line, which
 * may begin with its place ("broadcast: ..."). */
export function sentence(english) {
  if (language() !== "vi" || !english) return english ?? "";
  if (english.includes("\n")) return english.split("\n").map(sentence).join("\n");
  for (const { pattern, vietnamese } of patterns) {
    const found = pattern.exec(english);
    if (found) return vietnamese.replace(/\{(\d)\}/g, (all, i) => sentence(found[Number(i) + 1]));
  }
  const placed = /^[\w.-]+(?::\d+)?: (.+)$/s.exec(english);
  const known = placed ? sentence(placed[1]) : english;
  return placed && known !== placed[1] ? known : english;
}
