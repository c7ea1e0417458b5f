/* Knows how expectations are written, and which one decides a cell. */
#include "harness/config/expectation.h"

#include "core/ruleset.h"
#include "core/text.h"
#include "harness/model/version_range.h"
#include "harness/config/words.h"
#include "harness/config/yaml_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A crash or a hang cannot be expected; an error can: the server violates TLS. */
static const char *const verdict_spellings[] = {"connect", "warn", "reject", "unsupported",
						"error"};
static const struct name_table verdict_names = {
	"verdict", verdict_spellings, NULL, sizeof verdict_spellings / sizeof verdict_spellings[0]};
static const enum outcome verdict_outcomes[] = {OUTCOME_CONNECT, OUTCOME_WARN, OUTCOME_REJECT,
						OUTCOME_UNSUPPORTED, OUTCOME_ERROR};

static void expectation_clear(struct expectation *item)
{
	free(item->class_pattern);
	free(item->row_pattern);
	free(item->why);
	free(item->until);
	free(item->versions);
	free(item->from);
	*item = (struct expectation){0};
}

void expectation_list_clear(struct expectation_list *list)
{
	if (list == NULL)
		return;
	for (size_t i = 0; i < list->num; i++)
		expectation_clear(&list->items[i]);
	free(list->items);
	*list = (struct expectation_list){0};
}

static bool copy_text(char **out, const char *text)
{
	*out = text != NULL ? strdup(text) : NULL;
	return text == NULL || *out != NULL;
}

/* Appends a copy of `model`, for one pattern of classes and one of rows. */
static bool append_copy(struct expectation_list *list, const struct expectation *model,
			const char *class_pattern, const char *row_pattern, struct error *err)
{
	struct expectation *items = reallocarray(list->items, list->num + 1, sizeof(*items));
	if (items == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	list->items = items;
	struct expectation *item = &items[list->num];
	*item = *model;
	item->class_pattern = item->row_pattern = item->why = NULL;
	item->until = item->versions = item->from = NULL;
	if ((item->class_pattern = strdup(class_pattern)) == NULL ||
	    !copy_text(&item->row_pattern, row_pattern) || !copy_text(&item->why, model->why) ||
	    !copy_text(&item->until, model->until) ||
	    !copy_text(&item->versions, model->versions) || !copy_text(&item->from, model->from)) {
		expectation_clear(item);
		return error_set(err, ERROR_UNABLE, "out of memory");
	}
	list->num++;
	return true;
}

static bool set_from(struct expectation *item, struct yaml *yaml, const struct yaml_node *node,
		     struct error *err)
{
	if (asprintf(&item->from, "%s:%d", yaml_name(yaml), yaml_line(node)) < 0) {
		item->from = NULL;
		return error_set(err, ERROR_UNABLE, "out of memory");
	}
	return true;
}

static bool read_verdict(struct expectation *item, struct yaml *yaml, struct yaml_node *node,
			 struct error *err)
{
	int value = yaml_check_name(yaml, node, &verdict_names, err);
	if (value >= 0)
		item->outcome = verdict_outcomes[value];
	return value >= 0;
}

static bool read_versions(struct expectation *item, struct yaml *yaml, struct yaml_node *mapping,
			  struct error *err)
{
	struct error cause = ERROR_INIT;
	if (!yaml_take_text(&item->versions, yaml, mapping, "versions", false, err))
		return false;
	if (item->versions == NULL || version_range_check(item->versions, &cause))
		return true;
	return yaml_fault(yaml, yaml_get(mapping, "versions"), err, "%s", cause.text);
}

/* The mapping of an expectation; a deviation and the user's own have four keys more. */
static bool read_details(struct expectation *item, struct yaml *yaml, struct yaml_node *mapping,
			 struct error *err)
{
	static const char *const known[] = {"verdict", "reason",   "why",      "versions",
					    "class",   "scenario", "endpoint", "until"};
	const char *what = item->is_deviation ? "a deviation" : "an expectation";
	size_t num_known = item->is_deviation || item->is_own ? 8 : 4;
	if (!yaml_check_mapping(yaml, mapping, what, err))
		return false;
	bool done = yaml_check_keys(yaml, mapping, what, known, num_known, err);
	struct yaml_node *verdict = yaml_get(mapping, "verdict");
	if (verdict == NULL)
		done = yaml_fault(yaml, mapping, err, "verdict is missing");
	else
		done = read_verdict(item, yaml, verdict, err) && done;
	struct yaml_node *reason = yaml_get(mapping, "reason");
	if (reason != NULL) {
		int value = yaml_check_name(yaml, reason, &reason_names, err);
		done = value >= 0 && done;
		item->has_reason = value >= 0;
		item->reason = value >= 0 ? (enum reason)value : 0;
	}
	done = read_versions(item, yaml, mapping, err) && done;
	return yaml_take_text(&item->why, yaml, mapping, "why", item->is_deviation, err) && done;
}

/* The texts of a list, each whole, so that a name may contain a comma. */
static bool take_items(struct words *words, struct yaml *yaml, struct yaml_node *list,
		       const char *what, struct error *err)
{
	if (yaml_count(list) == 0)
		return yaml_fault(yaml, list, err, "%s is an empty list", what);
	words->items = calloc(yaml_count(list), sizeof *words->items);
	for (size_t i = 0; words->items != NULL && i < yaml_count(list); i++) {
		const char *text = yaml_check_text(yaml, yaml_item(list, i), what, err);
		if (text == NULL)
			return false;
		if ((words->items[i] = strdup(text)) == NULL)
			break;
		words->num++;
	}
	return words->num == yaml_count(list) || error_set(err, ERROR_UNABLE, "out of memory");
}

/* Reads patterns, with a fault for one that cannot be a class's. */
static bool split_patterns(struct words *words, struct yaml *yaml, struct yaml_node *node,
			   bool are_classes, struct error *err)
{
	bool done = true;
	if (yaml_kind(node) == YAML_SEQUENCE) {
		if (!take_items(words, yaml, node, "a list of patterns", err))
			return false;
	} else if (!words_split(words, yaml_text(node))) {
		return error_set(err, ERROR_UNABLE, "out of memory");
	}
	for (size_t i = 0; i < words->num; i++) {
		const char *word = words->items[i];
		if (*word == '\0')
			done = yaml_fault(yaml, node, err, "an empty pattern");
		else if (are_classes && strcmp(word, "*") != 0 && strchr(word, '/') == NULL)
			done = yaml_fault(
				yaml, node, err,
				"invalid pattern of classes '%.64s' (such as */soft-fail, "
				"openssl/native, or * for all)",
				word);
	}
	return done;
}

static bool read_pair(struct expectation_list *list, size_t first, struct yaml *yaml,
		      struct yaml_node *key, struct yaml_node *value, struct error *err)
{
	struct expectation model = {0};
	struct words patterns = {0};
	bool done = split_patterns(&patterns, yaml, key, true, err);
	if (yaml_kind(value) == YAML_SCALAR)
		done = read_verdict(&model, yaml, value, err) && done;
	else
		done = read_details(&model, yaml, value, err) && done;
	done = done && set_from(&model, yaml, key, err);
	for (size_t i = 0; done && i < patterns.num; i++) {
		for (size_t k = first; k < list->num; k++)
			if (strcmp(list->items[k].class_pattern, patterns.items[i]) == 0)
				done = yaml_fault(yaml, key, err,
						  "duplicate pattern '%.64s', first defined at %s",
						  patterns.items[i], list->items[k].from);
		done = done && append_copy(list, &model, patterns.items[i], NULL, err);
	}
	words_clear(&patterns);
	expectation_clear(&model);
	return done;
}

bool expectation_read_mapping(struct expectation_list *list, struct yaml *yaml,
			      struct yaml_node *mapping, struct error *err)
{
	bool done = true;
	size_t first = list->num;
	struct yaml_node *key, *value;
	if (!yaml_check_mapping(yaml, mapping, "expect", err))
		return false;
	if (yaml_count(mapping) == 0)
		return yaml_fault(yaml, mapping, err, "expect is empty");
	for (size_t i = 0; yaml_pair(mapping, i, &key, &value); i++)
		done = read_pair(list, first, yaml, key, value, err) && done;
	return done;
}

/* Reads "2027-01-31" into the second at which that day begins (UTC). */
static bool parse_day(long long *start, const char *text)
{
	struct tm parts = {0};
	struct tm again;
	if (strlen(text) != 10 || strptime(text, "%Y-%m-%d", &parts) != text + 10)
		return false;
	time_t second = timegm(&parts);
	/* strptime lets the 31st of February pass; the calendar does not. */
	char back[32];
	if (gmtime_r(&second, &again) == NULL ||
	    strftime(back, sizeof back, "%Y-%m-%d", &again) == 0 || strcmp(back, text) != 0)
		return false;
	*start = second;
	return true;
}

/* The patterns under key, or a fault. */
static bool read_patterns(struct words *words, struct yaml *yaml, struct yaml_node *mapping,
			  const char *key, bool are_classes, struct error *err)
{
	struct yaml_node *node = yaml_get(mapping, key);
	if (node == NULL)
		return yaml_fault(yaml, mapping, err, "%s is missing", key);
	if (yaml_kind(node) != YAML_SEQUENCE && yaml_check_text(yaml, node, key, err) == NULL)
		return false;
	return split_patterns(words, yaml, node, are_classes, err);
}

/* One entry of a list: a deviation, or the user's own. */
static bool read_entry(struct expectation_list *list, struct yaml *yaml, struct yaml_node *mapping,
		       bool is_own, struct error *err)
{
	struct expectation model = {.is_deviation = !is_own, .is_own = is_own};
	struct words classes = {0}, rows = {0};
	long long day;
	if (yaml_kind(mapping) != YAML_MAPPING)
		return yaml_check_mapping(yaml, mapping, is_own ? "an expectation" : "a deviation",
					  err);
	model.of_endpoints = yaml_get(mapping, "endpoint") != NULL;
	bool done = read_details(&model, yaml, mapping, err);
	done = read_patterns(&classes, yaml, mapping, "class", true, err) && done;
	done = read_patterns(&rows, yaml, mapping, model.of_endpoints ? "endpoint" : "scenario",
			     false, err) &&
	       done;
	if (model.of_endpoints && yaml_get(mapping, "scenario") != NULL)
		done = yaml_fault(yaml, mapping, err, "scenario and endpoint exclude each other");
	done = yaml_take_text(&model.until, yaml, mapping, "until", false, err) && done;
	if (model.until != NULL && !parse_day(&day, model.until))
		done = yaml_fault(yaml, yaml_get(mapping, "until"), err,
				  "invalid day '%.64s' (such as 2027-01-31)", model.until);
	done = done && set_from(&model, yaml, mapping, err);
	for (size_t i = 0; done && i < classes.num; i++)
		for (size_t k = 0; done && k < rows.num; k++)
			done = append_copy(list, &model, classes.items[i], rows.items[k], err);
	words_clear(&classes);
	words_clear(&rows);
	expectation_clear(&model);
	return done;
}

/* An entry that says only for which version of the rules those behind it were written. */
static bool is_rules_entry(struct yaml_node *entry)
{
	return yaml_kind(entry) == YAML_MAPPING && yaml_count(entry) == 1 &&
	       yaml_get(entry, "rules") != NULL;
}

static bool read_rules(int *rules, struct yaml *yaml, struct yaml_node *entry, struct error *err)
{
	struct yaml_node *node = yaml_get(entry, "rules");
	const char *text = yaml_check_text(yaml, node, "rules", err);
	if (text == NULL)
		return false;
	size_t len = strlen(text);
	*rules = len > 0 && len < 7 && strspn(text, "0123456789") == len ? atoi(text) : 0;
	return *rules >= RULESET_FIRST ||
	       yaml_fault(yaml, node, err, "invalid version of the rules '%.64s' (1 or more)",
			  text);
}

static bool read_entries(struct expectation_list *list, struct yaml *yaml, bool is_own,
			 struct error *err)
{
	bool done = true;
	/* Files that --write-expect wrote before there were versions are of the first. */
	int rules = is_own ? RULESET_FIRST : 0;
	struct yaml_node *root = yaml_root(yaml);
	if (yaml_kind(root) != YAML_SEQUENCE)
		return yaml_fault(yaml, root, err,
				  "a file of %s is a list (- class: …, scenario: …)",
				  is_own ? "expectations" : "deviations");
	for (size_t i = 0; i < yaml_count(root); i++) {
		struct yaml_node *entry = yaml_item(root, i);
		size_t first = list->num;
		if (is_rules_entry(entry))
			done = read_rules(&rules, yaml, entry, err) && done;
		else
			done = read_entry(list, yaml, entry, is_own, err) && done;
		for (size_t k = first; k < list->num; k++)
			list->items[k].rules = rules;
	}
	return done;
}

static bool read_file(struct expectation_list *list, const char *path, bool is_own,
		      struct error *err)
{
	struct yaml *yaml = yaml_load(path, err);
	if (yaml == NULL)
		return false;
	bool done = read_entries(list, yaml, is_own, err);
	yaml_free(yaml);
	return done;
}

bool expectation_read_own_yaml(struct expectation_list *list, struct yaml *yaml, struct error *err)
{
	return read_entries(list, yaml, true, err);
}

bool expectation_read_deviations(struct expectation_list *list, const char *path, struct error *err)
{
	return read_file(list, path, false, err);
}

bool expectation_read_own(struct expectation_list *list, const char *path, struct error *err)
{
	return read_file(list, path, true, err);
}

/* A pattern without a variant matches every variant. */
static bool row_matches(const char *pattern, const char *row_id)
{
	if (row_id == NULL)
		return false;
	/* "[::1]:443" as a pattern would mean something else than the endpoint of that name. */
	if (strcmp(pattern, row_id) == 0 || text_matches(pattern, row_id))
		return true;
	const char *at = strchr(row_id, '@');
	if (at == NULL || strchr(pattern, '@') != NULL)
		return false;
	char *plain = strndup(row_id, (size_t)(at - row_id));
	bool matches = plain != NULL && text_matches(pattern, plain);
	free(plain);
	return matches;
}

/* Whether it applies to the cell, expired or not. */
static bool speaks_of(const struct expectation *item, const struct expectation_cell *cell)
{
	if (item->of_endpoints && !cell->is_endpoint)
		return false;
	if (!text_matches(item->class_pattern, cell->class_id))
		return false;
	if (item->row_pattern != NULL && !row_matches(item->row_pattern, cell->row_id))
		return false;
	return item->versions == NULL || version_range_holds(item->versions, cell->version);
}

static struct expectation *find_best(struct expectation_list *list,
				     const struct expectation_cell *cell)
{
	struct expectation *best = NULL;
	size_t best_weight = 0;
	for (size_t i = 0; list != NULL && i < list->num; i++) {
		struct expectation *item = &list->items[i];
		if (!speaks_of(item, cell) || expectation_expired(item, cell->now))
			continue;
		size_t weight = text_specificity(item->class_pattern);
		if (item->row_pattern != NULL)
			weight += text_specificity(item->row_pattern);
		if (best == NULL || weight >= best_weight) {
			best = item;
			best_weight = weight;
		}
	}
	return best;
}

struct expectation *expectation_find(struct expectation_list *scenario_list,
				     struct expectation_list *deviations,
				     const struct expectation_cell *cell)
{
	struct expectation *found = find_best(deviations, cell);
	return found != NULL ? found : find_best(scenario_list, cell);
}

bool expectation_expired(const struct expectation *expectation, int64_t now)
{
	long long day;
	if (expectation->until == NULL || !parse_day(&day, expectation->until))
		return false;
	return now >= day + 86400;
}

void expectation_note_expired(struct expectation_list *list, const struct expectation_cell *cell)
{
	for (size_t i = 0; list != NULL && i < list->num; i++) {
		struct expectation *item = &list->items[i];
		if (expectation_expired(item, cell->now) && speaks_of(item, cell))
			item->num_expired++;
	}
}

enum expectation_fault expectation_fault(const struct expectation *expectation)
{
	if (!expectation->is_deviation && !expectation->is_own)
		return EXPECTATION_FINE;
	if (expectation->num_expired > 0)
		return EXPECTATION_EXPIRED;
	if (expectation->num_applied > 0 && expectation->num_seen == 0)
		return EXPECTATION_STALE;
	if (expectation->is_own && expectation->num_decided == 0)
		return EXPECTATION_UNUSED;
	return EXPECTATION_FINE;
}
