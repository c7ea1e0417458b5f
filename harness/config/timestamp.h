/* Moments on the command line and in files: relative to now, or absolute, in UTC. */
#ifndef HARNESS_CONFIG_TIMESTAMP_H
#define HARNESS_CONFIG_TIMESTAMP_H

#include "core/error.h"

#include <stdbool.h>
#include <stdint.h>

#define TIMESTAMP_FORMS "such as +3d, -2h, 2026-12-01T00:00:00Z, 2026-12-01 or seconds since 1970"

/*
 * Reads a moment as seconds since 1970, from 1970 to the end of 9999: a duration with its sign
 * (core/clock.h), which counts from now_s; YYYY-MM-DD with or without THH:MM:SSZ; or plain
 * digits, which are such seconds already. Otherwise ERROR_USAGE that says what is wrong.
 */
bool timestamp_parse(int64_t *at_s, const char *text, int64_t now_s, struct error *err);

#endif
