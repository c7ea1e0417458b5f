/* Knows how findings of a run are written in SARIF 2.1.0. */
#include "reports/format.h"

#include "core/json.h"
#include "core/text.h"
#include "reports/words/cell_facts.h"
#include "reports/words/doctor_view.h"
#include "reports/ci/sarif_rules.h"
#include "harness/run/run_head.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The document in the making: results are written one by one. */
struct sarif {
	FILE *out;
	struct run *run;
	bool has_result;
};

static void write_value(FILE *out, json_t *value)
{
	json_write(out, value);
	json_decref(value);
}

static void append_visible(struct text *out, const char *words)
{
	text_append_visible(out, words, strlen(words));
}

/*
 * A message of text that is foreign in part and visible already. In a message's text "[x](y)" is
 * a link and "{0}" a placeholder (sections 3.11.5 and 3.11.6); no detail may create one.
 */
static json_t *message(const struct text *words)
{
	struct text text;
	text_init(&text, 0);
	for (const char *p = text_string(words); *p != '\0'; p++) {
		if (*p == '{' || *p == '}')
			text_append_bytes(&text, p, 1);
		if (*p == '[' || *p == ']' || *p == '\\')
			text_append(&text, "\\");
		text_append_bytes(&text, p, 1);
	}
	json_t *object = json_pack("{s:s}", "text", text_string(&text));
	text_clear(&text);
	return object;
}

/* A path as a URI reference (RFC 3986): what is absolute becomes file:///…, a first segment with
 * a colon does not look like a scheme since the colon is encoded. */
static json_t *path_to_uri(const char *path, size_t len)
{
	struct text uri;
	text_init(&uri, 0);
	if (len > 0 && path[0] == '/')
		text_append(&uri, "file://");
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)path[i];
		if (isalnum(byte) || strchr("-._~/@+", byte) != NULL)
			text_append_bytes(&uri, &byte, 1);
		else
			text_append_format(&uri, "%%%02X", byte);
	}
	json_t *string = json_string(text_string(&uri));
	text_clear(&uri);
	return string;
}

/* Sets the place "scenarios/staple/stale.yaml:21", or without the line; not when there is none. */
static void set_physical_location(json_t *location, const char *place)
{
	if (place == NULL || place[0] == '\0')
		return;
	size_t len = strlen(place);
	const char *colon = strrchr(place, ':');
	long line = 0;
	if (colon != NULL && colon[1] != '\0' &&
	    strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
		line = strtol(colon + 1, NULL, 10);
		len = (size_t)(colon - place);
	}
	json_t *object = json_pack("{s:{s:o}}", "artifactLocation", "uri", path_to_uri(place, len));
	if (line > 0)
		json_set(object, "region", json_pack("{s:i}", "startLine", (int)line));
	json_set(location, "physicalLocation", object);
}

static json_t *logical_location(const char *kind, const char *name)
{
	struct text full;
	text_init(&full, 0);
	text_append_format(&full, "%s/", kind);
	append_visible(&full, name);
	json_t *object = json_pack("{s:s, s:s, s:s}", "kind", kind, "name",
				   text_string(&full) + strlen(kind) + 1, "fullyQualifiedName",
				   text_string(&full));
	text_clear(&full);
	return object;
}

static json_t *cell_location(const struct cell_facts *facts)
{
	const struct scenario *scenario = facts->row->scenario;
	const struct expectation *expected = facts->cell->expectation;
	json_t *object = json_object();
	const char *place = expected != NULL ? expected->from : NULL;
	if (place == NULL && scenario != NULL)
		place = scenario->file;
	set_physical_location(object, place);
	json_set(object, "logicalLocations",
		 json_pack("[o, o]",
			   logical_location(scenario != NULL ? "scenario" : "endpoint",
					    facts->row->id),
			   logical_location("class", facts->class->class->id)));
	return object;
}

/* What stays the same from run to run: which rule, where, which class (NULL: no class's). */
static json_t *fingerprint(const char *rule, const char *row, const char *class)
{
	struct text text;
	text_init(&text, 0);
	append_visible(&text, rule);
	text_append(&text, "|");
	append_visible(&text, row);
	if (class != NULL) {
		text_append(&text, "|");
		append_visible(&text, class);
	}
	json_t *object = json_pack("{s:s}", "revoscope/v1", text_string(&text));
	text_clear(&text);
	return object;
}

static void append_result(struct text *words, enum outcome outcome, const char *reason)
{
	text_append(words, outcome_name(outcome));
	if (reason != NULL)
		text_append_format(words, " (%s)", reason);
}

static json_t *cell_message(const struct cell_facts *facts, enum sarif_rule_id rule)
{
	const struct cell *cell = facts->cell;
	const struct expectation *expected = cell->expectation;
	struct text words;
	text_init(&words, 0);
	append_visible(&words, facts->class->class->id);
	text_append(&words, facts->row->scenario != NULL ? " in " : " at ");
	append_visible(&words, facts->row->id);
	text_append(&words, ": ");
	append_result(&words, cell->outcome, reason_name(cell->reason));
	if (rule == SARIF_UNEXPECTED && expected != NULL) {
		text_append(&words, ", expected ");
		append_result(&words, expected->outcome,
			      expected->has_reason ? reason_name(expected->reason) : NULL);
	}
	if (rule == SARIF_EXPOSED)
		text_append(&words, ", to a revoked certificate");
	text_append(&words, ". ");
	append_visible(&words, facts->detail);
	json_t *object = message(&words);
	text_clear(&words);
	return object;
}

static json_t *cell_properties(const struct cell_facts *facts)
{
	const struct cell *cell = facts->cell;
	json_t *object = json_object();
	json_set(object, "outcome", json_string(outcome_name(cell->outcome)));
	json_set(object, "reason", json_string(reason_name(cell->reason)));
	json_set(object, "assurance", json_string(status_name(cell->assurance)));
	json_set(object, "stack", json_foreign_string(facts->stack->stack->id));
	if (facts->stack->version != NULL)
		json_set(object, "stackVersion", json_foreign_string(facts->stack->version));
	json_set(object, "policy", json_foreign_string(facts->class->class->policy_id));
	return object;
}

/* Takes over what it gets. */
static void write_result(struct sarif *sarif, json_t *result, json_t *text, json_t *location,
			 json_t *print, json_t *properties)
{
	json_set(result, "message", text);
	json_set(result, "locations", json_pack("[o]", location));
	json_set(result, "partialFingerprints", print);
	json_set(result, "properties", properties);
	fputs(sarif->has_result ? ",\n" : "\n", sarif->out);
	sarif->has_result = true;
	write_value(sarif->out, result);
}

/* What a result begins with: its rule, by both of its names, and how bad it is. */
static json_t *new_result(const char *rule, size_t index, const char *level)
{
	json_t *result = json_object();
	json_set(result, "ruleId", json_string(rule));
	json_set(result, "ruleIndex", json_integer((json_int_t)index));
	json_set(result, "level", json_string(level));
	return result;
}

static json_t *result_of(enum sarif_rule_id rule)
{
	return new_result(sarif_rules[rule].id, rule, sarif_rules[rule].level);
}

static void write_finding(struct sarif *sarif, const struct cell_facts *facts,
			  enum sarif_rule_id rule)
{
	write_result(sarif, result_of(rule), cell_message(facts, rule), cell_location(facts),
		     fingerprint(sarif_rules[rule].id, facts->row->id, facts->class->class->id),
		     cell_properties(facts));
}

static bool has_no_verdict(const struct cell *cell)
{
	return !outcome_is_verdict(cell->outcome) && cell->outcome != OUTCOME_UNSUPPORTED;
}

static bool write_cell(struct sarif *sarif, size_t row, size_t class, struct error *err)
{
	const struct cell *cell = run_cell(sarif->run, row, class);
	struct cell_facts facts;
	if ((cell->marks & CELL_DONE) == 0 ||
	    ((cell->marks & (CELL_UNEXPECTED | CELL_EXPOSED | CELL_BLIND)) == 0 &&
	     !has_no_verdict(cell)))
		return true;
	bool done = cell_facts_load(&facts, sarif->run, row, class, err);
	if (done && has_no_verdict(cell))
		write_finding(sarif, &facts, SARIF_NO_VERDICT);
	else if (done && (cell->marks & CELL_UNEXPECTED) != 0)
		write_finding(sarif, &facts, SARIF_UNEXPECTED);
	/* Only the worst is reported: an exposed cell is not also reported as blind. */
	if (done && (cell->marks & CELL_EXPOSED) != 0)
		write_finding(sarif, &facts, SARIF_EXPOSED);
	else if (done && (cell->marks & CELL_BLIND) != 0)
		write_finding(sarif, &facts, SARIF_BLIND);
	cell_facts_clear(&facts);
	return done;
}

static void write_deviation(struct sarif *sarif, const struct expectation *item)
{
	struct text words;
	json_t *location = json_object();
	text_init(&words, 0);
	append_visible(&words, item->class_pattern);
	text_append(&words, " in ");
	append_visible(&words, item->row_pattern);
	text_append(&words, " should be ");
	append_result(&words, item->outcome, item->has_reason ? reason_name(item->reason) : NULL);
	text_append(&words, " as a known deviation, which no cell matched.");
	set_physical_location(location, item->from);
	json_set(location, "logicalLocations",
		 json_pack("[o]", logical_location("deviation", item->from)));
	write_result(sarif, result_of(SARIF_STALE_DEVIATION), message(&words), location,
		     fingerprint(sarif_rules[SARIF_STALE_DEVIATION].id, item->row_pattern,
				 item->class_pattern),
		     json_object());
	text_clear(&words);
}

/* --- what the doctor found --- */

#define EVIDENCE_MAX 16

static json_t *cause_message(const char *target, enum cause cause, const struct finding *found)
{
	const struct texts *evidence = &found->evidence;
	struct text words;
	text_init(&words, 0);
	append_visible(&words, target);
	text_append_format(&words, ": %s.", cause_about(cause)->title);
	for (size_t i = 0; i < evidence->num && i < EVIDENCE_MAX; i++) {
		const char *sentence = evidence->items[i];
		text_append(&words, sentence != NULL ? " " : "");
		append_visible(&words, sentence != NULL ? sentence : "");
	}
	json_t *object = message(&words);
	text_clear(&words);
	return object;
}

static void write_cause(struct sarif *sarif, const char *target, enum cause cause,
			const struct finding *found)
{
	char rule[96];
	snprintf(rule, sizeof rule, SARIF_CAUSE_PREFIX "%s", cause_about(cause)->id);
	json_t *properties = json_object();
	json_set(properties, "severity",
		 json_foreign_string(doctor_view_word(&found->severity, &severity_names)));
	json_set(properties, "confidence",
		 json_foreign_string(doctor_view_word(&found->confidence, &confidence_names)));
	write_result(sarif,
		     new_result(rule, NUM_SARIF_RULES + (size_t)cause,
				sarif_cause_level(finding_severity(found))),
		     cause_message(target, cause, found),
		     json_pack("{s:[o]}", "logicalLocations", logical_location("endpoint", target)),
		     fingerprint(rule, target, NULL), properties);
}

static void write_causes(struct sarif *sarif)
{
	const struct examinations *all = run_examinations(sarif->run);
	for (size_t k = 0; all != NULL && k < all->num_items; k++) {
		for (int i = 0; i < NUM_CAUSES; i++) {
			const struct finding *found =
				examination_finding(&all->items[k], (enum cause)i);
			if (found != NULL)
				write_cause(sarif, all->items[k].id, (enum cause)i, found);
		}
	}
}

static bool write_results(struct sarif *sarif, struct error *err)
{
	for (size_t row = 0; row < run_num_rows(sarif->run); row++)
		for (size_t i = 0; i < run_num_classes(sarif->run); i++)
			if (!write_cell(sarif, row, i, err))
				return false;
	const struct expectation_list *deviations = run_deviations(sarif->run);
	for (size_t i = 0; deviations != NULL && i < deviations->num; i++)
		if (expectation_is_stale(&deviations->items[i]))
			write_deviation(sarif, &deviations->items[i]);
	write_causes(sarif);
	return true;
}

static json_t *tool(const struct run *run)
{
	json_t *rules = json_array();
	for (size_t i = 0; i < NUM_SARIF_RULES; i++)
		json_append(rules, sarif_rule_to_json(&sarif_rules[i]));
	for (int i = 0; run_examinations(run) != NULL && i < NUM_CAUSES; i++)
		json_append(rules, sarif_cause_to_json((enum cause)i));
	return json_pack(
		"{s:{s:s, s:s, s:s, s:{s:s}, s:o}}", "driver", "name", "revoscope", "version",
		run_version(run), "organization", "revoscope", "shortDescription", "text",
		"When revocation status goes wrong: which TLS clients connect, warn, reject.",
		"rules", rules);
}

static json_t *invocation(struct run *run)
{
	struct run_summary summary;
	run_summarize(run, &summary);
	json_t *object = json_object();
	json_set(object, "commandLine", json_foreign_string(run_command(run)));
	json_set(object, "startTimeUtc", json_string(run_started(run)));
	if (run_finished(run) != NULL)
		json_set(object, "endTimeUtc", json_string(run_finished(run)));
	json_set(object, "executionSuccessful",
		 json_boolean(run_finished(run) != NULL && summary.num_done == summary.num_cells));
	return object;
}

static json_t *automation_details(const struct run *run)
{
	struct text id;
	text_init(&id, 0);
	text_append(&id, "revoscope/");
	append_visible(&id, run_vantage(run));
	text_append_format(&id, "/%s", run_id(run));
	json_t *object = json_pack("{s:s}", "id", text_string(&id));
	text_clear(&id);
	return object;
}

/*
 * What a run found as SARIF 2.1.0, for code-scanning dashboards: unexpected, exposed and blind
 * cells, cells without a verdict, stale deviations, and what the doctor found. Cells that are as
 * they should be are absent.
 */
bool sarif_write_run(FILE *out, struct run *run, const struct format_options *options,
		     struct error *err)
{
	struct sarif sarif = {.out = out, .run = run};
	(void)options;
	json_begin();
	fputs("{\"$schema\":\"https://json.schemastore.org/"
	      "sarif-2.1.0.json\",\"version\":\"2.1.0\","
	      "\"runs\":[{\n\"tool\":",
	      out);
	write_value(out, tool(run));
	fputs(",\n\"invocations\":[", out);
	write_value(out, invocation(run));
	fputs("],\n\"automationDetails\":", out);
	write_value(out, automation_details(run));
	fputs(",\n\"columnKind\":\"utf16CodeUnits\",\n\"results\":[", out);
	bool done = write_results(&sarif, err);
	fputs("\n]}]}\n", out);
	return done && json_end(err);
}
