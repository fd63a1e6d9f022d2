/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/access/login-throttle.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_WAIT_NAME_US (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC)
#define MAX_WAIT_ADDRESS_US (G_GINT64_CONSTANT(900) * G_USEC_PER_SEC)
#define FORGET_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define MAX_KEY_BYTES 72

typedef struct {
	char *key;
	guint n_failures;
	gint64 last_us;
	GList link; /* in by_age; data is this */
} Entry;

struct LoaLoginThrottle {
	GHashTable *entries; /* key (the entry's) to Entry (owned) */
	GQueue by_age;       /* the one that failed longest ago first */
};

static void
entry_free(gpointer data)
{
	Entry *entry = data;

	g_free(entry->key);
	g_free(entry);
}

LoaLoginThrottle *
loa_login_throttle_new(void)
{
	LoaLoginThrottle *self = g_new0(LoaLoginThrottle, 1);

	self->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
	g_queue_init(&self->by_age);
	return self;
}

static char *
key_of_name(const char *user)
{
	return g_strdup_printf("n%.*s", MAX_KEY_BYTES, user);
}

/* Whoever has one address of an IPv6 network has 2^64 of them. */
static char *
key_of_address(const char *address)
{
	g_autoptr(GInetAddress) parsed = g_inet_address_new_from_string(address);

	if (parsed == NULL || g_inet_address_get_family(parsed) != G_SOCKET_FAMILY_IPV6 ||
	    g_inet_address_get_is_loopback(parsed))
		return g_strdup_printf("a%.*s", MAX_KEY_BYTES, address);

	guint8 network[16] = { 0 };

	memcpy(network, g_inet_address_to_bytes(parsed), 8);

	g_autoptr(GInetAddress) cut = g_inet_address_new_from_bytes(network, G_SOCKET_FAMILY_IPV6);
	g_autofree char *text = g_inet_address_to_string(cut);

	return g_strdup_printf("a%s/64", text);
}

static void
forget(LoaLoginThrottle *self, Entry *entry)
{
	g_queue_unlink(&self->by_age, &entry->link);
	g_hash_table_remove(self->entries, entry->key);
}

static gint64
wait_of(LoaLoginThrottle *self, const char *key, guint n_free, gint64 max_us, gint64 now_us)
{
	Entry *entry = g_hash_table_lookup(self->entries, key);

	if (entry == NULL)
		return 0;
	if (now_us - entry->last_us >= FORGET_US) {
		forget(self, entry);
		return 0;
	}
	if (entry->n_failures < n_free)
		return 0;

	const guint n_doubled = MIN(entry->n_failures - n_free, 20);
	const gint64 wait_us = MIN((gint64)G_USEC_PER_SEC << n_doubled, max_us);

	return MAX(entry->last_us + wait_us - now_us, 0);
}

static void
count(LoaLoginThrottle *self, const char *key, gint64 now_us)
{
	Entry *entry = g_hash_table_lookup(self->entries, key);

	if (entry == NULL) {
		if (g_hash_table_size(self->entries) >= LOA_LOGIN_THROTTLE_MAX)
			forget(self, g_queue_peek_head(&self->by_age));
		entry = g_new0(Entry, 1);
		entry->key = g_strdup(key);
		entry->link.data = entry;
		g_hash_table_insert(self->entries, entry->key, entry);
	} else {
		g_queue_unlink(&self->by_age, &entry->link);
	}
	entry->n_failures++;
	entry->last_us = now_us;
	g_queue_push_tail_link(&self->by_age, &entry->link);
}

gint64
loa_login_throttle_begin(LoaLoginThrottle *self, const char *user, const char *address,
			 gint64 now_us)
{
	g_autofree char *name_key = key_of_name(user);
	g_autofree char *address_key = key_of_address(address);
	gint64 name_us = wait_of(self, name_key, LOA_LOGIN_THROTTLE_FREE, MAX_WAIT_NAME_US, now_us);
	gint64 address_us = wait_of(self, address_key, LOA_LOGIN_THROTTLE_FREE_ADDRESS,
				    MAX_WAIT_ADDRESS_US, now_us);

	if (name_us > 0 || address_us > 0)
		return MAX(name_us, address_us);
	count(self, name_key, now_us);
	count(self, address_key, now_us);
	return 0;
}

void
loa_login_throttle_succeeded(LoaLoginThrottle *self, const char *user, const char *address)
{
	g_autofree char *name_key = key_of_name(user);
	g_autofree char *address_key = key_of_address(address);
	Entry *name = g_hash_table_lookup(self->entries, name_key);
	Entry *from = g_hash_table_lookup(self->entries, address_key);

	if (name != NULL)
		forget(self, name);
	if (from != NULL && --from->n_failures == 0)
		forget(self, from);
}

guint
loa_login_throttle_size(const LoaLoginThrottle *self)
{
	return g_hash_table_size(self->entries);
}

void
loa_login_throttle_free(LoaLoginThrottle *self)
{
	if (self == NULL)
		return;
	/* the links are part of the entries */
	g_hash_table_unref(self->entries);
	g_free(self);
}
