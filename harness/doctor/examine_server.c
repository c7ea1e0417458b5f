/* Knows how the server program of an endpoint is recognized, and with which certainty. */
#include "harness/doctor/examine_parts.h"
#include "harness/doctor/examining.h"
#include "harness/model/server_kind.h"

#include <string.h>

static bool is_set(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* What the first handshake says that says anything; NULL when none does. */
static const char *find_http(const struct examination *seen)
{
	for (size_t i = 0; i < seen->num_handshakes; i++)
		if (is_set(seen->handshakes[i].http_server))
			return seen->handshakes[i].http_server;
	return NULL;
}

static const char *find_greeting(const struct examination *seen)
{
	for (size_t i = 0; i < seen->num_handshakes; i++)
		if (is_set(seen->handshakes[i].greeting))
			return seen->handshakes[i].greeting;
	return NULL;
}

bool examine_server(struct examining *x)
{
	const char *http = find_http(&x->seen), *greeting = find_greeting(&x->seen);
	const char *named = x->options->server, *software = http != NULL ? http : greeting;
	/* What a server says of itself tells its version, also when the user named it. */
	int kind =
		named != NULL ? server_kind_parse(named, NULL) : server_recognize(http, greeting);
	bool has_version = named != NULL && strchr(named, '/') != NULL;
	struct examined_server *about = &x->seen.server;
	about->record.is_there = true;
	if (kind >= 0)
		about->kind = word_of(kind);
	about->software = examining_copy(x, has_version ? named : software);
	if (named != NULL)
		about->how = word_of(SERVER_NAMED);
	else if (kind >= 0)
		about->how = word_of(http != NULL ? SERVER_BY_HTTP : SERVER_BY_GREETING);
	if (software != NULL)
		examining_step(x, STEP_SERVER, STEP_FACT, "identifies itself as %s", software);
	else if (named == NULL && x->seen.num_chains > 0)
		examining_step(x, STEP_SERVER, STEP_FACT,
			       "does not identify itself (set --server)");
	return false;
}
