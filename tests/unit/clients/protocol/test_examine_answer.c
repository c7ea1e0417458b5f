/* Answers to examinations: nothing of them is longer than a line may be. */
#include "clients/protocol/examine_answer.h"

#include "core/lines.h"

#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* An answer whose chain, sent certificates and staple are of these sizes. */
struct row {
	const char *name;
	size_t sent_len, num_sent, chain_len, staple_len;
	bool is_cut;
	size_t sent_left, chain_left, staples_left;
};

static const struct row rows[] = {
	{"a usual one", 1500, 3, 1500, 2000, false, 3, 3, 1},
	{"more than are kept", 100, 12, 100, 0, false, MAX_CHAIN, 3, 1},
	{"what just fits", 90000, 7, 10000, 0, false, 7, 3, 1},
	{"too much", 100000, 9, 1000, 2000, true, 2, 3, 1},
	{"two are too much", 500000, 2, 1000, 2000, true, 0, 3, 1},
	{"the chain is too much", 300000, 3, 300000, 2000, true, 0, 0, 1},
	{"the staple is too much", 1000, 1, 1000, 900000, true, 0, 0, 0},
};

static struct der_bytes make_der(size_t len)
{
	return (struct der_bytes){calloc(1, len), len};
}

static json_t *write_handshake(const struct row *row, size_t *len)
{
	struct observation observation = {.alert_number = -1};
	struct staple_bytes staples[MAX_CHAIN] = {
		{calloc(1, row->staple_len + 1), row->staple_len, true}};
	struct handshake_facts facts = {
		.completed = true, .num_sent = row->num_sent, .num_chain = 3};
	struct text out;
	text_init(&out, 0);
	text_init(&facts.http, 0);
	for (size_t i = 0; i < row->num_sent && i < MAX_CHAIN; i++)
		facts.sent[i] = make_der(row->sent_len);
	for (size_t i = 0; i < facts.num_chain; i++)
		facts.chain[i] = make_der(row->chain_len);
	ck_assert(examine_append_handshake(&out, "an id", &observation, staples, &facts, ""));
	*len = out.len;
	json_t *object = json_loads(text_string(&out), 0, NULL);
	text_clear(&out);
	handshake_facts_clear(&facts);
	free(staples[0].data);
	return object;
}

START_TEST(a_line_is_never_too_long)
{
	const struct row *row = &rows[_i];
	size_t len = 0;
	json_t *object = write_handshake(row, &len);
	json_t *seen = json_object_get(object, "examination");
	json_t *chain = json_object_get(seen, "chain");
	ck_assert_msg(len > 0 && len <= LINE_MAX_BYTES, "%s: %zu", row->name, len);
	ck_assert_msg(json_is_true(json_object_get(seen, "cut")) == row->is_cut, "%s", row->name);
	ck_assert_uint_eq(json_array_size(json_object_get(seen, "sent")), row->sent_left);
	ck_assert_uint_eq(json_array_size(json_object_get(chain, "certificates")), row->chain_left);
	ck_assert_uint_eq(json_array_size(json_object_get(seen, "staples")), row->staples_left);
	ck_assert_int_eq(json_integer_value(json_object_get(seen, "num_sent")),
			 (json_int_t)row->num_sent);
	json_decref(object);
}
END_TEST

struct wish {
	const char *name;
	bool asked, sent;
	int alert;
	const char *said;
};

static const struct wish wishes[] = {
	{"not asked for", false, false, -1, "no"},
	{"not asked for, and it failed", false, false, 40, "no"},
	{"asked and content", true, false, -1, "asked"},
	{"certificate_required", true, false, 116, "required"},
	{"handshake_failure", true, false, 40, "required"},
	{"bad_certificate", true, false, 42, "required"},
	{"access_denied", true, false, 49, "required"},
	{"about something else", true, false, 51, "asked"},
	{"our own alert", true, true, 40, "asked"},
};

START_TEST(a_client_certificate_is_required_when_the_alert_says_so)
{
	const struct wish *row = &wishes[_i];
	const struct observation observation = {.alert_number = row->alert,
						.alert_sent = row->sent};
	const struct staple_bytes staples[MAX_CHAIN] = {0};
	struct handshake_facts facts = {.asked_certificate = row->asked};
	struct text out;
	text_init(&out, 0);
	ck_assert(examine_append_handshake(&out, "an id", &observation, staples, &facts,
					   "220 \x1b[2J"));
	json_t *object = json_loads(text_string(&out), 0, NULL);
	json_t *seen = json_object_get(object, "examination");
	ck_assert_msg(strcmp(json_string_value(json_object_get(seen, "client_certificate")),
			     row->said) == 0,
		      "%s", row->name);
	ck_assert_str_eq(json_string_value(json_object_get(seen, "greeting")), "220 \\x1b[2J");
	json_decref(object);
	text_clear(&out);
}
END_TEST

START_TEST(certificates_that_do_not_fit_are_left_out)
{
	enum { NUM = 5 };
	struct certificate_list list = {.all = calloc(NUM, sizeof *list.all), .num = NUM};
	struct text out;
	text_init(&out, 0);
	for (size_t i = 0; i < NUM; i++) {
		list.all[i].pem = malloc(300001);
		memset(list.all[i].pem, 'A', 300000);
		list.all[i].pem[300000] = '\0';
	}
	ck_assert(examine_append_certificates(&out, "an id", &list));
	ck_assert_uint_le(out.len, LINE_MAX_BYTES);
	json_t *object = json_loads(text_string(&out), 0, NULL);
	json_t *seen = json_object_get(object, "examination");
	ck_assert_uint_eq(json_array_size(json_object_get(seen, "certificates")), 3);
	ck_assert(json_is_true(json_object_get(seen, "cut")));
	json_decref(object);
	text_clear(&out);
	certificate_list_clear(&list);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("examine_answer");
	TCase *cases = tcase_create("examine_answer");
	tcase_add_loop_test(cases, a_line_is_never_too_long, 0, sizeof rows / sizeof *rows);
	tcase_add_loop_test(cases, a_client_certificate_is_required_when_the_alert_says_so, 0,
			    sizeof wishes / sizeof *wishes);
	tcase_add_test(cases, certificates_that_do_not_fit_are_left_out);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
