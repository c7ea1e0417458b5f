/* Knows the grammar of a scenario file (scenarios/README.md). */
#include "harness/config/scenario_read.h"

#include "core/text.h"
#include "harness/config/yaml_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CANDIDATES 32

/* One file while it is read. */
struct reader {
	struct yaml *yaml;
	const char *path;
	char *id;
	char *family;
	struct yaml_node *root;
	enum status truth;
	struct scenario_list out;
	struct error *err;
};

static const char *const file_keys[] = {
	"title",        "why",    "source",    "tags", "truth",  "client",  "certificate",
	"intermediate", "server", "responder", "crl",  "expect", "variants"};
static const char *const variant_keys[] = {"title",       "truth",        "client",
					   "certificate", "intermediate", "server",
					   "responder",   "crl",          "expect"};
static const char *const truth_spellings[] = {"good", "revoked", "unknown"};
static const struct name_table truth_names = {"truth", truth_spellings, NULL, 3};
static const enum status truths[] = {STATUS_GOOD, STATUS_REVOKED, STATUS_UNKNOWN};

/* Every key of a section, for the nearest to one that is unknown. */
static size_t list_keys(const char *keys[static MAX_CANDIDATES], const char *section)
{
	size_t num = 0;
	for (size_t i = 0; i < num_situation_fields && num < MAX_CANDIDATES - 1; i++)
		if (strcmp(situation_fields[i].section, section) == 0)
			keys[num++] = situation_fields[i].key;
	if (strcmp(section, "server") == 0)
		keys[num++] = "staple";
	return num;
}

static bool set_field(struct situation *situation, struct yaml *yaml,
		      const struct situation_field *field, struct yaml_node *value,
		      struct error *err)
{
	struct error cause = ERROR_INIT;
	const char *text = yaml_check_text(yaml, value, field->key, err);
	if (text == NULL)
		return false;
	if (!situation_set(situation, field, text, &cause))
		return yaml_fault(yaml, value, err, "%s", cause.text);
	return true;
}

/* `tls: [1.2, 1.3]` or `tls: 1.3`: replaces what was there. */
static bool read_tls(struct situation *situation, struct yaml *yaml,
		     const struct situation_field *field, struct yaml_node *value,
		     struct error *err)
{
	bool done = true;
	situation->server.tls = 0;
	if (yaml_kind(value) != YAML_SEQUENCE)
		return set_field(situation, yaml, field, value, err);
	if (yaml_count(value) == 0)
		return yaml_fault(yaml, value, err, "the server has no TLS version");
	for (size_t i = 0; i < yaml_count(value); i++)
		done = set_field(situation, yaml, field, yaml_item(value, i), err) && done;
	return done;
}

/* `slow` and `http` each mean a behaviour: another one beside them is a contradiction. */
static bool check_implied(struct yaml *yaml, struct yaml_node *mapping, const char *section,
			  struct error *err)
{
	bool done = true;
	const struct situation_field *first = NULL;
	const struct situation_field *behaviour = situation_find_field(section, "behaviour");
	struct yaml_node *word = yaml_get(mapping, "behaviour");
	struct yaml_node *key, *value;
	for (size_t i = 0; yaml_pair(mapping, i, &key, &value); i++) {
		const struct situation_field *field = situation_find_field(section, yaml_text(key));
		if (field == NULL || field->implied_behaviour < 0 || behaviour == NULL)
			continue;
		const char *implied = behaviour->table->names[field->implied_behaviour];
		const char *said = word != NULL ? yaml_text(word) : NULL;
		if (said != NULL && strcmp(said, implied) != 0)
			done = yaml_fault(yaml, key, err,
					  "%s means behaviour: %s, but behaviour is '%.64s'",
					  field->key, implied, said);
		if (first != NULL)
			done = yaml_fault(yaml, key, err, "%s and %s contradict each other",
					  first->key, field->key);
		first = field;
	}
	return done;
}

static bool read_staple(struct situation *situation, struct yaml *yaml, struct yaml_node *node,
			struct error *err);

static bool read_section(struct situation *situation, struct yaml *yaml, const char *section,
			 struct yaml_node *node, struct error *err)
{
	const char *known[MAX_CANDIDATES];
	struct yaml_node *key, *value;
	if (!yaml_check_mapping(yaml, node, section, err))
		return false;
	size_t num_known = list_keys(known, section);
	bool done = yaml_check_keys(yaml, node, section, known, num_known, err);
	done = check_implied(yaml, node, section, err) && done;
	for (size_t i = 0; yaml_pair(node, i, &key, &value); i++) {
		const struct situation_field *field = situation_find_field(section, yaml_text(key));
		bool is_staple = field == NULL && strcmp(section, "server") == 0 &&
				 strcmp(yaml_text(key), "staple") == 0;
		if (is_staple)
			done = read_staple(situation, yaml, value, err) && done;
		else if (field != NULL && field->kind == FIELD_TLS)
			done = read_tls(situation, yaml, field, value, err) && done;
		else if (field != NULL)
			done = set_field(situation, yaml, field, value, err) && done;
	}
	return done;
}

static bool read_staple(struct situation *situation, struct yaml *yaml, struct yaml_node *node,
			struct error *err)
{
	const char *text = yaml_text(node);
	if (text != NULL && strcmp(text, "none") == 0) {
		situation->server.staple.present = 0;
		return true;
	}
	if (text != NULL)
		return yaml_fault(yaml, node, err, "staple is none or a mapping, not '%.64s'",
				  text);
	situation->server.staple.present = 1;
	return read_section(situation, yaml, "server.staple", node, err);
}

/* A section, or the word for its behaviour: `responder: refuse`. */
static bool read_fetched(struct situation *situation, struct yaml *yaml, const char *section,
			 struct yaml_node *node, struct error *err)
{
	const struct situation_field *behaviour = situation_find_field(section, "behaviour");
	if (yaml_kind(node) != YAML_SCALAR || behaviour == NULL)
		return read_section(situation, yaml, section, node, err);
	return set_field(situation, yaml, behaviour, node, err);
}

/* What a behaviour needs and lacks; NULL when it lacks nothing. */
static const char *find_lack(int behaviour, int64_t delay_ms, int http_status)
{
	if (behaviour == BEHAVIOUR_SLOW && delay_ms == 0)
		return "a slow answer needs its time: write { slow: 2500ms }";
	if (behaviour == BEHAVIOUR_HTTP && http_status == 0)
		return "an HTTP error needs its status: write { http: 503 }";
	return NULL;
}

/* Settings that the final situation leaves without effect are a slip, not a scenario. */
static bool check_effect(const struct situation *situation, struct yaml *yaml,
			 struct yaml_node *mapping, struct error *err)
{
	bool done = true;
	struct yaml_node *responder = yaml_get(mapping, "responder");
	struct yaml_node *crl = yaml_get(mapping, "crl");
	struct yaml_node *server = yaml_get(mapping, "server");
	struct yaml_node *staple = server != NULL ? yaml_get(server, "staple") : NULL;
	const char *lack = find_lack(situation->responder.behaviour, situation->responder.delay_ms,
				     situation->responder.http_status);
	if (responder != NULL && lack != NULL)
		done = yaml_fault(yaml, responder, err, "%s", lack);
	lack = find_lack(situation->crl.behaviour, situation->crl.delay_ms,
			 situation->crl.http_status);
	if (crl != NULL && lack != NULL)
		done = yaml_fault(yaml, crl, err, "%s", lack);
	if (crl != NULL && situation->crl.behaviour == BEHAVIOUR_NONE &&
	    yaml_count(crl) > (yaml_get(crl, "behaviour") != NULL))
		done = yaml_fault(yaml, crl, err,
				  "no CRL is served, so this has no effect: add behaviour: answer");
	if (staple != NULL && !situation->server.staple.present &&
	    yaml_count(staple) > (yaml_get(staple, "present") != NULL))
		done = yaml_fault(yaml, staple, err, "no staple is sent, so this has no effect");
	/* The endpoint of GnuTLS, which staples for intermediates, cannot do it. */
	if (situation->server.staple.unasked && situation->intermediate.staple != UPPER_STAPLE_NONE)
		done = yaml_fault(yaml, mapping, err,
				  "unasked and a staple for the intermediate exclude each other");
	return done;
}

/* Lays the sections of a mapping (the file's or a variant's) over the situation. */
static bool read_situation(struct situation *situation, struct yaml *yaml,
			   struct yaml_node *mapping, struct error *err)
{
	bool done = true;
	struct yaml_node *node;
	if ((node = yaml_get(mapping, "client")) != NULL)
		done = read_section(situation, yaml, "client", node, err);
	if ((node = yaml_get(mapping, "certificate")) != NULL)
		done = read_section(situation, yaml, "certificate", node, err) && done;
	if ((node = yaml_get(mapping, "intermediate")) != NULL)
		done = read_section(situation, yaml, "intermediate", node, err) && done;
	if ((node = yaml_get(mapping, "server")) != NULL)
		done = read_section(situation, yaml, "server", node, err) && done;
	if ((node = yaml_get(mapping, "responder")) != NULL)
		done = read_fetched(situation, yaml, "responder", node, err) && done;
	if ((node = yaml_get(mapping, "crl")) != NULL)
		done = read_fetched(situation, yaml, "crl", node, err) && done;
	return done ? check_effect(situation, yaml, mapping, err) : false;
}

/* Leaves *truth alone when the mapping does not say. */
static bool read_truth(enum status *truth, struct yaml *yaml, struct yaml_node *mapping,
		       struct error *err)
{
	struct yaml_node *node = yaml_get(mapping, "truth");
	int value = node != NULL ? yaml_check_name(yaml, node, &truth_names, err) : 0;
	if (node != NULL && value >= 0)
		*truth = truths[value];
	return value >= 0;
}

static bool read_tags(struct scenario *scenario, struct yaml *yaml, struct yaml_node *root,
		      struct error *err)
{
	struct yaml_node *node = yaml_get(root, "tags");
	if (node == NULL)
		return yaml_fault(yaml, root, err, "tags is missing");
	if (yaml_kind(node) != YAML_SEQUENCE || yaml_count(node) == 0)
		return yaml_fault(yaml, node, err, "tags is a list of words: [staple, time]");
	bool done = true;
	scenario->tags = calloc(yaml_count(node), sizeof(*scenario->tags));
	if (scenario->tags == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (size_t i = 0; i < yaml_count(node); i++) {
		const char *tag = yaml_check_text(yaml, yaml_item(node, i), "a tag", err);
		if (tag != NULL && !yaml_is_id(tag))
			yaml_fault(yaml, yaml_item(node, i), err,
				   "invalid tag '%.64s' (lower-case letters, digits and hyphens)",
				   tag);
		done = tag != NULL && yaml_is_id(tag) && done;
		if (tag != NULL && (scenario->tags[scenario->num_tags] = strdup(tag)) != NULL)
			scenario->num_tags++;
	}
	return done;
}

/* The texts that all variants of a file share. */
static bool read_texts(struct scenario *scenario, struct yaml *yaml, struct yaml_node *root,
		       struct error *err)
{
	bool done = yaml_take_text(&scenario->title, yaml, root, "title", true, err);
	done = yaml_take_text(&scenario->why, yaml, root, "why", true, err) && done;
	done = yaml_take_text(&scenario->source, yaml, root, "source", false, err) && done;
	return read_tags(scenario, yaml, root, err) && done;
}

static bool set_names(struct scenario *scenario, const struct reader *reader, const char *variant)
{
	bool is_plain = variant == NULL;
	scenario->family = strdup(reader->family);
	scenario->file = strdup(reader->path);
	if (asprintf(&scenario->id, "%s%s%s", reader->id, is_plain ? "" : "@",
		     is_plain ? "" : variant) < 0)
		scenario->id = NULL;
	if (asprintf(&scenario->host, "%s%s%s.lab.localhost", is_plain ? "" : variant,
		     is_plain ? "" : ".", reader->id) < 0)
		scenario->host = NULL;
	return scenario->family != NULL && scenario->file != NULL && scenario->id != NULL &&
	       scenario->host != NULL;
}

/* A variant has a title of its own, or the file's with its name behind it. */
static bool set_variant_title(struct scenario *scenario, struct reader *reader,
			      struct yaml_node *mapping, const char *name)
{
	char *title;
	if (!yaml_take_text(&title, reader->yaml, mapping, "title", false, reader->err))
		return false;
	if (title == NULL && asprintf(&title, "%s (%s)", scenario->title, name) < 0)
		return error_set(reader->err, ERROR_UNABLE, "out of memory");
	free(scenario->title);
	scenario->title = title;
	return true;
}

static bool append(struct reader *reader, struct scenario *scenario)
{
	struct scenario_list *list = &reader->out;
	struct scenario *items = reallocarray(list->items, list->num + 1, sizeof(*items));
	if (items == NULL)
		return error_set(reader->err, ERROR_UNABLE, "out of memory");
	list->items = items;
	items[list->num++] = *scenario;
	*scenario = (struct scenario){0};
	return true;
}

/* The file itself: reports its faults once, and is a scenario when it has no variants. */
static bool read_plain(struct reader *reader, bool is_scenario)
{
	struct scenario scenario = {.truth = STATUS_GOOD};
	struct yaml_node *expect = yaml_get(reader->root, "expect");
	bool done = read_texts(&scenario, reader->yaml, reader->root, reader->err);
	done = read_truth(&scenario.truth, reader->yaml, reader->root, reader->err) && done;
	reader->truth = scenario.truth;
	situation_init(&scenario.situation, scenario.truth);
	done = read_situation(&scenario.situation, reader->yaml, reader->root, reader->err) && done;
	if (expect != NULL)
		done = expectation_read_mapping(&scenario.expect, reader->yaml, expect,
						reader->err) &&
		       done;
	else if (is_scenario)
		done = yaml_fault(reader->yaml, reader->root, reader->err, "expect is missing");
	if (done && is_scenario)
		done = (set_names(&scenario, reader, NULL) ||
			error_set(reader->err, ERROR_UNABLE, "out of memory")) &&
		       append(reader, &scenario);
	scenario_clear(&scenario);
	return done;
}

/* What read_plain has reported is read again for each variant, without a word. */
static bool read_variant(struct reader *reader, struct yaml_node *key, struct yaml_node *mapping)
{
	struct yaml *yaml = reader->yaml;
	struct error *err = reader->err;
	const char *name = yaml_text(key);
	struct scenario scenario = {.truth = reader->truth};
	struct yaml_node *shared = yaml_get(reader->root, "expect");
	struct yaml_node *own = yaml_get(mapping, "expect");
	bool done = true;
	if (!yaml_is_id(name))
		done = yaml_fault(
			yaml, key, err,
			"invalid name of a variant '%.64s' ([a-z0-9][a-z0-9-]*, 40 letters)", name);
	if (!yaml_check_mapping(yaml, mapping, "a variant", err))
		return false;
	done = yaml_check_keys(yaml, mapping, "a variant", variant_keys,
			       sizeof variant_keys / sizeof variant_keys[0], err) &&
	       done;
	bool is_shared_good = read_texts(&scenario, yaml, reader->root, NULL);
	done = read_truth(&scenario.truth, yaml, mapping, err) && done;
	situation_init(&scenario.situation, scenario.truth);
	is_shared_good =
		read_situation(&scenario.situation, yaml, reader->root, NULL) && is_shared_good;
	done = read_situation(&scenario.situation, yaml, mapping, err) && done;
	if (shared != NULL)
		is_shared_good = expectation_read_mapping(&scenario.expect, yaml, shared, NULL) &&
				 is_shared_good;
	if (own != NULL)
		done = expectation_read_mapping(&scenario.expect, yaml, own, err) && done;
	if (shared == NULL && own == NULL)
		done = yaml_fault(yaml, key, err, "expect is missing, here and in the file");
	done = done && is_shared_good && set_variant_title(&scenario, reader, mapping, name);
	if (done)
		done = (set_names(&scenario, reader, name) ||
			error_set(err, ERROR_UNABLE, "out of memory")) &&
		       append(reader, &scenario);
	scenario_clear(&scenario);
	return done;
}

static bool read_variants(struct reader *reader, struct yaml_node *variants)
{
	bool done = true;
	struct yaml_node *key, *value;
	if (!yaml_check_mapping(reader->yaml, variants, "variants", reader->err))
		return false;
	if (yaml_count(variants) == 0)
		return yaml_fault(reader->yaml, variants, reader->err, "variants is empty");
	for (size_t i = 0; yaml_pair(variants, i, &key, &value); i++)
		done = read_variant(reader, key, value) && done;
	return done;
}

static bool read_root(struct reader *reader)
{
	struct yaml_node *variants = yaml_get(reader->root, "variants");
	bool done = true;
	if (!yaml_check_mapping(reader->yaml, reader->root, "a scenario", reader->err))
		return false;
	if (!yaml_is_id(reader->id))
		done = yaml_fault(
			reader->yaml, reader->root, reader->err,
			"invalid id '%.64s' in the file's name ([a-z0-9][a-z0-9-]*, at most 40 "
			"letters, and .yaml)",
			reader->id);
	done = yaml_check_keys(reader->yaml, reader->root, "a scenario", file_keys,
			       sizeof file_keys / sizeof file_keys[0], reader->err) &&
	       done;
	done = read_plain(reader, variants == NULL) && done;
	if (variants != NULL)
		done = read_variants(reader, variants) && done;
	return done;
}

/* The file's name without its ending. */
static char *id_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	bool is_yaml = dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
	return strndup(name, is_yaml ? (size_t)(dot - name) : strlen(name));
}

/* The parent folder's name; where the path does not name it, the file system does. */
static char *family_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash != NULL ? strndup(path, (size_t)(slash - path)) : strdup(".");
	if (directory == NULL)
		return NULL;
	const char *last = strrchr(directory, '/');
	const char *name = last != NULL ? last + 1 : directory;
	char *real = NULL;
	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		real = realpath(*directory != '\0' ? directory : "/", NULL);
		last = real != NULL ? strrchr(real, '/') : NULL;
		name = last != NULL ? last + 1 : "";
	}
	char *family = strdup(*name != '\0' ? name : "local");
	free(real);
	free(directory);
	return family;
}

bool scenario_read_yaml(struct scenario_list *list, struct yaml *yaml, const char *path,
			struct error *err)
{
	struct reader reader = {.yaml = yaml, .path = path, .root = yaml_root(yaml), .err = err};
	struct scenario *items;
	bool done = false;
	reader.id = id_of(path);
	reader.family = family_of(path);
	if (reader.id == NULL || reader.family == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		goto out;
	}
	if (!read_root(&reader))
		goto out;
	items = reallocarray(list->items, list->num + reader.out.num, sizeof(*items));
	if (items == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		goto out;
	}
	list->items = items;
	memcpy(items + list->num, reader.out.items, reader.out.num * sizeof(*items));
	list->num += reader.out.num;
	reader.out.num = 0;
	done = true;
out:
	scenario_list_clear(&reader.out);
	free(reader.family);
	free(reader.id);
	return done;
}
