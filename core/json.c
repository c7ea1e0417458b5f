/* Knows strict reading and one-line writing of JSON. */
#include "core/json.h"

#include <stdlib.h>
#include <string.h>

json_t *json_parse_object(const char *bytes, size_t len, enum error_kind kind, struct error *err)
{
	json_error_t fault;
	json_t *value = json_loadb(bytes, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &fault);
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

bool json_append_line(struct text *out, const json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
	if (line == NULL) {
		out->failed = true;
		return false;
	}
	text_append(out, line);
	free(line);
	return text_append(out, "\n");
}

bool json_write(FILE *out, const json_t *value)
{
	char *bytes = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	if (bytes == NULL)
		return false;
	fputs(bytes, out);
	free(bytes);
	return true;
}

json_t *json_foreign_string(const char *bytes)
{
	size_t len = strlen(bytes);
	if (text_is_utf8(bytes, len))
		return json_stringn(bytes, len);
	struct text visible;
	text_init(&visible, 0);
	text_append_visible(&visible, bytes, len);
	json_t *string = json_string(text_string(&visible));
	text_clear(&visible);
	return string;
}

json_t *json_foreign_string_or_null(const char *bytes)
{
	return bytes != NULL ? json_foreign_string(bytes) : json_null();
}

void json_set(json_t *object, const char *key, json_t *value)
{
	if (value != NULL)
		json_object_set_new(object, key, value);
}
