/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/studio/renderings.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>

#include "common/file.h"
#include "controller/studio/line-process.h"

#define MAX_LINE 1000
#define LIMIT_S (30 * 60)
#define PARTIAL_ENDING ".part"

typedef struct {
	LoaRenderingFunc func; /* (nullable) */
	gpointer user_data;
	GDestroyNotify destroy; /* (nullable) */
} Waiter;

/* One form of one recording that is to be made. */
typedef struct {
	LoaRenderings *owner; /* borrowed */
	LoaRenderingForm form;
	char *input;
	char *path;
	char *partial;
	char *said;      /* (nullable): the child's last line */
	GArray *waiters; /* Waiter */
} Order;

struct LoaRenderings {
	char *program;
	char *audio_dir;
	char *cache_dir;
	gint64 budget_bytes;
	GPtrArray *orders;       /* Order, in their turn; the first one runs while process is set */
	LoaLineProcess *process; /* (nullable) */
	guint next_source;       /* idle: 0: none */
};

G_DEFINE_QUARK(loa_renderings_error, loa_renderings_error)

static const char *const form_names[] = {
	[LOA_RENDERING_PEAKS] = "peaks",
	[LOA_RENDERING_MP3] = "mp3",
	[LOA_RENDERING_WAV] = "wav",
};

static void
waiter_clear(gpointer data)
{
	Waiter *waiter = data;

	if (waiter->destroy != NULL)
		waiter->destroy(waiter->user_data);
}

static void
order_free(gpointer data)
{
	Order *order = data;

	g_array_unref(order->waiters);
	g_free(order->input);
	g_free(order->path);
	g_free(order->partial);
	g_free(order->said);
	g_free(order);
}

static void
remove_partials(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (g_str_has_suffix(name, PARTIAL_ENDING))
			g_unlink(path);
	}
}

LoaRenderings *
loa_renderings_new(const char *program, const char *audio_dir, const char *cache_dir,
		   gint64 budget_bytes, GError **error)
{
	LoaRenderings *self;

	if (!loa_file_ensure_folder(cache_dir, error))
		return NULL;
	remove_partials(cache_dir);
	self = g_new0(LoaRenderings, 1);
	self->program = g_strdup(program);
	self->audio_dir = g_strdup(audio_dir);
	self->cache_dir = g_strdup(cache_dir);
	self->budget_bytes = budget_bytes;
	self->orders = g_ptr_array_new_with_free_func(order_free);
	return self;
}

/* --- the budget ------------------------------------------------------------------------------- */

typedef struct {
	char *path;
	gint64 size_bytes;
	gint64 used_s;
} Kept;

static void
kept_clear(gpointer data)
{
	g_free(((Kept *)data)->path);
}

static gint
compare_kept(gconstpointer a, gconstpointer b)
{
	const Kept *x = a, *y = b;

	return (x->used_s > y->used_s) - (x->used_s < y->used_s);
}

static GArray *
list_kept(const LoaRenderings *self, gint64 *n_bytes)
{
	g_autoptr(GDir) dir = g_dir_open(self->cache_dir, 0, NULL);
	GArray *kept = g_array_new(FALSE, FALSE, sizeof(Kept));
	const char *name;

	*n_bytes = 0;
	g_array_set_clear_func(kept, kept_clear);
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		Kept file = { .path = g_build_filename(self->cache_dir, name, NULL) };
		struct stat st;

		if (stat(file.path, &st) != 0 || g_str_has_suffix(name, PARTIAL_ENDING)) {
			g_free(file.path);
			continue;
		}
		file.size_bytes = st.st_size;
		file.used_s = st.st_mtime;
		*n_bytes += st.st_size;
		g_array_append_val(kept, file);
	}
	g_array_sort(kept, compare_kept);
	return kept;
}

/* The longest unused go; @newest stays, however large it is. */
static void
keep_budget(const LoaRenderings *self, const char *newest)
{
	gint64 n_bytes;
	g_autoptr(GArray) kept = list_kept(self, &n_bytes);

	for (guint i = 0; i < kept->len && n_bytes > self->budget_bytes; i++) {
		const Kept *file = &g_array_index(kept, Kept, i);

		if (strcmp(file->path, newest) == 0)
			continue;
		g_unlink(file->path);
		n_bytes -= file->size_bytes;
	}
}

/* --- orders ----------------------------------------------------------------------------------- */

static void schedule_next(LoaRenderings *self);

static void
tell(const Waiter *waiter, const char *path, const GError *error)
{
	if (waiter->func != NULL)
		waiter->func(path, error, waiter->user_data);
}

/* Takes the first order out and tells those who waited for it. */
static void
finish(LoaRenderings *self, const GError *error)
{
	Order *order = g_ptr_array_steal_index(self->orders, 0);

	g_clear_pointer(&self->process, loa_line_process_free);
	schedule_next(self);
	for (guint i = 0; i < order->waiters->len; i++)
		tell(&g_array_index(order->waiters, Waiter, i), error == NULL ? order->path : NULL,
		     error);
	order_free(order);
}

static void
on_line(const char *line, gpointer data)
{
	Order *order = data;

	g_free(order->said);
	order->said = g_utf8_make_valid(line, -1);
}

static void
on_child_exit(const char *why, gpointer data)
{
	Order *order = data;
	LoaRenderings *self = order->owner;

	if (why == NULL && g_rename(order->partial, order->path) == 0) {
		keep_budget(self, order->path);
		finish(self, NULL);
		return;
	}

	g_autoptr(GError) error = g_error_new(
		LOA_RENDERINGS_ERROR, LOA_RENDERINGS_ERROR_FAILED, "the %s could not be made: %s",
		form_names[order->form],
		order->said != NULL ? order->said : (why != NULL ? why : "nothing was written"));

	g_unlink(order->partial);
	finish(self, error);
}

static gboolean
start_next(gpointer data)
{
	static const LoaLineProcessEvents events = { on_line, on_child_exit };
	LoaRenderings *self = data;
	g_autoptr(GError) error = NULL;

	self->next_source = 0;
	if (self->process != NULL || self->orders->len == 0)
		return G_SOURCE_REMOVE;

	Order *order = g_ptr_array_index(self->orders, 0);
	const char *argv[] = { self->program, form_names[order->form], order->input, order->partial,
			       NULL };

	self->process = loa_line_process_new(argv, MAX_LINE, LIMIT_S, &events, order, &error);
	if (self->process == NULL)
		finish(self, error);
	return G_SOURCE_REMOVE;
}

/* From the loop: never from within the callback of the order before. */
static void
schedule_next(LoaRenderings *self)
{
	if (self->next_source == 0)
		self->next_source = g_idle_add(start_next, self);
}

static Order *
find_order(const LoaRenderings *self, const char *path)
{
	for (guint i = 0; i < self->orders->len; i++) {
		Order *order = g_ptr_array_index(self->orders, i);

		if (strcmp(order->path, path) == 0)
			return order;
	}
	return NULL;
}

static Order *
add_order(LoaRenderings *self, const char *sha256, LoaRenderingForm form, const char *path)
{
	g_autofree char *name = g_strdup_printf("%s.opus", sha256);
	Order *order = g_new0(Order, 1);

	order->owner = self;
	order->form = form;
	order->input = g_build_filename(self->audio_dir, name, NULL);
	order->path = g_strdup(path);
	order->partial = g_strconcat(path, PARTIAL_ENDING, NULL);
	order->waiters = g_array_new(FALSE, FALSE, sizeof(Waiter));
	g_array_set_clear_func(order->waiters, waiter_clear);
	g_ptr_array_add(self->orders, order);
	schedule_next(self);
	return order;
}

void
loa_renderings_get(LoaRenderings *self, const char *sha256, LoaRenderingForm form,
		   LoaRenderingFunc func, gpointer user_data, GDestroyNotify destroy)
{
	g_autofree char *name = g_strdup_printf("%s.%s", sha256, form_names[form]);
	g_autofree char *path = g_build_filename(self->cache_dir, name, NULL);
	Waiter waiter = { func, user_data, destroy };
	Order *order;

	if (g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		(void)utime(path, NULL); /* used just now */
		tell(&waiter, path, NULL);
		waiter_clear(&waiter);
		return;
	}
	order = find_order(self, path);
	if (order == NULL && self->orders->len < LOA_RENDERINGS_MAX_WAITING)
		order = add_order(self, sha256, form, path);
	if (order != NULL && order->waiters->len < LOA_RENDERINGS_MAX_WAITING) {
		g_array_append_val(order->waiters, waiter);
		return;
	}

	g_autoptr(GError) error = g_error_new(
		LOA_RENDERINGS_ERROR, LOA_RENDERINGS_ERROR_BUSY,
		"too many recordings are being made ready already; try again in a minute");

	tell(&waiter, NULL, error);
	waiter_clear(&waiter);
}

void
loa_renderings_free(LoaRenderings *self)
{
	if (self == NULL)
		return;
	g_clear_handle_id(&self->next_source, g_source_remove);
	g_clear_pointer(&self->process, loa_line_process_free);
	g_ptr_array_unref(self->orders);
	remove_partials(self->cache_dir);
	g_free(self->program);
	g_free(self->audio_dir);
	g_free(self->cache_dir);
	g_free(self);
}
