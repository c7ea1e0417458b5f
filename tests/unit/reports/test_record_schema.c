/* The schema of a record: each kind of member, what is written by hand, the objects inside. */
#include "reports/json/record_schema.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *const color_spellings[] = {"red", "blue"};
static const struct name_table color_names = {"color", color_spellings, NULL, 2};

struct part {
	struct record record;
	char *id, *name;
};
static const struct record_member part_members[] = {
	{RECORD_TEXT_ROW(struct part, name), .presence = RECORD_ALWAYS},
};
static const struct record_type part_type = RECORD_MAP_TYPE(struct part, part_members);

struct whole {
	struct record record;
	char *text;
	struct texts texts;
	bool boolean;
	struct flag flag;
	int64_t integer;
	struct number number, time;
	struct real real;
	struct word word;
	struct part object, inside, *list, *map;
	size_t num_list, num_map;
};
static const struct record_member whole_members[] = {
	{RECORD_TEXT_ROW(struct whole, text), .presence = RECORD_ALWAYS},
	{RECORD_TEXTS_ROW(struct whole, texts), .presence = RECORD_ALWAYS},
	{RECORD_BOOLEAN_ROW(struct whole, boolean), .presence = RECORD_ALWAYS},
	{RECORD_FLAG_ROW(struct whole, flag), .presence = RECORD_ALWAYS},
	{RECORD_INTEGER_ROW(struct whole, integer), .presence = RECORD_ALWAYS},
	{RECORD_NUMBER_ROW(struct whole, number), .presence = RECORD_ALWAYS},
	{RECORD_TIME_ROW(struct whole, time), .presence = RECORD_ALWAYS},
	{RECORD_REAL_ROW(struct whole, real), .presence = RECORD_ALWAYS},
	{RECORD_WORD_ROW(struct whole, word, color_names), .presence = RECORD_ALWAYS},
	{RECORD_OBJECT_ROW(struct whole, object, struct part, part_type),
	 .presence = RECORD_ALWAYS},
	{RECORD_INLINE_ROW(struct whole, inside, struct part, part_type)},
	{RECORD_LIST_ROW(struct whole, list, struct part, part_type, 3), .presence = RECORD_ALWAYS},
	{RECORD_MAP_ROW(struct whole, map, struct part, part_type, 3), .presence = RECORD_ALWAYS},
};
static const struct record_type whole_type = RECORD_TYPE(struct whole, whole_members);

#define NAMED "\"properties\": {\"name\": {\"type\": [\"string\", \"null\"]}}"

static const struct {
	const char *key, *schema;
} kinds[] = {
	{"text", "{\"type\": [\"string\", \"null\"]}"},
	{"texts", "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}"},
	{"boolean", "{\"type\": \"boolean\"}"},
	{"flag", "{\"type\": [\"boolean\", \"null\"]}"},
	{"integer", "{\"type\": \"integer\"}"},
	{"number", "{\"type\": [\"integer\", \"null\"]}"},
	{"time", "{\"type\": [\"string\", \"null\"]}"},
	{"real", "{\"type\": [\"number\", \"null\"]}"},
	{"word", "{\"enum\": [\"red\", \"blue\", null]}"},
	{"object", "{\"type\": [\"object\", \"null\"], " NAMED "}"},
	{"name", "{\"type\": [\"string\", \"null\"]}"}, /* of what is inline */
	{"list", "{\"type\": \"array\", \"items\": {\"type\": \"object\", " NAMED "}}"},
	{"map",
	 "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"object\", " NAMED "}}"},
};
enum { NUM_KINDS = sizeof kinds / sizeof *kinds };

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, 0, NULL);
	ck_assert_msg(value != NULL, "%s", text);
	return value;
}

static void check_equal(const json_t *found, const char *expected)
{
	json_t *wanted = parse(expected);
	char *text = json_dumps(found, JSON_ENCODE_ANY);
	ck_assert_msg(json_equal(found, wanted), "%s is not %s", text, expected);
	free(text);
	json_decref(wanted);
}

START_TEST(each_kind_of_member_has_its_schema)
{
	json_t *schema = json_object();
	ck_assert(record_schema_complete(schema, NULL, &whole_type));
	const json_t *properties = json_object_get(schema, "properties");
	ck_assert_uint_eq(json_object_size(properties), NUM_KINDS);
	check_equal(json_object_get(properties, kinds[_i].key), kinds[_i].schema);
	json_decref(schema);
}
END_TEST

START_TEST(what_is_written_by_hand_stays)
{
	json_t *schema = parse("{\"required\": [\"text\"], \"properties\": {"
			       "\"text\": {\"type\": \"string\"}, "
			       "\"boolean\": {\"description\": \"yes or no\"}, "
			       "\"real\": {\"minimum\": 0}}}");
	ck_assert(record_schema_complete(schema, NULL, &whole_type));
	const json_t *properties = json_object_get(schema, "properties");
	check_equal(json_object_get(schema, "required"), "[\"text\"]");
	check_equal(json_object_get(properties, "text"), "{\"type\": \"string\"}");
	check_equal(json_object_get(properties, "boolean"),
		    "{\"description\": \"yes or no\", \"type\": \"boolean\"}");
	check_equal(json_object_get(properties, "real"), "{\"minimum\": 0}");
	json_decref(schema);
}
END_TEST

/* The objects of a member, where a shape by hand refers to them. */
static const char *const shapes[] = {
	"{\"object\": {\"$ref\": \"#/$defs/part\"}}",
	"{\"object\": {\"anyOf\": [{\"type\": \"null\"}, {\"$ref\": \"#/$defs/part\"}]}}",
	"{\"list\": {\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/part\"}}}",
	"{\"map\": {\"additionalProperties\": {\"$ref\": \"#/$defs/part\"}}}",
	"{\"map\": {\"$ref\": \"#/$defs/parts\"}}",
};

START_TEST(objects_are_found_where_a_shape_refers_to_them)
{
	json_t *defs =
		parse("{\"part\": {\"type\": \"object\"}, "
		      "\"parts\": {\"additionalProperties\": {\"$ref\": \"#/$defs/part\"}}}");
	json_t *schema = json_pack("{s:o}", "properties", parse(shapes[_i]));
	ck_assert(record_schema_complete(schema, defs, &whole_type));
	check_equal(json_object_get(defs, "part"), "{\"type\": \"object\", " NAMED "}");
	json_decref(schema);
	json_decref(defs);
}
END_TEST

static const char *const misspelt[] = {
	"{\"properties\": {\"txet\": {\"type\": \"string\"}}}",
	"{\"properties\": {\"object\": {\"properties\": {\"nmae\": {}}}}}",
	"{\"properties\": {\"list\": {\"items\": {\"properties\": {\"nmae\": {}}}}}}",
	"{\"properties\": {\"object\": {\"$ref\": \"#/$defs/absent\"}}}",
};

START_TEST(what_the_table_does_not_have_is_refused)
{
	json_t *schema = parse(misspelt[_i]);
	ck_assert(!record_schema_complete(schema, NULL, &whole_type));
	json_decref(schema);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("record_schema");
	TCase *tcase = tcase_create("record_schema");
	tcase_add_loop_test(tcase, each_kind_of_member_has_its_schema, 0, NUM_KINDS);
	tcase_add_test(tcase, what_is_written_by_hand_stays);
	tcase_add_loop_test(tcase, objects_are_found_where_a_shape_refers_to_them, 0,
			    (int)(sizeof shapes / sizeof *shapes));
	tcase_add_loop_test(tcase, what_the_table_does_not_have_is_refused, 0,
			    (int)(sizeof misspelt / sizeof *misspelt));
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
