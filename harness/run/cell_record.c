/* Knows the line that is kept of a cell, and how it is written and read. */
#include "harness/run/cell_record.h"

#include "core/json.h"
#include "harness/run/observation_read.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX 4096 /* of each kind; a live run keeps 50 */

static unsigned marks_of(const struct cell_source *source)
{
	/* Of an older version it says nothing about that, and is not suspected. */
	bool is_incomplete = json_is_false(json_object_get(source->server, "complete"));
	return (source->num_repeats > 0 ? CELL_REPEATED : 0U) |
	       (is_incomplete ? CELL_INCOMPLETE : 0U);
}

bool cell_source_store(struct run *run, struct cell *cell, const struct cell_source *source,
		       struct error *err)
{
	struct text line;
	text_init(&line, 0);
	json_begin();
	json_t *object = json_object();
	if (source->detail != NULL)
		json_set(object, "detail", json_foreign_string(source->detail));
	json_set_if(object, "observation", json_incref(source->observation));
	json_set_if(object, "server", json_incref(source->server));
	json_set_if(object, "attempts", json_incref(source->attempts));
	if (source->num_repeats > 0)
		json_set(object, "repeats", json_integer(source->num_repeats));
	cell->marks =
		(cell->marks & ~(unsigned)(CELL_REPEATED | CELL_INCOMPLETE)) | marks_of(source);
	bool done = json_end(err);
	if (done && !json_append_line(&line, object))
		done = error_set(err, ERROR_UNABLE, "out of memory");
	if (done)
		done = run_write_record(run, cell, text_string(&line), line.len, err);
	text_clear(&line);
	json_decref(object);
	return done;
}

/* null is as good as absent. */
static json_t *part(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);
	return json_is_null(value) ? NULL : value;
}

int cell_source_repeats(const json_t *object)
{
	json_int_t repeats = json_integer_value(part(object, "repeats"));
	return repeats > 0 && repeats < INT_MAX ? (int)repeats : 0;
}

bool cell_source_load(struct cell_source *source, struct run *run, const struct cell *cell,
		      struct error *err)
{
	struct text line;
	text_init(&line, 0);
	*source = (struct cell_source){0};
	bool done = run_read_record(run, cell, &line, err);
	if (done && line.len > 0) {
		source->line = json_parse_object(text_string(&line), line.len, ERROR_UNABLE, err);
		done = source->line != NULL;
	}
	text_clear(&line);
	source->detail = json_string_value(part(source->line, "detail"));
	source->observation = part(source->line, "observation");
	source->server = part(source->line, "server");
	source->attempts = part(source->line, "attempts");
	source->num_repeats = cell_source_repeats(source->line);
	return done;
}

unsigned cell_record_marks(const char *line, size_t len)
{
	struct error no_fault = ERROR_INIT;
	/* Most lines have neither, and need no parser for it. */
	if (line == NULL || (memmem(line, len, "\"repeats\"", 9) == NULL &&
			     memmem(line, len, "\"complete\":false", 16) == NULL))
		return 0;
	json_t *object = json_parse_object(line, len, ERROR_UNABLE, &no_fault);
	unsigned marks = marks_of(&(struct cell_source){
		.server = part(object, "server"), .num_repeats = cell_source_repeats(object)});
	json_decref(object);
	return marks;
}

void cell_source_clear(struct cell_source *source)
{
	json_decref(source->line);
	*source = (struct cell_source){0};
}

static bool read_connections(struct cell_record *record, struct error *err)
{
	const json_t *list;
	struct error no_fault = ERROR_INIT;
	json_members_list(&list, &record->num_connections, record->source.server, "connections",
			  EVENTS_MAX, &no_fault);
	record->connections = calloc(record->num_connections + 1, sizeof *record->connections);
	if (record->connections == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (size_t i = 0; i < record->num_connections; i++)
		lab_connection_read(&record->connections[i], json_array_get(list, i));
	return true;
}

static bool read_requests(struct cell_record *record, struct error *err)
{
	const json_t *list;
	struct error no_fault = ERROR_INIT;
	json_members_list(&list, &record->num_requests, record->source.server, "requests",
			  EVENTS_MAX, &no_fault);
	record->requests = calloc(record->num_requests + 1, sizeof *record->requests);
	if (record->requests == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (size_t i = 0; i < record->num_requests; i++)
		lab_request_read(&record->requests[i], json_array_get(list, i));
	return true;
}

bool cell_record_load(struct cell_record *record, struct run *run, const struct cell *cell,
		      struct error *err)
{
	struct error no_fault = ERROR_INIT;
	*record = (struct cell_record){0};
	if (!cell_source_load(&record->source, run, cell, err))
		return false;
	record->detail = record->source.detail;
	record->has_observation = json_is_object(record->source.observation);
	record->has_server = json_is_object(record->source.server);
	record->is_incomplete = (marks_of(&record->source) & CELL_INCOMPLETE) != 0;
	if (record->has_observation)
		observation_read(&record->observation, record->source.observation, &no_fault);
	attempts_read(&record->attempts, record->source.attempts, &no_fault);
	return !record->has_server || (read_connections(record, err) && read_requests(record, err));
}

void cell_record_clear(struct cell_record *record)
{
	observation_clear(&record->observation);
	free(record->connections);
	free(record->requests);
	attempts_clear(&record->attempts);
	cell_source_clear(&record->source);
	*record = (struct cell_record){0};
}
