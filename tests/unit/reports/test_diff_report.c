/* The writers of comparisons: what they say, word for word, and that nothing foreign gets out. */
#include "reports/diff_report.h"
#include "reports/json/document_schema.h"

#include "core/file.h"
#include "core/text.h"
#include "tests/unit/diff_run.h"
#include "harness/run/run_head.h"

#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const struct drawn_run before = {
	.classes = "openssl/soft gnutls/soft openssl/native gnutls/native",
	.rows = {"f/stale@25h: C C R R", "f/stale@8d: C C R R", "f/good: C C! W .",
		 "f/old: C C C C"},
	.in_lab = true,
	.versions = {"3.0.17", "3.7.9"},
};
static const struct drawn_run after = {
	.classes = "gnutls/native openssl/soft gnutls/soft openssl/native gnutls/new",
	.rows = {"f/good: C C R E C", "f/stale@25h: c! R R R C", "f/stale@8d: R R R R' C",
		 "f/new: C C C C C"},
	.in_lab = true,
	.versions = {"3.0.17", "3.8.3"},
};

static void replace(struct text *out, const char *text, const char *what, const char *with)
{
	for (const char *found; (found = strstr(text, what)) != NULL; text = found + strlen(what)) {
		text_append_bytes(out, text, (size_t)(found - text));
		text_append(out, with);
	}
	text_append(out, text);
}

/* What the writer of this name says, with the ids and times of the runs made steady. */
static char *write_diff(const char *format, const struct drawn_run *a, const struct drawn_run *b,
			int width, bool color)
{
	char *bytes = NULL;
	size_t len = 0;
	struct error err = ERROR_INIT;
	struct run *one = diff_run(a), *other = diff_run(b);
	struct diff *diff = diff_new(one, other, &err);
	ck_assert_msg(diff != NULL, "%s", err.text);
	FILE *out = open_memstream(&bytes, &len);
	const struct diff_format *found = diff_format_find(format, strlen(format), &err);
	ck_assert_msg(found != NULL, "%s", err.text);
	ck_assert(found->write(out, diff, &(struct format_options){width, color}, &err));
	fclose(out);
	const char *const steady[][2] = {{run_id(one), "RUN-A"},
					 {run_id(other), "RUN-B"},
					 {run_started(one), "TIME"},
					 {run_started(other), "TIME"}};
	for (size_t i = 0; i < 4; i++) {
		struct text text;
		text_init(&text, 0);
		replace(&text, bytes, steady[i][0], steady[i][1]);
		free(bytes);
		bytes = strdup(text_string(&text));
		text_clear(&text);
	}
	diff_free(diff);
	diff_run_free(one);
	diff_run_free(other);
	return bytes;
}

static void cut(char *page, const char *from, const char *to)
{
	char *start = strstr(page, from), *end = start != NULL ? strstr(start, to) : NULL;
	if (end != NULL)
		memmove(start + strlen(from), end, strlen(end) + 1);
}

/* What is ours and moves with the report of runs is no matter of this test: the style, and the
 * hashes of what the page lets in. */
static void cut_style(char *page)
{
	cut(page, "style-src ", "; img-src");
	cut(page, "<style>", "</style>");
}

static const struct {
	const char *format, *file;
	int width;
	bool color;
} goldens[] = {
	{"text", "diff.txt", 80, false},  {"text", "diff-narrow-color.txt", 50, true},
	{"json", "diff.json", 80, false}, {"markdown", "diff.md", 80, false},
	{"html", "diff.html", 80, false},
};

START_TEST(says_what_it_said)
{
	char path[512];
	struct text wanted;
	struct error err = ERROR_INIT;
	char *written = write_diff(goldens[_i].format, &before, &after, goldens[_i].width,
				   goldens[_i].color);
	cut_style(written);
	text_init(&wanted, 0);
	snprintf(path, sizeof path, GOLDEN "/%s", goldens[_i].file);
	if (getenv("REVOSCOPE_UPDATE_GOLDEN") != NULL)
		ck_assert_msg(file_write(path, written, strlen(written), &err), "%s", err.text);
	ck_assert_msg(file_read(&wanted, path, 1 << 20, &err), "%s", err.text);
	ck_assert_str_eq(written, text_string(&wanted));
	text_clear(&wanted);
	free(written);
}
END_TEST

START_TEST(says_when_nothing_moved)
{
	char *text = write_diff("text", &before, &before, 80, false);
	char *json = write_diff("json", &before, &before, 80, false);
	ck_assert_ptr_nonnull(strstr(text, "\nNo differences in 15 cells.\n"));
	ck_assert_ptr_nonnull(strstr(text, "1 cell was not compared"));
	ck_assert_ptr_nonnull(strstr(json, "\"moved\":false"));
	free(text);
	free(json);
}
END_TEST

START_TEST(says_when_nothing_could_be_compared)
{
	static const struct drawn_run undone = {
		.classes = "openssl/soft", .rows = {"f/good: ."}, .in_lab = true};
	char *text = write_diff("text", &before, &undone, 80, false);
	ck_assert_ptr_nonnull(strstr(text, "Nothing could be compared"));
	ck_assert_ptr_nonnull(
		strstr(text, "1 cell was not compared: 1 not completed in the later run"));
	free(text);
}
END_TEST

/* A row of everything that a terminal, a page or a table could take for its own. */
#define HOSTILE \
	"h\033[31m<script>alert(1)</script>|`x`](u)*_\xff\"'&amp;\xe2\x80\xae\xe2\x80\xac\n#"
static const struct drawn_run hostile = {
	.classes = "openssl/<b>|`c`\033[0m openssl/x",
	.rows = {HOSTILE ": C C", "gone" HOSTILE ": C C"},
	.versions = {"3\033]0;x\007<i>"},
};
static const struct drawn_run hostile_after = {
	.classes = "openssl/<b>|`c`\033[0m openssl/x openssl/new<u>\xfe",
	.rows = {HOSTILE ": R C C"},
	.versions = {"4\033]0;x\007<i>|"},
};

START_TEST(nothing_foreign_gets_out)
{
	char *said = write_diff(goldens[_i].format, &hostile, &hostile_after, 80, false);
	bool html = strcmp(goldens[_i].format, "html") == 0;
	bool markdown = strcmp(goldens[_i].format, "markdown") == 0;
	for (const char *p = said; *p != '\0'; p++)
		ck_assert_msg(*p == '\n' || (unsigned char)*p >= ' ', "a control character in %s",
			      goldens[_i].format);
	ck_assert(text_is_utf8(said, strlen(said)));
	ck_assert_ptr_null(strstr(said, "\xe2\x80"));
	if (html) {
		ck_assert_ptr_null(strstr(said, "<script"));
		ck_assert_ptr_null(strstr(said, "<i>"));
		ck_assert_ptr_null(strstr(said, "<b>"));
		ck_assert_ptr_null(strstr(said, "<u>"));
	}
	for (const char *p = said; markdown && (p = strchr(p, '<')) != NULL; p++)
		ck_assert(strncmp(p, "<code>", 6) == 0 || strncmp(p, "</code>", 7) == 0);
	if (html)
		ck_assert_ptr_nonnull(strstr(said, "&lt;script&gt;"));
	/* Every row of a table keeps its five bars. */
	for (char *line = said; markdown && line != NULL; line = strchr(line + 1, '\n')) {
		size_t bars = 0;
		for (const char *p = line + 1; *p != '\0' && *p != '\n'; p++)
			bars += *p == '|';
		ck_assert_uint_eq(bars, strncmp(line, "\n|", 2) == 0 ? 5 : 0);
	}
	if (markdown)
		ck_assert_ptr_null(strstr(said, "\n#h"));
	free(said);
}
END_TEST

START_TEST(the_document_is_whole_and_counts_what_it_lists)
{
	json_error_t fault;
	char *written = write_diff("json", &hostile, &hostile_after, 80, false);
	json_t *document = json_loads(written, JSON_REJECT_DUPLICATES, &fault);
	ck_assert_msg(document != NULL, "%s at %d:\n%s", fault.text, fault.line, written);
	json_t *summary = json_object_get(document, "summary");
	ck_assert_uint_eq(json_array_size(json_object_get(document, "cells")), 1);
	ck_assert_int_eq(json_integer_value(json_object_get(summary, "moved")), 1);
	ck_assert_int_eq(json_integer_value(json_object_get(summary, "compared")), 2);
	json_t *gone = json_object_get(json_object_get(document, "endpoints"), "gone");
	ck_assert_uint_eq(json_array_size(gone), 1);
	json_decref(document);
	free(written);
}
END_TEST

START_TEST(the_schema_names_the_moves_in_their_order)
{
	json_t *schema = document_schema_diff();
	ck_assert_ptr_nonnull(schema);
	json_t *defs = json_object_get(schema, "$defs");
	json_t *properties = json_object_get(json_object_get(defs, "cell"), "properties");
	json_t *moves = json_object_get(json_object_get(properties, "move"), "enum");
	ck_assert_uint_eq(json_array_size(moves), NUM_MOVES);
	for (int i = 0; i < NUM_MOVES; i++)
		ck_assert_str_eq(json_string_value(json_array_get(moves, (size_t)i)),
				 move_name((enum move)i));
	json_decref(schema);
}
END_TEST

START_TEST(an_unknown_format_is_named)
{
	struct error err = ERROR_INIT;
	ck_assert_str_eq(diff_format_find("markdown=x", 8, &err)->name, "markdown");
	ck_assert_ptr_null(diff_format_find("junit", 5, &err));
	ck_assert_int_eq(err.kind, ERROR_USAGE);
	ck_assert_str_eq(
		err.text,
		"unknown format of a comparison 'junit' (one of: text, json, markdown, html)");
}
END_TEST

/* Causes that are gone, and whether a sentence calls that a fix. */
static const struct {
	const char *gone[2];
	bool is_fix;
} fixes[] = {{{"stapling-not-enabled", NULL}, true},
	     {{"staple-missing-first", NULL}, false},
	     {{"staple-missing-first", "chain-untidy"}, true}};

START_TEST(a_server_that_was_warmed_is_not_called_fixed)
{
	struct error err = ERROR_INIT;
	struct run *one = diff_run(&before), *other = diff_run(&after);
	struct diff *diff = diff_new(one, other, &err);
	ck_assert_msg(diff != NULL, "%s", err.text);
	struct diff_cause causes[2] = {0};
	struct diff_examination about = {.target = "a:443", .causes = causes};
	for (size_t i = 0; i < 2 && fixes[_i].gone[i] != NULL; i++) {
		causes[i] = (struct diff_cause){
			.id = fixes[_i].gone[i], .title = "t", .before = "warning"};
		about.num_causes = about.num_gone = i + 1;
	}
	struct text words;
	text_init(&words, 0);
	diff_words_examination(&words, diff, &about);
	ck_assert_int_eq(strstr(text_string(&words), "Fixed") != NULL, fixes[_i].is_fix);
	text_clear(&words);
	diff_free(diff);
	diff_run_free(one);
	diff_run_free(other);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diff_report");
	TCase *tcase = tcase_create("diff_report");
	int num = sizeof goldens / sizeof *goldens;
	tcase_add_loop_test(tcase, says_what_it_said, 0, num);
	tcase_add_test(tcase, says_when_nothing_moved);
	tcase_add_test(tcase, says_when_nothing_could_be_compared);
	tcase_add_loop_test(tcase, nothing_foreign_gets_out, 0, num);
	tcase_add_test(tcase, the_document_is_whole_and_counts_what_it_lists);
	tcase_add_test(tcase, the_schema_names_the_moves_in_their_order);
	tcase_add_test(tcase, an_unknown_format_is_named);
	tcase_add_loop_test(tcase, a_server_that_was_warmed_is_not_called_fixed, 0,
			    sizeof fixes / sizeof *fixes);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
