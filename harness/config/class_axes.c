/* Knows how the axes of a policy are written in a file of classes. */
#include "harness/config/class_axes.h"

#include "harness/config/yaml_check.h"

#include <stdio.h>
#include <string.h>

size_t class_axes_keys(const char *keys[static CLASS_KEYS_MAX], const char *const *first,
		       size_t num)
{
	for (size_t i = 0; i < num; i++)
		keys[i] = first[i];
	for (size_t i = 0; i < num_policy_axes && num < CLASS_KEYS_MAX; i++)
		keys[num++] = policy_axes[i].name;
	return num;
}

bool class_axes_read(struct class_axes *axes, struct yaml *yaml, struct yaml_node *mapping,
		     struct error *err)
{
	bool done = true;
	struct yaml_node *key, *value;
	for (size_t i = 0; yaml_pair(mapping, i, &key, &value); i++) {
		struct error cause = ERROR_INIT;
		const struct policy_axis *axis = policy_find_axis(yaml_text(key));
		if (axis == NULL)
			continue;
		const char *text = yaml_check_text(yaml, value, axis->name, err);
		if (text == NULL)
			done = false;
		else if (!policy_set(axes->policy, axis, text, &cause))
			done = yaml_fault(yaml, value, err, "%s", cause.text);
		axes->places[axis - policy_axes] =
			(struct class_place){axes->file, yaml_line(key), yaml_column(key)};
	}
	return done;
}

/* One half of a contradiction, at the place where its axis was written. */
static void fault_axis(const struct class_axes *axes, struct yaml *yaml, struct yaml_node *name,
		       const struct policy_axis *axis, const char *text, struct error *err)
{
	char number[16], words[512];
	const struct class_place *written = &axes->places[axis - policy_axes];
	struct class_place place = *written;
	if (written->line == 0)
		place = (struct class_place){axes->file, yaml_line(name), yaml_column(name)};
	snprintf(words, sizeof words, "%.80s contradicts itself: %s: %s is %s%s", yaml_text(name),
		 text, axis->name, policy_spell(axes->policy, axis, number),
		 written->line == 0 ? " by default" : "");
	yaml_fault_in(yaml, axes->files[place.file], place.line, place.column, err, words);
}

bool class_axes_check(const struct class_axes *axes, struct yaml *yaml, struct yaml_node *name,
		      struct error *err)
{
	const struct policy_axis *one, *other;
	const char *text = policy_contradiction(axes->policy, &one, &other);
	if (text == NULL)
		return true;
	fault_axis(axes, yaml, name, one, text, err);
	fault_axis(axes, yaml, name, other, text, err);
	return false;
}
