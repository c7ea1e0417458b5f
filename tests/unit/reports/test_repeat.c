/* The command that repeats a cell: what of the run's own command goes into it. */
#include "reports/words/repeat.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct stack stack = {
	.id = (char *)"openssl", .title = (char *)"OpenSSL", .program = (char *)"p"};
static struct client_class class = {.id = (char *)"openssl/hard-fail",
				    .title = (char *)"t",
				    .origin = (char *)"o",
				    .policy_id = (char *)"hard-fail"};

static const struct {
	const char *name, *command, *row, *wanted;
} lab_rows[] = {
	{"what chooses and reports is left out",
	 "revoscope run staple --class '*/hard-fail' --format html=x.html --jobs 4 --repeat 3",
	 "stale@25h", "revoscope run stale@25h --class openssl/hard-fail"},
	{"what decides is kept",
	 "revoscope run --scenarios 'our files' --classes=c.yaml --at +3d --time-factor 1 "
	 "--no-fetch",
	 "x",
	 "revoscope run x --class openssl/hard-fail --scenarios 'our files' --classes=c.yaml --at "
	 "+3d "
	 "--time-factor 1 --no-fetch"},
	{"a quote stays one", "revoscope run --deviations 'it'\\''s;rm -rf'", "x",
	 "revoscope run x --class openssl/hard-fail --deviations 'it'\\''s;rm -rf'"},
	{"a name for the shell is quoted", "revoscope run", "a b$(c)",
	 "revoscope run 'a b$(c)' --class openssl/hard-fail"},
	{"an option that begins like one is another", "revoscope run --atlas x --no-fetching", "x",
	 "revoscope run x --class openssl/hard-fail"},
	{"an option at the end without its value", "revoscope run --at", "x",
	 "revoscope run x --class openssl/hard-fail --at"},
	{"a file that was named is named again", "revoscope run ./mine.yaml", "mine@v",
	 "revoscope run ./mine.yaml --class openssl/hard-fail"},
};

static struct run *make_run(const char *command, const struct run_row *row)
{
	struct error err = ERROR_INIT;
	struct run *run = run_new("here", command, &err);
	ck_assert_ptr_nonnull(run);
	ck_assert_int_eq(run_add_stack(run, &stack), 0);
	ck_assert_int_eq(run_add_class(run, &class, 0), 0);
	ck_assert_int_eq(run_add_row(run, row), 0);
	ck_assert(run_make_cells(run, &err));
	return run;
}

static void expect_command(const char *command, const struct run_row *row, const char *wanted)
{
	struct text text;
	struct run *run = make_run(command, row);
	text_init(&text, 0);
	repeat_append(&text, run, 0, 0);
	ck_assert_str_eq(text_string(&text), wanted);
	text_clear(&text);
	run_free(run);
}

START_TEST(a_scenario_is_run_again)
{
	struct scenario scenario = {.id = (char *)lab_rows[_i].row,
				    .family = (char *)"staple",
				    .file = (char *)"./mine.yaml"};
	struct run_row row = {.id = (char *)lab_rows[_i].row, .scenario = &scenario};
	expect_command(lab_rows[_i].command, &row, lab_rows[_i].wanted);
}
END_TEST

static const struct {
	const char *name, *command;
	struct run_row row;
	const char *wanted;
} endpoint_rows[] = {
	{"address, trust and protocol are kept",
	 "revoscope probe mail.example:25 -4 --ca r.pem --starttls smtp --scenarios d",
	 {.id = (char *)"mail.example:25",
	  .host = (char *)"mail.example",
	  .address = (char *)"192.0.2.7",
	  .port = 25,
	  .server_name = (char *)"mail.example"},
	 "revoscope probe mail.example:25 --connect 192.0.2.7:25 --class openssl/hard-fail --ca "
	 "r.pem "
	 "--starttls smtp"},
	{"IPv6 has brackets, another name is asked for",
	 "revoscope probe ::1 --servername x",
	 {.id = (char *)"::1",
	  .host = (char *)"::1",
	  .address = (char *)"::1",
	  .port = 443,
	  .server_name = (char *)"x"},
	 "revoscope probe '[::1]:443' --connect '[::1]:443' --servername x --class "
	 "openssl/hard-fail"},
	{"a proxy is kept, and what it resolves",
	 "revoscope probe far.example --proxy http://192.0.2.9:3128",
	 {.id = (char *)"far.example:443",
	  .host = (char *)"far.example",
	  .address = (char *)"far.example",
	  .port = 443,
	  .server_name = (char *)"far.example"},
	 "revoscope probe far.example:443 --connect far.example:443 --class openssl/hard-fail "
	 "--proxy http://192.0.2.9:3128"},
	{"what did not resolve is asked by name",
	 "revoscope probe gone.example",
	 {.id = (char *)"gone.example",
	  .host = (char *)"gone.example",
	  .port = 443,
	  .server_name = (char *)"gone.example"},
	 "revoscope probe gone.example:443 --class openssl/hard-fail"},
};

START_TEST(an_endpoint_is_probed_again)
{
	expect_command(endpoint_rows[_i].command, &endpoint_rows[_i].row, endpoint_rows[_i].wanted);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("repeat");
	TCase *tests = tcase_create("repeat");
	tcase_add_loop_test(tests, a_scenario_is_run_again, 0,
			    (int)(sizeof lab_rows / sizeof *lab_rows));
	tcase_add_loop_test(tests, an_endpoint_is_probed_again, 0,
			    (int)(sizeof endpoint_rows / sizeof *endpoint_rows));
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
