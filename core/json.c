/* Knows strict reading and one-line writing of JSON. */
#include "core/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool json_is_out_of_memory(const json_error_t *fault)
{
	return fault->text[0] == '\0' || json_error_code(fault) == json_error_out_of_memory;
}

json_t *json_parse_object(const char *bytes, size_t len, enum error_kind kind, struct error *err)
{
	json_error_t fault;
	json_t *value = json_loadb(bytes, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &fault);
	if (value == NULL && json_is_out_of_memory(&fault)) {
		error_set(err, ERROR_UNABLE, "out of memory");
		return NULL;
	}
	if (value == NULL) {
		error_set(err, kind, "not JSON: %s (column %d)", fault.text, fault.column);
		return NULL;
	}
	if (!json_is_object(value)) {
		json_decref(value);
		error_set(err, kind, "a JSON object is expected");
		return NULL;
	}
	return value;
}

bool json_only_keys(const json_t *object, const char *where, const char *const *known,
		    size_t num_known, struct error *err)
{
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)object, key, value)
	{
		size_t i = 0;
		while (i < num_known && strcmp(known[i], key) != 0)
			i++;
		if (i == num_known)
			return error_set(err, ERROR_USAGE, "%s: unknown key '%.64s'", where, key);
	}
	return true;
}

static _Thread_local bool is_incomplete;

void json_begin(void)
{
	is_incomplete = false;
}

bool json_end(struct error *err)
{
	return !is_incomplete || error_set(err, ERROR_UNABLE, "out of memory");
}

/* json_dumps goes on when there is no memory for a key (jansson 2.14), so its sink is ours. */
static int append_to(const char *bytes, size_t len, void *out)
{
	return text_append_bytes(out, bytes, len) ? 0 : -1;
}

bool json_print(struct text *out, const json_t *value)
{
	if (json_dump_callback(value, append_to, out,
			       JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) != 0)
		out->failed = true;
	return !out->failed;
}

bool json_append_line(struct text *out, const json_t *object)
{
	return json_print(out, object) && text_append(out, "\n");
}

bool json_write(FILE *out, const json_t *value)
{
	struct text text;
	text_init(&text, SIZE_MAX / 4);
	bool done = json_print(&text, value);
	if (done)
		fwrite(text.data, 1, text.len, out);
	else
		is_incomplete = true;
	text_clear(&text);
	return done;
}

json_t *json_foreign_string(const char *bytes)
{
	size_t len = strlen(bytes);
	if (text_is_utf8(bytes, len))
		return json_stringn(bytes, len);
	struct text visible;
	text_init(&visible, 0);
	text_append_visible(&visible, bytes, len);
	json_t *string = visible.failed ? NULL : json_string(text_string(&visible));
	text_clear(&visible);
	return string;
}

json_t *json_foreign_string_or_null(const char *bytes)
{
	return bytes != NULL ? json_foreign_string(bytes) : json_null();
}

void json_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		is_incomplete = true;
}

void json_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) != 0)
		is_incomplete = true;
}

void json_set_if(json_t *object, const char *key, json_t *value)
{
	if (value != NULL)
		json_set(object, key, value);
}
