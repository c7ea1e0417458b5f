/* Knows which cells and causes are failures, errors and skipped, for a CI system. */
#include "reports/format.h"

#include "harness/doctor/diagnosis.h"
#include "harness/run/verdict.h"
#include "reports/words/cell_facts.h"
#include "reports/words/doctor_view.h"
#include "reports/ci/xml_text.h"
#include "harness/run/run_head.h"

#include <inttypes.h>
#include <string.h>

/* What a test system calls a cell. */
enum judgement { PASSED, FAILED, BROKEN, SKIPPED, NUM_JUDGEMENTS };

/* Rows that stand in one suite: [first, end). */
struct suite {
	size_t first, end;
	const char *name;
	size_t by_judgement[NUM_JUDGEMENTS], num_cells;
	uint64_t duration_us;
};

static enum judgement judge(const struct cell *cell)
{
	if ((cell->marks & CELL_DONE) == 0)
		return SKIPPED;
	if (!outcome_is_verdict(cell->outcome) && cell->outcome != OUTCOME_UNSUPPORTED)
		return BROKEN;
	if ((cell->marks & CELL_UNEXPECTED) != 0)
		return FAILED;
	return cell->outcome == OUTCOME_UNSUPPORTED ? SKIPPED : PASSED;
}

static const char *suite_name(const struct run_row *row)
{
	return row->scenario != NULL ? row->scenario->family : row->id;
}

/* The suite that begins at a row: the rows of one family, or one endpoint. */
static struct suite suite_at(struct run *run, size_t first)
{
	struct suite suite = {.first = first, .name = suite_name(run_row_at(run, first))};
	for (suite.end = first; suite.end < run_num_rows(run); suite.end++) {
		if (strcmp(suite_name(run_row_at(run, suite.end)), suite.name) != 0)
			break;
		for (size_t i = 0; i < run_num_classes(run); i++) {
			const struct cell *cell = run_cell(run, suite.end, i);
			suite.by_judgement[judge(cell)]++;
			suite.num_cells++;
			suite.duration_us += cell->duration_us;
		}
	}
	return suite;
}

static void write_attribute(FILE *out, const char *name, const char *value)
{
	fprintf(out, " %s=\"", name);
	xml_write(out, value);
	fputc('"', out);
}

/* The plugin's schema takes three decimals at most. */
static void write_seconds(FILE *out, uint64_t duration_us)
{
	fprintf(out, " time=\"%" PRIu64 ".%03" PRIu64 "\"", duration_us / 1000000,
		duration_us / 1000 % 1000);
}

static void write_counts(FILE *out, const struct suite *suite)
{
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", suite->num_cells,
		suite->by_judgement[FAILED], suite->by_judgement[BROKEN]);
	write_seconds(out, suite->duration_us);
}

static void write_property(FILE *out, const char *name, const char *value)
{
	fputs("      <property", out);
	write_attribute(out, "name", name);
	write_attribute(out, "value", value);
	fputs("/>\n", out);
}

static void write_properties(FILE *out, struct run *run)
{
	char name[96];
	fputs("    <properties>\n", out);
	write_property(out, "revoscope.run", run_id(run));
	write_property(out, "revoscope.vantage", run_vantage(run));
	write_property(out, "revoscope.command", run_command(run));
	if (run_clock(run)->offset_s != 0)
		write_property(out, "revoscope.clock", run_clock(run)->at);
	for (size_t i = 0; i < run_num_stacks(run); i++) {
		const struct run_stack *stack = run_stack_at(run, i);
		snprintf(name, sizeof name, "revoscope.stack.%.64s", stack->stack->id);
		write_property(out, name, stack->version != NULL ? stack->version : "not there");
	}
	fputs("    </properties>\n", out);
}

static void write_result(FILE *out, const char *outcome, const char *reason)
{
	fputs(outcome, out);
	if (reason != NULL)
		fprintf(out, " (%s)", reason);
}

/* The message, on one line: what was expected, what came. */
static void write_message(FILE *out, const struct cell_facts *facts, enum judgement judgement)
{
	const struct expectation *expected = facts->cell->expectation;
	fputs(" message=\"", out);
	if (judgement == FAILED && expected != NULL) {
		fputs("expected ", out);
		write_result(out, outcome_name(expected->outcome),
			     expected->has_reason ? reason_name(expected->reason) : NULL);
		fputs(", got ", out);
	}
	write_result(out, cell_facts_outcome(facts), reason_name(facts->cell->reason));
	if (judgement == FAILED && cell_has_split_reason(facts->cell))
		fputs(", split from the expected reason by newer rules", out);
	fputs("\">", out);
}

static void write_story(FILE *out, const struct cell_facts *facts)
{
	const struct expectation *expected = facts->cell->expectation;
	xml_write(out, facts->detail);
	if (facts->seen->native.text != NULL) {
		fputs("\nnative result: ", out);
		xml_write(out, facts->seen->native.text);
	}
	if (expected != NULL) {
		fputs("\nexpected by ", out);
		xml_write(out, expected->from);
		if (expected->why != NULL) {
			fputs(": ", out);
			xml_write(out, expected->why);
		}
	}
}

static void write_case(FILE *out, const struct cell_facts *facts)
{
	static const char *const elements[NUM_JUDGEMENTS] = {
		[FAILED] = "failure", [BROKEN] = "error", [SKIPPED] = "skipped"};
	const struct cell *cell = facts->cell;
	enum judgement judgement = judge(cell);
	const char *element = elements[judgement];
	fputs("    <testcase", out);
	write_attribute(out, "name", facts->class->class->id);
	fputs(" classname=\"revoscope.", out);
	xml_write(out, facts->row->scenario != NULL ? facts->row->scenario->family : "endpoint");
	fputc('.', out);
	xml_write(out, facts->row->id);
	fputc('"', out);
	write_seconds(out, cell->duration_us);
	fputs(">\n", out);
	if (element != NULL) {
		fprintf(out, "      <%s", element);
		write_attribute(out, "type",
				judgement == FAILED ? "unexpected" : cell_facts_outcome(facts));
		write_message(out, facts, judgement);
		write_story(out, facts);
		fprintf(out, "</%s>\n", element);
	}
	fputs("      <system-out>", out);
	write_result(out, cell_facts_outcome(facts), reason_name(cell->reason));
	fprintf(out, ", assurance %s%s%s%s\n", status_name(cell->assurance),
		(cell->marks & CELL_BLIND) != 0 ? ", blind" : "",
		(cell->marks & CELL_EXPOSED) != 0 ? ", exposed" : "",
		(cell->marks & CELL_VARIES) != 0 ? ", attempts differ" : "");
	xml_write(out, facts->detail);
	fputs("</system-out>\n    </testcase>\n", out);
}

static void begin_suite(FILE *out, struct run *run, const struct suite *suite, size_t number)
{
	fputs("  <testsuite", out);
	write_attribute(out, "name", suite->name);
	write_counts(out, suite);
	fprintf(out, " skipped=\"%zu\"", suite->by_judgement[SKIPPED]);
	write_attribute(out, "timestamp", run_started(run));
	write_attribute(out, "hostname", run_vantage(run));
	fprintf(out, " id=\"%zu\" package=\"revoscope\">\n", number);
	write_properties(out, run);
}

static bool write_suite(FILE *out, struct run *run, const struct suite *suite, size_t number,
			struct error *err)
{
	begin_suite(out, run, suite, number);
	for (size_t row = suite->first; row < suite->end; row++) {
		for (size_t i = 0; i < run_num_classes(run); i++) {
			struct cell_facts facts;
			bool done = cell_facts_load(&facts, run, row, i, err);
			if (done)
				write_case(out, &facts);
			cell_facts_clear(&facts);
			if (!done)
				return false;
		}
	}
	fputs("  </testsuite>\n", out);
	return true;
}

/* --- what the doctor found --- */

/* Something is red where `doctor` has the exit status 1: its worst cause, and with that what is
 * more than possible. */
static bool is_red(const struct examination *one, size_t index)
{
	const struct finding *cause = &one->causes[index];
	return diagnosis_level(one) > SEVERITY_INFO && finding_severity(cause) > SEVERITY_INFO &&
	       (index == 0 || doctor_view_severity(cause) > SEVERITY_INFO);
}

/* A case per cause, or one for a target without; NULL: no run of the doctor. */
static struct suite suite_of_causes(const struct examinations *all)
{
	struct suite suite = {.name = "doctor"};
	for (size_t i = 0; all != NULL && i < all->num_items; i++) {
		const struct examination *one = &all->items[i];
		suite.num_cells += one->num_causes > 0 ? one->num_causes : 1;
		suite.by_judgement[BROKEN] += one->num_causes == 0 && !one->is_diagnosed;
		for (size_t k = 0; k < one->num_causes; k++)
			suite.by_judgement[FAILED] += is_red(one, k);
	}
	return suite;
}

static void begin_cause(FILE *out, const struct examination *one, const char *name)
{
	fputs("    <testcase", out);
	write_attribute(out, "name", name);
	fputs(" classname=\"revoscope.doctor.", out);
	xml_write(out, one->id);
	fputc('"', out);
	write_seconds(out, 0);
	fputs(">\n", out);
}

static void write_lines(FILE *out, const char *label, const struct texts *lines)
{
	for (size_t i = 0; i < lines->num; i++) {
		fprintf(out, "\n%s: ", label);
		xml_write(out, doctor_view_text(lines->items[i]));
	}
}

/* The how manieth of its kind a cause is: the name of a case is there once. */
static size_t count_before(const struct examination *one, size_t index)
{
	size_t num = 0;
	for (size_t i = 0; i < index; i++)
		num += word_equals(&one->causes[i].id, &one->causes[index].id);
	return num;
}

static void write_cause(FILE *out, const struct examination *one, size_t index)
{
	const struct finding *cause = &one->causes[index];
	size_t num_before = count_before(one, index);
	struct text words;
	text_init(&words, 0);
	text_append(&words, doctor_view_word(&cause->id, &cause_names));
	if (words.len == 0)
		text_append(&words, "unknown");
	if (num_before > 0)
		text_append_format(&words, " (%zu)", num_before + 1);
	begin_cause(out, one, text_string(&words));
	text_reset(&words);
	text_append(&words, doctor_view_text(cause->title));
	text_append(&words, " (");
	doctor_view_append_weight(&words, cause);
	text_append(&words, ")");
	if (is_red(one, index)) {
		fputs("      <failure", out);
		write_attribute(out, "type", severity_names.names[finding_severity(cause)]);
		write_attribute(out, "message", text_string(&words));
		fputc('>', out);
		xml_write(out, doctor_view_text(cause->text));
		write_lines(out, "seen", &cause->evidence);
		if (cause->fix.text != NULL && cause->fix.text[0] != '\0') {
			fputs("\nfix: ", out);
			xml_write(out, cause->fix.text);
		}
		fputs("</failure>\n", out);
	}
	fputs("      <system-out>", out);
	xml_write(out, text_string(&words));
	fputs("</system-out>\n    </testcase>\n", out);
	text_clear(&words);
}

static void write_examination(FILE *out, const struct examination *one)
{
	for (size_t i = 0; i < one->num_causes; i++)
		write_cause(out, one, i);
	if (one->num_causes > 0)
		return;
	begin_cause(out, one, "examination");
	if (!one->is_diagnosed)
		fputs("      <error type=\"interrupted\" message=\"the examination was not "
		      "completed\"></error>\n",
		      out);
	fputs("      <system-out>", out);
	xml_write(out, doctor_view_text(one->headline));
	fputs("</system-out>\n    </testcase>\n", out);
}

/* --- the document --- */

static void write_causes(FILE *out, struct run *run, size_t number)
{
	const struct examinations *all = run_examinations(run);
	struct suite suite = suite_of_causes(all);
	if (suite.num_cells == 0)
		return;
	begin_suite(out, run, &suite, number);
	for (size_t i = 0; i < all->num_items; i++)
		write_examination(out, &all->items[i]);
	fputs("  </testsuite>\n", out);
}

static void add_counts(struct suite *all, const struct suite *suite)
{
	for (int i = 0; i < NUM_JUDGEMENTS; i++)
		all->by_judgement[i] += suite->by_judgement[i];
	all->num_cells += suite->num_cells;
	all->duration_us += suite->duration_us;
}

/*
 * A run as JUnit XML by the rules of Jenkins' xUnit plugin (junit-10.xsd), which the importers of
 * other CI systems accept too: a suite per family, or per endpoint, a case per cell; and for what
 * the doctor found a suite with a case per target and cause.
 */
bool junit_write_run(FILE *out, struct run *run, const struct format_options *options,
		     struct error *err)
{
	struct suite all = suite_of_causes(run_examinations(run));
	size_t number = 0;
	(void)options;
	for (size_t row = 0; row < run_num_rows(run);) {
		struct suite suite = suite_at(run, row);
		add_counts(&all, &suite);
		row = suite.end;
	}
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"revoscope\"", out);
	write_counts(out, &all);
	fputs(">\n", out);
	for (size_t row = 0; row < run_num_rows(run);) {
		struct suite suite = suite_at(run, row);
		if (!write_suite(out, run, &suite, number++, err))
			return false;
		row = suite.end;
	}
	write_causes(out, run, number);
	fputs("</testsuites>\n", out);
	return true;
}
