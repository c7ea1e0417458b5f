/* Knows how a table of members says what an object's values have to be. */
#include "core/json_members.h"

#include <string.h>

static bool is_list_of_texts(const json_t *value)
{
	if (!json_is_array(value))
		return false;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!json_is_string(json_array_get(value, i)))
			return false;
	return true;
}

static struct json_name name_of(const json_t *value, const struct name_table *names)
{
	const char *text = json_string_value(value);
	return (struct json_name){text, text != NULL ? name_find(names, text) : -1};
}

/* False when the value is of another type. */
static bool read_one(char *out, const json_t *value, const struct json_member *member)
{
	void *to = out + member->offset;
	switch (member->type) {
	case JSON_MEMBER_NUMBER_OR_TEXT:
		if (json_is_string(value))
			return true;
		/* fall through */
	case JSON_MEMBER_NUMBER:
		if (!json_is_integer(value))
			return false;
		*(struct number *)to = (struct number){true, json_integer_value(value)};
		return true;
	case JSON_MEMBER_TEXT:
		*(const char **)to = json_string_value(value);
		return json_is_string(value);
	case JSON_MEMBER_FLAG:
		if (!json_is_boolean(value))
			return false;
		*(struct flag *)to = (struct flag){true, json_is_true(value)};
		return true;
	case JSON_MEMBER_NAME:
		*(struct json_name *)to = name_of(value, member->names);
		return json_is_string(value);
	case JSON_MEMBER_TEXTS: break;
	}
	if (!is_list_of_texts(value))
		return false;
	*(struct json_texts *)to = (struct json_texts){true, json_array_size(value), value};
	return true;
}

bool json_members_read(void *out, const json_t *object, const char *where,
		       const struct json_member *members, size_t num, struct error *err)
{
	bool good = true;
	for (size_t i = 0; i < num; i++) {
		const json_t *value = json_object_get(object, members[i].key);
		if (members[i].type == JSON_MEMBER_NAME)
			((struct json_name *)((char *)out + members[i].offset))->value = -1;
		if (value == NULL || json_is_null(value))
			continue;
		if (!read_one(out, value, &members[i]))
			good = error_set(err, ERROR_UNABLE, "'%s%s' has the wrong type", where,
					 members[i].key);
	}
	return good;
}

bool json_members_list(const json_t **list, size_t *num, const json_t *object, const char *key,
		       size_t max, struct error *err)
{
	const json_t *value = json_object_get(object, key);
	*list = NULL;
	*num = 0;
	if (value == NULL || json_is_null(value))
		return true;
	if (!json_is_array(value))
		return error_set(err, ERROR_UNABLE, "'%s' has the wrong type", key);
	*list = value;
	while (*num < json_array_size(value) && *num < max) {
		if (!json_is_object(json_array_get(value, *num)))
			return error_set(err, ERROR_UNABLE, "'%s' has the wrong type", key);
		(*num)++;
	}
	return *num == json_array_size(value) ||
	       error_set(err, ERROR_UNABLE, "'%s' has more than %zu entries", key, max);
}

bool json_members_object(const json_t **out, const json_t *object, const char *key,
			 struct error *err)
{
	const json_t *value = json_object_get(object, key);
	*out = json_is_object(value) ? value : NULL;
	return *out != NULL || value == NULL || json_is_null(value) ||
	       error_set(err, ERROR_UNABLE, "'%s' has the wrong type", key);
}

int json_members_name(const json_t *object, const char *key, const struct name_table *table,
		      int fallback, struct error *err)
{
	const json_t *value = json_object_get(object, key);
	if ((value == NULL || json_is_null(value)) && fallback >= 0)
		return fallback;
	const char *spelling = json_string_value(value);
	int found = spelling != NULL ? name_find(table, spelling) : -1;
	if (spelling == NULL)
		error_set(err, ERROR_UNABLE, "'%s' is absent or not a text", key);
	else if (found < 0)
		error_set(err, ERROR_UNABLE, "'%s' has an invalid %s '%.40s'", key, table->what,
			  spelling);
	return found;
}

const char *json_texts_at(const struct json_texts *texts, size_t i)
{
	return json_string_value(json_array_get(texts->list, i));
}
