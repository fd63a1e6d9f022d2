// SPDX-License-Identifier: Apache-2.0
// Every text of the page: Vietnamese, English. "{0}" stands for a value.
const strings = {
  allGroups: ["Toàn phường", "All groups"],
  brokerLost: ["Máy chủ MQTT: {0}", "MQTT broker: {0}"],
  class_emergency: ["Khẩn cấp", "Emergency"],
  class_normal: ["Thông thường", "Normal"],
  class_priority: ["Ưu tiên", "Priority"],
  clock: ["Đồng hồ", "Clock"],
  clock_holdover: ["tự giữ giờ", "hold-over"],
  clock_synced: ["đúng giờ", "synchronised"],
  clock_untrusted: ["không tin được", "untrusted"],
  connectionLost: ["Mất liên lạc với bộ điều khiển, đang thử lại…",
    "The controller does not answer; trying again…"],
  gaveWay: ["nhường cho {0}", "gave way to {0}"],
  group: ["Tổ dân phố", "Group"],
  heard: ["Nghe được", "Heard"],
  heardOf: ["{0} / {1}", "{0} of {1}"],
  inTime: ["còn {0}", "in {0}"],
  language: ["English", "Tiếng Việt"],
  lastSeen: ["Thấy lần cuối", "Last seen"],
  level: ["Mức", "Level"],
  log: ["Nhật ký", "Log"],
  noLog: ["Chưa có lần phát nào trong 7 ngày qua.", "Nothing was aired in the last 7 days."],
  noNext: ["Chưa có lịch phát. Khai báo bằng loactl apply.",
    "Nothing is planned. Declare broadcasts with loactl apply."],
  noNodes: ["Chưa có cụm thu nào. Thêm bằng loactl node add.",
    "There is no receiver yet. Add one with loactl node add."],
  never: ["chưa bao giờ", "never"],
  next: ["Sắp phát", "Next"],
  node: ["Cụm thu", "Receiver"],
  offline: ["mất kết nối", "offline"],
  onAir: ["Đang phát", "On air"],
  online: ["trực tuyến", "online"],
  output: ["Đầu ra", "Output"],
  output_closed: ["đóng", "closed"],
  output_failed: ["hỏng", "failed"],
  output_open: ["mở", "open"],
  planned: ["Giờ phát", "Planned"],
  quiet: ["Hiện không phát gì.", "Nothing is on air."],
  ready: ["Sẵn sàng", "Ready"],
  readyOf: ["{0}/{1} sẵn sàng", "{0} of {1} ready"],
  receivers: ["Cụm thu", "Receivers"],
  refusedCount: ["đã từ chối {0}", "{0} refused"],
  result: ["Kết quả", "Result"],
  result_completed: ["Phát đủ", "Completed"],
  result_failed: ["Lỗi thiết bị", "Failed"],
  result_missed: ["Không phát được", "Missed"],
  result_partial: ["Phát thiếu", "Partial"],
  result_preempted: ["Nhường, không phát tiếp", "Pre-empted"],
  result_refused: ["Bị từ chối", "Refused"],
  result_stopped: ["Đã dừng", "Stopped"],
  security: ["Bảo mật", "Security"],
  signIn: ["Hãy mở trang này một lần bằng địa chỉ có mã: /?token=MÃ. Mã nằm trong tệp token của bộ điều khiển.",
    "Open this page once by its address with the token: /?token=TOKEN. It is in the controller's token file."],
  state: ["Tình trạng", "State"],
  times: ["{0} lần", "{0} times"],
  title: ["Chương trình", "Broadcast"],
  unverified: ["chưa xác minh", "not verified"],
  verified: ["đã xác minh", "verified"],
};

let column = localStorage.getItem("language") === "en" ? 1 : 0;

export const language = () => (column === 0 ? "vi" : "en");

export function switchLanguage() {
  column = 1 - column;
  localStorage.setItem("language", language());
}

export function text(key, ...values) {
  return strings[key][column].replace(/\{(\d)\}/g, (all, i) => values[i]);
}

/** A word of the API's that may be newer than this page: then as it is. */
export function word(kind, value) {
  const key = `${kind}_${value}`;
  return key in strings ? text(key) : String(value ?? "");
}
