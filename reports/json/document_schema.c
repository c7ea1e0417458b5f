/* Knows how the schemas of documents are put together from their shapes and the closed lists. */
#include "reports/json/document_schema.h"

#include "core/name.h"
#include "core/policy.h"
#include "harness/advice/advice_document.h"
#include "harness/advice/advice_pairs.h"
#include "harness/advice/refresh_model.h"
#include "harness/compare/diff.h"
#include "harness/model/cause.h"
#include "harness/model/examination_json.h"
#include "harness/verify/vector_index.h"
#include "reports/json/record_schema.h"

#include <string.h>

static const char result_shape[] = {
#include "reports/result_schema.inc"
};
static const char diff_shape[] = {
#include "reports/diff_schema.inc"
};
static const char verification_shape[] = {
#include "reports/verification_schema.inc"
};

static const struct {
	const char *name;
	const struct name_table *table;
} lists[] = {
	{"outcome", &outcome_names},
	{"check", &check_names},
	{"status", &status_names},
	{"move", &move_names},
	{"severity", &severity_names},
	{"level", &level_names},
	{"confidence", &confidence_names},
	{"offered", &offered_names},
	{"source-verdict", &source_verdict_names},
	{"fetch-method", &fetch_method_names},
	{"fetch-layer", &fetch_layer_names},
	{"pointer-kind", &pointer_kind_names},
	{"url-fault", &url_fault_names},
	{"advice-word", &advice_word_names},
	{"advice-fact", &advice_fact_names},
	{"advice-life", &advice_life_names},
	{"advice-family", &advice_family_names},
	{"staple-state", &staple_state_names},
	{"restart", &refresh_restart_names},
	{"vector-class", &vector_classes},
};

/* What is written by a table, by its name in the $defs of the result document. */
static const struct {
	const char *name;
	const struct record_type *type;
} records[] = {
	{"advice", &advice_type},
	{"examination", &examination_type},
};

/* A closed list, or the values of a policy axis; NULL when there is none of the name. */
static const struct name_table *find_list(const char *name)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (strcmp(lists[i].name, name) == 0)
			return lists[i].table;
	const struct policy_axis *axis = policy_find_axis(name);
	return axis != NULL ? axis->table : NULL;
}

static bool has_text(const json_t *array, const char *text)
{
	size_t i;
	const json_t *one;
	json_array_foreach(array, i, one)
	{
		if (strcmp(json_string_value(one), text) == 0)
			return true;
	}
	return false;
}

/* Puts an enum in the place of "list" and what goes with it. */
static bool expand_list(json_t *schema, const char *name)
{
	const struct name_table *table = find_list(name);
	const json_t *without = json_object_get(schema, "without");
	json_t *values = json_array();
	bool done = table != NULL && values != NULL;
	for (size_t i = 0; done && i < table->num; i++)
		if (!has_text(without, table->names[i]))
			done = json_array_append_new(values, json_string(table->names[i])) == 0;
	if (done && json_is_true(json_object_get(schema, "or_null")))
		done = json_array_append_new(values, json_null()) == 0;
	json_object_del(schema, "list");
	json_object_del(schema, "without");
	json_object_del(schema, "or_null");
	return json_object_set_new(schema, "enum", values) == 0 && done;
}

static bool expand(json_t *value)
{
	bool done = true;
	const char *key, *list = json_string_value(json_object_get(value, "list"));
	size_t i;
	json_t *part;
	if (list != NULL && !expand_list(value, list))
		return false;
	json_object_foreach(value, key, part)
	{
		done = done && expand(part);
	}
	json_array_foreach(value, i, part)
	{
		done = done && expand(part);
	}
	return done;
}

static json_t *make(const char *shape, size_t len)
{
	json_t *schema = json_loadb(shape, len, JSON_REJECT_DUPLICATES, NULL);
	if (schema == NULL || expand(schema))
		return schema;
	json_decref(schema);
	return NULL;
}

json_t *document_schema_result(void)
{
	json_t *schema = make(result_shape, sizeof result_shape);
	json_t *defs = json_object_get(schema, "$defs");
	bool done = schema != NULL;
	for (size_t i = 0; done && i < sizeof records / sizeof *records; i++)
		done = record_schema_complete(json_object_get(defs, records[i].name), defs,
					      records[i].type);
	if (done)
		return schema;
	json_decref(schema);
	return NULL;
}

json_t *document_schema_diff(void)
{
	return make(diff_shape, sizeof diff_shape);
}

json_t *document_schema_verification(void)
{
	return make(verification_shape, sizeof verification_shape);
}
