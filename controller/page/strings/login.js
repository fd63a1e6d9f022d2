// SPDX-License-Identifier: Apache-2.0
export default {
  forgotten: ["Quên mật khẩu? Người quản trị của phường đặt lại được.",
    "Forgotten? The ward's administrator can give you a new one."],
  intro: ["Hệ thống loa truyền thanh của phường.", "The ward's public-address system."],
  password: ["Mật khẩu", "Password"],
  signIn: ["Đăng nhập", "Sign in"],
  user: ["Tên đăng nhập", "User name"],
  wrong: ["Tên hoặc mật khẩu không đúng. Hãy thử lại.",
    "User name or password is wrong. Please try again."],
};
