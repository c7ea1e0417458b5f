/*
 * Every format against a golden file, for a run of the lab and for endpoints and clients that
 * mean harm. REVOSCOPE_UPDATE_GOLDEN=1 writes the files anew; their difference is reviewed like
 * code.
 */
#include "harness/run/run_addition.h"
#include "reports/format.h"

#include "core/text.h"
#include "harness/run/cell_record.h"
#include "tests/unit/report_run.h"
#include "harness/run/run_head.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct {
	const char *format, *suffix;
} writers[] = {
	{"csv", "csv"},     {"markdown", "md.txt"},    {"junit", "xml"},
	{"sarif", "sarif"}, {"openmetrics", "om.txt"}, {"jsonl", "jsonl"},
};
#define NUM_WRITERS (sizeof writers / sizeof *writers)
#define NUM_GOLDEN  (NUM_WRITERS - 1) /* JSON Lines have a schema */

/* U+202E, which turns the reading direction. */
static const char override[] = {(char)0xe2, (char)0x80, (char)0xae, '\0'};
/* What a peer might say, on both sides of it: markup, separators, escapes, bytes that are no text.
 */
static const char hostile_start[] =
	"=cmd|' /C calc'!A0 <script>alert(1)</script> <!-- ]]> --> \"quoted\" 'single' `tick` | "
	"pipe \\ "
	"back\\slash *bold* _low_ [x](http://evil.test/) ![i](data:x) @all www.evil.test "
	"(www.evil.test/*|x@y.test) {0} {{1}} "
	"$a$ ~~s~~ # h\n# heading\r\n- item\ttab \x1b[31mred\x1b[0m \x01\x08\x0b\x0c\x0e\x1f\x7f "
	"\xc2\x85\xc2\x9b ";
static const char hostile_end[] =
	"rtl \xe2\x80\x8b zero \xef\xbb\xbf bom \xef\xbf\xbe\xef\xbf\xbf "
	"\xff\xfe \xc3( \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82\xac &amp; &#60; %s%n";

static const char *const lab_rows[] = {
	"staple/stale@25h: c W R R C",
	"staple/stale@2h: c! W* R R* C~",
	"staple/good-staple: C - E X H",
	"crl/crl-good: . . . . .",
};

static const char *hostile(void)
{
	static char made[1024];
	snprintf(made, sizeof made, "%s%s%s", hostile_start, override, hostile_end);
	return made;
}

static void store(struct run *run, size_t row, size_t class, const char *detail,
		  json_t *observation)
{
	struct error err = ERROR_INIT;
	struct cell_source source = {.detail = detail, .observation = observation};
	ck_assert(cell_source_store(run, run_cell(run, row, class), &source, &err));
	json_decref(observation);
}

/* A whole answer of a client program (clients/README.md); text is foreign. */
static json_t *answer(const char *text)
{
	struct text visible;
	text_init(&visible, 0);
	text_append_visible(&visible, text, strlen(text));
	const char *said = text_is_utf8(text, strlen(text)) ? text : text_string(&visible);
	json_t *object = json_pack("{s:s, s:{s:s, s:i, s:s, s:s}, s:{s:s, s:i, s:s}, s:{s:s, s:s},"
				   " s:{s:s, s:b, s:[s], s:[], s:s},"
				   " s:[{s:i, s:i, s:s, s:s, s:s, s:s}]}",
				   "stage", "handshake", "native", "library", said, "code", -43,
				   "name", "E_NAME", "text", said, "alert", "direction", "sent",
				   "number", 42, "name", "bad_certificate", "tls", "version", "1.3",
				   "cipher", said, "certificate", "sha256", "00ff", "must_staple",
				   1, "ocsp_urls", "http://ocsp.test/", "crl_urls", "not_after",
				   "2026-12-31T00:00:00Z", "staples", "depth", 0, "bytes", 471,
				   "check", "stale", "status", "good", "this_update",
				   "2026-11-01T00:00:00Z", "next_update", "2026-11-05T00:00:00Z");
	ck_assert_ptr_nonnull(object);
	text_clear(&visible);
	return object;
}

/* The static classes and stacks of report_run, so that there is something to show. */
static void dress(struct run *run)
{
	struct run_stack *openssl = run_stack_at(run, 0);
	openssl->description = json_pack("{s:[s], s:{s:s}}", "capabilities", "status-request",
					 "lacks", "crl", "has none");
	for (size_t i = 0; i < run_num_classes(run); i++) {
		struct client_class *class = (struct client_class *)run_class_at(run, i)->class;
		policy_init(&class->policy);
		class->policy.asks_staple = strstr(class->id, "require") != NULL ? YES : NO;
	}
}

static struct run *lab_run(void)
{
	struct run *run = report_run(lab_rows, sizeof lab_rows / sizeof *lab_rows, true);
	dress(run);
	store(run, 0, 2, "the staple is stale", answer("certificate verify failed"));
	store(run, 1, 1, "the responder http://ocsp.test/ did not answer", answer("timed out"));
	json_t *bare = answer("no staple");
	json_object_set_new(bare, "staples", json_array());
	store(run, 1, 2, "nothing was stapled", bare);
	run_finish(run, true);
	return run;
}

static struct run *hostile_run(void)
{
	char named[128];
	snprintf(named, sizeof named, "=cmd|<script>]]>`\"'\x1b[31m%s@x.test:443: c! W* E* X* H*",
		 override);
	const char *const endpoints[] = {"plain.test:443: C W R -* .", named,
					 "-1+1.test:443: c C W R -"};
	struct run *run = report_run(endpoints, sizeof endpoints / sizeof *endpoints, false);
	dress(run);
	for (size_t i = 0; i < run_num_classes(run); i++)
		store(run, 1, i, hostile(), answer(hostile()));
	/* Members of a kind that the protocol does not know. */
	store(run, 2, 0, "",
	      json_pack("{s:i, s:s, s:[i], s:s, s:i, s:[s, {s:s, s:i}]}", "stage", 1, "native", "x",
			"alert", 1, "tls", "x", "certificate", 1, "staples", "x", "depth", "0",
			"check", 1));
	run_finish(run, false);
	return run;
}

/* Endpoints that a doctor examined: one well, one whose staple stayed behind at a renewal, one that
 * is nowhere, and one that the interruption left out; with texts and members that mean harm. */
static struct run *examined_run(void)
{
	static const char *const endpoints[] = {"well.test:443: C C C C C",
						"renewed.test:8443: C C R* R* C"};
	struct run *run = report_run(endpoints, sizeof endpoints / sizeof *endpoints, false);
	json_error_t fault;
	json_t *examinations = json_load_file(EXAMINATIONS, JSON_REJECT_DUPLICATES, &fault);
	ck_assert_msg(examinations != NULL, "%s:%d: %s", EXAMINATIONS, fault.line, fault.text);
	dress(run);
	struct error err = ERROR_INIT;
	ck_assert_msg(
		run_addition_read(run, RUN_ADDITION_EXAMINATIONS, examinations, ERROR_USAGE, &err),
		"%s", err.text);
	json_decref(examinations);
	run_finish(run, true);
	return run;
}

static void replace(struct text *text, const char *from, const char *to)
{
	struct text result;
	const char *p = text_string(text), *at;
	text_init(&result, 0);
	for (; (at = strstr(p, from)) != NULL; p = at + strlen(from)) {
		text_append_bytes(&result, p, (size_t)(at - p));
		text_append(&result, to);
	}
	text_append(&result, p);
	text_clear(text);
	*text = result;
}

static void replace_time(struct text *text, const char *time)
{
	struct tm utc = {0};
	char number[32];
	if (time == NULL)
		return;
	strptime(time, "%Y-%m-%dT%H:%M:%SZ", &utc);
	snprintf(number, sizeof number, "%lld", (long long)timegm(&utc));
	replace(text, time, "2001-01-01T00:00:00Z");
	replace(text, number, "978307200");
}

/* A report, with what differs from run to run replaced. Not yet: what is counted from the start
 * (see the test of seconds left). */
static void write_report(struct text *out, const char *name, struct run *run)
{
	struct error err = ERROR_INIT;
	char *bytes = NULL;
	size_t len = 0;
	const struct format *format = format_find(name, strlen(name), &err);
	ck_assert_ptr_nonnull(format);
	FILE *stream = open_memstream(&bytes, &len);
	ck_assert_msg(format->write(stream, run, &(struct format_options){80, false}, &err), "%s",
		      err.text);
	fclose(stream);
	ck_assert_uint_eq(strlen(bytes), len);
	text_init(out, 0);
	text_append(out, bytes);
	free(bytes);
}

static void make_comparable(struct text *out, struct run *run)
{
	replace(out, run_id(run), "20010101T000000Z-0000");
	replace_time(out, run_started(run));
	replace_time(out, run_finished(run));
	replace(out, "\"" REVOSCOPE_VERSION "\"", "\"VERSION\"");
	replace(out, "| revoscope | " REVOSCOPE_VERSION, "| revoscope | VERSION");
	/* nextUpdate against the start of the run */
	for (char *p = out->data; (p = strstr(p, "\nrevoscope_staple_left_seconds{")) != NULL;) {
		p = strchr(p + 1, '\n');
		for (char *digit = p - 1; *digit != ' '; digit--)
			*digit = '9';
	}
}

static void compare(const struct text *text, const char *run_name, const char *suffix)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s.%s", GOLDEN, run_name, suffix);
	if (getenv("REVOSCOPE_UPDATE_GOLDEN") != NULL) {
		FILE *out = fopen(path, "w");
		ck_assert_ptr_nonnull(out);
		fwrite(text->data, 1, text->len, out);
		ck_assert_int_eq(fclose(out), 0);
		return;
	}
	FILE *in = fopen(path, "r");
	ck_assert_msg(in != NULL, "%s: not there; REVOSCOPE_UPDATE_GOLDEN=1 writes it", path);
	char *golden = malloc(text->len + 2);
	size_t len = fread(golden, 1, text->len + 1, in);
	fclose(in);
	size_t same = 0, line = 1;
	while (same < len && same < text->len && golden[same] == text->data[same])
		line += golden[same++] == '\n';
	ck_assert_msg(len == text->len && same == len,
		      "%s:%zu: differs; it should be\n%.*s\nand is\n%.*s", path, line, 300,
		      golden + same, 300, text->data + same);
	free(golden);
}

START_TEST(a_run_is_written_as_in_the_golden_file)
{
	struct run *run = lab_run();
	struct text text;
	write_report(&text, writers[_i].format, run);
	make_comparable(&text, run);
	compare(&text, "lab", writers[_i].suffix);
	text_clear(&text);
	run_free(run);
}
END_TEST

START_TEST(a_hostile_run_is_written_as_in_the_golden_file)
{
	struct run *run = hostile_run();
	struct text text;
	write_report(&text, writers[_i].format, run);
	make_comparable(&text, run);
	compare(&text, "hostile", writers[_i].suffix);
	text_clear(&text);
	run_free(run);
}
END_TEST

START_TEST(an_examined_run_is_written_as_in_the_golden_file)
{
	static const char *const names[] = {"openmetrics", "sarif", "junit", "markdown"};
	static const char *const suffixes[] = {"om.txt", "sarif", "xml", "md.txt"};
	struct run *run = examined_run();
	struct text text;
	write_report(&text, names[_i], run);
	make_comparable(&text, run);
	compare(&text, "examined", suffixes[_i]);
	text_clear(&text);
	run_free(run);
}
END_TEST

/* A monitor that reads half a look must not take it for a whole one. */
START_TEST(what_was_not_examined_has_no_sample)
{
	struct run *run = examined_run();
	struct text text;
	write_report(&text, "openmetrics", run);
	ck_assert_ptr_nonnull(
		strstr(text.data, "revoscope_doctor_level{endpoint=\"well.test:443\"} 0"));
	ck_assert_ptr_null(strstr(text.data, "endpoint=\"interrupted.test:443\"} "));
	text_clear(&text);
	run_free(run);
}
END_TEST

/* Whatever the golden files say: no byte that a terminal, a browser or an XML parser minds. */
START_TEST(no_format_passes_on_what_is_no_text)
{
	const char *const never[] = {"\x1b", override, "\xef\xbf\xbe", "\x01", "\x7f"};
	bool is_json = strcmp(writers[_i].format, "jsonl") == 0;
	struct run *run = hostile_run();
	struct text text;
	write_report(&text, writers[_i].format, run);
	ck_assert(text_is_utf8(text.data, text.len));
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		ck_assert_msg(is_json || strstr(text.data, never[i]) == NULL,
			      "%s: has character %zu", writers[_i].format, i);
	for (const char *p = text.data; *p != '\0'; p++)
		ck_assert_msg((unsigned char)*p >= 0x20 || *p == '\n' ||
				      (*p == '\r' && strcmp(writers[_i].format, "csv") == 0),
			      "%s: has byte %02x", writers[_i].format, *p);
	text_clear(&text);
	run_free(run);
}
END_TEST

START_TEST(the_seconds_left_are_counted_from_the_start)
{
	struct run *run = lab_run();
	struct text text;
	struct tm utc = {0};
	char wanted[64];
	strptime(run_started(run), "%Y-%m-%dT%H:%M:%SZ", &utc);
	/* nextUpdate is 2026-11-05T00:00:00Z */
	snprintf(wanted, sizeof wanted, "} %lld\n", 1793836800 - (long long)timegm(&utc));
	write_report(&text, "openmetrics", run);
	const char *at = strstr(text.data, "\nrevoscope_staple_left_seconds{");
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_eq(strstr(at, "} "), strstr(at, wanted));
	text_clear(&text);
	run_free(run);
}
END_TEST

START_TEST(no_staple_never_reads_as_good)
{
	struct run *run = lab_run();
	struct text text;
	write_report(&text, "openmetrics", run);
	static const char cell[] = "{scenario=\"stale@2h\",family=\"staple\",class=\"openssl/"
				   "require-staple\",stack=\"openssl\",policy=\"require-staple\"}";
	static const char *const absent[] = {"revoscope_staple_left_seconds",
					     "revoscope_staple_next_update_timestamp_seconds"};
	static const char *const zero[] = {"revoscope_staple_present", "revoscope_staple_valid"};
	char sample[256];
	for (size_t i = 0; i < 2; i++) {
		snprintf(sample, sizeof sample, "\n%s%s", absent[i], cell);
		ck_assert_ptr_null(strstr(text.data, sample));
		snprintf(sample, sizeof sample, "\n%s%s 0\n", zero[i], cell);
		ck_assert_msg(strstr(text.data, sample) != NULL, "%s", sample);
	}
	/* A client that does not ask says nothing of the server's staple. */
	ck_assert_ptr_null(strstr(text.data, "revoscope_staple_present{scenario=\"good-staple\","
					     "family=\"staple\",class=\"openssl/no-check\""));
	text_clear(&text);
	run_free(run);
}
END_TEST

START_TEST(json_lines_are_a_head_the_cells_and_an_end)
{
	static const char *const kinds[] = {"head", "cell", "end"};
	struct run *run = hostile_run();
	size_t num = 0, num_cells = run_num_rows(run) * run_num_classes(run);
	struct text text;
	json_error_t fault;
	write_report(&text, "jsonl", run);
	for (char *line = text.data, *end; *line != '\0'; line = end + 1, num++) {
		end = strchr(line, '\n');
		json_t *object =
			json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, &fault);
		ck_assert_msg(object != NULL, "line %zu: %s", num + 1, fault.text);
		ck_assert_uint_eq(json_object_size(object), 1);
		size_t kind = num == 0 ? 0 : num <= num_cells ? 1 : 2;
		ck_assert_ptr_nonnull(json_object_get(object, kinds[kind]));
		json_decref(object);
	}
	ck_assert_uint_eq(num, num_cells + 2);
	text_clear(&text);
	run_free(run);
}
END_TEST

static Suite *formats_suite(void)
{
	Suite *suite = suite_create("formats");
	TCase *tcase = tcase_create("formats");
	tcase_add_loop_test(tcase, a_run_is_written_as_in_the_golden_file, 0, NUM_GOLDEN);
	tcase_add_loop_test(tcase, a_hostile_run_is_written_as_in_the_golden_file, 0, NUM_GOLDEN);
	tcase_add_loop_test(tcase, an_examined_run_is_written_as_in_the_golden_file, 0, 4);
	tcase_add_test(tcase, what_was_not_examined_has_no_sample);
	tcase_add_loop_test(tcase, no_format_passes_on_what_is_no_text, 0, NUM_WRITERS);
	tcase_add_test(tcase, json_lines_are_a_head_the_cells_and_an_end);
	tcase_add_test(tcase, the_seconds_left_are_counted_from_the_start);
	tcase_add_test(tcase, no_staple_never_reads_as_good);
	suite_add_tcase(suite, tcase);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(formats_suite());
	srunner_run_all(runner, CK_NORMAL);
	int num_failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return num_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
