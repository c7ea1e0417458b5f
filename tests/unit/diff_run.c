/* Knows how runs to be compared are made of letters. */
#include "tests/unit/diff_run.h"
#include "harness/run/run_head.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct stack stacks[] = {
	{.id = (char *)"openssl", .title = (char *)"OpenSSL", .program = (char *)"p"},
	{.id = (char *)"gnutls", .title = (char *)"GnuTLS", .program = (char *)"p"},
};

static const struct {
	char letter;
	enum outcome outcome;
	enum reason reason, other_reason;
} letters[] = {
	{'C', OUTCOME_CONNECT, REASON_STATUS_GOOD, REASON_STAPLE_MISSING},
	{'c', OUTCOME_CONNECT, REASON_NOT_CHECKED, REASON_STAPLE_MISSING},
	{'W', OUTCOME_WARN, REASON_STAPLE_STALE, REASON_STAPLE_MISSING},
	{'R', OUTCOME_REJECT, REASON_STATUS_REVOKED, REASON_STAPLE_STALE},
	{'-', OUTCOME_UNSUPPORTED, REASON_TLS_UNSUPPORTED, REASON_PROGRAM_MISSING},
	{'E', OUTCOME_ERROR, REASON_TLS_CLOSED, REASON_CONNECT_REFUSED},
	{'X', OUTCOME_CRASH, REASON_PROGRAM_CRASH, REASON_PROGRAM_CRASH},
	{'H', OUTCOME_HANG, REASON_PROGRAM_HANG, REASON_PROGRAM_HANG},
};

static void fill_cell(struct run *run, struct cell *cell, const char *drawn)
{
	if (drawn[0] == '.')
		return;
	bool otherwise = strchr(drawn, '\'') != NULL;
	cell->marks = CELL_DONE | (drawn[0] == 'c' ? CELL_BLIND : 0);
	cell->marks |= strchr(drawn, '!') != NULL ? CELL_EXPOSED : 0;
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
		if (letters[i].letter == drawn[0]) {
			cell->outcome = letters[i].outcome;
			cell->reason = otherwise ? letters[i].other_reason : letters[i].reason;
		}
	}
	cell->assurance = drawn[0] == 'C' ? STATUS_GOOD : STATUS_NONE;
	/* What never counts differs in every run. */
	cell->duration_us = (uint64_t)(uintptr_t)run;
	cell->num_attempts = 1;
}

static void add_classes(struct run *run, const struct drawn_run *drawn)
{
	char *words = strdup(drawn->classes), *save = NULL;
	for (char *id = strtok_r(words, " ", &save); id != NULL; id = strtok_r(NULL, " ", &save)) {
		struct client_class *class = calloc(1, sizeof *class);
		ck_assert_ptr_nonnull(class);
		class->id = strdup(id);
		class->title = class->origin = (char *)"o";
		class->stack = strncmp(id, "gnutls", 6) == 0;
		class->policy_id = (char *)"p";
		policy_init(&class->policy);
		class->policy.skew_s += drawn->skew_s;
		ck_assert_int_ge(run_add_class(run, class, class->stack), 0);
	}
	free(words);
}

static void add_row(struct run *run, const struct drawn_run *drawn, const char *text)
{
	char id[512];
	struct run_row row = {.id = id, .port = 443, .address = (char *)"192.0.2.1"};
	snprintf(id, sizeof id, "%.*s", (int)(strstr(text, ": ") - text), text);
	char *slash = strchr(id, '/');
	if (drawn->in_lab) {
		struct scenario *scenario = calloc(1, sizeof *scenario);
		ck_assert_ptr_nonnull(scenario);
		*slash = '\0';
		scenario->family = strdup(id);
		scenario->id = scenario->file = scenario->title = scenario->why = (char *)"t";
		scenario->truth = drawn->truth;
		situation_init(&scenario->situation, STATUS_GOOD);
		row.id = slash + 1;
		row.scenario = scenario;
	} else {
		row.host = row.server_name = id;
	}
	ck_assert_int_ge(run_add_row(run, &row), 0);
}

struct run *diff_run(const struct drawn_run *drawn)
{
	struct error err = ERROR_INIT;
	struct run *run = run_new("here", "revoscope test", &err);
	ck_assert_ptr_nonnull(run);
	for (size_t i = 0; i < 2; i++) {
		run_add_stack(run, &stacks[i]);
		struct run_stack *stack = run_stack_at(run, i);
		stack->version = drawn->versions[i] != NULL ? strdup(drawn->versions[i]) : NULL;
		stack->compliant = stack->version != NULL;
	}
	add_classes(run, drawn);
	for (size_t i = 0; drawn->rows[i] != NULL; i++)
		add_row(run, drawn, drawn->rows[i]);
	ck_assert(run_make_cells(run, &err));
	for (size_t i = 0; drawn->rows[i] != NULL; i++) {
		char cells[512], *save = NULL;
		snprintf(cells, sizeof cells, "%s", strstr(drawn->rows[i], ": ") + 2);
		char *cell = strtok_r(cells, " ", &save);
		for (size_t k = 0; k < run_num_classes(run); k++, cell = strtok_r(NULL, " ", &save))
			fill_cell(run, run_cell(run, i, k), cell);
	}
	run_finish(run, false);
	return run;
}

void diff_run_free(struct run *run)
{
	for (size_t i = 0; run != NULL && i < run_num_rows(run); i++) {
		struct scenario *scenario = (struct scenario *)run_row_at(run, i)->scenario;
		if (scenario != NULL)
			free(scenario->family);
		free(scenario);
	}
	for (size_t i = 0; run != NULL && i < run_num_classes(run); i++) {
		struct client_class *class = (struct client_class *)run_class_at(run, i)->class;
		free(class->id);
		free(class);
	}
	run_free(run);
}
