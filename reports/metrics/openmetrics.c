/* Knows the names, units and labels of the metrics. */
#include "reports/format.h"

#include "core/text.h"
#include "harness/run/verdict.h"
#include "reports/metrics/doctor_metrics.h"
#include "reports/metrics/metric_facts.h"
#include "reports/metrics/metric_text.h"
#include "harness/run/run_head.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct metric;

/* What a metric's sample of a cell is; has is false where there is none. */
struct sample {
	bool has;
	int64_t value;
};

/* The cell that is written. */
struct measured {
	struct run *run;
	const struct cell *cell;
	const struct metric_facts *facts;
	const struct metric *metric;
	const char *labels;
	int64_t now_s; /* of the clients, at the start of the run */
};

static struct sample of_seen(enum seen seen)
{
	return (struct sample){seen != NOT_LOOKED, seen == SEEN_YES};
}

static struct sample of_mark(const struct measured *at, unsigned mark)
{
	return (struct sample){true, (at->cell->marks & mark) != 0};
}

static struct sample exposed(const struct measured *at)
{
	return of_mark(at, CELL_EXPOSED);
}

static struct sample blind(const struct measured *at)
{
	return of_mark(at, CELL_BLIND);
}

static struct sample as_expected(const struct measured *at)
{
	return (struct sample){cell_is_judged(at->cell), (at->cell->marks & CELL_UNEXPECTED) == 0};
}

static struct sample staple_present(const struct measured *at)
{
	return of_seen(at->facts->staple_present);
}

static struct sample staple_valid(const struct measured *at)
{
	return of_seen(at->facts->staple_valid);
}

static struct sample staple_left(const struct measured *at)
{
	return (struct sample){at->facts->has_next_update, at->facts->next_update_s - at->now_s};
}

static struct sample staple_next_update(const struct measured *at)
{
	return (struct sample){at->facts->has_next_update, at->facts->next_update_s};
}

static struct sample must_staple(const struct measured *at)
{
	return of_seen(at->facts->must_staple);
}

static struct sample ocsp_url(const struct measured *at)
{
	return of_seen(at->facts->ocsp_url);
}

static struct sample not_after(const struct measured *at)
{
	return (struct sample){at->facts->has_not_after, at->facts->not_after_s};
}

static const struct metric {
	const char *name, *unit, *help;
	struct sample (*measure)(const struct measured *at);
} cell_metrics[] = {
	{"revoscope_exposed", NULL, "1 when the client connected to a revoked certificate.",
	 exposed},
	{"revoscope_blind", NULL,
	 "1 when the client connected without a warning and without a status.", blind},
	{"revoscope_as_expected", NULL,
	 "Whether the cell is as expected; absent without an expectation.", as_expected},
	{"revoscope_staple_present", NULL,
	 "Whether the server stapled; absent when the client requested no staple or did not "
	 "receive the certificate.",
	 staple_present},
	{"revoscope_staple_valid", NULL,
	 "1 for a staple that this client checks as good; 0 for any other, and for none.",
	 staple_valid},
	{"revoscope_staple_left_seconds", "seconds",
	 "From the start of the run to the staple's nextUpdate; absent when there is none.",
	 staple_left},
	{"revoscope_staple_next_update_timestamp_seconds", "seconds",
	 "The staple's nextUpdate; absent when there is none.", staple_next_update},
	{"revoscope_must_staple", NULL, "Whether the certificate has TLS feature 5 (RFC 7633).",
	 must_staple},
	{"revoscope_ocsp_url_present", NULL, "Whether the certificate names an OCSP responder.",
	 ocsp_url},
	{"revoscope_certificate_not_after_timestamp_seconds", "seconds",
	 "The certificate's notAfter.", not_after},
};

/* The labels that identify a cell are the same in every metric, and made once. Owned, as the list;
 * NULL without memory. */
static char *make_labels(struct run *run, size_t row_index, size_t class_index)
{
	const struct run_row *row = run_row_at(run, row_index);
	const struct run_class *class = run_class_at(run, class_index);
	struct text labels;
	text_init(&labels, 0);
	if (row->scenario != NULL) {
		metric_append_label(&labels, "scenario", row->id);
		metric_append_label(&labels, "family", row->scenario->family);
	} else {
		metric_append_label(&labels, "endpoint", row->id);
	}
	metric_append_label(&labels, "class", class->class->id);
	metric_append_label(&labels, "stack", run_stack_at(run, class->stack)->stack->id);
	metric_append_label(&labels, "policy", class->class->policy_id);
	char *made = strdup(text_string(&labels));
	text_clear(&labels);
	return made;
}

static void free_labels(char **list, size_t num)
{
	for (size_t i = 0; list != NULL && i < num; i++)
		free(list[i]);
	free(list);
}

static char **list_labels(struct run *run, struct error *err)
{
	size_t num_classes = run_num_classes(run), num = run_num_rows(run) * num_classes;
	char **list = calloc(num + 1, sizeof *list);
	for (size_t i = 0; list != NULL && i < num; i++) {
		list[i] = make_labels(run, i / num_classes, i % num_classes);
		if (list[i] == NULL) {
			free_labels(list, num);
			list = NULL;
		}
	}
	if (list == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	return list;
}

/* One sample per state, of which one is 1: the closed list can be alerted on by name. */
static void write_states(FILE *out, const struct measured *at, const char *name, const char *label,
			 const struct name_table *states, size_t num, size_t is)
{
	for (size_t i = 0; i < num; i++) {
		fprintf(out, "%s{%s,%s=\"%s\"} %d\n", name, at->labels, label, states->names[i],
			i == is);
	}
}

static void write_outcome(FILE *out, const struct measured *at)
{
	write_states(out, at, "revoscope_outcome", "outcome", &outcome_names, NUM_OUTCOMES,
		     (size_t)at->cell->outcome);
}

/* none, good and revoked: status unknown is no assurance. */
static void write_assurance(FILE *out, const struct measured *at)
{
	enum status assurance = at->cell->assurance;
	write_states(out, at, "revoscope_assurance", "assurance", &status_names, STATUS_UNKNOWN,
		     assurance < STATUS_UNKNOWN ? (size_t)assurance : STATUS_NONE);
}

/* What each cell is measured by, row by row. */
struct cells {
	char **labels;
	struct metric_facts *facts;
};

/* Calls write for every cell that was done. */
static void each_cell(FILE *out, struct measured at, const struct cells *cells,
		      void (*write)(FILE *out, const struct measured *at))
{
	size_t num_classes = run_num_classes(at.run);
	for (size_t i = 0; i < run_num_rows(at.run) * num_classes; i++) {
		at.cell = run_cell(at.run, i / num_classes, i % num_classes);
		at.facts = &cells->facts[i];
		at.labels = cells->labels[i];
		if ((at.cell->marks & CELL_DONE) != 0)
			write(out, &at);
	}
}

static void write_sample(FILE *out, const struct measured *at)
{
	struct sample sample = at->metric->measure(at);
	if (!sample.has)
		return;
	fprintf(out, "%s{%s} %" PRId64 "\n", at->metric->name, at->labels, sample.value);
}

static void write_time(FILE *out, const char *name, const char *help, const char *time)
{
	int64_t seconds;
	if (!metric_parse_time(&seconds, time))
		return;
	metric_write_head(out, name, "seconds", help);
	fprintf(out, "%s %" PRId64 "\n", name, seconds);
}

static void write_count(FILE *out, const char *name, const char *help, size_t count)
{
	metric_write_head(out, name, NULL, help);
	fprintf(out, "%s %zu\n", name, count);
}

static void write_run(FILE *out, struct run *run)
{
	struct run_summary summary;
	struct text labels;
	run_summarize(run, &summary);
	metric_write_head(out, "revoscope_run_info", NULL, "The run of these metrics.");
	text_init(&labels, 0);
	metric_append_label(&labels, "run", run_id(run));
	metric_append_label(&labels, "vantage", run_vantage(run));
	metric_append_label(&labels, "version", run_version(run));
	fprintf(out, "revoscope_run_info{%s} 1\n", text_string(&labels));
	text_clear(&labels);
	write_time(out, "revoscope_run_started_timestamp_seconds", "When the run was started.",
		   run_started(run));
	write_time(out, "revoscope_run_finished_timestamp_seconds",
		   "When the run ended; absent when it was interrupted.", run_finished(run));
	write_count(out, "revoscope_cells", "Cells of the run.", summary.num_cells);
	write_count(out, "revoscope_cells_done", "Cells that were run.", summary.num_done);
	write_count(out, "revoscope_cells_unexpected", "Cells that are not as expected.",
		    summary.num_unexpected);
	write_count(out, "revoscope_cells_exposed",
		    "Cells that connected to a revoked certificate.", summary.num_exposed);
	write_count(out, "revoscope_cells_blind",
		    "Cells that connected without a warning and without a status.",
		    summary.num_blind);
}

static void write_stacks(FILE *out, struct run *run)
{
	metric_write_head(out, "revoscope_stack_usable", NULL,
			  "The TLS stacks with their versions: 0 for one that could not be used.");
	for (size_t i = 0; i < run_num_stacks(run); i++) {
		const struct run_stack *stack = run_stack_at(run, i);
		struct text labels;
		text_init(&labels, 0);
		metric_append_label(&labels, "stack", stack->stack->id);
		metric_append_label(&labels, "version",
				    stack->version != NULL ? stack->version : "");
		fprintf(out, "revoscope_stack_usable{%s} %d\n", text_string(&labels),
			stack->compliant);
		text_clear(&labels);
	}
}

static void write_cells(FILE *out, struct measured at, const struct cells *cells)
{
	metric_write_head(out, "revoscope_outcome", NULL,
			  "The outcome of the cell: 1 for one outcome.");
	each_cell(out, at, cells, write_outcome);
	metric_write_head(out, "revoscope_assurance", NULL,
			  "The assurance of the client: 1 for one of none, good, revoked.");
	each_cell(out, at, cells, write_assurance);
	for (size_t i = 0; i < sizeof cell_metrics / sizeof *cell_metrics; i++) {
		at.metric = &cell_metrics[i];
		metric_write_head(out, at.metric->name, at.metric->unit, at.metric->help);
		each_cell(out, at, cells, write_sample);
	}
}

/*
 * A run as metrics (OpenMetrics 1.0) that Prometheus' classic text parser reads as well: gauges
 * only, since the two formats name counters and unknown types differently. Data that
 * at, or what is not there, has no sample, so that it can never read as good.
 */
bool openmetrics_write_run(FILE *out, struct run *run, const struct format_options *options,
			   struct error *err)
{
	struct measured at = {.run = run};
	struct cells cells = {.labels = list_labels(run, err)};
	(void)options;
	if (cells.labels != NULL)
		cells.facts = metric_facts_gather(run, err);
	bool done = cells.facts != NULL;
	/* A staple is as old as the client's clock says. */
	if (metric_parse_time(&at.now_s, run_started(run)))
		at.now_s += run_clock(run)->offset_s;
	if (done) {
		write_run(out, run);
		write_stacks(out, run);
		write_cells(out, at, &cells);
		done = doctor_metrics_write(out, run, err);
	}
	if (done)
		fputs("# EOF\n", out);
	free_labels(cells.labels, run_num_rows(run) * run_num_classes(run));
	free(cells.facts);
	return done;
}
