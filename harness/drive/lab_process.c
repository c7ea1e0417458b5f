/* Knows how the lab is started, spoken to and cleaned up after. */
#include "harness/drive/lab_process.h"

#include "core/file.h"
#include "core/json.h"
#include "harness/drive/interrupt.h"
#include "harness/run/time_factor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READY_TIMEOUT_MS 120000
#define LAB_STOP_MS      1500

static bool make_directory(struct lab_process *lab, struct error *err)
{
	const char *base = getenv("TMPDIR");
	if (base == NULL || *base != '/')
		base = "/tmp";
	lab->directory = file_join(base, "revoscope-XXXXXX");
	if (lab->directory == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	if (mkdtemp(lab->directory) != NULL)
		return true;
	error_set_errno(err, ERROR_UNABLE, "%s: the lab's directory cannot be created",
			lab->directory);
	free(lab->directory);
	lab->directory = NULL;
	return false;
}

static bool send_scenarios(struct lab_process *lab, const struct lab_scenario *scenarios,
			   size_t num, double time_factor)
{
	json_t *list = json_array();
	for (size_t i = 0; i < num; i++) {
		json_t *one = json_object();
		struct situation situation = *scenarios[i].situation;
		time_factor_shorten_situation(&situation, time_factor);
		json_set(one, "id", json_string(scenarios[i].id));
		json_set(one, "host", json_string(scenarios[i].host));
		json_set(one, "situation", situation_to_json(&situation));
		json_array_append_new(list, one);
	}
	json_t *first = json_pack("{s:i, s:o}", "protocol", 1, "scenarios", list);
	bool done = first != NULL && lab_process_send(lab, first);
	json_decref(first);
	return done;
}

bool lab_process_send(struct lab_process *lab, const json_t *command)
{
	struct text line;
	text_init(&line, 0);
	bool done = json_append_line(&line, command) &&
		    process_send(&lab->process, text_string(&line), line.len);
	text_clear(&line);
	return done;
}

static bool take_ready(struct lab_process *lab, json_t *event, struct error *err)
{
	if (lab_event_kind(event) != LAB_EVENT_READY) {
		const char *text = lab_event_text(event);
		return error_set(err, ERROR_UNABLE, "the lab failed: %.1000s",
				 text[0] != '\0' ? text : "no reason given");
	}
	lab_ready_read(&lab->ready, event);
	lab->tls_port = (int)lab->ready.tls_port.value;
	lab->http_port = (int)lab->ready.http_port.value;
	lab->trust = lab->ready.trust;
	lab->other_trust = lab->ready.other_trust;
	if (lab->tls_port <= 0 || lab->trust == NULL || lab->other_trust == NULL ||
	    lab->ready.scenarios == NULL)
		return error_set(err, ERROR_UNABLE, "the lab's first answer is incomplete");
	lab->answer = json_incref(event);
	return true;
}

bool lab_process_begin(struct lab_process *lab, const char *program,
		       const struct lab_scenario *scenarios, size_t num, double time_factor,
		       struct error *err)
{
	*lab = (struct lab_process){0};
	process_init(&lab->process);
	if (!make_directory(lab, err))
		return false;
	const char *argv[] = {program, "--directory", lab->directory, NULL};
	bool done = process_start(&lab->process, argv, false, err);
	if (done && !send_scenarios(lab, scenarios, num, time_factor))
		done = error_set(err, ERROR_UNABLE, "the lab does not read its input");
	lab->deadline = deadline_in_ms(READY_TIMEOUT_MS);
	if (!done)
		lab_process_stop(lab);
	return done;
}

int lab_process_poll(const struct lab_process *lab, struct pollfd *fds)
{
	process_poll(&lab->process, fds);
	fds[PROCESS_NUM_FDS] = (struct pollfd){.fd = interrupt_fd(), .events = POLLIN};
	return deadline_left_ms(lab->deadline);
}

enum lab_process_state lab_process_step(struct lab_process *lab, const struct pollfd *fds,
					struct error *err)
{
	const char *line = "";
	size_t len = 0;
	process_turn(&lab->process, fds);
	enum lines_event event = process_line(&lab->process, &line, &len);
	if (event == LINES_WAIT && !deadline_over(lab->deadline))
		return LAB_PROCESS_STARTS;
	if (event == LINES_WAIT) {
		error_set(err, ERROR_UNABLE, "the lab was not ready in time");
		return LAB_PROCESS_FAILED;
	}
	json_t *object = lab_process_read(lab, event == LINES_LINE ? line : NULL, len, err);
	bool done = object != NULL && take_ready(lab, object, err);
	json_decref(object);
	return done ? LAB_PROCESS_READY : LAB_PROCESS_FAILED;
}

bool lab_process_start(struct lab_process *lab, const char *program,
		       const struct lab_scenario *scenarios, size_t num, double time_factor,
		       struct error *err)
{
	if (!lab_process_begin(lab, program, scenarios, num, time_factor, err))
		return false;
	enum lab_process_state state = LAB_PROCESS_STARTS;
	while (state == LAB_PROCESS_STARTS) {
		struct pollfd fds[LAB_PROCESS_NUM_FDS];
		int timeout_ms = lab_process_poll(lab, fds);
		poll(fds, LAB_PROCESS_NUM_FDS, timeout_ms);
		if (interrupt_count() > 0) {
			error_set(err, ERROR_INTERRUPTED, "interrupted");
			break;
		}
		state = lab_process_step(lab, fds, err);
	}
	if (state != LAB_PROCESS_READY)
		lab_process_stop(lab);
	return state == LAB_PROCESS_READY;
}

json_t *lab_process_read(struct lab_process *lab, const char *line, size_t len, struct error *err)
{
	if (line == NULL) {
		char end[160];
		struct deadline deadline = deadline_in_ms(500);
		while (process_running(&lab->process) && !deadline_over(deadline)) {
			struct pollfd fds[PROCESS_NUM_FDS];
			process_poll(&lab->process, fds);
			fds[0].fd = fds[1].fd = -1;
			poll(fds, PROCESS_NUM_FDS, deadline_left_ms(deadline));
			process_turn(&lab->process, fds);
		}
		lab->ended = true;
		process_drain(&lab->process);
		const char *last = process_tail(&lab->process);
		error_set(err, ERROR_UNABLE, "the lab %s%s%.1000s",
			  process_end_text(&lab->process, end, sizeof end),
			  last[0] != '\0' ? ": " : "", last);
		return NULL;
	}
	json_t *object = json_parse_object(line, len, ERROR_UNABLE, err);
	if (object == NULL)
		error_prefix(err, "the lab wrote a line that is not an event");
	return object;
}

void lab_process_place(struct lab_place *place, const struct lab_process *lab, const char *id)
{
	lab_place_read(place, &lab->ready, id);
	if (place->port.value <= 0)
		place->port = (struct number){true, lab->tls_port};
}

int lab_process_port(const struct lab_process *lab, const char *id)
{
	struct lab_place place;
	lab_process_place(&place, lab, id);
	return (int)place.port.value;
}

void lab_process_stop(struct lab_process *lab)
{
	process_stop(&lab->process, LAB_STOP_MS);
	if (lab->directory != NULL)
		file_remove_tree(lab->directory);
	free(lab->directory);
	json_decref(lab->answer);
	*lab = (struct lab_process){0};
	process_init(&lab->process);
}
