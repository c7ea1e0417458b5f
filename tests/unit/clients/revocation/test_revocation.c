/*
 * The walk over the sources, with a stack and a network that do as a test says: who is
 * asked, in which order, and what the sentence says. The policy engine has its own test.
 */
#include "clients/revocation/revocation.h"

#include "tests/unit/clients/double_stack.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASKS      "asks_staple=yes checks_staple=full "
#define CRL_ONLY  "uses_crl=only on_unavailable=reject"
#define TRY_LATER "on_error_response=reject on_try_later=warn"
#define HARD      ASKS "fetches_ocsp=leaf uses_crl=fallback on_unavailable=reject "

struct row {
	const char *name;
	const char *policy;
	const char *staple; /* NULL: none; "": an empty one */
	const char *urls;   /* "o/…" a responder, "c/…" a CRL, "-o/…" and "-c/…" unusable */
	const char *expect; /* "OUTCOME REASON ASSURANCE ALERT" */
	const char *fetched;
	const char *detail; /* a part of the sentence */
};

static const struct row rows[] = {
#include "tests/unit/clients/revocation/revocation_rows.def"
};

static void print_judgement(char *out, size_t size, const struct probe *probe, int alert)
{
	const struct observation *seen = &probe->observation;
	snprintf(out, size, "%s %s %s %d", outcome_name(seen->outcome), reason_name(seen->reason),
		 status_name(seen->assurance), alert);
}

static void judge_and_compare(struct set_up *setup, const char *name, const char *expect,
			      const char *asked, const char *detail)
{
	char got[128];
	const struct observation *seen = &setup->probe->observation;
	struct judgement judgement = probe_judge(setup->probe);
	print_judgement(got, sizeof got, setup->probe, judgement.alert);
	ck_assert_msg(strcmp(got, expect) == 0, "%s: '%s', %s", name, got, seen->detail);
	ck_assert_msg(strcmp(double_stack.fetched, asked) == 0, "%s: asked '%s'", name,
		      double_stack.fetched);
	ck_assert_msg(strstr(seen->detail, detail) != NULL, "%s: '%s'", name, seen->detail);
	ck_assert_int_eq(judgement.go_on, seen->outcome != OUTCOME_REJECT);
	ck_assert_int_eq(seen->stage, judgement.go_on ? STAGE_NONE : STAGE_HANDSHAKE);
}

START_TEST(walks_as_the_row_says)
{
	const struct row *row = &rows[_i];
	struct set_up setup;
	set_up_probe(&setup, row->policy);
	add_urls(&setup.probe->observation.certificate, row->urls);
	if (row->staple != NULL)
		probe_keep_staple(setup.probe, 0, row->staple, strlen(row->staple));
	judge_and_compare(&setup, row->name, row->expect, row->fetched, row->detail);
	tear_down(&setup);
}
END_TEST

START_TEST(what_was_fetched_is_noted_with_its_check)
{
	struct set_up setup;
	set_up_probe(&setup, HARD);
	add_urls(&setup.probe->observation.certificate, "o/dns o/unknown c/good");
	probe_judge(setup.probe);
	const struct observation *seen = &setup.probe->observation;
	ck_assert_uint_eq(seen->num_fetches, 3);
	ck_assert_int_eq(seen->fetches[0].check.check, CHECK_UNAVAILABLE);
	ck_assert_int_eq(seen->fetches[1].check.check, CHECK_UNKNOWN);
	ck_assert_int_eq(seen->fetches[2].check.check, CHECK_GOOD);
	ck_assert(seen->fetches[2].is_crl);
	ck_assert_uint_eq(double_stack.num_crls, 1);
	tear_down(&setup);
}
END_TEST

START_TEST(the_deciding_stacks_words_are_kept)
{
	struct set_up setup;
	set_up_probe(&setup, ASKS "requires_staple=yes");
	probe_keep_staple(setup.probe, 0, "bad-signature", 13);
	probe_judge(setup.probe);
	ck_assert_str_eq(setup.probe->observation.native.text, "double says bad-signature");
	ck_assert_int_eq(setup.probe->observation.staples[0].check.check, CHECK_BAD_SIGNATURE);
	tear_down(&setup);
}
END_TEST

START_TEST(a_nonce_is_sent_only_when_wanted)
{
	struct set_up setup;
	set_up_probe(&setup, "fetches_ocsp=leaf");
	add_urls(&setup.probe->observation.certificate, "o/good");
	probe_judge(setup.probe);
	ck_assert_uint_eq(double_stack.last_nonce_len, 0);
	tear_down(&setup);
	set_up_probe(&setup, "fetches_ocsp=leaf nonce=yes");
	add_urls(&setup.probe->observation.certificate, "o/good");
	probe_judge(setup.probe);
	ck_assert_uint_eq(double_stack.last_nonce_len, 32);
	tear_down(&setup);
}
END_TEST

static const struct {
	const char *name;
	const char *policy;
	int deadline_ms; /* of the probe */
	int left_ms;     /* when the fetch must be over: before the probe's deadline … */
	int in_ms;       /* … or from now, by the policy's time-out; 0 for the other */
} fetch_deadlines[] = {
	{"a tenth is kept for the handshake", HARD "timeout_ms=600000", 5000, 500, 0},
	{"a tenth of a short one", HARD "timeout_ms=600000", 200, 20, 0},
	{"a second at the most", HARD "timeout_ms=600000", 60000, 1000, 0},
	{"the policy's time-out is earlier", HARD "timeout_ms=2000", 60000, 0, 2000},
};

START_TEST(a_fetch_leaves_time_for_the_handshake)
{
	struct set_up setup;
	set_up_probe(&setup, fetch_deadlines[_i].policy);
	setup.request.deadline_ms = fetch_deadlines[_i].deadline_ms;
	setup.probe->net.deadline = deadline_in_ms(setup.request.deadline_ms);
	add_urls(&setup.probe->observation.certificate, "o/good");
	struct deadline before = deadline_in_ms(fetch_deadlines[_i].in_ms);
	probe_judge(setup.probe);
	struct deadline after = deadline_in_ms(fetch_deadlines[_i].in_ms);
	int64_t at_us = double_stack.last_deadline.at_us;
	if (fetch_deadlines[_i].in_ms == 0)
		before.at_us = after.at_us = setup.probe->net.deadline.at_us -
					     fetch_deadlines[_i].left_ms * INT64_C(1000);
	ck_assert_msg(before.at_us <= at_us && at_us <= after.at_us, "%s: %lld us off",
		      fetch_deadlines[_i].name, (long long)(at_us - before.at_us));
	tear_down(&setup);
}
END_TEST

#define ACCEPTS HARD "no_rev_avail=accept "

static const struct {
	const char *name;
	const char *policy;
	const char *urls;
	const char *expect;
	const char *fetched;
} no_rev_avail_rows[] = {
	{"no pointer beside it", ACCEPTS, "", "connect no-rev-avail none 113", ""},
	{"a policy that does not know it", HARD, "", "reject responder-url-missing none 42", ""},
	{"a responder beside it is asked", ACCEPTS, "o/revoked", "reject status-revoked revoked 44",
	 "ocsp:o/revoked"},
	{"an unusable responder beside it", ACCEPTS, "-o/x",
	 "reject responder-url-unusable none 42", ""},
	{"an unusable CRL beside it", ACCEPTS, "-c/x", "reject crl-url-unusable none 42", ""},
	{"a CRL beside it is fetched", ACCEPTS, "c/revoked", "reject status-revoked revoked 44",
	 "crl:c/revoked"},
};

START_TEST(no_rev_avail_counts_without_pointers_alone)
{
	struct set_up setup;
	set_up_probe(&setup, no_rev_avail_rows[_i].policy);
	setup.probe->observation.certificate.no_rev_avail = true;
	add_urls(&setup.probe->observation.certificate, no_rev_avail_rows[_i].urls);
	judge_and_compare(&setup, no_rev_avail_rows[_i].name, no_rev_avail_rows[_i].expect,
			  no_rev_avail_rows[_i].fetched, "");
	tear_down(&setup);
}
END_TEST

START_TEST(no_rev_avail_of_a_ca_does_not_count)
{
	struct set_up setup;
	set_up_probe(&setup, ACCEPTS "scope=chain fetches_ocsp=chain ");
	add_urls(&setup.probe->observation.certificate, "o/good");
	double_stack.issuers[0].present = double_stack.issuers[1].present = true;
	double_stack.issuers[0].no_rev_avail = true;
	double_stack.can_staple_all = true;
	judge_and_compare(&setup, "a CA's", "reject responder-url-missing none 42", "ocsp:o/good",
			  "intermediate at depth 1: ");
	tear_down(&setup);
}
END_TEST

START_TEST(a_stack_that_cannot_ask_says_so)
{
	struct set_up setup;
	set_up_probe(&setup, ASKS "requires_staple=yes");
	double_stack.can_staple = false;
	judge_and_compare(&setup, "cannot ask", "reject staple-not-supported none 113", "",
			  "the stack cannot ask for a staple");
	tear_down(&setup);
}
END_TEST

START_TEST(a_request_that_cannot_be_made_is_a_source_that_does_not_answer)
{
	struct set_up setup;
	set_up_probe(&setup, HARD);
	double_stack.can_make_requests = false;
	add_urls(&setup.probe->observation.certificate, "o/good");
	judge_and_compare(&setup, "no request", "reject responder-connect none 42", "",
			  "no request could be made: out of ink");
	tear_down(&setup);
}
END_TEST

START_TEST(a_staple_is_checked_for_a_certificate_that_demands_a_valid_one)
{
	struct set_up setup;
	set_up_probe(&setup, "asks_staple=yes must_staple=valid");
	setup.probe->observation.certificate.must_staple = true;
	probe_keep_staple(setup.probe, 0, "stale", 5);
	judge_and_compare(&setup, "must-staple", "reject staple-stale none 113", "", "");
	tear_down(&setup);
}
END_TEST

START_TEST(a_staple_that_the_policy_does_not_look_at_is_not_checked)
{
	struct set_up setup;
	set_up_probe(&setup, "asks_staple=yes must_staple=presence");
	probe_keep_staple(setup.probe, 0, "revoked", 7);
	judge_and_compare(&setup, "not looked at", "connect not-checked none 113", "", "");
	ck_assert_int_eq(setup.probe->observation.staples[0].check.check, CHECK_NOT_CHECKED);
	tear_down(&setup);
}
END_TEST

START_TEST(an_issuers_staple_is_not_the_leafs)
{
	struct set_up setup;
	set_up_probe(&setup, ASKS "requires_staple=yes");
	probe_keep_staple(setup.probe, 1, "good", 4);
	judge_and_compare(&setup, "issuer's alone", "reject staple-missing none 113", "", "");
	tear_down(&setup);
}
END_TEST

START_TEST(a_certificate_that_promises_a_staple_is_named_so)
{
	struct set_up setup;
	set_up_probe(&setup, ASKS "must_staple=valid");
	setup.probe->observation.certificate.must_staple = true;
	judge_and_compare(&setup, "must-staple", "reject staple-missing none 113", "",
			  "sent no staple, although the certificate requires one");
	tear_down(&setup);
}
END_TEST

#define CHAIN HARD "scope=chain fetches_ocsp=chain "

struct chain_row {
	const char *name;
	const char *policy;
	const char *leaf, *issuer, *root; /* their URLs */
	const char *expect;
	const char *fetched;
	const char *detail;
};

static const struct chain_row chain_rows[] = {
	{"all good, and the root is not asked about", CHAIN, "o/good", "i/good", "r/revoked",
	 "connect status-good good 42", "ocsp:o/good ocsp:i/good", "the responder o/good"},
	{"the issuer is revoked", CHAIN, "o/good", "i/revoked", "",
	 "reject status-revoked revoked 44", "ocsp:o/good ocsp:i/revoked",
	 "intermediate at depth 1: the server sent no staple; the responder i/revoked"},
	{"the issuer's responder is down", CHAIN, "o/good", "i/dns", "",
	 "reject responder-dns none 42", "ocsp:o/good ocsp:i/dns", "intermediate at depth 1: "},
	{"a rejected leaf ends it", CHAIN, "o/revoked", "i/good", "",
	 "reject status-revoked revoked 44", "ocsp:o/revoked", "o/revoked"},
	{"the issuer warns, the leaf is good", CHAIN "on_unavailable=warn", "o/good", "i/http", "",
	 "warn responder-http none 42", "ocsp:o/good ocsp:i/http", "i/http answered HTTP 503"},
	{"only the leaf in scope", HARD, "o/good", "i/revoked", "", "connect status-good good 42",
	 "ocsp:o/good", "o/good"},
	{"an issuer that no source has the status of does not count",
	 "scope=chain fetches_ocsp=leaf on_unavailable=reject", "o/good", "i/revoked", "",
	 "connect status-good good 42", "ocsp:o/good", "o/good"},
};

START_TEST(walks_the_chain_as_the_row_says)
{
	const struct chain_row *row = &chain_rows[_i];
	struct set_up setup;
	set_up_probe(&setup, row->policy);
	add_urls(&setup.probe->observation.certificate, row->leaf);
	double_stack.issuers[0].present = double_stack.issuers[1].present = true;
	add_urls(&double_stack.issuers[0], row->issuer);
	add_urls(&double_stack.issuers[1], row->root);
	double_stack.can_staple_all = true;
	judge_and_compare(&setup, row->name, row->expect, row->fetched, row->detail);
	tear_down(&setup);
}
END_TEST

START_TEST(an_issuers_staple_counts_where_the_stack_can_have_one)
{
	struct set_up setup;
	set_up_probe(&setup, ASKS "scope=chain");
	double_stack.can_staple_all = true;
	double_stack.issuers[0].present = double_stack.issuers[1].present = true;
	probe_keep_staple(setup.probe, 0, "good", 4);
	probe_keep_staple(setup.probe, 1, "revoked", 7);
	judge_and_compare(&setup, "issuer's staple", "reject status-revoked revoked 44", "",
			  "intermediate at depth 1: the staple says revoked");
	tear_down(&setup);
}
END_TEST

/* In TLS 1.2 no server can staple for an issuer, so that nothing is hidden. */
static const struct {
	const char *policy, *tls_version, *expect, *detail;
} unseen_rows[] = {
	{ASKS "scope=chain", "1.3", "connect staple-not-supported none 113",
	 "intermediate at depth 1: the stack cannot ask for a staple"},
	{ASKS "scope=chain on_unavailable=reject", "1.3", "reject staple-not-supported none 113",
	 "intermediate at depth 1: the stack cannot ask for a staple"},
	{ASKS "scope=chain fetches_ocsp=chain on_unavailable=reject", "1.3",
	 "reject staple-not-supported none 113",
	 "the stack cannot ask for a staple; the certificate names no OCSP responder"},
	{ASKS "scope=chain fetches_ocsp=chain on_unavailable=reject", "1.2",
	 "reject responder-url-missing none 42", "the certificate names no OCSP responder"},
	{ASKS "scope=chain on_unavailable=reject", "1.2", "connect status-good good 113",
	 "the staple says good"},
	{ASKS "requires_staple=yes scope=chain", "1.2", "reject staple-not-supported none 113",
	 "intermediate at depth 1: the stack cannot ask for a staple"},
};

START_TEST(an_issuers_staple_that_the_stack_does_not_get_is_not_called_missing)
{
	struct set_up setup;
	set_up_probe(&setup, unseen_rows[_i].policy);
	snprintf(setup.probe->observation.tls_version, sizeof setup.probe->observation.tls_version,
		 "%s", unseen_rows[_i].tls_version);
	double_stack.issuers[0].present = double_stack.issuers[1].present = true;
	probe_keep_staple(setup.probe, 0, "good", 4);
	judge_and_compare(&setup, unseen_rows[_i].policy, unseen_rows[_i].expect, "",
			  unseen_rows[_i].detail);
	tear_down(&setup);
}
END_TEST

START_TEST(a_chain_with_many_urls_is_not_fetched_without_end)
{
	struct set_up setup;
	set_up_probe(&setup, HARD "scope=chain fetches_ocsp=chain on_unavailable=warn");
	const char *four = "o/1/dns o/2/dns o/3/dns o/4/dns c/1/dns c/2/dns c/3/dns c/4/dns";
	add_urls(&setup.probe->observation.certificate, four);
	double_stack.issuers[0].present = double_stack.issuers[1].present =
		double_stack.issuers[2].present = true;
	add_urls(&double_stack.issuers[0], four);
	add_urls(&double_stack.issuers[1], four);
	probe_judge(setup.probe);
	ck_assert_uint_eq(setup.probe->observation.num_fetches, MAX_FETCHES);
	ck_assert_int_eq(setup.probe->observation.outcome, OUTCOME_WARN);
	tear_down(&setup);
}
END_TEST

START_TEST(a_probe_is_judged_once)
{
	struct set_up setup;
	set_up_probe(&setup, ASKS);
	probe_keep_staple(setup.probe, 0, "good", 4);
	ck_assert(probe_judge(setup.probe).go_on);
	ck_assert(!probe_judge(setup.probe).go_on);
	ck_assert_int_eq(setup.probe->observation.outcome, OUTCOME_CONNECT);
	tear_down(&setup);
}
END_TEST

START_TEST(the_first_conclusion_counts_but_for_a_handshake_that_failed_later)
{
	struct set_up setup;
	set_up_probe(&setup, ASKS);
	struct observation *seen = &setup.probe->observation;
	probe_conclude(setup.probe, OUTCOME_REJECT, REASON_CHAIN_EXPIRED, STAGE_HANDSHAKE, "first");
	probe_conclude(setup.probe, OUTCOME_ERROR, REASON_TLS_CLOSED, STAGE_HANDSHAKE, "second");
	ck_assert_str_eq(seen->detail, "first");
	tear_down(&setup);
	set_up_probe(&setup, ASKS);
	seen = &setup.probe->observation;
	probe_keep_staple(setup.probe, 0, "good", 4);
	probe_judge(setup.probe);
	probe_conclude(setup.probe, OUTCOME_REJECT, REASON_CHAIN_EXPIRED, STAGE_HANDSHAKE, "no");
	ck_assert_int_eq(seen->outcome, OUTCOME_CONNECT);
	probe_conclude(setup.probe, OUTCOME_ERROR, REASON_TLS_CLOSED, STAGE_HANDSHAKE, "gone");
	ck_assert_int_eq(seen->outcome, OUTCOME_ERROR);
	ck_assert_int_eq(seen->assurance, STATUS_NONE);
	tear_down(&setup);
}
END_TEST

START_TEST(evidence_is_written_under_names_that_say_what_it_is)
{
	char directory[] = "/tmp/revoscope-test-evidence-XXXXXX", path[128];
	struct set_up setup;
	ck_assert_ptr_nonnull(mkdtemp(directory));
	set_up_probe(&setup, HARD);
	setup.request.evidence_dir = directory;
	add_urls(&setup.probe->observation.certificate, "o/dns o/unknown c/good");
	probe_keep_staple(setup.probe, 0, "stale", 5);
	probe_keep_certificate(setup.probe, 0, "leaf", 4);
	probe_judge(setup.probe);
	static const char *const names[] = {"staple-0", "chain-0", "ocsp-1", "crl-2"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, "%s/%s.der", directory, names[i]);
		ck_assert_msg(unlink(path) == 0, "%s is not there", path);
	}
	ck_assert_int_eq(rmdir(directory), 0);
	ck_assert_int_eq(setup.probe->evidence_error.kind, ERROR_NONE);
	probe_keep_certificate(setup.probe, 0, "leaf", 4);
	ck_assert_int_ne(setup.probe->evidence_error.kind, ERROR_NONE);
	tear_down(&setup);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("revocation");
	TCase *cases = tcase_create("revocation");
	tcase_add_loop_test(cases, walks_as_the_row_says, 0, sizeof rows / sizeof rows[0]);
	tcase_add_test(cases, what_was_fetched_is_noted_with_its_check);
	tcase_add_test(cases, the_deciding_stacks_words_are_kept);
	tcase_add_test(cases, a_nonce_is_sent_only_when_wanted);
	tcase_add_loop_test(cases, a_fetch_leaves_time_for_the_handshake, 0,
			    sizeof fetch_deadlines / sizeof fetch_deadlines[0]);
	tcase_add_loop_test(cases, no_rev_avail_counts_without_pointers_alone, 0,
			    sizeof no_rev_avail_rows / sizeof no_rev_avail_rows[0]);
	tcase_add_test(cases, no_rev_avail_of_a_ca_does_not_count);
	tcase_add_test(cases, a_stack_that_cannot_ask_says_so);
	tcase_add_test(cases, a_request_that_cannot_be_made_is_a_source_that_does_not_answer);
	tcase_add_test(cases, a_staple_is_checked_for_a_certificate_that_demands_a_valid_one);
	tcase_add_test(cases, a_staple_that_the_policy_does_not_look_at_is_not_checked);
	tcase_add_test(cases, an_issuers_staple_is_not_the_leafs);
	tcase_add_test(cases, a_certificate_that_promises_a_staple_is_named_so);
	tcase_add_loop_test(cases, walks_the_chain_as_the_row_says, 0,
			    sizeof chain_rows / sizeof chain_rows[0]);
	tcase_add_test(cases, an_issuers_staple_counts_where_the_stack_can_have_one);
	tcase_add_loop_test(cases,
			    an_issuers_staple_that_the_stack_does_not_get_is_not_called_missing, 0,
			    sizeof unseen_rows / sizeof unseen_rows[0]);
	tcase_add_test(cases, a_chain_with_many_urls_is_not_fetched_without_end);
	tcase_add_test(cases, a_probe_is_judged_once);
	tcase_add_test(cases, the_first_conclusion_counts_but_for_a_handshake_that_failed_later);
	tcase_add_test(cases, evidence_is_written_under_names_that_say_what_it_is);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
