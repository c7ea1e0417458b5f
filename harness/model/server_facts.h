/*
 * What is known of server programs: whether they can staple, whether they do so by default, which
 * responders their own query copes with, which responses they hold back (server_facts.def). It is
 * about programs as they are packaged and in their defaults: a server's configuration may differ,
 * and one that calls itself something else is not what is described.
 */
#ifndef HARNESS_MODEL_SERVER_FACTS_H
#define HARNESS_MODEL_SERVER_FACTS_H

#include "harness/model/server_kind.h"

#define SERVER_TRAIT(symbol, text) SERVER_TRAIT_##symbol,
enum server_trait {
#include "harness/model/server_trait.def"
	NUM_SERVER_TRAITS
};
#undef SERVER_TRAIT

enum trait_value { TRAIT_UNKNOWN, TRAIT_NO, TRAIT_YES };

enum server_stapling {
	SERVER_STAPLING_UNKNOWN,
	SERVER_STAPLING_NEVER,      /* this program, or version, cannot staple */
	SERVER_STAPLING_CONFIGURED, /* only when it is configured to */
	SERVER_STAPLING_BY_DEFAULT, /* unless it is configured not to */
};

/* Plain data; the text is static. */
struct server_facts {
	enum server_stapling stapling;
	enum trait_value traits[NUM_SERVER_TRAITS];
	/* "measured with 1.22.1"; NULL: nothing is known, or of several versions different things.
	 */
	const char *source;
};

/*
 * What is known of a kind of server, -1 for an unknown one, which has nothing known. software
 * says its version ("nginx/1.22.1", "220 mx.example.org ESMTP Exim 4.96"); without one (NULL, or no
 * number in it) only what is the same in all versions is known.
 */
struct server_facts server_facts_of(int kind, const char *software);

/* Whether it is known that a trait holds, and that it does not hold. */
bool server_does(const struct server_facts *facts, enum server_trait trait);
bool server_does_not(const struct server_facts *facts, enum server_trait trait);

/* The predicate of a sentence about a server with the trait: "queries the responder itself". */
const char *server_trait_text(enum server_trait trait);

#endif
