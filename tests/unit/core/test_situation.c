/* The fields of a situation: how they are spelt, what they imply, the way through JSON. */
#include "core/situation.h"

#include "core/file.h"
#include "core/json.h"
#include "core/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A value that every field of a kind takes and that is not the default. */
static const char *another_value(const struct situation_field *field)
{
	char usual[SITUATION_URL_MAX];
	struct situation situation;
	situation_init(&situation, STATUS_GOOD);
	switch (field->kind) {
	case FIELD_BOOL:
		situation_spell(&situation, field, usual);
		return strcmp(usual, "true") == 0 ? "false" : "true";
	case FIELD_NAME: return field->table->names[field->table->num - 1];
	case FIELD_NUMBER: return field->most < 503 ? "7" : "503";
	case FIELD_DURATION: return field->implied_behaviour >= 0 ? "7s" : "-7s";
	case FIELD_DURATION_NONE: return "none";
	case FIELD_POINTER: return "http://example.test/x";
	case FIELD_TLS: return "1.2";
	}
	return "";
}

START_TEST(every_field_takes_a_value_and_says_it_again)
{
	const struct situation_field *field = &situation_fields[_i];
	struct situation situation;
	struct error err = ERROR_INIT;
	char spelling[SITUATION_URL_MAX];
	situation_init(&situation, STATUS_GOOD);
	ck_assert_ptr_eq(situation_find_field(field->section, field->key), field);
	if (field->kind == FIELD_TLS)
		situation.server.tls = 0;
	const char *value = another_value(field);
	ck_assert_msg(situation_set(&situation, field, value, &err), "%s.%s: %s", field->section,
		      field->key, err.text);
	ck_assert_str_eq(situation_spell(&situation, field, spelling), value);
	ck_assert(!situation_set(&situation, field, "no such value", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "no such value"));
}
END_TEST

START_TEST(a_changed_field_survives_the_way_through_json)
{
	const struct situation_field *field = &situation_fields[_i];
	struct situation situation, again;
	struct error err = ERROR_INIT;
	situation_init(&situation, STATUS_GOOD);
	if (field->kind == FIELD_TLS)
		situation.server.tls = 0;
	ck_assert(situation_set(&situation, field, another_value(field), NULL));
	json_t *object = situation_to_json(&situation);
	ck_assert_msg(situation_from_json(&again, object, &err), "%s", err.text);
	json_decref(object);
	/* Both began as zero bytes, padding too.
	 * NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
	ck_assert_msg(memcmp(&situation, &again, sizeof situation) == 0, "%s.%s", field->section,
		      field->key);
}
END_TEST

START_TEST(what_the_ca_knows_is_what_its_sources_say)
{
	struct situation situation;
	char spelling[SITUATION_URL_MAX];
	const struct situation_field *stapled = situation_find_field("server.staple", "status");
	situation_init(&situation, STATUS_REVOKED);
	ck_assert_str_eq(situation_spell(&situation, stapled, spelling), "revoked");
	ck_assert_int_eq(situation.crl.status, CRL_REVOKED);
	situation_init(&situation, STATUS_UNKNOWN);
	ck_assert_str_eq(situation_spell(&situation, stapled, spelling), "unknown");
	ck_assert_int_eq(situation.crl.status, CRL_GOOD);
	ck_assert_int_eq(situation.crl.behaviour, BEHAVIOUR_NONE);
}
END_TEST

START_TEST(a_delay_and_a_status_imply_their_behaviour)
{
	struct situation situation;
	situation_init(&situation, STATUS_GOOD);
	ck_assert(situation_set(&situation, situation_find_field("responder", "slow"), "2500ms",
				NULL));
	ck_assert_int_eq(situation.responder.behaviour, BEHAVIOUR_SLOW);
	ck_assert_int_eq(situation.responder.delay_ms, 2500);
	ck_assert(situation_set(&situation, situation_find_field("crl", "http"), "404", NULL));
	ck_assert_int_eq(situation.crl.behaviour, BEHAVIOUR_HTTP);
	ck_assert_int_eq(situation.crl.http_status, 404);
	ck_assert(
		!situation_set(&situation, situation_find_field("responder", "slow"), "-1s", NULL));
}
END_TEST

struct refusal {
	const char *name;
	const char *json;
	const char *text;
};

static const struct refusal refusals[] = {
	{"an unknown section", "{\"sever\": {}}", "unknown key 'sever'"},
	{"an unknown key", "{\"crl\": {\"sign\": \"issuer\"}}", "crl: unknown key 'sign'"},
	{"a slip is guessed at", "{\"crl\": {\"signer\": \"isuer\"}}", "did you mean 'issuer'"},
	{"a number", "{\"responder\": {\"http\": 503}}", "a string is expected"},
	{"an HTTP status out of range", "{\"responder\": {\"http\": \"99\"}}", "from 100 to 599"},
	{"an unknown TLS version", "{\"server\": {\"tls\": \"1.1\"}}", "unknown TLS version '1.1'"},
	{"no duration", "{\"crl\": {\"this_update\": \"yesterday\"}}", "a duration such as"},
	{"none where a time must be", "{\"crl\": {\"this_update\": \"none\"}}",
	 "a duration such as"},
};

START_TEST(reads_json_strictly)
{
	const struct refusal *row = &refusals[_i];
	struct situation situation;
	struct error err = ERROR_INIT;
	json_t *object = json_parse_object(row->json, strlen(row->json), ERROR_USAGE, &err);
	ck_assert(!situation_from_json(&situation, object, &err));
	json_decref(object);
	ck_assert_msg(strstr(err.text, row->text) != NULL, "%s: %s", row->name, err.text);
}
END_TEST

START_TEST(a_url_that_does_not_fit_is_refused)
{
	char url[SITUATION_URL_MAX + 16] = "http://";
	struct situation situation;
	const struct situation_field *field = situation_find_field("certificate", "ocsp_url");
	situation_init(&situation, STATUS_GOOD);
	memset(url + 7, 'a', SITUATION_URL_MAX - 8);
	ck_assert(situation_set(&situation, field, url, NULL));
	ck_assert_int_eq(situation.certificate.ocsp_url, POINTER_URL);
	url[SITUATION_URL_MAX - 1] = 'a';
	ck_assert(!situation_set(&situation, field, url, NULL));
}
END_TEST

/* Whether the grammar has `word`, in its own backticks. */
static bool is_written(const struct text *grammar, const char *word)
{
	char quoted[80];
	snprintf(quoted, sizeof quoted, "`%s`", word);
	return strstr(text_string(grammar), quoted) != NULL;
}

START_TEST(the_grammar_describes_every_key_and_value)
{
	const struct situation_field *field = &situation_fields[_i];
	struct text grammar;
	struct error err = ERROR_INIT;
	text_init(&grammar, 0);
	ck_assert_msg(file_read(&grammar, SITUATION_GRAMMAR, 1 << 20, &err), "%s", err.text);
	ck_assert_msg(is_written(&grammar, field->key), "%s.%s", field->section, field->key);
	for (size_t i = 0; field->kind == FIELD_NAME && i < field->table->num; i++)
		ck_assert_msg(is_written(&grammar, field->table->names[i]), "%s.%s: %s",
			      field->section, field->key, field->table->names[i]);
	text_clear(&grammar);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("situation");
	TCase *cases = tcase_create("situation");
	tcase_add_loop_test(cases, every_field_takes_a_value_and_says_it_again, 0,
			    (int)num_situation_fields);
	tcase_add_loop_test(cases, a_changed_field_survives_the_way_through_json, 0,
			    (int)num_situation_fields);
	tcase_add_test(cases, what_the_ca_knows_is_what_its_sources_say);
	tcase_add_test(cases, a_delay_and_a_status_imply_their_behaviour);
	tcase_add_loop_test(cases, reads_json_strictly, 0, sizeof refusals / sizeof refusals[0]);
	tcase_add_test(cases, a_url_that_does_not_fit_is_refused);
	tcase_add_loop_test(cases, the_grammar_describes_every_key_and_value, 0,
			    (int)num_situation_fields);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
