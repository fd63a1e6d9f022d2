/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire/topic.h - the five topics. Layout: wire/PROTOCOL.md, section "Topics".
 *
 * Ids are those of common/id.h, so that a topic never needs escaping. Thread: any.
 */
#pragma once

#include <glib.h>

typedef enum {
	LOA_TOPIC_PLAN,   /* loa/SITE/plan/GROUP */
	LOA_TOPIC_AIR,    /* loa/SITE/air/AIRING */
	LOA_TOPIC_STATE,  /* loa/SITE/node/NODE/state */
	LOA_TOPIC_REPORT, /* loa/SITE/node/NODE/report */
	LOA_TOPIC_ACK,    /* loa/SITE/node/NODE/ack */
} LoaTopicKind;

/* (transfer full): @id is the group, airing or node; "+" makes a subscription filter. */
char *loa_topic(LoaTopicKind kind, const char *site, const char *id);

/**
 * loa_topic_parse:
 * @topic: as received; any bytes
 * @site: the site it must be of
 * @id: (out) (transfer full): the group, airing or node
 *
 * Returns: %FALSE for anything that is not exactly one of the five shapes of @site
 */
gboolean loa_topic_parse(const char *topic, const char *site, LoaTopicKind *kind,
			 char **id) G_GNUC_WARN_UNUSED_RESULT;
