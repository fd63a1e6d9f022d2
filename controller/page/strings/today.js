// SPDX-License-Identifier: Apache-2.0
export default {
  onAir: ["Đang phát", "On air"],
  quiet: ["Hiện không phát gì.", "Nothing is on air."],
};
