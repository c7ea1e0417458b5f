/*
 * The head of an HTTP/1 answer, of which one thing is wanted: what the server calls itself
 * (RFC 9110 section 10.2.4). Does NOT look at anything else in it.
 */
#ifndef CLIENTS_NET_HTTP_HEAD_H
#define CLIENTS_NET_HTTP_HEAD_H

#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>

#define HTTP_SERVER_MAX 256 /* bytes of a value that are shown */

/* Whether nothing that comes behind these bytes changes what is wanted of them. */
bool http_head_is_over(const char *bytes, size_t len);

/*
 * Appends the value of the first `Server` field, made harmless and cut to HTTP_SERVER_MAX
 * bytes. False when a whole line with one is not there, or when the answer is no HTTP/1.
 * Interim answers (1xx) are passed over.
 */
bool http_head_server(struct text *out, const char *bytes, size_t len);

#endif
