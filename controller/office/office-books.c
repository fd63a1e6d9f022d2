/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/office/office-books.h"

#include "controller/office/office-evidence.h"
#include "controller/office/office-internal.h"

/* A question on its way, with all that it needs. */
typedef struct {
	LoaControllerConfig config; /* borrowed but for the groups: nothing else of it changes */
	LoaCaller caller;           /* strings owned */
	LoaBooksQuery query;        /* its name owned */
	gint64 now_us;
	LoaBooksWork work;
	const char *type;
	char *file_name;
	/* whose it is */
	LoaOfficeFileFunc func;
	gpointer user_data;
	GDestroyNotify destroy;
} Question;

static GPtrArray *
copy_groups(const GPtrArray *groups)
{
	GPtrArray *copy = g_ptr_array_new_full(groups->len, (GDestroyNotify)loa_group_free);

	for (guint i = 0; i < groups->len; i++)
		g_ptr_array_add(copy, loa_group_copy(g_ptr_array_index(groups, i)));
	return copy;
}

static void
question_free(gpointer data)
{
	Question *question = data;

	if (question->destroy != NULL)
		question->destroy(question->user_data);
	g_ptr_array_unref(question->config.groups);
	g_free((char *)question->caller.user);
	g_free((char *)question->caller.name);
	g_free((char *)question->caller.address);
	g_strfreev((char **)question->caller.groups);
	g_free((char *)question->query.name);
	g_free(question->file_name);
	g_free(question);
}

static Question *
question_new(LoaOffice *self, const LoaCaller *caller, const LoaBooksQuery *query)
{
	Question *question = g_new0(Question, 1);

	question->config = *self->parts.config;
	question->config.groups = copy_groups(self->parts.config->groups);
	question->caller = (LoaCaller){
		.user = g_strdup(caller->user),
		.name = g_strdup(caller->name),
		.roles = caller->roles,
		.groups = (const char *const *)g_strdupv((char **)caller->groups),
		.address = g_strdup(caller->address),
	};
	question->query = *query;
	question->query.name = g_strdup(query->name);
	question->now_us = loa_office_now_us(self);
	return question;
}

static GBytes *
answer_worker(LoaStore *store, gpointer data, GCancellable *gone, GError **error)
{
	const Question *question = data;
	const LoaBooks books = { store, &question->config, &question->caller, question->now_us,
				 gone };

	return question->work(&books, &question->query, error);
}

static void
on_answer(GBytes *answer, const GError *error, gpointer data)
{
	const Question *question = data;
	LoaOfficeFile file = { .type = question->type };
	GError *told = NULL;

	if (answer == NULL) {
		loa_office_take_error(&told, g_error_copy(error));
		question->func(NULL, told, question->user_data);
		g_error_free(told);
		return;
	}
	file.bytes = g_bytes_ref(answer);
	file.name = g_strdup(question->file_name);
	question->func(&file, NULL, question->user_data);
	g_clear_pointer(&file.bytes, g_bytes_unref);
	g_free(file.name);
}

GCancellable *
loa_office_ask_books(LoaOffice *self, const LoaCaller *caller, const LoaBooksQuery *query,
		     LoaBooksWork work, const char *type, const char *file_name,
		     LoaOfficeFileFunc func, gpointer user_data, GDestroyNotify destroy)
{
	Question *question = question_new(self, caller, query);
	g_autoptr(GError) error = NULL;
	GCancellable *gone;

	question->work = work;
	question->type = type;
	question->file_name = g_strdup(file_name);
	question->func = func;
	question->user_data = user_data;
	gone = loa_record_desk_ask(self->record, answer_worker, on_answer, question, question_free,
				   &error);
	if (gone == NULL)
		func(NULL, error, user_data);
	else
		question->destroy = destroy;
	if (gone == NULL && destroy != NULL)
		destroy(user_data);
	return gone;
}

gboolean
loa_books_is_wanted(const LoaBooks *books, GError **error)
{
	return !g_cancellable_set_error_if_cancelled(books->gone, error);
}

void
loa_books_add_time(const LoaBooks *books, JsonObject *object, const char *name, gint64 us)
{
	loa_office_set_time(object, books->config->zone, name, us);
}

const char *
loa_books_group_name(const LoaBooks *books, const char *id)
{
	const LoaGroup *group = loa_controller_config_group(books->config, id);

	return group != NULL ? group->name : id;
}

GBytes *
loa_books_document(JsonObject *object)
{
	g_autoptr(JsonNode) node = loa_office_document(object);
	char *text = json_to_string(node, FALSE);

	return g_bytes_new_take(text, strlen(text));
}
