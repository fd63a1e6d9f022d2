// SPDX-License-Identifier: Apache-2.0
export default {
  change: ["Đổi mật khẩu", "Change the password"],
  changed: ["Đã đổi mật khẩu.", "The password was changed."],
  groups: ["Phụ trách: {0}", "Leads: {0}"],
  mustChange: ["Hãy đặt mật khẩu của riêng bạn trước khi làm việc khác.",
    "Choose a password of your own before anything else."],
  newPassword: ["Mật khẩu mới", "New password"],
  newPasswordAgain: ["Mật khẩu mới, gõ lại", "New password, again"],
  notTheSame: ["Hai lần gõ không giống nhau.", "The two are not the same."],
  oldPassword: ["Mật khẩu hiện nay", "Present password"],
  password: ["Mật khẩu", "Password"],
  passwordHelp: ["Ít nhất {0} ký tự. Một câu ngắn dễ nhớ là tốt nhất.",
    "At least {0} characters. A short sentence is best."],
  tooShort: ["Cần ít nhất {0} ký tự.", "It needs at least {0} characters."],
  userName: ["Tên đăng nhập:", "User name:"],
};
