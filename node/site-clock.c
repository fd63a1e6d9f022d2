/* SPDX-License-Identifier: Apache-2.0 */
#include "node/site-clock.h"

#define SAVE_US (60 * G_USEC_PER_SEC)
#define FIRST_SAVE_US (10 * G_USEC_PER_SEC) /* by then the line is worth keeping */

struct LoaSiteClock {
	LoaClock *clock;        /* owned */
	LoaClockFilter *filter; /* owned; NULL without a controller, as the client */
	LoaTimeClient *client;  /* owned */
	void (*forged)(const char *why, gpointer user_data);
	gpointer user_data;
	char *path;
	LoaBatteryClockConfig battery; /* folder: owned, (nullable) */
	gint64 next_save_us;           /* CLOCK_MONOTONIC */
};

static void
tell_clock(LoaSiteClock *self)
{
	LoaClockExchange exchange = {
		.filter = self->filter,
		.last_mono_us = loa_time_client_last_mono_us(self->client),
		.controller_state = loa_time_client_controller_state(self->client),
	};

	loa_clock_site_update(self->clock, &exchange);
}

static void
improved(gpointer user_data)
{
	tell_clock(user_data);
}

static void
forged_came(const char *why, gpointer user_data)
{
	LoaSiteClock *self = user_data;

	self->forged(why, self->user_data);
}

static void
remember(LoaSiteClock *self)
{
	LoaClockRecord record;
	LoaClockMemory bridged;
	gint64 reading_us = 0;

	if (!loa_clock_store_load(self->path, NULL, &record))
		return;
	if (record.is_this_boot)
		loa_clock_site_remember(self->clock, &record.memory);
	else if (self->battery.folder != NULL &&
		 loa_battery_clock_read(self->battery.folder, &reading_us) &&
		 loa_battery_clock_bridge(&self->battery, &record, reading_us, loa_mono_now_us(),
					  &bridged))
		loa_clock_site_remember(self->clock, &bridged);
}

static void
save(LoaSiteClock *self)
{
	LoaClockRecord record = { .has_battery = FALSE };
	g_autoptr(GError) error = NULL;
	gint64 reading_us = 0;

	if (!loa_clock_site_memory(self->clock, &record.memory))
		return;
	if (self->battery.folder != NULL &&
	    loa_battery_clock_read(self->battery.folder, &reading_us)) {
		record.has_battery = TRUE;
		record.battery_off_us = reading_us - record.memory.map.site_us;
	}
	/* a loss worth a line for who debugs: the clock is learned anew within a second */
	if (!loa_clock_store_save(self->path, &record, NULL, &error))
		g_debug("the clock's line is not kept: %s", error->message);
}

LoaSiteClock *
loa_site_clock_new(const LoaSiteClockConfig *config,
		   void (*forged)(const char *why, gpointer user_data), gpointer user_data,
		   GError **error)
{
	g_autoptr(LoaSiteClock) self = g_new0(LoaSiteClock, 1);
	LoaTimeClientEvents events = { improved, forged_came, self };

	self->forged = forged;
	self->user_data = user_data;
	if (config->controller == NULL) {
		self->clock = loa_clock_new_system(config->trust_system);
		return g_steal_pointer(&self);
	}
	self->filter = loa_clock_filter_new();
	self->clock =
		loa_clock_new_site(self->filter, config->trust_system, config->holdover_max_us);
	self->path = g_strdup(config->path);
	self->battery = config->battery;
	self->battery.folder = g_strdup(config->battery.folder);
	self->next_save_us = loa_mono_now_us() + FIRST_SAVE_US;
	remember(self);
	self->client = loa_time_client_new(config->controller, config->site, config->ring,
					   self->filter, &events, error);
	return self->client != NULL ? g_steal_pointer(&self) : NULL;
}

LoaClock *
loa_site_clock_clock(const LoaSiteClock *self)
{
	return self->clock;
}

void
loa_site_clock_run(LoaSiteClock *self, gboolean is_busy)
{
	gint64 mono_us = loa_mono_now_us();

	if (self->client == NULL)
		return;
	loa_time_client_set_busy(self->client, is_busy);
	tell_clock(self);
	if (is_busy || mono_us < self->next_save_us)
		return;
	self->next_save_us = mono_us + SAVE_US;
	save(self);
}

void
loa_site_clock_free(LoaSiteClock *self)
{
	if (self == NULL)
		return;
	if (self->client != NULL)
		save(self);
	loa_time_client_free(self->client);
	loa_clock_free(self->clock);
	loa_clock_filter_free(self->filter);
	g_free(self->path);
	g_free((char *)self->battery.folder);
	g_free(self);
}
