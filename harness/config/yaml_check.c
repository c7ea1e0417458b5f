/* Knows how the readers of YAML files word what is wrong with a value. */
#include "harness/config/yaml_check.h"

#include "core/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ID_MAX 40

bool yaml_check_mapping(struct yaml *yaml, const struct yaml_node *node, const char *what,
			struct error *err)
{
	if (yaml_kind(node) == YAML_MAPPING)
		return true;
	return yaml_fault(yaml, node, err, "%s is a mapping (key: value)", what);
}

bool yaml_check_keys(struct yaml *yaml, struct yaml_node *mapping, const char *what,
		     const char *const *known, size_t num_known, struct error *err)
{
	bool done = true;
	struct yaml_node *key, *value;
	for (size_t i = 0; yaml_pair(mapping, i, &key, &value); i++) {
		const char *text = yaml_text(key);
		bool is_known = false;
		for (size_t k = 0; k < num_known && !is_known; k++)
			is_known = strcmp(text, known[k]) == 0;
		if (is_known)
			continue;
		const char *near = text_nearest(text, known, num_known);
		done = yaml_fault(yaml, key, err, "unknown key '%.64s' in %s%s%s%s", text, what,
				  near != NULL ? ", did you mean '" : "", near != NULL ? near : "",
				  near != NULL ? "'?" : "");
	}
	return done;
}

const char *yaml_check_text(struct yaml *yaml, struct yaml_node *node, const char *what,
			    struct error *err)
{
	const char *text = yaml_text(node);
	if (text == NULL) {
		yaml_fault(yaml, node, err, "%s is a string, not a list or a mapping", what);
		return NULL;
	}
	if (text[strspn(text, " \t\r\n")] == '\0') {
		yaml_fault(yaml, node, err, "%s has no value", what);
		return NULL;
	}
	return text;
}

int yaml_check_name(struct yaml *yaml, struct yaml_node *node, const struct name_table *table,
		    struct error *err)
{
	char list[200];
	const char *text = yaml_check_text(yaml, node, table->what, err);
	if (text == NULL)
		return -1;
	int value = name_find(table, text);
	if (value >= 0)
		return value;
	const char *near = text_nearest(text, table->names, table->num);
	/* A list that would be cut is no help beside a near name. */
	bool is_long = table->num > 16;
	yaml_fault(yaml, node, err, "unknown %s '%.64s'%s%s%s%s%s%s", table->what, text,
		   near != NULL ? ", did you mean '" : "", near != NULL ? near : "",
		   near != NULL ? "'?" : "", is_long && near != NULL ? "" : " (one of: ",
		   is_long && near != NULL ? "" : name_list(list, sizeof list, table),
		   is_long && near != NULL ? "" : ")");
	return -1;
}

bool yaml_take_text(char **out, struct yaml *yaml, struct yaml_node *mapping, const char *key,
		    bool is_required, struct error *err)
{
	*out = NULL;
	struct yaml_node *node = yaml_get(mapping, key);
	if (node == NULL)
		return !is_required || yaml_fault(yaml, mapping, err, "%s is missing", key);
	const char *text = yaml_check_text(yaml, node, key, err);
	if (text == NULL)
		return false;
	*out = strdup(text);
	return *out != NULL || error_set(err, ERROR_UNABLE, "out of memory");
}

bool yaml_is_id(const char *text)
{
	size_t len = strlen(text);
	if (len == 0 || len > ID_MAX || text[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!islower((unsigned char)text[i]) && !isdigit((unsigned char)text[i]) &&
		    text[i] != '-')
			return false;
	return true;
}
