/*
 * Prints each YAML file of its command line as one line of JSON, as an editor with a JSON schema
 * sees it: scalars without quotes are what the core schema of YAML 1.2 (section 10.3) makes of
 * them.
 */
#include "harness/config/yaml.h"

#include "core/file.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits, with one dot among them when there may be one. */
static bool is_number(const char *text, bool may_be_fraction)
{
	const char *p = text + (*text == '-' || *text == '+');
	size_t digits = strspn(p, "0123456789");
	if (digits > 0 && p[digits] == '\0')
		return !may_be_fraction;
	return may_be_fraction && digits > 0 && p[digits] == '.' && p[digits + 1] != '\0' &&
	       strspn(p + digits + 1, "0123456789") == strlen(p + digits + 1);
}

/* Whether a scalar begins in the file as its text does: without a quote. */
static bool is_plain(const char *file, struct yaml_node *node)
{
	for (int line = 1; line < yaml_line(node); line++)
		file = strchr(file, '\n') + 1;
	const char *text = yaml_text(node);
	return strncmp(file + yaml_column(node) - 1, text, strcspn(text, "\n")) == 0;
}

static json_t *from_scalar(const char *file, struct yaml_node *node)
{
	const char *text = yaml_text(node);
	if (!is_plain(file, node))
		return json_string(text);
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return json_boolean(text[0] == 't');
	if (strcmp(text, "") == 0 || strcmp(text, "null") == 0 || strcmp(text, "~") == 0)
		return json_null();
	if (is_number(text, false))
		return json_integer(strtoll(text, NULL, 10));
	if (is_number(text, true))
		return json_real(strtod(text, NULL));
	return json_string(text);
}

static json_t *from_node(const char *file, struct yaml_node *node)
{
	struct yaml_node *key, *value;
	if (yaml_kind(node) == YAML_SCALAR)
		return from_scalar(file, node);
	json_t *made = yaml_kind(node) == YAML_MAPPING ? json_object() : json_array();
	for (size_t i = 0; yaml_kind(node) == YAML_SEQUENCE && i < yaml_count(node); i++)
		json_array_append_new(made, from_node(file, yaml_item(node, i)));
	for (size_t i = 0; yaml_kind(node) == YAML_MAPPING && yaml_pair(node, i, &key, &value); i++)
		json_object_set_new(made, yaml_text(key), from_node(file, value));
	return made;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct error err = ERROR_INIT;
		struct text file;
		text_init(&file, YAML_MAX_BYTES);
		struct yaml *yaml = NULL;
		if (file_read(&file, argv[i], YAML_MAX_BYTES, &err))
			yaml = yaml_parse(argv[i], text_string(&file), file.len, &err);
		if (yaml == NULL) {
			fprintf(stderr, "%s\n", err.text);
			return 2;
		}
		json_t *content = from_node(text_string(&file), yaml_root(yaml));
		json_dumpf(content, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
		putchar('\n');
		json_decref(content);
		yaml_free(yaml);
		text_clear(&file);
	}
	return 0;
}
