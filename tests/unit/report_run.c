/* Knows how a run is made of letters. */
#include "tests/unit/report_run.h"

#include "harness/run/cell_record.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 64

static struct stack stacks[] = {
	{.id = (char *)"openssl", .title = (char *)"OpenSSL", .program = (char *)"p"},
	{.id = (char *)"gnutls", .title = (char *)"GnuTLS", .program = (char *)"p"},
};
static struct client_class classes[] = {
	{.id = (char *)"openssl/no-check", .policy_id = (char *)"no-check"},
	{.id = (char *)"gnutls/no-check", .stack = 1, .policy_id = (char *)"no-check"},
	{.id = (char *)"openssl/require-staple", .policy_id = (char *)"require-staple"},
	{.id = (char *)"gnutls/require-staple", .stack = 1, .policy_id = (char *)"require-staple"},
	{.id = (char *)"browser/firefox", .policy_id = (char *)"own"},
};
#define NUM_CLASSES (sizeof classes / sizeof *classes)
static struct expectation expected = {
	.class_pattern = (char *)"*",
	.outcome = OUTCOME_CONNECT,
	.has_reason = true,
	.reason = REASON_STATUS_GOOD,
	.from = (char *)"scenarios/f/s.yaml:7",
};

static const struct {
	char letter;
	enum outcome outcome;
	enum reason reason;
} letters[] = {
	{'C', OUTCOME_CONNECT, REASON_STATUS_GOOD},
	{'c', OUTCOME_CONNECT, REASON_NOT_CHECKED},
	{'W', OUTCOME_WARN, REASON_STAPLE_STALE},
	{'R', OUTCOME_REJECT, REASON_STATUS_REVOKED},
	{'-', OUTCOME_UNSUPPORTED, REASON_TLS_UNSUPPORTED},
	{'E', OUTCOME_ERROR, REASON_TLS_CLOSED},
	{'X', OUTCOME_CRASH, REASON_PROGRAM_CRASH},
	{'H', OUTCOME_HANG, REASON_PROGRAM_HANG},
};

static void fill_cell(struct run *run, struct cell *cell, const char *drawn)
{
	struct error err = ERROR_INIT;
	if (drawn[0] == '.')
		return;
	cell->marks = CELL_DONE | (drawn[0] == 'c' ? CELL_BLIND : 0);
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
		if (letters[i].letter == drawn[0]) {
			cell->outcome = letters[i].outcome;
			cell->reason = letters[i].reason;
		}
	}
	cell->assurance = drawn[0] == 'C' ? STATUS_GOOD : STATUS_NONE;
	cell->num_attempts = 1;
	cell->expectation = run_is_lab(run) ? &expected : NULL;
	for (const char *p = drawn + 1; *p != '\0'; p++)
		cell->marks |= *p == '!' ? CELL_EXPOSED : *p == '*' ? CELL_UNEXPECTED : CELL_VARIES;
	struct cell_source source = {
		.detail = "a detail \x1b[31m of a peer",
		.observation = json_pack("{s:s}", "stage", "handshake"),
	};
	ck_assert(cell_source_store(run, cell, &source, &err));
	json_decref(source.observation);
}

static void add_row(struct run *run, const char *text, bool in_lab)
{
	static struct scenario scenarios[ROWS_MAX];
	char id[128];
	struct run_row row = {.id = id, .port = 443, .address = (char *)"192.0.2.1"};
	struct scenario *scenario = &scenarios[run_num_rows(run)];
	snprintf(id, sizeof id, "%.*s", (int)(strchr(text, ' ') - text - 1), text);
	char *slash = strchr(id, '/');
	if (in_lab) {
		*slash = '\0';
		free(scenario->family);
		*scenario = (struct scenario){.family = strdup(id),
					      .id = (char *)"",
					      .file = (char *)"f/s.yaml",
					      .title = (char *)"t",
					      .why = (char *)"w"};
		row.id = slash + 1;
		row.scenario = scenario;
		situation_init(&scenario->situation, STATUS_GOOD);
	} else {
		row.host = row.server_name = (char *)"host";
	}
	ck_assert_int_ge(run_add_row(run, &row), 0);
}

struct run *report_run(const char *const *rows, size_t num_rows, bool in_lab)
{
	struct error err = ERROR_INIT;
	struct run *run = run_new("here", "revoscope test", &err);
	ck_assert_ptr_nonnull(run);
	for (size_t i = 0; i < 2; i++)
		run_add_stack(run, &stacks[i]);
	run_stack_at(run, 0)->version = strdup("3.0.17");
	run_stack_at(run, 0)->compliant = true;
	run_stack_at(run, 1)->fault = strdup("not built");
	for (size_t i = 0; i < NUM_CLASSES; i++) {
		classes[i].title = classes[i].origin = (char *)"o";
		policy_init(&classes[i].policy);
		run_add_class(run, &classes[i], classes[i].stack);
	}
	for (size_t i = 0; i < num_rows; i++)
		add_row(run, rows[i], in_lab);
	ck_assert(run_make_cells(run, &err));
	for (size_t i = 0; i < num_rows; i++) {
		char cells[128];
		snprintf(cells, sizeof cells, "%s", strstr(rows[i], ": ") + 2);
		char *save = NULL, *drawn = strtok_r(cells, " ", &save);
		for (size_t k = 0; k < NUM_CLASSES; k++, drawn = strtok_r(NULL, " ", &save))
			fill_cell(run, run_cell(run, i, k), drawn);
	}
	return run;
}
