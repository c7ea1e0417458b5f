/* Any JSON as an examination of a foreign document: what the reader takes is written as
 * it was, diagnosed, compared with itself and written by every format for people, and nothing of it
 * gets out of its escapes. */
#include "harness/doctor/diagnosis.h"
#include "harness/compare/diff_examinations.h"
#include "harness/model/examination_json.h"
#include "reports/doctor_report.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_comparison(const struct examinations *all)
{
	struct diff_examination *items = NULL;
	struct error err = ERROR_INIT;
	size_t num = 0;
	if (!diff_examinations_make(&items, &num, all, all, &err))
		abort();
	for (size_t i = 0; i < num; i++)
		if (diff_examination_has_moved(&items[i]))
			abort();
	diff_examinations_free(items, num);
}

static void check_page(const struct run *run, void (*write)(FILE *out, const struct run *run),
		       const char *escaped)
{
	char *page = NULL;
	size_t len;
	FILE *out = open_memstream(&page, &len);
	if (out == NULL)
		return;
	write(out, run);
	fclose(out);
	if (strstr(page, "<script") != NULL || (escaped != NULL && strstr(page, escaped) != NULL))
		abort();
	free(page);
}

static void check_reports(struct run *run)
{
	struct text text;
	text_init(&text, 0);
	doctor_append_text(&text, run, &(struct format_options){.width = 80});
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] < 0x20 && text.data[i] != '\n')
			abort();
	text_clear(&text);
	/* What would end an attribute; in Markdown it is a letter like others. */
	check_page(run, doctor_write_html, "\" onerror");
	check_page(run, doctor_write_markdown, NULL);
}

/* The same document again and again. */
static void check_round_trip(const struct examinations *all)
{
	struct error err = ERROR_INIT;
	json_t *once = examinations_write(all), *twice;
	struct examinations *again = examinations_read(once, ERROR_USAGE, &err);
	if (again == NULL)
		abort();
	twice = examinations_write(again);
	if (!json_equal(once, twice))
		abort();
	examinations_free(again);
	json_decref(once);
	json_decref(twice);
}

/* Causes as the document has them, then as they are found here. */
static void check(struct run *run, struct examinations *all)
{
	struct diagnosis_options options = DIAGNOSIS_OPTIONS_INIT;
	run_set_examinations(run, all);
	for (int i = 0; i < 2; i++) {
		check_round_trip(all);
		check_comparison(all);
		check_reports(run);
		if (!diagnose(&all->items[0], run, "x:443", &options))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = ERROR_INIT;
	json_t *examination = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	json_t *document = json_object();
	json_object_set_new(document, "x\033[1m<script>:443", examination);
	struct examinations *all = examinations_read(document, ERROR_USAGE, &err);
	struct run *run = all != NULL && all->num_items > 0 ? run_new("here", "fuzz", &err) : NULL;
	if (run != NULL)
		check(run, all);
	else
		examinations_free(all);
	run_free(run);
	json_decref(document);
	return 0;
}
