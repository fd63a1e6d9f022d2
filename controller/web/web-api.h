/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller/web/web-api.h - the routes: from a request's values to one call of the office.
 *
 * Knows nothing of HTTP but method, path and status. Every name in a query and every member of
 * a body must be one that the route knows: a misspelt "class" must not turn an emergency into a
 * normal announcement. Pure but for the handlers. Thread: main.
 */
#pragma once

#include "controller/access/access.h"
#include "controller/web/web-handlers.h"
#include "wire/json-reader.h"

#define LOA_WEB_API_MAX_JSON (4 * 1024 * 1024)
#define LOA_WEB_API_MAX_TEXT (64 * 1024) /* to be spoken */

typedef enum {
	LOA_WEB_BODY_NONE,
	LOA_WEB_BODY_JSON,
	LOA_WEB_BODY_AUDIO,  /* into a file */
	LOA_WEB_BODY_EVENTS, /* none, and the answer is a stream of events */
} LoaWebBody;

/* An answer that is not JSON: sound, a table, a calendar. */
typedef struct {
	GBytes *bytes;    /* owned; %NULL: the answer is JSON */
	const char *type; /* media type */
	char *name;       /* (nullable): owned: saved under this name instead of shown */
} LoaWebFile;

/* An answer that comes later, see web-ticket.h. */
typedef struct LoaWebTicket LoaWebTicket;

/* One call, as far as its route needs it. Borrowed but for upload_path. */
typedef struct {
	const LoaWebHandlers *handlers;
	const LoaCaller *caller;
	LoaOffice *office;
	const char *param;            /* what stands for '*' in the pattern */
	GHashTable *query;            /* (nullable): char * → char *, decoded */
	LoaJsonReader *body;          /* with LOA_WEB_BODY_JSON */
	LoaWebFile file;              /* set by run() in place of its answer */
	LoaAccess *access;            /* (nullable): without it nobody can sign in */
	const LoaSignedIn *signed_in; /* (nullable): %NULL for the holder of the token, or nobody */
	LoaWebTicket *ticket;         /* the answer may come later by a reference on this ... */
	gboolean is_deferred;         /* ... when run() sets this in place of its answer */
	gboolean ends_session;        /* set by run(): the browser shall forget its cookie */
	guint retry_after_s;          /* with LOA_OFFICE_ERROR_THROTTLED */
	char *upload_path; /* with LOA_WEB_BODY_AUDIO; owned by the call until the office has it */
} LoaWebCall;

typedef struct {
	const char *method;
	const char *pattern; /* "/api/v1/nodes/" "*" "/revoke": '*' stands for one id */
	LoaRight right;      /* without it: 403 */
	LoaWebBody body;
	guint status;        /* of a good answer */
	const char *query;   /* the names that may stand in a query, apart by blanks */
	const char *members; /* and those in a body */
	/* %NULL with LOA_WEB_BODY_EVENTS. Returns an answer; or %NULL with call->file or
	 * call->is_deferred set; or %NULL with an error. */
	JsonNode *(*run)(LoaWebCall *call, GError **error);
} LoaWebRoute;

typedef enum {
	LOA_WEB_FOUND,
	LOA_WEB_NO_PATH,
	LOA_WEB_NO_METHOD, /* *allow names those there are */
} LoaWebMatch;

/**
 * loa_web_api_match:
 * @method: HEAD finds what GET finds
 * @param: (out) (transfer full) (nullable): what stood for '*'
 * @allow: (out) (transfer full) (nullable): for the Allow header
 */
LoaWebMatch loa_web_api_match(const char *method, const char *path, const LoaWebRoute **route,
			      char **param, char **allow);

/* Has the caller the right? The sentence names it. */
gboolean loa_web_api_allows(const LoaWebRoute *route, const LoaCaller *caller,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Checks the caller's right and the names in query and body, and calls the office. */
JsonNode *loa_web_api_run(const LoaWebRoute *route, LoaWebCall *call,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All routes, for the test that holds docs/api.yaml against them. */
const LoaWebRoute *loa_web_api_routes(gsize *n_routes);
