/*
 * The lab as the harness sees it (fixtures/README.md): started with its scenarios in a directory
 * of its own, listened to, and removed without a trace.
 */
#ifndef HARNESS_DRIVE_LAB_PROCESS_H
#define HARNESS_DRIVE_LAB_PROCESS_H

#include "core/clock.h"
#include "core/situation.h"
#include "harness/drive/process.h"
#include "harness/run/lab_event.h"

#include <jansson.h>

/* A domain that is this machine everywhere (RFC 6761), and that no CA certifies. */
#define LAB_DOMAIN ".lab.localhost"

struct lab_scenario {
	const char *id;
	const char *host;
	const struct situation *situation;
};

/* Open plain data, to be read. */
struct lab_process {
	struct process process;
	char *directory;        /* made by mkdtemp; removed with everything in it */
	json_t *answer;         /* the lab's, that it is ready */
	struct lab_ready ready; /* what it says */
	int tls_port;
	int http_port;
	const char *trust; /* borrowed from the answer, as is the next */
	const char *other_trust;
	struct deadline deadline; /* by which it must be ready */
	bool ended;
};

#define LAB_PROCESS_NUM_FDS (PROCESS_NUM_FDS + 1)

enum lab_process_state { LAB_PROCESS_STARTS, LAB_PROCESS_READY, LAB_PROCESS_FAILED };

/*
 * Starts the lab, its delays divided by time_factor. After a failure nothing is left;
 * lab_process_stop is harmless. It is ready when lab_process_step says so, at the latest after two
 * minutes: RSA keys take time.
 */
bool lab_process_begin(struct lab_process *lab, const char *program,
		       const struct lab_scenario *scenarios, size_t num, double time_factor,
		       struct error *err);

/* Fills LAB_PROCESS_NUM_FDS entries with what a lab that starts waits for (the signals too).
 * Returns for how many ms at most. */
int lab_process_poll(const struct lab_process *lab, struct pollfd *fds);

/* Reads what came, without waiting: fds as lab_process_poll filled and poll answered them. Of one
 * that failed lab_process_stop takes the rest away. */
enum lab_process_state lab_process_step(struct lab_process *lab, const struct pollfd *fds,
					struct error *err);

/* Begins, and waits until it is ready. After a failure, or an interruption (ERROR_INTERRUPTED),
 * nothing is left. */
bool lab_process_start(struct lab_process *lab, const char *program,
		       const struct lab_scenario *scenarios, size_t num, double time_factor,
		       struct error *err);

/* Sends a control line. Its answer comes as an event like others. */
bool lab_process_send(struct lab_process *lab, const json_t *command);

/*
 * One line of events as an object, or NULL when it is none (err says why). A lab
 * that ended has the line NULL.
 */
json_t *lab_process_read(struct lab_process *lab, const char *line, size_t len, struct error *err);

/* Where the lab plays a scenario; its texts are borrowed. */
void lab_process_place(struct lab_place *place, const struct lab_process *lab, const char *id);

/* The port at which the lab plays a scenario. */
int lab_process_port(const struct lab_process *lab, const char *id);

/* Ends the lab and removes its directory. */
void lab_process_stop(struct lab_process *lab);

#endif
