/* Knows how a run is saved while it goes on. */
#include "harness/cli/recorder.h"

#include "harness/cli/saved_run.h"

bool recorder_start(struct recorder *recorder, struct run *run, const struct options *options,
		    struct error *err)
{
	*recorder = (struct recorder){0};
	if (options->no_store)
		return true;
	recorder->store = saved_run_open_store(options->db, STORE_WRITE, err);
	if (recorder->store != NULL)
		recorder->writer = store_begin(recorder->store, run, err);
	if (recorder->writer != NULL)
		return true;
	store_close(recorder->store);
	recorder->store = NULL;
	return false;
}

void recorder_add(struct recorder *recorder, size_t row, size_t class)
{
	if (recorder->writer != NULL)
		store_add(recorder->writer, row, class);
}

int recorder_tick(struct recorder *recorder)
{
	return recorder->writer != NULL ? store_tick(recorder->writer) : -1;
}

void recorder_read_lives(struct recorder *recorder, struct run *run)
{
	struct error ignored = ERROR_INIT;
	if (recorder->store != NULL)
		store_read_lives(recorder->store, run, &ignored);
}

bool recorder_finish(struct recorder *recorder, struct error *err)
{
	bool done = recorder->writer == NULL || store_finish(recorder->writer, err);
	store_close(recorder->store);
	*recorder = (struct recorder){0};
	return done;
}
