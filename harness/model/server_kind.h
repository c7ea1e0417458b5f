/*
 * Server programs: which there are remedies for, and what a server says of itself. What it says
 * is a hint and no proof: a proxy may pass on another server's word, and many say nothing.
 */
#ifndef HARNESS_MODEL_SERVER_KIND_H
#define HARNESS_MODEL_SERVER_KIND_H

#include "core/name.h"

#define SERVER(symbol, spelling, title, products, word) SERVER_KIND_##symbol,
enum server_kind {
#include "harness/model/server.def"
	NUM_SERVER_KINDS
};
#undef SERVER

/* Spellings as on the command line, and titles. */
extern const struct name_table server_kind_names;

const char *server_kind_name(enum server_kind kind);
const char *server_kind_title(enum server_kind kind);

/*
 * The kind that is written "nginx" or, with a version, "nginx/1.22.1"; -1 when it is none of the
 * list. *version (may be NULL) is then the number, borrowed from text, or NULL when there is none.
 */
int server_kind_parse(const char *text, const char **version);

/* The spelling of the kind that a word which is none was probably meant for, with or without a
 * version: "apache2", "Java", "haprox/2.6". NULL when none is near. */
const char *server_kind_nearest(const char *text);

/*
 * The kind that an HTTP response's Server field ("nginx/1.22.1", "Apache/2.4.62 (Debian)") or the
 * first line of a server that speaks first ("220 mx.example.org ESMTP Exim 4.96", "+OK Dovecot
 * ready."); either may be NULL.
 * Only the first product counts. -1: unknown.
 */
int server_recognize(const char *http_server, const char *greeting);

/*
 * The version in what a server is called ("nginx/1.22.1", "220 mx.example.org ESMTP Exim 4.96"),
 * which begins with digits; borrowed. NULL when software is NULL or says no version of this kind:
 * behind HAProxy the Server field is often that of another program. kind may be -1.
 */
const char *server_version_in(const char *software, int kind);

#endif
