/* Knows how events of the lab are read. */
#include "harness/run/lab_event.h"

#include "core/name.h"

static const struct json_member connection_members[] = {
	{"sni", JSON_MEMBER_TEXT, offsetof(struct lab_connection, sni), NULL},
	{"scenario", JSON_MEMBER_TEXT, offsetof(struct lab_connection, scenario), NULL},
	{"tls", JSON_MEMBER_TEXT, offsetof(struct lab_connection, tls), NULL},
	{"peer_port", JSON_MEMBER_NUMBER, offsetof(struct lab_connection, peer_port), NULL},
	{"status_request", JSON_MEMBER_FLAG, offsetof(struct lab_connection, status_request), NULL},
	{"completed", JSON_MEMBER_FLAG, offsetof(struct lab_connection, completed), NULL},
};
static const struct json_member staple_members[] = {
	{"bytes", JSON_MEMBER_NUMBER, offsetof(struct lab_staple, bytes), NULL},
};
static const struct json_member alert_members[] = {
	{"number", JSON_MEMBER_NUMBER, offsetof(struct lab_connection, alert.number), NULL},
	{"name", JSON_MEMBER_TEXT, offsetof(struct lab_connection, alert.name), NULL},
};
static const struct json_member request_members[] = {
	{"kind", JSON_MEMBER_TEXT, offsetof(struct lab_request, kind), NULL},
	{"scenario", JSON_MEMBER_TEXT, offsetof(struct lab_request, scenario), NULL},
	{"method", JSON_MEMBER_TEXT, offsetof(struct lab_request, method), NULL},
	{"path", JSON_MEMBER_TEXT, offsetof(struct lab_request, path), NULL},
	{"behaviour", JSON_MEMBER_TEXT, offsetof(struct lab_request, behaviour), NULL},
	{"peer_port", JSON_MEMBER_NUMBER, offsetof(struct lab_request, peer_port), NULL},
	{"http_status", JSON_MEMBER_NUMBER, offsetof(struct lab_request, http_status), NULL},
	{"ms", JSON_MEMBER_NUMBER, offsetof(struct lab_request, ms), NULL},
};

static const struct json_member ready_members[] = {
	{"tls_port", JSON_MEMBER_NUMBER, offsetof(struct lab_ready, tls_port), NULL},
	{"http_port", JSON_MEMBER_NUMBER, offsetof(struct lab_ready, http_port), NULL},
	{"trust", JSON_MEMBER_TEXT, offsetof(struct lab_ready, trust), NULL},
	{"other_trust", JSON_MEMBER_TEXT, offsetof(struct lab_ready, other_trust), NULL},
};
static const struct json_member place_members[] = {
	{"port", JSON_MEMBER_NUMBER, offsetof(struct lab_place, port), NULL},
	{"ocsp_url", JSON_MEMBER_TEXT, offsetof(struct lab_place, ocsp_url), NULL},
	{"crl_url", JSON_MEMBER_TEXT, offsetof(struct lab_place, crl_url), NULL},
};

void lab_ready_read(struct lab_ready *out, const json_t *event)
{
	struct error no_fault = ERROR_INIT;
	*out = (struct lab_ready){0};
	JSON_MEMBERS_READ(out, event, "", ready_members, &no_fault);
	json_members_object(&out->scenarios, event, "scenarios", &no_fault);
}

void lab_place_read(struct lab_place *out, const struct lab_ready *ready, const char *scenario)
{
	struct error no_fault = ERROR_INIT;
	*out = (struct lab_place){0};
	JSON_MEMBERS_READ(out, json_object_get(ready->scenarios, scenario), "", place_members,
			  &no_fault);
}

static void read_staple(struct lab_staple *out, const json_t *event, const char *key)
{
	const json_t *staple;
	struct error no_fault = ERROR_INIT;
	json_members_object(&staple, event, key, &no_fault);
	out->is_present = staple != NULL;
	JSON_MEMBERS_READ(out, staple, "", staple_members, &no_fault);
}

void lab_connection_read(struct lab_connection *out, const json_t *event)
{
	const json_t *alert;
	struct error no_fault = ERROR_INIT;
	*out = (struct lab_connection){0};
	JSON_MEMBERS_READ(out, event, "", connection_members, &no_fault);
	read_staple(&out->staple, event, "staple");
	read_staple(&out->staple_above, event, "staple_above");
	json_members_object(&alert, event, "alert", &no_fault);
	out->alert.is_present = alert != NULL;
	JSON_MEMBERS_READ(out, alert, "", alert_members, &no_fault);
}

void lab_request_read(struct lab_request *out, const json_t *event)
{
	struct error no_fault = ERROR_INIT;
	*out = (struct lab_request){0};
	JSON_MEMBERS_READ(out, event, "", request_members, &no_fault);
}

int lab_event_kind(const json_t *event)
{
	static const char *const names[NUM_LAB_EVENT_KINDS] = {
		[LAB_EVENT_READY] = "ready",     [LAB_EVENT_CONNECTION] = "connection",
		[LAB_EVENT_REQUEST] = "request", [LAB_EVENT_LOST] = "lost",
		[LAB_EVENT_DONE] = "done",       [LAB_EVENT_FAILED] = "failed",
	};
	static const struct name_table table = {
		.what = "event", .names = names, .num = NUM_LAB_EVENT_KINDS};
	struct error no_fault = ERROR_INIT;
	return json_members_name(event, "event", &table, -1, &no_fault);
}

const char *lab_event_text(const json_t *event)
{
	const char *text = json_string_value(json_object_get(event, "text"));
	return text != NULL ? text : "";
}
