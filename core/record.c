/* Knows how a table of members is read, written and freed. */
#include "core/record.h"

#include "core/clock.h"
#include "core/json.h"

#include <stdlib.h>
#include <string.h>

/* Where in a document a value is; on the stack, from the innermost to the outermost. */
struct place {
	const struct place *outer;
	const char *key; /* NULL: an item of a list */
	size_t index;
};

struct reading {
	const char *where;
	enum error_kind kind;
	struct error *err;
};

/* --- words and texts --- */

const char *word_spelling(const struct word *word, const struct name_table *names)
{
	return word->is_known ? names->names[word->value] : word->foreign;
}

bool word_equals(const struct word *one, const struct word *other)
{
	if (one->is_known || other->is_known)
		return one->is_known && word_is(*other, one->value);
	return one->foreign != NULL && other->foreign != NULL &&
	       strcmp(one->foreign, other->foreign) == 0;
}

bool texts_add(struct texts *texts, const char *text)
{
	char **grown = reallocarray(texts->items, texts->num + 1, sizeof *grown);
	if (grown == NULL)
		return false;
	texts->items = grown;
	grown[texts->num] = text != NULL ? strdup(text) : NULL;
	if (text != NULL && grown[texts->num] == NULL)
		return false;
	texts->num++;
	return true;
}

void texts_clear(struct texts *texts)
{
	for (size_t i = 0; i < texts->num; i++)
		free(texts->items[i]);
	free(texts->items);
	*texts = (struct texts){0};
}

bool texts_have(const struct texts *texts, const char *text)
{
	for (size_t i = 0; i < texts->num; i++)
		if (texts->items[i] != NULL && strcmp(texts->items[i], text) == 0)
			return true;
	return false;
}

void *record_add(void **items, size_t *num, size_t size)
{
	char *grown = reallocarray(*items, *num + 1, size);
	if (grown == NULL)
		return NULL;
	*items = grown;
	memset(grown + *num * size, 0, size);
	return grown + (*num)++ * size;
}

void record_renew(struct record *record)
{
	*record = (struct record){.is_there = record->is_there};
}

static void *at(const void *record, size_t offset)
{
	return (char *)record + offset;
}

static void *item_at(const void *record, const struct record_member *member, size_t i)
{
	return *(char **)at(record, member->offset) + i * member->type->size;
}

static size_t num_items(const void *record, const struct record_member *member)
{
	return *(size_t *)at(record, member->num_offset);
}

/* --- reading --- */

static void append_place(struct text *out, const struct place *place)
{
	if (place == NULL)
		return;
	append_place(out, place->outer);
	if (place->key == NULL)
		text_append_format(out, "[%zu]", place->index);
	else
		text_append_format(out, "%s%.64s", out->len > 0 ? "." : "", place->key);
}

/* Refuses a value; fault is what is wrong with it. */
static bool refuse(const struct reading *reading, const struct place *place, const char *fault)
{
	struct text path, visible;
	text_init(&path, 512);
	text_init(&visible, 0);
	text_append(&path, reading->where);
	append_place(&path, place);
	text_append_visible(&visible, text_string(&path), path.len);
	error_set(reading->err, reading->kind, "'%s' is %s", text_string(&visible), fault);
	text_clear(&path);
	text_clear(&visible);
	return false;
}

static bool too_long(const struct reading *reading, const struct place *place, size_t max)
{
	char words[64];
	snprintf(words, sizeof words, "longer than %zu", max);
	return refuse(reading, place, words);
}

static bool no_memory(const struct reading *reading)
{
	return error_set(reading->err, ERROR_UNABLE, "out of memory");
}

static bool read_object(void *out, const struct record_type *type, const json_t *object,
			const struct reading *reading, const struct place *place);

static bool read_texts(struct texts *out, const json_t *value, const struct reading *reading,
		       const struct place *place)
{
	if (!json_is_array(value))
		return refuse(reading, place, "not a list");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *item = json_array_get(value, i);
		struct place here = {place, NULL, i};
		if (!json_is_string(item) && !json_is_null(item))
			return refuse(reading, &here, "not a text");
		if (!texts_add(out, json_string_value(item)))
			return no_memory(reading);
	}
	return true;
}

/* As clock_print_utc prints it, and no other form. */
static bool read_time(struct number *out, const json_t *value, const struct reading *reading,
		      const struct place *place)
{
	const char *text = json_string_value(value);
	out->is_known = text != NULL && clock_parse_utc(&out->value, text);
	return out->is_known || refuse(reading, place, "not a time (2026-11-23T01:02:03Z)");
}

static bool read_word(struct word *out, const json_t *value, const struct name_table *names,
		      const struct reading *reading, const struct place *place)
{
	if (!json_is_string(value))
		return refuse(reading, place, "not a text");
	int found = name_find(names, json_string_value(value));
	if (found >= 0)
		*out = word_of(found);
	else
		out->foreign = strdup(json_string_value(value));
	return found >= 0 || out->foreign != NULL || no_memory(reading);
}

static bool read_items(void *record, const struct record_member *member, const json_t *value,
		       const struct reading *reading, const struct place *place)
{
	void **items = at(record, member->offset);
	size_t *num = at(record, member->num_offset), i;
	bool is_map = member->kind == RECORD_MAP;
	size_t size = is_map ? json_object_size(value) : json_array_size(value);
	if (is_map ? !json_is_object(value) : !json_is_array(value))
		return refuse(reading, place, is_map ? "not an object" : "not a list");
	if (size > member->max)
		return too_long(reading, place, member->max);
	void *iter = is_map ? json_object_iter((json_t *)value) : NULL;
	for (i = 0; i < size; i++) {
		const char *key = is_map ? json_object_iter_key(iter) : NULL;
		struct place here = {place, key, i};
		void *item = record_add(items, num, member->type->size);
		char **id = is_map && item != NULL ? at(item, member->type->id_offset) : NULL;
		if (item == NULL || (is_map && (*id = strdup(key)) == NULL))
			return no_memory(reading);
		if (!read_object(item, member->type,
				 is_map ? json_object_iter_value(iter) : json_array_get(value, i),
				 reading, &here))
			return false;
		iter = is_map ? json_object_iter_next((json_t *)value, iter) : NULL;
	}
	return true;
}

static bool read_number(void *out, const struct record_member *member, const json_t *value,
			const struct reading *reading, const struct place *place)
{
	if (member->kind == RECORD_REAL) {
		*(struct real *)out =
			(struct real){json_is_number(value), json_number_value(value)};
		return json_is_number(value) || refuse(reading, place, "not a number");
	}
	if (!json_is_integer(value))
		return refuse(reading, place, "not a whole number");
	if (member->kind == RECORD_INTEGER)
		*(int64_t *)out = json_integer_value(value);
	else
		*(struct number *)out = (struct number){true, json_integer_value(value)};
	return true;
}

static bool read_boolean(void *out, const struct record_member *member, const json_t *value,
			 const struct reading *reading, const struct place *place)
{
	if (!json_is_boolean(value))
		return refuse(reading, place, "not true or false");
	if (member->kind == RECORD_BOOLEAN)
		*(bool *)out = json_is_true(value);
	else
		*(struct flag *)out = (struct flag){true, json_is_true(value)};
	return true;
}

static bool read_value(void *record, const struct record_member *member, const json_t *value,
		       const struct reading *reading, const struct place *place)
{
	void *out = at(record, member->offset);
	switch (member->kind) {
	case RECORD_TEXT:
		if (!json_is_string(value))
			return refuse(reading, place, "not a text");
		*(char **)out = strdup(json_string_value(value));
		return *(char **)out != NULL || no_memory(reading);
	case RECORD_TEXTS: return read_texts(out, value, reading, place);
	case RECORD_BOOLEAN:
	case RECORD_FLAG: return read_boolean(out, member, value, reading, place);
	case RECORD_INTEGER:
	case RECORD_NUMBER:
	case RECORD_REAL: return read_number(out, member, value, reading, place);
	case RECORD_TIME: return read_time(out, value, reading, place);
	case RECORD_WORD: return read_word(out, value, member->names, reading, place);
	case RECORD_OBJECT: return read_object(out, member->type, value, reading, place);
	default: return read_items(record, member, value, reading, place);
	}
}

static bool read_object(void *out, const struct record_type *type, const json_t *object,
			const struct reading *reading, const struct place *place)
{
	struct record *record = out;
	if (!json_is_object(object))
		return refuse(reading, place, "not an object");
	record->is_there = record->is_read = true;
	for (size_t i = 0; i < type->num_members; i++) {
		const struct record_member *member = &type->members[i];
		const json_t *value = json_object_get(object, member->key);
		struct place here = {place, member->key, 0};
		if (member->kind == RECORD_INLINE) {
			if (!read_object(at(out, member->offset), member->type, object, reading,
					 place))
				return false;
			continue;
		}
		record->lacks |= (uint64_t)(value == NULL) << i;
		record->nulls |= (uint64_t)json_is_null(value) << i;
		if (value == NULL || json_is_null(value))
			continue;
		if (member->presence == RECORD_WITH)
			*(bool *)at(out, member->group) = true;
		if (!read_value(out, member, value, reading, &here))
			return false;
	}
	return true;
}

bool record_read(void *out, const struct record_type *type, const json_t *object, const char *where,
		 enum error_kind kind, struct error *err)
{
	struct reading reading = {where, kind, err};
	return read_object(out, type, object, &reading, NULL);
}

/* --- writing --- */

static bool is_set(const void *record, const struct record_member *member)
{
	const void *value = at(record, member->offset);
	const struct word *word = value;
	switch (member->kind) {
	case RECORD_TEXT: return *(char *const *)value != NULL;
	case RECORD_TEXTS: return ((const struct texts *)value)->num > 0;
	case RECORD_BOOLEAN: return *(const bool *)value;
	case RECORD_FLAG: return ((const struct flag *)value)->is_known;
	case RECORD_INTEGER: return *(const int64_t *)value != 0;
	case RECORD_NUMBER:
	case RECORD_TIME: return ((const struct number *)value)->is_known;
	case RECORD_REAL: return ((const struct real *)value)->is_known;
	case RECORD_WORD: return word->is_known || word->foreign != NULL;
	case RECORD_OBJECT: return ((const struct record *)value)->is_there;
	default: return num_items(record, member) > 0;
	}
}

static json_t *write_texts(const struct texts *texts)
{
	json_t *list = json_array();
	for (size_t i = 0; list != NULL && i < texts->num; i++) {
		if (json_array_append_new(list, json_foreign_string_or_null(texts->items[i])) !=
		    0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *write_items(const void *record, const struct record_member *member)
{
	bool is_map = member->kind == RECORD_MAP, done = true;
	json_t *all = is_map ? json_object() : json_array();
	for (size_t i = 0; all != NULL && done && i < num_items(record, member); i++) {
		const void *item = item_at(record, member, i);
		json_t *one = record_write(item, member->type);
		done = is_map ? json_object_set_new(
					all, *(char *const *)at(item, member->type->id_offset),
					one) == 0
			      : json_array_append_new(all, one) == 0;
	}
	if (!done) {
		json_decref(all);
		all = NULL;
	}
	return all;
}

/* What is not known is null, and so is a text that is NULL. */
static json_t *write_value(const void *record, const struct record_member *member)
{
	const void *value = at(record, member->offset);
	const struct number *number = value;
	char utc[32];
	switch (member->kind) {
	case RECORD_TEXT: return json_foreign_string_or_null(*(char *const *)value);
	case RECORD_TEXTS: return write_texts(value);
	case RECORD_BOOLEAN: return json_boolean(*(const bool *)value);
	case RECORD_FLAG: return json_boolean(((const struct flag *)value)->value);
	case RECORD_INTEGER: return json_integer(*(const int64_t *)value);
	case RECORD_NUMBER: return json_integer(number->value);
	case RECORD_TIME: return json_string(clock_print_utc(utc, number->value));
	case RECORD_REAL: return json_real(((const struct real *)value)->value);
	case RECORD_WORD: return json_string(word_spelling(value, member->names));
	case RECORD_OBJECT: return record_write(value, member->type);
	default: return write_items(record, member);
	}
}

/* Of what may be not known null, of the rest what is empty: false, 0, [], {}. */
static json_t *write_unset(const void *record, const struct record_member *member)
{
	switch (member->kind) {
	case RECORD_TEXTS:
	case RECORD_BOOLEAN:
	case RECORD_INTEGER:
	case RECORD_LIST:
	case RECORD_MAP: return write_value(record, member);
	default: return json_null();
	}
}

/* A new reference in *value; NULL for a member that is left out. False without memory. */
static bool write_member(json_t **value, const void *of, const struct record_type *type, size_t i)
{
	const struct record_member *member = &type->members[i];
	const struct record *record = of;
	bool is_written = record->is_read                   ? (record->lacks >> i & 1) == 0
			  : member->presence == RECORD_WITH ? *(const bool *)at(of, member->group)
							    : member->presence == RECORD_ALWAYS;
	*value = NULL;
	if (is_set(of, member))
		*value = write_value(of, member);
	else if ((record->nulls >> i & 1) != 0)
		*value = json_null();
	else if (is_written)
		*value = write_unset(of, member);
	else
		return true;
	return *value != NULL;
}

static bool write_members(json_t *object, const void *record, const struct record_type *type)
{
	for (size_t i = 0; i < type->num_members; i++) {
		const struct record_member *member = &type->members[i];
		json_t *value;
		if (member->kind == RECORD_INLINE) {
			if (!write_members(object, at(record, member->offset), member->type))
				return false;
			continue;
		}
		if (!write_member(&value, record, type, i) ||
		    (value != NULL && json_object_set_new(object, member->key, value) != 0))
			return false;
	}
	return true;
}

json_t *record_write(const void *record, const struct record_type *type)
{
	json_t *object = json_object();
	if (object != NULL && write_members(object, record, type))
		return object;
	json_decref(object);
	return NULL;
}

/* --- freeing --- */

static void clear_member(void *record, const struct record_member *member)
{
	void *value = at(record, member->offset);
	switch (member->kind) {
	case RECORD_TEXT: free(*(char **)value); break;
	case RECORD_WORD: free(((struct word *)value)->foreign); break;
	case RECORD_TEXTS: texts_clear(value); break;
	case RECORD_OBJECT:
	case RECORD_INLINE: record_clear(value, member->type); break;
	case RECORD_LIST:
	case RECORD_MAP:
		for (size_t i = 0; i < num_items(record, member); i++) {
			void *item = item_at(record, member, i);
			if (member->kind == RECORD_MAP)
				free(*(char **)at(item, member->type->id_offset));
			record_clear(item, member->type);
		}
		free(*(void **)value);
		break;
	default: break;
	}
}

void record_clear(void *record, const struct record_type *type)
{
	for (size_t i = 0; i < type->num_members; i++)
		clear_member(record, &type->members[i]);
	memset(record, 0, type->size);
}
