/*
 * Knows the columns of the table, and that a spreadsheet takes text that begins with one of
 * = + - @ for a formula and runs it.
 */
#include "reports/format.h"

#include "core/text.h"
#include "harness/run/verdict.h"
#include "reports/words/cell_facts.h"
#include "harness/run/run_head.h"

#include <string.h>

/* One line in the making. */
struct line {
	FILE *out;
	bool has_field;
};

static void write_field(struct line *line, const char *bytes)
{
	bool quoted = strpbrk(bytes, ",\"\r\n;\t ") != NULL;
	if (line->has_field)
		fputc(',', line->out);
	line->has_field = true;
	if (quoted)
		fputc('"', line->out);
	for (const char *p = bytes; *p != '\0'; p++) {
		if (*p == '"')
			fputc('"', line->out);
		fputc(*p, line->out);
	}
	if (quoted)
		fputc('"', line->out);
}

/*
 * Any text: foreign bytes are made visible, which leaves no tab, CR or LF, and an apostrophe goes
 * in front of what a spreadsheet would evaluate (OWASP, "CSV Injection"). The full-width forms of
 * the same signs are evaluated in some locales. NULL is an empty field.
 */
static void write_text(struct line *line, const char *bytes)
{
	static const char *const signs[] = {
		"=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};
	struct text field;
	text_init(&field, 0);
	for (size_t i = 0; bytes != NULL && i < sizeof signs / sizeof *signs; i++) {
		if (strncmp(bytes, signs[i], strlen(signs[i])) == 0) {
			text_append(&field, "'");
			break;
		}
	}
	if (bytes != NULL)
		text_append_visible(&field, bytes, strlen(bytes));
	write_field(line, text_string(&field));
	text_clear(&field);
}

/* A number stays one: a negative one is no formula. */
static void write_number(struct line *line, const struct number *value)
{
	char number[32] = "";
	if (value->is_known)
		snprintf(number, sizeof number, "%lld", (long long)value->value);
	write_field(line, number);
}

static void write_yes(struct line *line, bool yes)
{
	write_field(line, yes ? "yes" : "no");
}

static void write_flag(struct line *line, struct flag flag)
{
	write_field(line, !flag.is_known ? "" : flag.value ? "yes" : "no");
}

static void write_run_part(struct line *line, const struct run *run)
{
	write_text(line, run_id(run));
	write_text(line, run_started(run));
	write_text(line, run_vantage(run));
}

static void write_place_part(struct line *line, const struct cell_facts *facts)
{
	const struct scenario *scenario = facts->row->scenario;
	const struct client_class *class = facts->class->class;
	write_field(line, scenario != NULL ? "scenario" : "endpoint");
	write_text(line, facts->row->id);
	write_text(line, scenario != NULL ? scenario->family : NULL);
	write_field(line, scenario != NULL ? status_name(scenario->truth) : "");
	write_text(line, facts->stack->stack->id);
	write_text(line, facts->stack->version);
	write_text(line, class->id);
	write_text(line, class->policy_id);
	write_field(line, class->native ? "native" : "application");
}

static void write_verdict_part(struct line *line, const struct cell_facts *facts)
{
	const struct cell *cell = facts->cell;
	const struct expectation *expected = cell->expectation;
	write_field(line, cell_facts_outcome(facts));
	write_field(line, reason_name(cell->reason));
	write_field(line, facts->seen->has_stage ? stage_name(facts->seen->stage) : "");
	write_field(line, status_name(cell->assurance));
	write_yes(line, (cell->marks & CELL_BLIND) != 0);
	write_yes(line, (cell->marks & CELL_EXPOSED) != 0);
	write_yes(line, (cell->marks & CELL_VARIES) != 0);
	write_field(line, expected != NULL ? outcome_name(expected->outcome) : "");
	write_field(line,
		    expected != NULL && expected->has_reason ? reason_name(expected->reason) : "");
	write_text(line, expected != NULL ? expected->from : NULL);
	write_field(line, !cell_is_judged(cell)                  ? ""
			  : (cell->marks & CELL_UNEXPECTED) != 0 ? "no"
								 : "yes");
	write_text(line, facts->detail);
}

static void write_evidence_part(struct line *line, const struct cell_facts *facts)
{
	static const struct observed_staple none = {0};
	char number[32];
	const struct observation *seen = facts->seen;
	const struct observed_staple *staple = facts->staple != NULL ? facts->staple : &none;
	write_text(line, seen->native.library);
	write_number(line, &seen->native.code);
	write_text(line, seen->native.name);
	write_text(line, seen->native.text);
	write_text(line, seen->alert.direction);
	write_number(line, &seen->alert.number);
	write_text(line, seen->alert.name);
	write_text(line, seen->tls.version);
	write_text(line, seen->tls.cipher);
	write_text(line, seen->certificate.sha256);
	write_flag(line, seen->certificate.must_staple);
	write_number(line, &staple->bytes);
	write_text(line, staple->check.text);
	write_text(line, staple->status);
	write_text(line, staple->this_update);
	write_text(line, staple->next_update);
	snprintf(number, sizeof number, "%d", facts->cell->num_attempts);
	write_field(line, number);
	snprintf(number, sizeof number, "%.3f", (double)facts->cell->duration_us / 1000);
	write_field(line, number);
}

static const char header[] =
	"run,started,vantage,"
	"kind,row,family,truth,stack,stack_version,class,policy,enforcement,"
	"outcome,reason,stage,assurance,blind,exposed,varies,"
	"expected_outcome,expected_reason,expected_from,as_expected,detail,"
	"native_library,native_code,native_name,native_text,"
	"alert_direction,alert_number,alert_name,tls_version,tls_cipher,"
	"certificate_sha256,must_staple,"
	"staple_bytes,staple_check,staple_status,staple_this_update,staple_next_update,"
	"attempts,duration_ms\r\n";

static bool write_cell(FILE *out, struct run *run, size_t row, size_t class, struct error *err)
{
	struct cell_facts facts;
	struct line line = {.out = out};
	bool done = cell_facts_load(&facts, run, row, class, err);
	if (done) {
		write_run_part(&line, run);
		write_place_part(&line, &facts);
		write_verdict_part(&line, &facts);
		write_evidence_part(&line, &facts);
		fputs("\r\n", out);
	}
	cell_facts_clear(&facts);
	return done;
}

/*
 * A run as a table (RFC 4180): a header, a row per cell. New columns come at the end; none is
 * ever renamed or moved.
 */
bool csv_write_run(FILE *out, struct run *run, const struct format_options *options,
		   struct error *err)
{
	(void)options;
	fputs(header, out);
	for (size_t row = 0; row < run_num_rows(run); row++)
		for (size_t i = 0; i < run_num_classes(run); i++)
			if (!write_cell(out, run, row, i, err))
				return false;
	return true;
}
