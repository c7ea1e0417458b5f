/* Knows how explained differences are written. */
#include "harness/verify/explained.h"

#include "core/text.h"
#include "harness/config/yaml_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_item(struct explanation *item, struct yaml *yaml, struct yaml_node *node,
		      struct error *err)
{
	static const char *const known[] = {"stack", "case", "got", "why"};
	char from[512];
	if (!yaml_check_mapping(yaml, node, "an explained difference", err) ||
	    !yaml_check_keys(yaml, node, "an explained difference", known, 4, err))
		return false;
	snprintf(from, sizeof from, "%s:%d", yaml_name(yaml), yaml_line(node));
	item->from = strdup(from);
	if (!yaml_take_text(&item->stack, yaml, node, "stack", true, err) ||
	    !yaml_take_text(&item->name, yaml, node, "case", true, err) ||
	    !yaml_take_text(&item->why, yaml, node, "why", true, err))
		return false;
	struct yaml_node *got = yaml_get(node, "got");
	if (got == NULL)
		return yaml_fault(yaml, node, err, "'got' is missing");
	int class = yaml_check_name(yaml, got, &vector_classes, err);
	item->got = class >= 0 ? (enum vector_class) class : CLASS_GOOD;
	return class >= 0 && (item->from != NULL || error_set(err, ERROR_UNABLE, "out of memory"));
}

static bool read_all(struct explained *out, struct yaml *yaml, struct error *err)
{
	struct yaml_node *root = yaml_root(yaml);
	if (yaml_kind(root) != YAML_SEQUENCE)
		return yaml_fault(yaml, root, err, "a list of explained differences is expected");
	size_t num = yaml_count(root);
	bool done = true;
	out->items = calloc(num + 1, sizeof *out->items);
	if (out->items == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	out->num = num;
	for (size_t i = 0; i < num; i++)
		done &= read_item(&out->items[i], yaml, yaml_item(root, i), err);
	return done;
}

bool explained_read(struct explained *out, const char *path, struct error *err)
{
	*out = (struct explained){0};
	struct yaml *yaml = yaml_load(path, err);
	bool done = yaml != NULL && read_all(out, yaml, err);
	yaml_free(yaml);
	if (!done)
		explained_clear(out);
	return done;
}

void explained_clear(struct explained *explained)
{
	for (size_t i = 0; i < explained->num; i++) {
		free(explained->items[i].from);
		free(explained->items[i].stack);
		free(explained->items[i].name);
		free(explained->items[i].why);
	}
	free(explained->items);
	*explained = (struct explained){0};
}

const struct explanation *explained_find(struct explained *explained, const char *stack,
					 const char *name, enum vector_class got)
{
	for (size_t i = 0; i < explained->num; i++) {
		struct explanation *item = &explained->items[i];
		if (item->got != got || !text_matches(item->stack, stack) ||
		    !text_matches(item->name, name))
			continue;
		item->num_used++;
		return item;
	}
	return NULL;
}
