/* Knows which JSON Schema each kind of a record's member has. */
#include "reports/json/record_schema.h"

#include <string.h>

static json_t *make_type(const char *name, bool may_be_null)
{
	return may_be_null ? json_pack("{s:[s, s]}", "type", name, "null")
			   : json_pack("{s:s}", "type", name);
}

static json_t *make_word(const struct name_table *names)
{
	json_t *values = json_array();
	for (size_t i = 0; i < names->num; i++)
		json_array_append_new(values, json_string(names->names[i]));
	bool is_whole = json_array_append_new(values, json_null()) == 0 &&
			json_array_size(values) == names->num + 1;
	json_t *schema = json_pack("{s:o}", "enum", values);
	if (is_whole)
		return schema;
	json_decref(schema);
	return NULL;
}

/* Without what is in its objects. NULL without memory. */
static json_t *make_member(const struct record_member *member)
{
	switch (member->kind) {
	case RECORD_TEXT:
	case RECORD_TIME: return make_type("string", true);
	case RECORD_TEXTS:
		return json_pack("{s:s, s:o}", "type", "array", "items",
				 make_type("string", false));
	case RECORD_BOOLEAN: return make_type("boolean", false);
	case RECORD_FLAG: return make_type("boolean", true);
	case RECORD_INTEGER: return make_type("integer", false);
	case RECORD_NUMBER: return make_type("integer", true);
	case RECORD_REAL: return make_type("number", true);
	case RECORD_WORD: return make_word(member->names);
	case RECORD_OBJECT: return make_type("object", true);
	case RECORD_LIST:
		return json_pack("{s:s, s:o}", "type", "array", "items",
				 make_type("object", false));
	case RECORD_MAP:
		return json_pack("{s:s, s:o}", "type", "object", "additionalProperties",
				 make_type("object", false));
	case RECORD_INLINE: break;
	}
	return NULL;
}

/* What "$ref" and "anyOf" with null say. */
static json_t *resolve(json_t *schema, const json_t *defs)
{
	const json_t *choices = json_object_get(schema, "anyOf");
	if (choices != NULL)
		schema = json_array_get(choices, json_array_size(choices) - 1);
	const char *ref = json_string_value(json_object_get(schema, "$ref"));
	return ref == NULL ? schema : json_object_get(defs, strrchr(ref, '/') + 1);
}

/* The schema of the objects of a member with objects. */
static json_t *object_of(json_t *schema, const json_t *defs, enum record_kind kind)
{
	schema = resolve(schema, defs);
	if (kind == RECORD_LIST)
		schema = resolve(json_object_get(schema, "items"), defs);
	else if (kind == RECORD_MAP)
		schema = resolve(json_object_get(schema, "additionalProperties"), defs);
	return schema;
}

/* Whether what is written by hand says more than what the member is for. */
static bool is_described_whole(const json_t *property)
{
	const json_t *description = json_object_get(property, "description");
	return json_object_size(property) > (description != NULL);
}

/* Adds what the table knows of a member. */
static bool describe_member(json_t *property, const struct record_member *member)
{
	json_t *made = make_member(member);
	bool done = made != NULL && json_object_update_missing(property, made) == 0;
	json_decref(made);
	return done;
}

static bool add_members(json_t *properties, const json_t *defs, const struct record_type *type)
{
	for (size_t i = 0; i < type->num_members; i++) {
		const struct record_member *member = &type->members[i];
		json_t *property = json_object_get(properties, member->key);
		if (member->kind == RECORD_INLINE) {
			if (!add_members(properties, defs, member->type))
				return false;
			continue;
		}
		if (property == NULL) {
			property = json_object();
			if (json_object_set_new(properties, member->key, property) != 0)
				return false;
		}
		if (!is_described_whole(property) && !describe_member(property, member))
			return false;
		if (member->type != NULL &&
		    !record_schema_complete(object_of(property, defs, member->kind), defs,
					    member->type))
			return false;
	}
	return true;
}

static bool has_member(const struct record_type *type, const char *key)
{
	for (size_t i = 0; i < type->num_members; i++) {
		const struct record_member *member = &type->members[i];
		if (member->kind == RECORD_INLINE ? has_member(member->type, key)
						  : strcmp(member->key, key) == 0)
			return true;
	}
	return false;
}

bool record_schema_complete(json_t *schema, const json_t *defs, const struct record_type *type)
{
	json_t *properties = json_object_get(schema, "properties"), *property;
	const char *key;
	if (properties == NULL) {
		properties = json_object();
		if (json_object_set_new(schema, "properties", properties) != 0)
			return false;
	}
	json_object_foreach(properties, key, property)
	{
		if (!has_member(type, key))
			return false;
	}
	return add_members(properties, defs, type);
}
