/* Structs by tables: what is read is written again, what is wrong is refused with its place. */
#include "core/record.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct pet {
	struct record record;
	char *id;
	struct word kind;
	int64_t legs;
};

struct owner {
	struct record record;
	char *name;
	struct texts titles;
	bool is_home;
	struct flag likes_pets;
	struct number born;
	struct number rooms;
	struct real share;
	struct pet favourite;
	struct pet *pets;
	size_t num_pets;
	struct pet *list;
	size_t num_list;
	bool has_car;
	char *plate;
};

static const char *const kind_spellings[] = {"cat", "dog"};
static const struct name_table kinds = {"kind", kind_spellings, NULL, 2};

static const struct record_member pet_members[] = {
	{RECORD_WORD_ROW(struct pet, kind, kinds), .presence = RECORD_ALWAYS},
	{RECORD_INTEGER_ROW(struct pet, legs), .presence = RECORD_IF_SET},
};
static const struct record_type pet_type = RECORD_MAP_TYPE(struct pet, pet_members);

static const struct record_member owner_members[] = {
	{RECORD_TEXT_ROW(struct owner, name), .presence = RECORD_ALWAYS},
	{RECORD_TEXTS_ROW(struct owner, titles), .presence = RECORD_ALWAYS},
	{RECORD_BOOLEAN_ROW(struct owner, is_home), .presence = RECORD_ALWAYS},
	{RECORD_FLAG_ROW(struct owner, likes_pets), .presence = RECORD_IF_SET},
	{RECORD_TIME_ROW(struct owner, born), .presence = RECORD_ALWAYS},
	{RECORD_NUMBER_ROW(struct owner, rooms), .presence = RECORD_IF_SET},
	{RECORD_REAL_ROW(struct owner, share), .presence = RECORD_IF_SET},
	{RECORD_OBJECT_ROW(struct owner, favourite, struct pet, pet_type),
	 .presence = RECORD_ALWAYS},
	{RECORD_MAP_ROW(struct owner, pets, struct pet, pet_type, 3), .presence = RECORD_IF_SET},
	{RECORD_LIST_ROW(struct owner, list, struct pet, pet_type, 3), .presence = RECORD_IF_SET},
	{RECORD_TEXT_ROW(struct owner, plate), RECORD_GROUP(struct owner, has_car)},
};
static const struct record_type owner_type = RECORD_TYPE(struct owner, owner_members);

static json_t *parse(const char *text)
{
	json_error_t fault;
	json_t *value = json_loads(text, 0, &fault);
	ck_assert_msg(value != NULL, "%s: %s", text, fault.text);
	return value;
}

static const char *const same[] = {
	"{}",
	"{\"name\":null}",
	"{\"name\":\"Ada\",\"titles\":[\"a\",null],\"is_home\":false,\"likes_pets\":true,"
	"\"born\":\"2026-11-23T01:02:03Z\",\"rooms\":0,\"share\":0.5,"
	"\"favourite\":{\"kind\":\"cat\",\"legs\":4},\"plate\":\"X\"}",
	"{\"titles\":[],\"is_home\":true,\"likes_pets\":false,\"rooms\":null,\"pets\":{},\"list\":["
	"]}",
	"{\"pets\":{\"b\":{\"kind\":\"dog\"},\"a\":{\"kind\":\"of a later version\"},\"c\":{}},"
	"\"list\":[{\"legs\":0},{\"legs\":null},{}]}",
	"{\"born\":\"1970-01-01T00:00:00Z\",\"favourite\":null,\"plate\":null}",
};

START_TEST(what_was_read_is_written_as_it_was)
{
	json_t *before = parse(same[_i]);
	struct owner owner = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(record_read(&owner, &owner_type, before, "", ERROR_USAGE, &err), "%s",
		      err.text);
	json_t *after = record_write(&owner, &owner_type);
	char *text = json_dumps(after, JSON_COMPACT);
	ck_assert_msg(json_equal(before, after), "%s\nand not\n%s", text, same[_i]);
	free(text);
	record_clear(&owner, &owner_type);
	json_decref(before);
	json_decref(after);
}
END_TEST

static const struct {
	const char *text, *fault;
} wrong[] = {
	{"[]", "'doc' is not an object"},
	{"{\"name\":5}", "'doc.name' is not a text"},
	{"{\"titles\":\"x\"}", "'doc.titles' is not a list"},
	{"{\"titles\":[\"x\",7]}", "'doc.titles[1]' is not a text"},
	{"{\"is_home\":1}", "'doc.is_home' is not true or false"},
	{"{\"likes_pets\":\"no\"}", "'doc.likes_pets' is not true or false"},
	{"{\"born\":\"2026-02-30T00:00:00Z\"}", "'doc.born' is not a time (2026-11-23T01:02:03Z)"},
	{"{\"born\":\"2026-1-2T00:00:00Z\"}", "'doc.born' is not a time (2026-11-23T01:02:03Z)"},
	{"{\"born\":12}", "'doc.born' is not a time (2026-11-23T01:02:03Z)"},
	{"{\"rooms\":1.5}", "'doc.rooms' is not a whole number"},
	{"{\"share\":\"half\"}", "'doc.share' is not a number"},
	{"{\"favourite\":[]}", "'doc.favourite' is not an object"},
	{"{\"favourite\":{\"kind\":1}}", "'doc.favourite.kind' is not a text"},
	{"{\"pets\":[]}", "'doc.pets' is not an object"},
	{"{\"pets\":{\"x\\u001b\":{\"legs\":[]}}}", "'doc.pets.x\\x1b.legs' is not a whole number"},
	{"{\"list\":[{},{\"legs\":\"\"}]}", "'doc.list[1].legs' is not a whole number"},
	{"{\"list\":[{},{},{},{}]}", "'doc.list' is longer than 3"},
	{"{\"pets\":{\"a\":{},\"b\":{},\"c\":{},\"d\":{}}}", "'doc.pets' is longer than 3"},
};

START_TEST(a_wrong_value_is_refused_with_its_place)
{
	json_t *document = parse(wrong[_i].text);
	struct owner owner = {0};
	struct error err = ERROR_INIT;
	ck_assert_msg(!record_read(&owner, &owner_type, document, "doc", ERROR_USAGE, &err), "%s",
		      wrong[_i].text);
	ck_assert_str_eq(err.text, wrong[_i].fault);
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	record_clear(&owner, &owner_type);
	json_decref(document);
}
END_TEST

START_TEST(what_is_new_is_written_by_its_table)
{
	struct owner owner = {0};
	json_t *fresh = record_write(&owner, &owner_type);
	json_t *wanted = parse("{\"name\":null,\"titles\":[],\"is_home\":false,\"born\":null,"
			       "\"favourite\":null}");
	ck_assert(json_equal(fresh, wanted));
	json_decref(fresh);
	json_decref(wanted);
	owner.has_car = true;
	owner.rooms = (struct number){true, 0};
	owner.favourite.record.is_there = true;
	owner.favourite.kind = word_of(1);
	ck_assert_ptr_nonnull(RECORD_ADD(&owner, list));
	fresh = record_write(&owner, &owner_type);
	wanted = parse(
		"{\"name\":null,\"titles\":[],\"is_home\":false,\"born\":null,\"rooms\":0,"
		"\"favourite\":{\"kind\":\"dog\"},\"list\":[{\"kind\":null}],\"plate\":null}");
	ck_assert(json_equal(fresh, wanted));
	json_decref(fresh);
	json_decref(wanted);
	record_clear(&owner, &owner_type);
}
END_TEST

/* What is found out about a struct that was read is written, whatever its document lacked. */
START_TEST(what_was_set_after_reading_is_written)
{
	json_t *document = parse("{\"name\":\"Ada\",\"rooms\":null}"), *wanted;
	struct owner owner = {0};
	struct error err = ERROR_INIT;
	ck_assert(record_read(&owner, &owner_type, document, "", ERROR_USAGE, &err));
	owner.rooms = (struct number){true, 3};
	owner.is_home = true;
	json_t *after = record_write(&owner, &owner_type);
	wanted = parse("{\"name\":\"Ada\",\"rooms\":3,\"is_home\":true}");
	ck_assert(json_equal(after, wanted));
	json_decref(after);
	json_decref(wanted);
	owner.is_home = false;
	record_renew(&owner.record);
	after = record_write(&owner, &owner_type);
	ck_assert(json_is_false(json_object_get(after, "is_home")));
	json_decref(after);
	record_clear(&owner, &owner_type);
	json_decref(document);
}
END_TEST

START_TEST(a_name_of_a_later_version_is_kept)
{
	json_t *document = parse("{\"kind\":\"snake\"}");
	struct pet pet = {0};
	struct error err = ERROR_INIT;
	ck_assert(record_read(&pet, &pet_type, document, "", ERROR_USAGE, &err));
	ck_assert(!word_is(pet.kind, 0) && !word_is(pet.kind, 1));
	ck_assert_str_eq(word_spelling(&pet.kind, &kinds), "snake");
	ck_assert_str_eq(word_spelling(&(struct word){.is_known = true, .value = 1}, &kinds),
			 "dog");
	ck_assert_ptr_null(word_spelling(&(struct word){0}, &kinds));
	record_clear(&pet, &pet_type);
	json_decref(document);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("record");
	TCase *tests = tcase_create("record");
	tcase_add_loop_test(tests, what_was_read_is_written_as_it_was, 0,
			    sizeof same / sizeof *same);
	tcase_add_loop_test(tests, a_wrong_value_is_refused_with_its_place, 0,
			    sizeof wrong / sizeof *wrong);
	tcase_add_test(tests, what_is_new_is_written_by_its_table);
	tcase_add_test(tests, what_was_set_after_reading_is_written);
	tcase_add_test(tests, a_name_of_a_later_version_is_kept);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
