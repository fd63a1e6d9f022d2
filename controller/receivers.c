/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/receivers.h"

#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "controller/receivers/time-server.h"
#include "controller/web/web-mirror.h"

#define PORTS_MAX_BYTES 256

typedef struct {
	guint time_port;
	guint audio_port;
} Ports;

struct LoaReceivers {
	LoaTimeServer *time; /* owned */
	LoaWebMirror *audio; /* owned */
	char *time_address;
	char *mirror_url;
};

/* What was taken the last time; zeros where nothing is known. */
static Ports
load_ports(const char *path)
{
	g_autoptr(GBytes) bytes = loa_file_read(path, PORTS_MAX_BYTES, NULL);
	g_autofree char *text = NULL;
	Ports ports = { 0, 0 };

	if (bytes == NULL)
		return ports;
	text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	if (sscanf(text, "time %u audio %u", &ports.time_port, &ports.audio_port) != 2 ||
	    ports.time_port > 65535 || ports.audio_port > 65535)
		return (Ports){ 0, 0 };
	return ports;
}

static gboolean
save_ports(const char *path, Ports ports, GError **error)
{
	g_autofree char *text =
		g_strdup_printf("time %u\naudio %u\n", ports.time_port, ports.audio_port);
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

	return loa_file_replace(path, bytes, 0644, error);
}

/* (transfer full) (nullable) */
static GSocketAddress *
address_of(const LoaReceiversConfig *config, guint port, GError **error)
{
	GSocketAddress *address = g_inet_socket_address_new_from_string(config->listen, port);

	if (address == NULL)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
			    "receivers.listen: \"%s\" is no address", config->listen);
	return address;
}

static gboolean
open_time(LoaReceivers *self, const LoaReceiversConfig *config, guint port, GError **error)
{
	g_autoptr(GSocketAddress) address = address_of(config, port, error);

	if (address == NULL)
		return FALSE;
	self->time = loa_time_server_new(G_INET_SOCKET_ADDRESS(address), config->site,
					 config->clock, config->key, error);
	if (self->time == NULL)
		g_prefix_error(error, "receivers.time_port, UDP port %u of %s: ", port,
			       config->listen);
	return self->time != NULL;
}

static gboolean
open_audio(LoaReceivers *self, const LoaReceiversConfig *config, guint port, GError **error)
{
	g_autoptr(GSocketAddress) address = address_of(config, port, error);

	if (address == NULL)
		return FALSE;
	self->audio = loa_web_mirror_new(address, config->audio_dir, error);
	if (self->audio == NULL)
		g_prefix_error(error, "receivers.audio_port, TCP port %u of %s: ", port,
			       config->listen);
	return self->audio != NULL;
}

/* A port that is configured must be had; one that was only kept may be somebody else's by now. */
static gboolean
open_doors(LoaReceivers *self, const LoaReceiversConfig *config, Ports kept, GError **error)
{
	gboolean is_time_kept = config->time_port == 0 && kept.time_port != 0;
	gboolean is_audio_kept = config->audio_port == 0 && kept.audio_port != 0;

	if (!(is_time_kept && open_time(self, config, kept.time_port, NULL)) &&
	    !open_time(self, config, config->time_port, error))
		return FALSE;
	return (is_audio_kept && open_audio(self, config, kept.audio_port, NULL)) ||
	       open_audio(self, config, config->audio_port, error);
}

static void
name_doors(LoaReceivers *self, const char *address, Ports ports)
{
	gboolean is_v6 = strchr(address, ':') != NULL;
	g_autofree char *host = is_v6 ? g_strdup_printf("[%s]", address) : g_strdup(address);

	self->time_address = g_strdup_printf("%s:%u", host, ports.time_port);
	self->mirror_url = g_strdup_printf("http://%s:%u/audio/", host, ports.audio_port);
}

LoaReceivers *
loa_receivers_new(const LoaReceiversConfig *config, GError **error)
{
	g_autoptr(LoaReceivers) self = g_new0(LoaReceivers, 1);
	Ports kept = load_ports(config->ports_file);

	if (!open_doors(self, config, kept, error))
		return NULL;
	Ports ports = { loa_time_server_port(self->time), loa_web_mirror_port(self->audio) };
	gboolean is_chosen = config->time_port == 0 || config->audio_port == 0;
	gboolean is_same = ports.time_port == kept.time_port && ports.audio_port == kept.audio_port;

	if (is_chosen && !is_same && !save_ports(config->ports_file, ports, error))
		return NULL;
	name_doors(self, config->address, ports);
	return g_steal_pointer(&self);
}

const char *
loa_receivers_time_address(const LoaReceivers *self)
{
	return self->time_address;
}

const char *
loa_receivers_mirror_url(const LoaReceivers *self)
{
	return self->mirror_url;
}

void
loa_receivers_free(LoaReceivers *self)
{
	if (self == NULL)
		return;
	loa_time_server_free(self->time);
	loa_web_mirror_free(self->audio);
	g_free(self->time_address);
	g_free(self->mirror_url);
	g_free(self);
}
