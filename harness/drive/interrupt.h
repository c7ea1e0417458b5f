/*
 * Ctrl-C and its like as a descriptor to poll, so that nothing is left behind: the
 * first asks to stop, the second to stop at once.
 */
#ifndef HARNESS_DRIVE_INTERRUPT_H
#define HARNESS_DRIVE_INTERRUPT_H

#include "core/error.h"

/* Blocks SIGINT, SIGTERM and SIGHUP, and ignores SIGPIPE. Once per process. */
bool interrupt_start(struct error *err);

/* Gives the signals back to their defaults; those that came meanwhile are dropped. */
void interrupt_stop(void);

/* To poll for POLLIN; -1 before interrupt_start. */
int interrupt_fd(void);

/* Reads what came; returns how many came since interrupt_start. Never waits. */
int interrupt_count(void);

#endif
