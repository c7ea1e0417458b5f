/* Knows what the cells of a run come to, by the shares of the clients. */
#include "harness/advice/advice_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One half of a pair: what the clients did there, in percent. */
struct side {
	size_t row;
	double connects, warns, refuses, no_verdict;
};

/* Where the clients of the environment are in the run. */
struct counting {
	const struct advice_input *input;
	size_t *classes; /* by client */
	struct error *err;
};

/* Sums of shares show their binary fractions otherwise. */
static double rounded(double percent)
{
	return round(percent * 1e6) / 1e6;
}

static bool find_row(size_t *row, const struct counting *counting, const struct scenario *scenario)
{
	struct run *run = counting->input->run;
	for (*row = 0; *row < run_num_rows(run); (*row)++)
		if (strcmp(run_row_at(run, *row)->id, scenario->id) == 0)
			return true;
	return error_set(counting->err, ERROR_UNABLE, "the run has no scenario %s", scenario->id);
}

static bool find_classes(struct counting *counting)
{
	const struct environment *environment = counting->input->environment;
	struct run *run = counting->input->run;
	counting->classes = calloc(environment->num_clients + 1, sizeof *counting->classes);
	if (counting->classes == NULL)
		return error_set(counting->err, ERROR_UNABLE, "out of memory");
	for (size_t i = 0; i < environment->num_clients; i++) {
		const char *id = environment->clients[i].class_id;
		size_t k = 0;
		while (k < run_num_classes(run) && strcmp(run_class_at(run, k)->class->id, id) != 0)
			k++;
		if (k == run_num_classes(run))
			return error_set(counting->err, ERROR_UNABLE,
					 "the run has no client class %s", id);
		counting->classes[i] = k;
	}
	return true;
}

/* What a client did there; a cell that was not done has no verdict either. */
static enum outcome outcome_of(const struct counting *counting, size_t row, size_t client)
{
	const struct cell *cell = run_cell(counting->input->run, row, counting->classes[client]);
	return (cell->marks & CELL_DONE) != 0 ? cell->outcome : OUTCOME_ERROR;
}

static bool lets_in(enum outcome outcome)
{
	return outcome == OUTCOME_CONNECT || outcome == OUTCOME_WARN;
}

static bool count_side(struct advice_side *out, struct side *side, const struct counting *counting,
		       const struct scenario *scenario)
{
	const struct environment *environment = counting->input->environment;
	for (size_t i = 0; i < environment->num_clients; i++) {
		const struct environment_client *client = &environment->clients[i];
		enum outcome outcome = outcome_of(counting, side->row, i);
		double *sum = outcome == OUTCOME_CONNECT  ? &side->connects
			      : outcome == OUTCOME_WARN   ? &side->warns
			      : outcome == OUTCOME_REJECT ? &side->refuses
							  : &side->no_verdict;
		struct advice_cell *cell = RECORD_ADD(out, cells);
		*sum += client->share;
		if (cell == NULL || !advice_copy(&cell->class, client->class_id))
			return false;
		cell->share = advice_real(client->share);
		cell->outcome = word_of((int)outcome);
	}
	out->record.is_there = true;
	out->connects = advice_real(rounded(side->connects));
	out->warns = advice_real(rounded(side->warns));
	out->refuses = advice_real(rounded(side->refuses));
	out->no_verdict = advice_real(rounded(side->no_verdict));
	return advice_copy(&out->row, scenario->id) && advice_copy(&out->title, scenario->title);
}

/* Who gets in without the extension and is refused with it. */
static bool count_newly_refused(struct advice_refused *out, const struct counting *counting,
				const struct side *without, const struct side *with)
{
	const struct environment *environment = counting->input->environment;
	double share = 0;
	for (size_t i = 0; i < environment->num_clients; i++) {
		if (!lets_in(outcome_of(counting, without->row, i)) ||
		    outcome_of(counting, with->row, i) != OUTCOME_REJECT)
			continue;
		share += environment->clients[i].share;
		if (!texts_add(&out->classes, environment->clients[i].class_id))
			return false;
	}
	out->record.is_there = true;
	out->share = advice_real(rounded(share));
	return true;
}

/* The title of the must-staple half without what both halves need not say; new memory. */
static char *make_label(const char *title)
{
	static const char *const fronts[] = {"Must-staple certificate, ", "Must-staple, "};
	static const char *const ends[] = {", must-staple certificate",
					   " on a must-staple certificate"};
	size_t len = strlen(title);
	for (size_t i = 0; i < 2; i++) {
		size_t front_len = strlen(fronts[i]);
		if (len > front_len && strncmp(title, fronts[i], front_len) == 0) {
			title += front_len;
			len -= front_len;
		}
	}
	for (size_t i = 0; i < 2; i++) {
		size_t end_len = strlen(ends[i]);
		if (len > end_len && strncmp(title + len - end_len, ends[i], end_len) == 0)
			len -= end_len;
	}
	char *label = strndup(title, len);
	if (label != NULL && label[0] >= 'a' && label[0] <= 'z')
		label[0] = (char)(label[0] - 'a' + 'A');
	return label;
}

static void note_outage(struct advice_numbers *numbers, const struct advice_pair *pair, double lost)
{
	if (numbers->outage[pair->state] == NULL || lost > numbers->loss_outage[pair->state]) {
		numbers->outage[pair->state] = pair;
		numbers->loss_outage[pair->state] = lost;
	}
	if (numbers->worst == NULL || lost > numbers->worst_outage) {
		numbers->worst = pair;
		numbers->worst_outage = lost;
	}
}

static void note_attack(struct advice_numbers *numbers, const struct advice_pair *pair,
			const struct side *without, const struct side *with, double gained)
{
	if (pair->is_withheld && numbers->withheld == NULL) {
		numbers->withheld = pair;
		numbers->gain = gained;
		numbers->still_without = rounded(without->connects + without->warns);
		numbers->still_with = rounded(with->connects + with->warns);
	}
	if (pair->state == STAPLE_STATE_STALE && pair->must_staple->truth == STATUS_REVOKED) {
		numbers->expired = pair;
		numbers->gain_expired = gained;
		numbers->has_expired = true;
	}
}

static void note(struct advice_numbers *numbers, const struct advice_pair *pair,
		 const struct side *without, const struct side *with, double refused)
{
	if (without->no_verdict > numbers->no_verdict)
		numbers->no_verdict = without->no_verdict;
	if (with->no_verdict > numbers->no_verdict)
		numbers->no_verdict = with->no_verdict;
	switch (pair->family) {
	case ADVICE_BASELINE:
		if (numbers->baseline == NULL || refused > numbers->loss_baseline) {
			numbers->baseline = pair;
			numbers->loss_baseline = refused;
		}
		break;
	case ADVICE_OUTAGE: note_outage(numbers, pair, refused); break;
	case ADVICE_MISCONFIGURATION:
		if (pair->state == STAPLE_STATE_FIRST &&
		    (numbers->first == NULL || refused > numbers->loss_first)) {
			numbers->first = pair;
			numbers->loss_first = refused;
		}
		if (refused > numbers->worst_misconfiguration)
			numbers->worst_misconfiguration = refused;
		break;
	default: note_attack(numbers, pair, without, with, refused); break;
	}
}

static bool is_without_verdicts(const struct side *side)
{
	return side->connects + side->warns + side->refuses <= 0;
}

static bool count_pair(struct advice_numbers *numbers, struct advice *advice,
		       const struct counting *counting, const struct advice_pair *pair)
{
	struct side without = {0}, with = {0};
	if (!find_row(&without.row, counting, pair->plain) ||
	    !find_row(&with.row, counting, pair->must_staple))
		return false;
	struct advice_comparison *out = RECORD_ADD(advice, pairs);
	if (out == NULL || (out->label = make_label(pair->must_staple->title)) == NULL ||
	    !count_side(&out->without, &without, counting, pair->plain) ||
	    !count_side(&out->with, &with, counting, pair->must_staple) ||
	    !count_newly_refused(&out->newly_refused, counting, &without, &with))
		return error_set(counting->err, ERROR_UNABLE, "out of memory");
	out->family = word_of(pair->family);
	out->staple = word_of(pair->state);
	out->truth = word_of(pair->must_staple->truth);
	out->withheld = pair->is_withheld;
	note(numbers, pair, &without, &with, out->newly_refused.share.value);
	if (pair->is_withheld && (is_without_verdicts(&without) || is_without_verdicts(&with)))
		return error_set(counting->err, ERROR_UNABLE,
				 "no client of the environment has a verdict in %s or %s: no "
				 "advice is possible",
				 pair->plain->id, pair->must_staple->id);
	return true;
}

bool advice_count(struct advice_numbers *numbers, struct advice *advice,
		  const struct advice_input *input, struct error *err)
{
	struct counting counting = {.input = input, .err = err};
	*numbers = (struct advice_numbers){0};
	bool done = find_classes(&counting);
	for (size_t i = 0; done && i < input->pairs->num; i++)
		done = count_pair(numbers, advice, &counting, &input->pairs->items[i]);
	free(counting.classes);
	return done;
}
