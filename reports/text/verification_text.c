/* Knows how verifications are shown at a terminal. */
#include "reports/verification_report.h"

#include "core/clock.h"
#include "reports/words/wrapped_text.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_WIDTH 14
#define CELL_WIDTH  22
#define CELL_MAX    128

struct page {
	const struct verification_report *report;
	struct text *out;
	size_t width;
};

static size_t num_stacks(const struct page *page)
{
	return page->report->verification->num_stacks;
}

static const struct asked_stack *stack_at(const struct page *page, size_t i)
{
	return &page->report->verification->stacks[i];
}

static void append_wrapped(struct page *page, const char *words, size_t indent, size_t used)
{
	wrapped_text_append(page->out, words, indent, used, (int)page->width);
}

/* --- one response before every stack --- */

static const char *name_of_number(const struct number *number, const char *const *names, size_t num)
{
	if (!number->is_known)
		return "";
	return number->value >= 0 && number->value < (int64_t)num && names[number->value] != NULL
		       ? names[number->value]
		       : "other";
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static const char *verdict(const struct status_check *seen)
{
	return check_name(seen->verdict);
}

static const char *status(const struct status_check *seen)
{
	return seen->has_status ? status_name(seen->status) : "";
}

static const char *response_status(const struct status_check *seen)
{
	return seen->response_status.is_known
		       ? ocsp_response_status_name(seen->response_status.value)
		       : "";
}

static const char *this_update(const struct status_check *seen)
{
	return or_empty(seen->this_update);
}

static const char *next_update(const struct status_check *seen)
{
	return or_empty(seen->next_update);
}

/* Of what is current by the tolerance (--skew) alone. */
static const char *tolerated(const struct status_check *seen)
{
	return seen->tolerated.value ? "within the skew" : "";
}

static const char *produced_at(const struct status_check *seen)
{
	return or_empty(seen->produced_at);
}

static const char *revocation_time(const struct status_check *seen)
{
	return or_empty(seen->revocation_time);
}

static const char *revocation_reason(const struct status_check *seen)
{
	static const char *const names[] = {
		"unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
		"superseded",    "cessationOfOperation", "certificateHold", NULL,
		"removeFromCRL", "privilegeWithdrawn",   "aACompromise"};
	return name_of_number(&seen->revocation_reason, names, sizeof names / sizeof *names);
}

static const struct row {
	const char *label;
	const char *(*read)(const struct status_check *seen);
} rows[] = {
	{"check", verdict},
	{"says", status},
	{"response", response_status},
	{"this update", this_update},
	{"next update", next_update},
	{"tolerated", tolerated},
	{"produced at", produced_at},
	{"revoked at", revocation_time},
	{"reason", revocation_reason},
};

/* Cut so that columns stay apart; the last one is not filled up. */
static void append_column(struct text *out, const char *value, bool is_last)
{
	text_append_format(out, "%-*.*s", is_last ? 0 : CELL_WIDTH, CELL_WIDTH - 1, value);
}

static void append_row(struct page *page, size_t question, const struct row *row, size_t first,
		       size_t end)
{
	const struct verification *verification = page->report->verification;
	bool any = false;
	struct text line;
	text_init(&line, 0);
	text_append_format(&line, "  %-*s", LABEL_WIDTH - 2, row->label);
	for (size_t i = first; i < end; i++) {
		const struct stack_finding *finding = verification_at(verification, question, i);
		const char *value = finding->check == NULL ? "-" : row->read(&finding->seen);
		any = any || (finding->check != NULL && value[0] != '\0');
		append_column(&line, value, i + 1 == end);
	}
	while (line.len > 0 && line.data[line.len - 1] == ' ')
		line.data[--line.len] = '\0';
	/* Where no stack has a check there is still that to be seen. */
	if (any || row == rows)
		text_append_format(page->out, "%s\n", text_string(&line));
	text_clear(&line);
}

static void append_heads(struct page *page, size_t first, size_t end)
{
	text_append_format(page->out, "%*s", LABEL_WIDTH, "");
	for (size_t i = first; i < end; i++) {
		char head[CELL_MAX];
		const struct asked_stack *stack = stack_at(page, i);
		snprintf(head, sizeof head, "%s%s%s", stack->stack->id,
			 stack->version != NULL ? " " : "",
			 stack->version != NULL ? stack->version : "");
		append_column(page->out, head, i + 1 == end);
	}
	text_append(page->out, "\n");
}

static void write_certid(char *out, size_t size, const struct stack_finding *finding)
{
	const struct checked_certid *certid = &finding->seen.certid;
	out[0] = '\0';
	if (certid->is_present)
		snprintf(out, size, "%.32s of issuer %.128s, key %.128s, serial %.128s",
			 or_empty(certid->hash), or_empty(certid->issuer_name_hash),
			 or_empty(certid->issuer_key_hash), or_empty(certid->serial));
}

static void write_signer(char *out, size_t size, const struct stack_finding *finding)
{
	snprintf(out, size, "%s", or_empty(finding->seen.signer));
}

static void write_native(char *out, size_t size, const struct stack_finding *finding)
{
	const struct observed_native *native = &finding->seen.native;
	const char *name = or_empty(native->name);
	out[0] = '\0';
	if (!native->is_present)
		return;
	int len = snprintf(out, size, "%s: %s", or_empty(native->library), or_empty(native->text));
	if (native->code.value != 0 && len > 0 && (size_t)len < size)
		snprintf(out + len, size - (size_t)len, " (%s%s%lld)", name,
			 name[0] != '\0' ? ", " : "", (long long)native->code.value);
}

static void write_refusal(char *out, size_t size, const struct stack_finding *finding)
{
	out[0] = '\0';
	if (finding->check == NULL)
		snprintf(out, size, "%s (%s): %s", outcome_name(finding->outcome),
			 reason_name(finding->reason),
			 finding->detail != NULL ? finding->detail : "");
}

#define LINE_MAX_LEN 1024

/* What is too long for a cell: once when all stacks say the same, else for each. */
static void append_lines(struct page *page, size_t question, const char *label,
			 void (*write)(char *out, size_t size, const struct stack_finding *finding))
{
	char first[LINE_MAX_LEN], other[LINE_MAX_LEN];
	const struct verification *verification = page->report->verification;
	bool all_same = true;
	write(first, sizeof first, verification_at(verification, question, 0));
	for (size_t i = 1; i < num_stacks(page); i++) {
		write(other, sizeof other, verification_at(verification, question, i));
		all_same = all_same && strcmp(first, other) == 0;
	}
	for (size_t i = 0; i < (all_same ? 1 : num_stacks(page)); i++) {
		const char *id = stack_at(page, i)->stack->id;
		write(other, sizeof other, verification_at(verification, question, i));
		if (other[0] == '\0')
			continue;
		text_append_format(page->out, "  %-*s", LABEL_WIDTH - 2, label);
		if (!all_same)
			text_append_format(page->out, "%s  ", id);
		append_wrapped(page, other, LABEL_WIDTH,
			       LABEL_WIDTH + (all_same ? 0 : strlen(id) + 2));
	}
}

static void append_question(struct page *page, size_t index)
{
	const struct question *question = &page->report->verification->questions[index];
	char at[32];
	size_t per_block = page->width > LABEL_WIDTH + CELL_WIDTH
				   ? (page->width - LABEL_WIDTH + 1) / CELL_WIDTH
				   : 1;
	text_append(page->out, index > 0 ? "\n" : "");
	text_append_visible(page->out, question->name, strlen(question->name));
	text_append_format(page->out, "  (%s, %zu bytes%s%s)\n", question->is_crl ? "CRL" : "OCSP",
			   question->bytes.len, question->has_time ? ", at " : "",
			   question->has_time ? clock_print_utc(at, question->at_s) : "");
	for (size_t first = 0; first < num_stacks(page); first += per_block) {
		size_t end =
			first + per_block < num_stacks(page) ? first + per_block : num_stacks(page);
		append_heads(page, first, end);
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			append_row(page, index, &rows[i], first, end);
	}
	append_lines(page, index, "signer", write_signer);
	append_lines(page, index, "CertID", write_certid);
	append_lines(page, index, "native", write_native);
	append_lines(page, index, "no check", write_refusal);
}

/* CRLs for some reasons each. */
static void append_completeness(struct page *page)
{
	const struct verification *verification = page->report->verification;
	for (size_t i = 0; i < num_stacks(page); i++)
		if (verification_is_complete(verification, 0, verification->num_questions, i))
			text_append_format(page->out,
					   "\n%s: the CRLs cover all reasons together, and none of "
					   "those lists the certificate\n",
					   stack_at(page, i)->stack->id);
}

/* --- test vectors --- */

static void append_difference(struct page *page, size_t index, size_t stack)
{
	const struct vector *vector = &page->report->index->items[index];
	const struct vector_verdict *verdict =
		&page->report->verdicts[index * num_stacks(page) + stack];
	const struct stack_finding *finding =
		verification_at(page->report->verification, verdict->question, stack);
	char native[LINE_MAX_LEN];
	struct text words;
	text_init(&words, 0);
	text_append_format(page->out, "  %s  ", stack_at(page, stack)->stack->id);
	text_append_visible(page->out, vector->name, strlen(vector->name));
	text_append(page->out, "\n      ");
	text_append_format(&words, "expected %s, got ", vector->expected);
	if (finding->check != NULL) {
		write_native(native, sizeof native, finding);
		text_append_format(&words, "%s: %s%s%s", vector_class_name(verdict->class),
				   check_name(finding->seen.verdict), native[0] != '\0' ? "; " : "",
				   native);
	} else {
		write_refusal(native, sizeof native, finding);
		text_append_format(&words, "%s%s%s",
				   verdict->has_class ? vector_class_name(verdict->class) : "",
				   verdict->has_class ? ": " : "", native);
	}
	if (vector->kind == VECTOR_CRL_CHAIN)
		text_append_format(&words, " (%zu certificate%s checked)", vector->num_certificates,
				   vector->num_certificates == 1 ? "" : "s");
	append_wrapped(page, text_string(&words), 6, 6);
	if (verdict->explanation != NULL) {
		text_reset(&words);
		text_append_format(&words, "explained [%s]: %s", verdict->explanation->from,
				   verdict->explanation->why);
		text_append(page->out, "      ");
		append_wrapped(page, text_string(&words), 6, 6);
	}
	text_clear(&words);
}

static void append_differences(struct page *page, bool explained, const char *heading)
{
	bool any = false;
	for (size_t stack = 0; stack < num_stacks(page); stack++) {
		for (size_t i = 0; i < page->report->index->num; i++) {
			const struct vector_verdict *verdict =
				&page->report->verdicts[i * num_stacks(page) + stack];
			bool differs = verdict->was_asked && !verdict->is_expected;
			if (!differs || (verdict->explanation != NULL) != explained)
				continue;
			if (!any)
				text_append_format(page->out, "%s\n", heading);
			any = true;
			append_difference(page, i, stack);
		}
	}
	if (any)
		text_append(page->out, "\n");
}

static void append_stale(struct page *page)
{
	const struct explained *explained = page->report->explained;
	for (size_t i = 0; i < explained->num; i++) {
		struct text words;
		if (explained->items[i].num_used > 0)
			continue;
		text_init(&words, 0);
		text_append_format(&words, "stale explanation, it no longer occurs: %s in %s [%s]",
				   explained->items[i].stack, explained->items[i].name,
				   explained->items[i].from);
		append_wrapped(page, text_string(&words), 0, 0);
		text_clear(&words);
	}
}

static void append_vectors(struct page *page)
{
	append_differences(page, true, "Explained differences");
	append_differences(page, false, "Unexplained differences");
	append_stale(page);
	for (size_t i = 0; i < num_stacks(page); i++) {
		const struct asked_stack *stack = stack_at(page, i);
		struct vector_tally tally = vectors_tally(
			page->report->index, page->report->verdicts, i, num_stacks(page));
		if (stack->fault == NULL)
			text_append_format(page->out,
					   "%s %s: %zu of %zu vectors as expected, %zu "
					   "differences explained, %zu not\n",
					   stack->stack->id, stack->version, tally.num_expected,
					   tally.num, tally.num_explained, tally.num_unexplained);
	}
}

bool verification_text_write(FILE *out, const struct verification_report *report,
			     const struct format_options *options, struct error *err)
{
	struct text text;
	struct page page = {.report = report, .out = &text, .width = (size_t)options->width};
	text_init(&text, 0);
	if (report->index != NULL)
		append_vectors(&page);
	for (size_t i = 0; report->index == NULL && i < report->verification->num_questions; i++)
		append_question(&page, i);
	if (report->index == NULL)
		append_completeness(&page);
	for (size_t i = 0; i < num_stacks(&page); i++) {
		const struct asked_stack *stack = stack_at(&page, i);
		if (stack->fault == NULL)
			continue;
		text_append_format(&text, "\n%s was not used: ", stack->stack->id);
		append_wrapped(&page, stack->fault, 2, strlen(stack->stack->id) + 16);
	}
	bool done = !text.failed || error_set(err, ERROR_UNABLE, "the report is too large");
	if (done)
		fwrite(text_string(&text), 1, text.len, out);
	text_clear(&text);
	return done;
}
