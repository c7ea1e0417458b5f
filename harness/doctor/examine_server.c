/* Knows how the server program of an endpoint is told, and how sure that is. */
#include "core/json.h"
#include "harness/doctor/examining.h"
#include "harness/model/server_kind.h"

#include <string.h>

/* The first handshake that has a text under the key; NULL when none has. */
static const char *find_text(const struct examining *x, const char *key)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(x->out, "handshakes"), i, one)
	{
		const char *text = json_string_value(json_object_get(one, key));
		if (text != NULL && text[0] != '\0')
			return text;
	}
	return NULL;
}

bool examine_server(struct examining *x)
{
	const char *http = find_text(x, "http_server"), *greeting = find_text(x, "greeting");
	const char *named = x->options->server, *software = http != NULL ? http : greeting;
	/* What a server says of itself tells its version, also when the user named it. */
	int kind =
		named != NULL ? server_kind_parse(named, NULL) : server_recognise(http, greeting);
	bool has_version = named != NULL && strchr(named, '/') != NULL;
	json_t *about = json_object();
	json_set(about, "kind",
		 kind >= 0 ? json_string(server_kind_name((enum server_kind)kind)) : json_null());
	json_set(about, "software",
		 has_version        ? json_foreign_string(named)
		 : software != NULL ? json_foreign_string(software)
				    : json_null());
	json_set(about, "how",
		 named != NULL  ? json_string("named")
		 : kind < 0     ? json_null()
		 : http != NULL ? json_string("http")
				: json_string("greeting"));
	json_set(x->out, "server", about);
	if (software != NULL)
		examining_step(x, "server", STEP_TOLD, "says that it is %s", software);
	else if (named == NULL && json_object_size(json_object_get(x->out, "chains")) > 0)
		examining_step(x, "server", STEP_TOLD,
			       "does not say what it is (--server names it)");
	return false;
}
