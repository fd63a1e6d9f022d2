/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-routes.h - the tables of routes, by what they are about; web-api.c joins them.
 *
 * A new route is a row in one of them: method, pattern, the right it needs (rights.h), its body,
 * the status of a good answer, the names that its query and its body may have, and the function
 * that reads them and asks the office. docs/api.yaml describes it; a test holds both together.
 */
#pragma once

#include "controller/web/web-api.h"

#define API "/api/v1"

/* Each ends with a row without a method. */
extern const LoaWebRoute loa_web_routes_air[];
extern const LoaWebRoute loa_web_routes_timetable[];
extern const LoaWebRoute loa_web_routes_rules[];
extern const LoaWebRoute loa_web_routes_content[];
extern const LoaWebRoute loa_web_routes_recordings[];
extern const LoaWebRoute loa_web_routes_takes[];
extern const LoaWebRoute loa_web_routes_emergency[];
extern const LoaWebRoute loa_web_routes_nodes[];
extern const LoaWebRoute loa_web_routes_access[];
extern const LoaWebRoute loa_web_routes_record[];
