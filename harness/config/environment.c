/* Knows the grammar of an environment: client classes and their shares. */
#include "harness/config/environment.h"

#include "core/text.h"
#include "harness/config/yaml_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const environment_keys[] = {"title", "text", "clients"};
static const char *const client_keys[] = {"class", "share", "note"};

bool environment_parse_percent(double *out, const char *text)
{
	double value = 0, unit = 1;
	size_t num_digits = 0;
	for (; *text >= '0' && *text <= '9' && num_digits < 9; text++, num_digits++)
		value = value * 10 + (*text - '0');
	if (num_digits == 0)
		return false;
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9' && unit > 1e-9; text++)
			value += (*text - '0') * (unit /= 10);
	text += strspn(text, " ");
	text += *text == '%';
	*out = value;
	return *text == '\0';
}

static const struct client_class *find_class(const struct class_file *classes, const char *id)
{
	for (size_t i = 0; i < classes->num_classes; i++)
		if (strcmp(classes->classes[i].id, id) == 0)
			return &classes->classes[i];
	return NULL;
}

/* The classes whose id begins with the word: browser/chrome is short for several. */
static void append_longer(struct text *out, const struct class_file *classes, const char *word)
{
	size_t len = strlen(word);
	for (size_t i = 0; len > 0 && i < classes->num_classes; i++)
		if (strncmp(classes->classes[i].id, word, len) == 0)
			text_append_format(out, "%s%s", out->len > 0 ? ", " : "",
					   classes->classes[i].id);
}

/* Says that no class has this id, and which one may have been meant. Always false. */
static bool fault_unknown(struct yaml *yaml, struct yaml_node *node,
			  const struct class_file *classes, const char *word, struct error *err)
{
	struct text meant;
	const char **ids = calloc(classes->num_classes + 1, sizeof *ids);
	text_init(&meant, 400);
	append_longer(&meant, classes, word);
	for (size_t i = 0; ids != NULL && i < classes->num_classes; i++)
		ids[i] = classes->classes[i].id;
	const char *nearest = ids != NULL ? text_nearest(word, ids, classes->num_classes) : NULL;
	if (meant.len == 0 && nearest != NULL)
		text_append(&meant, nearest);
	bool is_known = meant.len > 0;
	yaml_fault(yaml, node, err, "unknown client class '%.64s'%s%s%s", word,
		   is_known ? "; did you mean " : " (revoscope list classes shows all)",
		   text_string(&meant), is_known ? "?" : "");
	text_clear(&meant);
	free(ids);
	return false;
}

/* The class of an entry; a second entry of the same class would count it twice. */
static bool read_class(struct environment *environment, struct environment_client *client,
		       struct yaml *yaml, struct yaml_node *mapping,
		       const struct class_file *classes, struct error *err)
{
	if (!yaml_take_text(&client->class_id, yaml, mapping, "class", true, err))
		return false;
	struct yaml_node *node = yaml_get(mapping, "class");
	const struct client_class *class = find_class(classes, client->class_id);
	client->line = yaml_line(node);
	client->column = yaml_column(node);
	if (class == NULL)
		return fault_unknown(yaml, node, classes, client->class_id, err);
	client->title = class->title;
	for (size_t i = 0; i < environment->num_clients; i++) {
		const struct environment_client *other = &environment->clients[i];
		if (other->class_id != NULL && strcmp(other->class_id, client->class_id) == 0)
			return yaml_fault(yaml, node, err,
					  "duplicate class '%.64s', first defined at line %d",
					  client->class_id, other->line);
	}
	return true;
}

static bool read_share(struct environment_client *client, struct yaml *yaml,
		       struct yaml_node *mapping, struct error *err)
{
	struct yaml_node *node = yaml_get(mapping, "share");
	if (node == NULL)
		return yaml_fault(yaml, mapping, err, "share is missing");
	const char *text = yaml_check_text(yaml, node, "share", err);
	if (text == NULL)
		return false;
	if (!environment_parse_percent(&client->share, text) || client->share <= 0 ||
	    client->share > 100)
		return yaml_fault(yaml, node, err,
				  "share: invalid percentage '%.32s' (above 0 and up to 100)",
				  text);
	return true;
}

static bool read_client(struct environment *environment, struct yaml *yaml,
			struct yaml_node *mapping, const struct class_file *classes,
			struct error *err)
{
	struct environment_client client = {0};
	if (!yaml_check_mapping(yaml, mapping, "a client", err))
		return false;
	bool done = yaml_check_keys(yaml, mapping, "a client", client_keys, 3, err);
	done = read_class(environment, &client, yaml, mapping, classes, err) && done;
	done = read_share(&client, yaml, mapping, err) && done;
	done = yaml_take_text(&client.note, yaml, mapping, "note", false, err) && done;
	environment->clients[environment->num_clients++] = client;
	environment->sum += client.share;
	return done;
}

static bool read_clients(struct environment *environment, struct yaml *yaml, struct yaml_node *root,
			 const struct class_file *classes, struct error *err)
{
	bool done = true;
	struct yaml_node *list = yaml_get(root, "clients");
	if (list == NULL)
		return yaml_fault(yaml, root, err, "clients is missing");
	if (yaml_kind(list) != YAML_SEQUENCE || yaml_count(list) == 0)
		return yaml_fault(yaml, list, err,
				  "clients is a list (- class: browser/chrome-default, newline, "
				  "share: 40)");
	environment->clients = calloc(yaml_count(list), sizeof *environment->clients);
	if (environment->clients == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	for (size_t i = 0; i < yaml_count(list); i++)
		done = read_client(environment, yaml, yaml_item(list, i), classes, err) && done;
	/* What is wrong with one share need not be said of the sum as well. */
	if (done && fabs(environment->sum - 100) > ENVIRONMENT_SLACK)
		done = yaml_fault(yaml, list, err,
				  "the shares of clients add up to %.10g %%, not to 100 %%",
				  environment->sum);
	return done;
}

bool environment_read_yaml(struct environment *environment, struct yaml *yaml,
			   const struct class_file *classes, struct error *err)
{
	struct yaml_node *root = yaml_root(yaml);
	*environment = (struct environment){.file = strdup(yaml_name(yaml))};
	if (environment->file == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	if (!yaml_check_mapping(yaml, root, "an environment", err))
		return false;
	bool done = yaml_check_keys(yaml, root, "an environment", environment_keys, 3, err);
	done = yaml_take_text(&environment->title, yaml, root, "title", true, err) && done;
	done = yaml_take_text(&environment->text, yaml, root, "text", false, err) && done;
	return read_clients(environment, yaml, root, classes, err) && done;
}

bool environment_read(struct environment *environment, const char *path,
		      const struct class_file *classes, struct error *err)
{
	*environment = (struct environment){0};
	struct yaml *yaml = yaml_load(path, err);
	bool done = yaml != NULL && environment_read_yaml(environment, yaml, classes, err);
	yaml_free(yaml);
	if (!done)
		environment_clear(environment);
	return done;
}

void environment_clear(struct environment *environment)
{
	if (environment == NULL)
		return;
	for (size_t i = 0; i < environment->num_clients; i++) {
		free(environment->clients[i].class_id);
		free(environment->clients[i].note);
	}
	free(environment->clients);
	free(environment->file);
	free(environment->title);
	free(environment->text);
	*environment = (struct environment){0};
}
