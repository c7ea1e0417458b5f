/* Knows what keeping runs costs: fills a database with copies of a result document's run. */
#include "core/clock.h"
#include "harness/archive/document.h"
#include "harness/archive/store.h"
#include "harness/run/run_head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As the engine does it: a cell at a time. */
static bool keep(struct store *store, struct run *run, struct error *err)
{
	struct store_writer *writer = store_begin(store, run, err);
	if (writer == NULL)
		return false;
	for (size_t row = 0; row < run_num_rows(run); row++)
		for (size_t class = 0; class < run_num_classes(run); class ++)
			store_add(writer, row, class);
	return store_finish(writer, err);
}

/* The same run under another id and time. */
static bool rename_run(struct run *run, int number, struct error *err)
{
	char id[RUN_ID_MAX + 1], started[32], version[32];
	struct run_origin origin = {
		.id = id,
		.version = version, /* not the run's own, which run_restore frees */
		.rules = run_rules(run),
		.started = started,
		.finished = started,
		.vantage = "bench",
		.command = "revoscope run",
		.clock = *run_clock(run),
		.time_factor = 1,
	};
	clock_print_utc(started, 1700000000 + number * 3600);
	snprintf(id, sizeof id, "bench-%05d", number);
	snprintf(version, sizeof version, "%s", run_version(run));
	return run_restore(run, &origin, err);
}

static int64_t longest_us;

static bool fill(const char *database, const char *document, int num, struct error *err)
{
	struct run *run = NULL;
	struct store *store = store_open(database, STORE_WRITE, err);
	bool done = store != NULL && document_read_file(&run, document, err);
	for (int i = 0; done && i < num; i++) {
		int64_t start = clock_monotonic_us();
		done = rename_run(run, i, err) && keep(store, run, err);
		int64_t us = clock_monotonic_us() - start;
		longest_us = us > longest_us ? us : longest_us;
	}
	run_free(run);
	store_close(store);
	return done;
}

static bool load(const char *database, unsigned what, int64_t *us, struct error *err)
{
	int64_t start = clock_monotonic_us();
	struct store *store = store_open(database, STORE_READ, err);
	struct run *run = store != NULL ? store_load(store, "latest", what, err) : NULL;
	*us = clock_monotonic_us() - start;
	bool done = run != NULL;
	run_free(run);
	store_close(store);
	return done;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	int64_t fill_us = clock_monotonic_us(), cells_us = 0, records_us = 0;
	if (argc != 4) {
		fprintf(stderr, "usage: store-bench DATABASE DOCUMENT RUNS\n");
		return 2;
	}
	int num = atoi(argv[3]);
	bool done = fill(argv[1], argv[2], num, &err);
	fill_us = clock_monotonic_us() - fill_us;
	done = done && load(argv[1], STORE_CELLS_ONLY, &cells_us, &err) &&
	       load(argv[1], STORE_RECORDS, &records_us, &err);
	if (!done) {
		fprintf(stderr, "store-bench: %s\n", err.text);
		return 3;
	}
	printf("{\"runs\": %d, \"fill_ms\": %lld, \"longest_run_ms\": %lld, \"load_cells_ms\": "
	       "%lld, "
	       "\"load_records_ms\": %lld}\n",
	       num, (long long)(fill_us / 1000), (long long)(longest_us / 1000),
	       (long long)(cells_us / 1000), (long long)(records_us / 1000));
	return 0;
}
