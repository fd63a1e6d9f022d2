// SPDX-License-Identifier: Apache-2.0
// The pages: #/NAME, loaded from views/NAME.js when first opened. Their titles are the texts
// title_NAME in strings/common.js. Shown to whoever has one of the rights (controller/rights.h);
// the controller checks every call again.
export const ROUTES = [
  { name: "today", rights: ["look"] },
  { name: "timetable", rights: ["look"] },
  { name: "library", rights: ["listen"] },
  { name: "studio", rights: ["record"] },
  { name: "approval", rights: ["approve"] },
  { name: "emergency", rights: ["ask-emergency", "confirm-emergency"] },
  { name: "logbook", rights: ["read-log"] },
  { name: "reports", rights: ["reports"] },
  { name: "receivers", rights: ["receivers", "groups", "reports"] },
  { name: "users", rights: ["users"] },
  { name: "audit", rights: ["audit"] },
  { name: "account", rights: ["own"] },
];

export const routeOf = (name) => ROUTES.find((route) => route.name === name);
export const isOpenTo = (route, rights) => route.rights.some((right) => rights.includes(right));
