/* Any bytes as a result document: a run that every report takes, or one line that says why not. */
#include "harness/archive/document.h"
#include "harness/run/cell_record.h"
#include "harness/run/run_head.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = ERROR_INIT;
	struct run *run = NULL;
	struct run_summary summary;
	if (size == 0)
		return 0;
	FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
	if (file == NULL)
		return 0;
	bool done = document_read(&run, file, "fuzz", &err);
	fclose(file);
	if (done != (run != NULL) || done != (err.kind == ERROR_NONE))
		abort();
	if (run == NULL)
		return 0;
	run_summarize(run, &summary);
	if (summary.num_done > summary.num_cells || strlen(run_id(run)) > RUN_ID_MAX)
		abort();
	for (size_t row = 0; row < run_num_rows(run); row++) {
		for (size_t i = 0; i < run_num_classes(run); i++) {
			struct cell_record record;
			const struct cell *cell = run_cell(run, row, i);
			if (cell->outcome >= NUM_OUTCOMES || cell->reason >= NUM_REASONS ||
			    !cell_record_load(&record, run, cell, &err))
				abort();
			cell_record_clear(&record);
		}
	}
	run_free(run);
	return 0;
}
