/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/credit-reader.h"

void
loa_credit_reader_kind(LoaReader *reader, const LoaValue *value)
{
	if (!loa_reader_check_kind(reader->context, value, LOA_VALUE_TEXT, value->name, "\"tin\""))
		return;
	if (g_strv_contains(loa_broadcast_kinds, value->text)) {
		reader->broadcast->kind = g_strdup(value->text);
		return;
	}

	g_autofree char *known = g_strjoinv("\", \"", (char **)loa_broadcast_kinds);

	LOA_READER_FAULT(reader->context, value->line, "kind: \"%s\" is not one of \"%s\"",
			 value->text, known);
}

void
loa_credit_reader_lead_unit(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->lead_unit =
		loa_reader_text(reader->context, value, value->name, LOA_BROADCAST_NAME_MAX, FALSE);
}

static void
read_unit(LoaReader *reader, const LoaValue *item, const char *key)
{
	g_autofree char *unit =
		loa_reader_text(reader->context, item, key, LOA_BROADCAST_NAME_MAX, FALSE);

	if (unit == NULL)
		return;
	if (g_ptr_array_find_with_equal_func(reader->broadcast->units, unit, g_str_equal, NULL))
		LOA_READER_FAULT(reader->context, item->line, "%s: \"%s\" stands here twice", key,
				 unit);
	else
		g_ptr_array_add(reader->broadcast->units, g_steal_pointer(&unit));
}

void
loa_credit_reader_units(LoaReader *reader, const LoaValue *value)
{
	loa_reader_for_each(reader, value, LOA_BROADCAST_MAX_UNITS, read_unit);
}

void
loa_credit_reader_author(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->author =
		loa_reader_text(reader->context, value, value->name, LOA_BROADCAST_NAME_MAX, FALSE);
}

void
loa_credit_reader_fee(LoaReader *reader, const LoaValue *value)
{
	reader->broadcast->fee_vnd =
		(gint32)loa_reader_number(reader->context, value, 0, LOA_BROADCAST_MAX_FEE_VND);
}
