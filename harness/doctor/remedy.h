/*
 * Remedies: configuration that heals a server's stapling. They are data, a file per server in
 * harness/remedies, whose grammar is in harness/README.md; the program carries them with it.
 *
 * Not checked: whether the server is the one that is named, or has the paths that are written.
 */
#ifndef HARNESS_DOCTOR_REMEDY_H
#define HARNESS_DOCTOR_REMEDY_H

#include "core/text.h"
#include "harness/model/remedy_topic.h"
#include "harness/model/server_kind.h"

/*
 * What is known of the case; all may be NULL. None of it is trusted: a name that is not made of a
 * host name's characters becomes SERVER or RESPONDER, a URL that could end its quotes
 * RESPONDER_URL.
 */
struct remedy_facts {
	const char *server_name;
	const char *responder_host;
	const char *responder_url;
	bool must_staple;
	const char *software; /* "nginx/1.22.1", "Exim 4.96"; chooses between versions */
};

/*
 * Appends the snippet, one or more files or parts of files, each under a line "### PATH: how it is
 * put there", and the commands that check and load it, one on each line, in order. Where the
 * server's version matters and is not known, the remedies of all versions are there, each under a
 * line "##### VERSIONS". False, with nothing appended, where there is no remedy of the server's
 * own: then remedy_general is what can be said.
 */
bool remedy_write(struct text *snippet, struct text *commands, enum server_kind server,
		  enum remedy_topic topic, const struct remedy_facts *facts);

/*
 * Appends commands to be run on the server, one on each line with what it tells behind a '#', that
 * tell causes apart which look the same from outside. server may be -1: unknown. Never empty.
 */
void remedy_on_server(struct text *commands, int server, enum remedy_topic topic,
		      const struct remedy_facts *facts);

#endif
