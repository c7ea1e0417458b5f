/* Knows how causes get their remedies. */
#include "harness/doctor/diagnosing.h"

#include "core/json.h"
#include "harness/doctor/remedy.h"

#include <string.h>

/* What mends a cause that no server's configuration has a part in. */
static const char *advice(enum cause cause)
{
	switch (cause) {
	case CAUSE_ENDPOINT_UNRESOLVED: return "Correct the name or its DNS records.";
	case CAUSE_ENDPOINT_UNREACHABLE:
		return "Start the server, or open the way to its address and port.";
	case CAUSE_ADDRESS_UNREACHABLE:
		return "Mend the server at that address, or take the address out of DNS.";
	case CAUSE_NOT_TLS:
		return "Name the port that speaks TLS, or the protocol that starts it "
		       "(--starttls).";
	case CAUSE_HANDSHAKE_FAILS:
		return "Look into the server's log for what ended the handshake.";
	case CAUSE_CLIENT_CERTIFICATE: return "Nothing has to be mended.";
	case CAUSE_CHAIN_UNTRUSTED:
		return "Name the CA's root with --ca, or get a certificate of a trusted CA.";
	case CAUSE_CERTIFICATE_NAME:
		return "Give the server a certificate for this name, or ask by its name "
		       "(--servername).";
	case CAUSE_CHAIN_UNTIDY:
		return "Write the leaf and each intermediate once, in this order, without the "
		       "root, into the chain file.";
	case CAUSE_STAPLE_FUTURE:
	case CAUSE_CLOCK_WRONG:
		return "Set the clocks by NTP: of this machine first, then of the server.";
	case CAUSE_STAPLE_REVOKED:
	case CAUSE_CERTIFICATE_REVOKED:
		return "Get a new certificate for a new key, put it in place, and find out why the "
		       "old one was revoked.";
	case CAUSE_STAPLE_UNKNOWN:
	case CAUSE_RESPONDER_UNKNOWN:
	case CAUSE_RESPONDER_BROKEN:
	case CAUSE_RESPONDER_METHOD:
	case CAUSE_SOURCES_DISAGREE:
		return "Tell the CA. Meanwhile a good staple that the server keeps helps most "
		       "clients.";
	case CAUSE_MUST_STAPLE_IMPOSSIBLE:
		return "Get a certificate without the must-staple extension, or of a CA that runs "
		       "a responder and names it.";
	case CAUSE_RESPONDER_DOWN:
		return "Wait, and see that the server keeps the last good staple; if it is only so "
		       "from here, open the way by HTTP.";
	case CAUSE_CRL_BROKEN: return "Tell the CA, or open the way to the CRL by HTTP.";
	case CAUSE_STACKS_DISAGREE:
		return "Look at what differs with `revoscope verify`; an answer signed by the "
		       "issuer itself, with a SHA-1 CertID, satisfies them all.";
	case CAUSE_SOFT_FAIL_HIDES:
		return "Mend the causes above, and test with strict clients too.";
	default: return "";
	}
}

static json_t *lines_of(const struct text *words)
{
	json_t *list = json_array();
	for (const char *p = text_string(words); *p != '\0';) {
		size_t len = strcspn(p, "\n");
		if (len > 0)
			json_array_append_new(list, json_stringn(p, len));
		p += len + (p[len] == '\n');
	}
	return list;
}

/* A server's own remedy, or what is right on any. */
static json_t *fix_of(enum cause cause, int server, const struct remedy_facts *facts)
{
	const struct cause_about *about = cause_about(cause);
	json_t *fix = json_object();
	struct text snippet, words;
	text_init(&snippet, 0);
	text_init(&words, 0);
	bool has_own = about->topic >= 0 && server >= 0 &&
		       remedy_write(&snippet, &words, (enum server_kind)server,
				    (enum remedy_topic)about->topic, facts);
	json_set(fix, "text",
		 json_string(about->topic >= 0 ? remedy_general((enum remedy_topic)about->topic)
					       : advice(cause)));
	json_set(fix, "server",
		 has_own ? json_string(server_kind_name((enum server_kind)server)) : json_null());
	json_set(fix, "snippet", has_own ? json_string(text_string(&snippet)) : json_null());
	json_set(fix, "commands", lines_of(&words));
	text_clear(&snippet);
	text_clear(&words);
	return fix;
}

static json_t *on_server(enum cause cause, int server, const struct remedy_facts *facts)
{
	int topic = cause_about(cause)->topic;
	struct text words;
	text_init(&words, 0);
	if (topic >= 0)
		remedy_on_server(&words, server, (enum remedy_topic)topic, facts);
	json_t *list = lines_of(&words);
	text_clear(&words);
	return list;
}

void diagnosing_note_fixes(struct diagnosing *d)
{
	const json_t *server = json_object_get(d->examination, "server");
	const json_t *responder = json_array_get(json_object_get(d->examination, "responders"), 0);
	const char *kind = json_string_value(json_object_get(server, "kind"));
	int found = kind != NULL ? name_find(&server_kind_names, kind) : -1;
	struct remedy_facts facts = {
		.server_name = json_string_value(
			json_object_get(json_object_get(d->examination, "target"), "server_name")),
		.responder_host = json_string_value(json_object_get(responder, "host")),
		.responder_url = json_string_value(json_object_get(responder, "url")),
		.must_staple = d->facts.must_staple,
		.software = json_string_value(json_object_get(server, "software")),
	};
	size_t i;
	json_t *cause;
	json_array_foreach(d->causes, i, cause)
	{
		int id = name_find(&cause_names, json_string_value(json_object_get(cause, "id")));
		if (id < 0)
			continue;
		json_set(cause, "fix", fix_of((enum cause)id, found, &facts));
		json_set(cause, "on_server", on_server((enum cause)id, found, &facts));
	}
}
