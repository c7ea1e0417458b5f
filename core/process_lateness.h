/*
 * Whether the machine let a process run, as Linux says it in /proc: one that did not run has not
 * failed.
 */
#ifndef CORE_PROCESS_LATENESS_H
#define CORE_PROCESS_LATENESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How long its threads were ready to run and did not, in microseconds, those together that are
 * there now; -1: not known. */
int64_t process_lateness_us(pid_t pid);

/* Whether it is stopped, by a signal or by a debugger. */
bool process_lateness_is_stopped(pid_t pid);

#endif
