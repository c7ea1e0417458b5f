/* Knows the schemas of scenario files, of classes.yaml and of environments. */
#include "harness/config/data_schema.h"

#include "core/json.h"
#include "core/policy.h"
#include "core/situation.h"

#include <string.h>

#define DIALECT "https://json-schema.org/draft/2020-12/schema"

static json_t *text_schema(const char *description)
{
	return json_pack("{s:s, s:i, s:s}", "type", "string", "minLength", 1, "description",
			 description);
}

static json_t *names_schema(const struct name_table *table)
{
	json_t *names = json_array();
	for (size_t i = 0; i < table->num; i++)
		json_append(names, json_string(table->names[i]));
	return json_pack("{s:o}", "enum", names);
}

/* A mapping with these keys and no others. Takes over properties and required (may be NULL). */
static json_t *mapping_schema(json_t *properties, json_t *required)
{
	json_t *schema = json_pack("{s:s, s:b, s:o}", "type", "object", "additionalProperties", 0,
				   "properties", properties);
	json_set_if(schema, "required", required);
	return schema;
}

static json_t *any_of(json_t *one, json_t *other)
{
	return json_pack("{s:[o, o]}", "anyOf", one, other);
}

static json_t *duration_schema(bool may_be_none)
{
	return json_pack("{s:s, s:s}", "type", "string", "pattern",
			 may_be_none ? "^(none|[+-]?[0-9]+(ms|s|m|min|h|d|y))$"
				     : "^[+-]?[0-9]+(ms|s|m|min|h|d|y)$");
}

static json_t *tls_schema(void)
{
	json_t *version = json_pack("{s:[f, f, s, s]}", "enum", 1.2, 1.3, "1.2", "1.3");
	return any_of(
		json_pack("{s:s, s:i, s:O}", "type", "array", "minItems", 1, "items", version),
		version);
}

static json_t *field_schema(const struct situation_field *field)
{
	json_t *schema = NULL;
	switch (field->kind) {
	case FIELD_BOOL: schema = json_pack("{s:s}", "type", "boolean"); break;
	case FIELD_NAME:
		schema = names_schema(field->table);
		/* YAML's own words, where they are among the names. */
		if (name_find(field->table, "true") >= 0)
			schema = any_of(schema, json_pack("{s:s}", "type", "boolean"));
		break;
	case FIELD_NUMBER:
		schema = json_pack("{s:s, s:i, s:i}", "type", "integer", "minimum", field->least,
				   "maximum", field->most);
		break;
	case FIELD_DURATION: schema = duration_schema(false); break;
	case FIELD_DURATION_NONE: schema = duration_schema(true); break;
	case FIELD_POINTER:
		schema = any_of(json_pack("{s:s}", "type", "boolean"),
				json_pack("{s:s, s:i}", "type", "string", "maxLength",
					  SITUATION_URL_MAX - 1));
		break;
	case FIELD_TLS: schema = tls_schema(); break;
	}
	json_set(schema, "description", json_string(field->text));
	return schema;
}

/* The fields of a section ("server.staple" is one of its own). */
static json_t *section_schema(const char *section)
{
	json_t *properties = json_object();
	for (size_t i = 0; i < num_situation_fields; i++)
		if (strcmp(situation_fields[i].section, section) == 0)
			json_set(properties, situation_fields[i].key,
				 field_schema(&situation_fields[i]));
	if (strcmp(section, "server") == 0)
		json_set(properties, "staple",
			 any_of(json_pack("{s:s}", "const", "none"),
				section_schema("server.staple")));
	return mapping_schema(properties, NULL);
}

/* `responder: refuse` means `responder: { behaviour: refuse }`. */
static json_t *fetched_schema(const char *section)
{
	const struct situation_field *behaviour = situation_find_field(section, "behaviour");
	return any_of(names_schema(behaviour->table), section_schema(section));
}

static json_t *expect_schema(void)
{
	json_t *outcomes = json_pack("{s:[s, s, s, s, s]}", "enum", "connect", "warn", "reject",
				     "unsupported", "error");
	json_t *properties = json_object();
	json_set(properties, "verdict", json_incref(outcomes));
	json_set(properties, "reason", names_schema(&reason_names));
	json_set(properties, "why", text_schema("why this stack or policy has this result"));
	json_set(
		properties, "versions",
		json_pack(
			"{s:s, s:s, s:s}", "type", "string", "pattern",
			"^ *(<=|>=|<|>|=)[0-9]+([.][0-9]+)*( +(<=|>=|<|>|=)[0-9]+([.][0-9]+)*)* *$",
			"description",
			"releases of the stack to which it applies, such as \">=3.0 <3.6\""));
	json_t *details = mapping_schema(properties, json_pack("[s]", "verdict"));
	return json_pack("{s:s, s:i, s:o, s:s}", "type", "object", "minProperties", 1,
			 "additionalProperties", any_of(outcomes, details), "description",
			 "patterns of client classes, separated by commas; the most specific wins");
}

/* What a file and a variant share. */
static void add_situation(json_t *properties)
{
	json_set(properties, "client", section_schema("client"));
	json_set(properties, "certificate", section_schema("certificate"));
	json_set(properties, "intermediate", section_schema("intermediate"));
	json_set(properties, "server", section_schema("server"));
	json_set(properties, "responder", fetched_schema("responder"));
	json_set(properties, "crl", fetched_schema("crl"));
	json_set(properties, "truth",
		 json_pack("{s:[s, s, s], s:s}", "enum", "good", "revoked", "unknown",
			   "description", "the status of the certificate according to its CA"));
	json_set(properties, "expect", expect_schema());
}

json_t *data_schema_scenario(void)
{
	json_t *properties = json_object();
	json_t *variant = json_object();
	json_set(properties, "title", text_schema("one line"));
	json_set(properties, "why", text_schema("what goes wrong in practice, and how often"));
	json_set(properties, "source", text_schema("a reference"));
	json_set(properties, "tags",
		 json_pack("{s:s, s:i, s:{s:s, s:s}}", "type", "array", "minItems", 1, "items",
			   "type", "string", "pattern", "^[a-z0-9][a-z0-9-]*$"));
	add_situation(properties);
	json_set(variant, "title", text_schema("overrides the file's"));
	add_situation(variant);
	json_set(properties, "variants",
		 json_pack("{s:s, s:i, s:{s:s}, s:o, s:s}", "type", "object", "minProperties", 1,
			   "propertyNames", "pattern", "^[a-z0-9][a-z0-9-]*$",
			   "additionalProperties", mapping_schema(variant, NULL), "description",
			   "each is a separate scenario, id@variant, that overrides keys of the "
			   "file"));
	json_t *schema = mapping_schema(properties, json_pack("[s, s, s]", "title", "why", "tags"));
	json_set(schema, "$schema", json_string(DIALECT));
	json_set(schema, "$id", json_string("urn:revoscope:schema:scenario:1"));
	json_set(schema, "title", json_string("revoscope scenario"));
	return schema;
}

static json_t *axis_schema(const struct policy_axis *axis)
{
	json_t *schema;
	if (axis->table == NULL) {
		schema = json_pack("{s:s, s:i, s:i}", "type", "integer", "minimum", axis->least,
				   "maximum", axis->most);
	} else {
		schema = names_schema(axis->table);
		/* YAML's own words for yes and no. */
		if (name_find(axis->table, "yes") >= 0)
			schema = any_of(schema, json_pack("{s:s}", "type", "boolean"));
	}
	json_set(schema, "description", json_string(axis->text));
	return schema;
}

static json_t *axes(void)
{
	json_t *properties = json_object();
	for (size_t i = 0; i < num_policy_axes; i++)
		json_set(properties, policy_axes[i].name, axis_schema(&policy_axes[i]));
	return properties;
}

static json_t *map_of(json_t *schema, const char *description)
{
	return json_pack("{s:s, s:i, s:o, s:s}", "type", "object", "minProperties", 1,
			 "additionalProperties", schema, "description", description);
}

json_t *data_schema_classes(void)
{
	json_t *stack = json_object(), *native = json_object(), *class = json_object();
	json_t *policy = axes();
	json_set(stack, "title", text_schema("the stack's name"));
	json_set(stack, "program", text_schema("its client program: a name, or a path"));
	json_set(policy, "title", text_schema("its name"));
	json_set(policy, "text", text_schema("what it does, in a sentence or two"));
	json_set(native, "title", text_schema("its name"));
	json_set(native, "text", text_schema("the default behaviour of the stack"));
	json_set(class, "stack", text_schema("the stack that runs it"));
	json_set(class, "enforcement",
		 json_pack("{s:[s, s], s:s}", "enum", "application", "native", "description",
			   "native: the stack's own defaults, and neither like nor policy"));
	json_set(class, "title", text_schema("its name"));
	json_set(class, "text", text_schema("what it does"));
	json_set(class, "origin",
		 json_pack("{s:[s, s, s]}", "enum", "measured", "source", "documentation"));
	json_set(class, "reference", text_schema("where from"));
	json_set(class, "like", text_schema("the base policy"));
	json_set(class, "policy", mapping_schema(axes(), NULL));
	json_t *properties = json_object();
	json_set(properties, "stacks",
		 map_of(mapping_schema(stack, json_pack("[s, s]", "title", "program")),
			"the stacks by id"));
	json_set(properties, "policies",
		 map_of(mapping_schema(policy, json_pack("[s, s]", "title", "text")),
			"the built-in policies, for every stack"));
	json_set(properties, "natives",
		 map_of(mapping_schema(native, json_pack("[s, s]", "title", "text")),
			"each stack with its default settings"));
	json_set(properties, "classes",
		 map_of(mapping_schema(class, json_pack("[s, s, s]", "stack", "title", "origin")),
			"named profiles, such as browser/firefox"));
	/* A file on top of the project's has only what it adds. */
	json_t *schema = mapping_schema(properties, NULL);
	json_set(schema, "minProperties", json_integer(1));
	json_set(schema, "$schema", json_string(DIALECT));
	json_set(schema, "$id", json_string("urn:revoscope:schema:classes:1"));
	json_set(schema, "title", json_string("revoscope client classes"));
	return schema;
}

json_t *data_schema_environment(void)
{
	json_t *client = json_object(), *properties = json_object();
	json_set(client, "class",
		 text_schema("id of a client class, such as browser/chrome-default"));
	json_set(client, "share",
		 any_of(json_pack("{s:s, s:i, s:i}", "type", "number", "exclusiveMinimum", 0,
				  "maximum", 100),
			json_pack("{s:s, s:s}", "type", "string", "pattern",
				  "^[0-9]{1,9}([.][0-9]{0,9})? *%?$")));
	json_set(client, "note", text_schema("a note on the class, or the origin of the share"));
	json_set(properties, "title", text_schema("the name of the environment"));
	json_set(properties, "text", text_schema("details"));
	json_set(properties, "clients",
		 json_pack("{s:s, s:i, s:o, s:s}", "type", "array", "minItems", 1, "items",
			   mapping_schema(client, json_pack("[s, s]", "class", "share")),
			   "description",
			   "each class once; the shares are percent and add up to 100"));
	json_t *schema = mapping_schema(properties, json_pack("[s, s]", "title", "clients"));
	json_set(schema, "$schema", json_string(DIALECT));
	json_set(schema, "$id", json_string("urn:revoscope:schema:environment:1"));
	json_set(schema, "title", json_string("revoscope environment"));
	return schema;
}
