/* The line of a monitoring plug-in and its exit status, from examinations made by hand. */
#include "harness/run/run_addition.h"
#include "reports/text/nagios.h"

#include "core/text.h"
#include "tests/unit/report_run.h"
#include "harness/run/run_head.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SHAKE(staples)                                                              \
	"{\"address\": \"192.0.2.1\", \"offered\": \"any\", \"asks_staple\": true," \
	" \"completed\": true, \"staples\": [" staples "]}"
#define STAPLED "\"handshakes\": [" SHAKE("\"s\"") ", " SHAKE("\"s\"") "]"
#define BARE    "\"handshakes\": [" SHAKE("") ", " SHAKE("") "]"
#define STAPLE(check, left)                                                 \
	"\"staples\": {\"s\": {\"check\": \"" check "\", \"left_s\": " left \
	", \"life_s\": 864000,"                                             \
	" \"used\": 0.5}}"
#define FOUND(severity, headline)                                                                  \
	"\"causes\": [{\"id\": \"x\", \"severity\": \"" severity "\"}], \"headline\": \"" headline \
	"\""
#define WELL   "\"causes\": [], \"headline\": \"Nothing is wrong.\", "
#define A(...) "{\"a:443\": {" __VA_ARGS__ "}}"

#define HOURS (3600.0)
static const struct diagnosis_options by_part = {{true, 0.25}, {true, 0.1}};
static const struct diagnosis_options by_time = {{false, 12 * HOURS}, {false, 2 * HOURS}};

static const struct {
	const char *name, *examinations; /* NULL: none */
	const struct diagnosis_options *limits;
	int run_status;
	bool is_finished;
	enum plugin_status status;
	const char *line;
} rows[] = {
	{"all is well", A(WELL STAPLED ", " STAPLE("good", "432000")), &by_part, 0, true, PLUGIN_OK,
	 "REVOCATION OK - a:443: Nothing is wrong; 2 of 2 handshakes stapled, good, current for 5 "
	 "days more | 'staple_left'=432000s;216000:;86400: 'stapled'=2;;;0;2\n"},
	{"limits that are times", A(WELL STAPLED ", " STAPLE("good", "432000")), &by_time, 0, true,
	 PLUGIN_OK,
	 "REVOCATION OK - a:443: Nothing is wrong; 2 of 2 handshakes stapled, good, current for 5 "
	 "days more | 'staple_left'=432000s;43200:;7200: 'stapled'=2;;;0;2\n"},
	{"no staple", A(FOUND("warning", "No staple (likely).") ", " BARE), &by_part, 1, true,
	 PLUGIN_WARNING,
	 "REVOCATION WARNING - a:443: No staple (likely); 0 of 2 handshakes stapled | "
	 "'stapled'=0;;;0;2\n"},
	{"stale", A(FOUND("critical", "Stale.") ", " STAPLED ", " STAPLE("stale", "-7200")),
	 &by_part, 1, true, PLUGIN_CRITICAL,
	 "REVOCATION CRITICAL - a:443: Stale; 2 of 2 handshakes stapled, stale, expired 2 hours "
	 "ago "
	 "| 'staple_left'=-7200s;216000:;86400: 'stapled'=2;;;0;2\n"},
	{"nothing is there, so that no client has a verdict",
	 A(FOUND("critical", "Nobody accepts the connection.")), &by_part, 3, true, PLUGIN_CRITICAL,
	 "REVOCATION CRITICAL - a:443: Nobody accepts the connection | 'stapled'=0;;;0;0\n"},
	{"no client could be tried", A(WELL BARE), &by_part, 3, true, PLUGIN_UNKNOWN,
	 "REVOCATION UNKNOWN - no client could be tested, or a report or the database was not "
	 "written (see standard error); a:443: Nothing is wrong; 0 of 2 handshakes stapled | "
	 "'stapled'=0;;;0;2\n"},
	{"interrupted, whatever is known", A(FOUND("critical", "Stale.") ", " BARE), &by_part, 3,
	 false, PLUGIN_UNKNOWN,
	 "REVOCATION UNKNOWN - not finished (see standard error); a:443: Stale; 0 of 2 handshakes "
	 "stapled | 'stapled'=0;;;0;2\n"},
	{"cells that are not as expected", A(WELL BARE), &by_part, 1, true, PLUGIN_WARNING,
	 "REVOCATION WARNING - cells are not as expected, or have no verdict; a:443: Nothing is "
	 "wrong; 0 of 2 handshakes stapled | 'stapled'=0;;;0;2\n"},
	{"nothing was examined", NULL, &by_part, 0, true, PLUGIN_UNKNOWN,
	 "REVOCATION UNKNOWN - nothing was examined (see standard error)\n"},
	{"several, the worst first",
	 "{\"a:443\": {" WELL STAPLED ", " STAPLE("good", "432000") "}, \"b:443\": {" FOUND(
		 "warning", "No staple.") ", " BARE
					  "}, \"c:443\": {" FOUND("critical", "Nobody.") "}}",
	 &by_part, 1, true, PLUGIN_CRITICAL,
	 "REVOCATION CRITICAL - c:443: Nobody; b:443: No staple; 1 of 3 targets are ok | "
	 "'critical'=1;;0;0;3 'warning'=1;0;;0;3 'a:443 staple_left'=432000s;216000:;86400: 'a:443 "
	 "stapled'=2;;;0;2 'b:443 stapled'=0;;;0;2 'c:443 stapled'=0;;;0;0\n"},
	{"several, all of them well", "{\"a:443\": {" WELL BARE "}, \"b:443\": {" WELL BARE "}}",
	 &by_part, 0, true, PLUGIN_OK,
	 "REVOCATION OK - 2 of 2 targets are ok | 'critical'=0;;0;0;2 'warning'=0;0;;0;2 'a:443 "
	 "stapled'=0;;;0;2 'b:443 stapled'=0;;;0;2\n"},
	{"texts that mean harm",
	 "{\"it's|=\\u001b[31m:443\": {" FOUND("warning",
					       "A | bar\\nand a line.") "}, \"b:443\": {}}",
	 &by_part, 1, true, PLUGIN_WARNING,
	 "REVOCATION WARNING - it's/=\\x1b[31m:443: A / bar\\nand a line; 1 of 2 targets are ok | "
	 "'critical'=0;;0;0;2 'warning'=1;0;;0;2 'it_s/_\\x1b[31m:443 stapled'=0;;;0;0 'b:443 "
	 "stapled'=0;;;0;0\n"},
};

static struct run *make_run(const char *examinations, bool is_finished)
{
	static const char *const endpoint[] = {"a:443: C C C C C"};
	json_error_t fault;
	struct run *run = report_run(endpoint, 1, false);
	json_t *value = examinations != NULL ? json_loads(examinations, 0, &fault) : NULL;
	ck_assert_msg(value != NULL || examinations == NULL, "%s", fault.text);
	struct error err = ERROR_INIT;
	if (value != NULL)
		ck_assert_msg(
			run_addition_read(run, RUN_ADDITION_EXAMINATIONS, value, ERROR_USAGE, &err),
			"%s", err.text);
	json_decref(value);
	run_finish(run, !is_finished);
	return run;
}

static char *line_of(struct run *run, const struct diagnosis_options *limits, int run_status,
		     enum plugin_status *status)
{
	char *bytes = NULL;
	size_t len;
	FILE *stream = open_memstream(&bytes, &len);
	ck_assert_ptr_nonnull(stream);
	*status = nagios_write(stream, run, limits, run_status);
	fclose(stream);
	return bytes;
}

START_TEST(a_situation_has_its_line_and_status)
{
	struct run *run = make_run(rows[_i].examinations, rows[_i].is_finished);
	enum plugin_status status;
	char *line = line_of(run, rows[_i].limits, rows[_i].run_status, &status);
	ck_assert_msg(strcmp(line, rows[_i].line) == 0, "%s:\nis        %sshould be %s",
		      rows[_i].name, line, rows[_i].line);
	ck_assert_msg(status == rows[_i].status, "%s: status %d", rows[_i].name, (int)status);
	free(line);
	run_free(run);
}
END_TEST

/* A monitor cuts what is longer, in the middle of a number. */
START_TEST(a_thousand_targets_fit_into_a_line)
{
	struct text list;
	enum plugin_status status;
	text_init(&list, 0);
	for (int i = 0; i < 1000; i++)
		text_append_format(&list,
				   "%s\"host-%d.example:443\": {" FOUND("critical", "Stale.") "}",
				   i > 0 ? ", " : "{", i);
	text_append(&list, "}");
	struct run *run = make_run(text_string(&list), true);
	char *line = line_of(run, &by_part, 1, &status);
	ck_assert_uint_le(strlen(line), NAGIOS_LINE_MAX + 1);
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	ck_assert_ptr_nonnull(strstr(line, "; and 992 more; 0 of 1000 targets are ok | "));
	ck_assert_str_eq(line + strlen(line) - strlen("stapled'=0;;;0;0\n"), "stapled'=0;;;0;0\n");
	ck_assert_int_eq(status, PLUGIN_CRITICAL);
	free(line);
	run_free(run);
	text_clear(&list);
}
END_TEST

START_TEST(a_look_that_could_not_be_taken_is_unknown)
{
	char *bytes = NULL;
	size_t len;
	FILE *stream = open_memstream(&bytes, &len);
	ck_assert_int_eq(nagios_fail(stream, "no | target\nhere"), PLUGIN_UNKNOWN);
	fclose(stream);
	ck_assert_str_eq(bytes, "REVOCATION UNKNOWN - no / target\\nhere\n");
	free(bytes);
}
END_TEST

static Suite *nagios_suite(void)
{
	Suite *suite = suite_create("nagios");
	TCase *tcase = tcase_create("nagios");
	tcase_add_loop_test(tcase, a_situation_has_its_line_and_status, 0,
			    sizeof rows / sizeof *rows);
	tcase_add_test(tcase, a_thousand_targets_fit_into_a_line);
	tcase_add_test(tcase, a_look_that_could_not_be_taken_is_unknown);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(nagios_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
