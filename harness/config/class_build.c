/* Knows which classes follow from a file of classes, and which of them override others. */
#include "harness/config/class_reader.h"

#include "harness/config/yaml_check.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASS_ID_MAX 80

static const char *const origin_spellings[] = {"measured", "source", "documentation"};
static const struct name_table origin_names = {"origin", origin_spellings, NULL, 3};

static const char *const enforcement_spellings[] = {"application", "native"};
static const struct name_table enforcement_names = {"enforcement", enforcement_spellings, NULL, 2};

static int find_class(const struct class_file *file, const char *id)
{
	for (size_t i = 0; i < file->num_classes; i++)
		if (strcmp(file->classes[i].id, id) == 0)
			return (int)i;
	return -1;
}

/* A class of an earlier file; NULL when there is none. */
static struct client_class *find_old(const struct class_reader *reader, const char *id)
{
	for (size_t i = 0; i < reader->num_old; i++)
		if (reader->old[i].id != NULL && strcmp(reader->old[i].id, id) == 0)
			return &reader->old[i];
	return NULL;
}

/* Appends an empty class; NULL without memory. */
static struct client_class *append_class(struct class_reader *reader, bool is_here)
{
	struct class_file *file = reader->file;
	bool *here = class_one_more(reader, (void **)&reader->classes_here, file->num_classes,
				    sizeof *here);
	struct client_class *class = here != NULL ? class_one_more(reader, (void **)&file->classes,
								   file->num_classes, sizeof *class)
						  : NULL;
	if (class == NULL)
		return NULL;
	*here = is_here;
	return class;
}

static bool keep_old(struct class_reader *reader, struct client_class *old)
{
	struct client_class *class = append_class(reader, false);
	if (class == NULL)
		return false;
	*class = *old;
	*old = (struct client_class){0};
	reader->file->num_classes++;
	return true;
}

/* Appends a class of this file: its id, its place, and what it overrides. */
static struct client_class *make_class(struct class_reader *reader, const char *id,
				       const char *from)
{
	struct client_class *class = append_class(reader, true);
	struct client_class *old = find_old(reader, id);
	if (class == NULL)
		return NULL;
	class->id = strdup(id);
	class->from = strdup(from);
	if (class->id == NULL || class->from == NULL) {
		client_class_clear(class);
		class_no_memory(reader);
		return NULL;
	}
	if (old != NULL) {
		class->overrides = old->from;
		old->from = NULL;
		client_class_clear(old);
	}
	reader->file->num_classes++;
	return class;
}

/* STACK/POLICY: as it was unless this file names one of the two. */
static bool add_built_in(struct class_reader *reader, size_t stack, size_t policy)
{
	const struct stack *of = &reader->file->stacks[stack];
	const struct named_policy *named = &reader->file->policies[policy];
	char id[2 * CLASS_ID_MAX + 2];
	snprintf(id, sizeof id, "%.*s/%.*s", CLASS_ID_MAX, of->id, CLASS_ID_MAX, named->id);
	struct client_class *old = find_old(reader, id);
	if (!reader->stacks_here[stack] && !reader->policies_here[policy] && old != NULL)
		return keep_old(reader, old);
	struct client_class *class = make_class(reader, id, named->from);
	if (class == NULL)
		return false;
	class->stack = stack;
	class->policy = named->policy;
	memcpy(class->places, named->places, sizeof class->places);
	class->policy_id = strdup(named->id);
	class->text = strdup(named->text);
	class->origin = strdup("built-in");
	class->is_default = true;
	if (asprintf(&class->title, "%s, %s", of->title, named->title) < 0)
		class->title = NULL;
	return (class->policy_id != NULL && class->text != NULL && class->origin != NULL &&
		class->title != NULL) ||
	       class_no_memory(reader);
}

/* STACK/native: unchanged unless this file has an entry for it. */
static bool add_native(struct class_reader *reader, size_t stack, struct yaml_node *part)
{
	static const char *const known[] = {"title", "text"};
	const char *stack_id = reader->file->stacks[stack].id;
	char id[CLASS_ID_MAX + 16];
	struct yaml_node *value = part != NULL ? yaml_get(part, stack_id) : NULL;
	struct yaml *yaml = reader->yaml;
	struct error *err = reader->err;
	char *from;
	snprintf(id, sizeof id, "%.*s/native", CLASS_ID_MAX, stack_id);
	struct client_class *old = find_old(reader, id);
	if (value == NULL && old != NULL)
		return keep_old(reader, old);
	if (value == NULL)
		return yaml_fault(yaml, part != NULL ? part : reader->root, err,
				  "'%s' has no native", stack_id);
	if (!yaml_check_mapping(yaml, value, "a native", err) ||
	    !class_take_place(&from, reader, value))
		return false;
	struct client_class *class = make_class(reader, id, from);
	free(from);
	if (class == NULL)
		return false;
	bool done = yaml_check_keys(yaml, value, "a native", known, 2, err);
	done = yaml_take_text(&class->title, yaml, value, "title", true, err) && done;
	done = yaml_take_text(&class->text, yaml, value, "text", true, err) && done;
	policy_init(&class->policy);
	class->stack = stack;
	class->native = true;
	class->is_default = true;
	class->policy_id = strdup("native");
	class->origin = strdup("built-in");
	return class->policy_id != NULL && class->origin != NULL ? done : class_no_memory(reader);
}

static bool add_natives(struct class_reader *reader)
{
	struct yaml_node *part, *key, *value;
	if (!class_find_part(&part, reader, "natives", CLASS_STACKS_MAX))
		return false;
	bool done = true;
	for (size_t i = 0; part != NULL && yaml_pair(part, i, &key, &value); i++)
		if (class_find_stack(reader->file, yaml_text(key)) < 0)
			done = class_fault_stack(reader, key, yaml_text(key));
	for (size_t i = 0; i < reader->file->num_stacks; i++)
		done = add_native(reader, i, part) && done;
	return done;
}

/* Whether text is "family/name" of [a-z0-9.-]. */
static bool is_class_id(const char *text)
{
	size_t len = strlen(text);
	const char *slash = strchr(text, '/');
	return len <= CLASS_ID_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-/") == len && slash != NULL &&
	       slash != text && slash[1] != '\0' && strchr(slash + 1, '/') == NULL;
}

/* Whether it is the native of a stack; a named class may be native as well. */
static bool is_native_id(const struct class_file *file, const char *id)
{
	size_t len = strcspn(id, "/");
	if (strcmp(id + len, "/native") != 0)
		return false;
	for (size_t i = 0; i < file->num_stacks; i++)
		if (strlen(file->stacks[i].id) == len && memcmp(file->stacks[i].id, id, len) == 0)
			return true;
	return false;
}

/* What a named class starts from: a policy, or an earlier class. */
static bool read_like(struct client_class *class, const struct class_reader *reader,
		      struct yaml_node *like)
{
	const struct class_file *file = reader->file;
	const char *id = yaml_check_text(reader->yaml, like, "like", reader->err);
	if (id == NULL)
		return false;
	int policy = class_find_policy(file, id), other = find_class(file, id);
	if (policy < 0 && other < 0)
		return yaml_fault(reader->yaml, like, reader->err,
				  "unknown policy or class '%.64s'", id);
	if (policy < 0 && file->classes[other].native)
		return yaml_fault(reader->yaml, like, reader->err,
				  "'%.64s' is native and has no axes to start from", id);
	if (policy >= 0) {
		class->policy = file->policies[policy].policy;
		memcpy(class->places, file->policies[policy].places, sizeof class->places);
		class->policy_id = strdup(id);
	} else {
		class->policy = file->classes[other].policy;
		memcpy(class->places, file->classes[other].places, sizeof class->places);
		class->policy_id = strdup(file->classes[other].policy_id);
	}
	return class->policy_id != NULL || class_no_memory(reader);
}

/* The stack decides: there are no axes to write. */
static bool read_native(struct client_class *class, const struct class_reader *reader,
			struct yaml_node *like, struct yaml_node *own)
{
	static const char text[] = "a native class has the stack's own defaults, and no %s";
	bool done = like == NULL || yaml_fault(reader->yaml, like, reader->err, text, "like");
	if (own != NULL)
		done = yaml_fault(reader->yaml, own, reader->err, text, "policy");
	class->policy_id = strdup("native");
	return class->policy_id != NULL ? done : class_no_memory(reader);
}

/* `like:` and `policy:` of a named class. */
static bool read_own_policy(struct client_class *class, const struct class_reader *reader,
			    struct yaml_node *key, struct yaml_node *value)
{
	const char *keys[CLASS_KEYS_MAX];
	struct yaml_node *like = yaml_get(value, "like");
	struct yaml_node *own = yaml_get(value, "policy");
	struct yaml *yaml = reader->yaml;
	struct error *err = reader->err;
	policy_init(&class->policy);
	if (class->native)
		return read_native(class, reader, like, own);
	if (like == NULL && own == NULL)
		return yaml_fault(yaml, key, err,
				  "a class has like, or policy, or both, unless its enforcement is "
				  "native");
	bool done = like == NULL || read_like(class, reader, like);
	struct class_axes axes = class_reader_axes(reader, &class->policy, class->places);
	if (own != NULL) {
		if (!yaml_check_mapping(yaml, own, "policy", err))
			return false;
		done = yaml_check_keys(yaml, own, "a policy", keys, class_axes_keys(keys, NULL, 0),
				       err) &&
		       done;
		done = class_axes_read(&axes, yaml, own, err) && done;
		free(class->policy_id);
		class->policy_id = strdup("own");
	}
	done = done && class_axes_check(&axes, yaml, key, err);
	return class->policy_id != NULL || !done ? done : class_no_memory(reader);
}

static bool read_enforcement(struct client_class *class, const struct class_reader *reader,
			     struct yaml_node *mapping)
{
	struct yaml_node *node = yaml_get(mapping, "enforcement");
	if (node == NULL)
		return true;
	int value = yaml_check_name(reader->yaml, node, &enforcement_names, reader->err);
	class->native = value == 1;
	return value >= 0;
}

static bool read_origin(struct client_class *class, const struct class_reader *reader,
			struct yaml_node *mapping)
{
	struct yaml_node *node = yaml_get(mapping, "origin");
	if (node == NULL)
		return yaml_fault(reader->yaml, mapping, reader->err, "origin is missing");
	int value = yaml_check_name(reader->yaml, node, &origin_names, reader->err);
	if (value < 0)
		return false;
	class->origin = strdup(origin_spellings[value]);
	return class->origin != NULL || class_no_memory(reader);
}

/* The members of a named class, into class, which is cleared by the caller. */
static bool read_members(struct client_class *class, const struct class_reader *reader,
			 struct yaml_node *key, struct yaml_node *value)
{
	static const char *const known[] = {"stack",  "enforcement", "title", "text",
					    "origin", "reference",   "like",  "policy"};
	struct yaml *yaml = reader->yaml;
	struct error *err = reader->err;
	char *stack;
	bool done =
		yaml_check_keys(yaml, value, "a class", known, sizeof known / sizeof known[0], err);
	done = yaml_take_text(&stack, yaml, value, "stack", true, err) && done;
	int index = stack != NULL ? class_find_stack(reader->file, stack) : 0;
	if (index < 0)
		done = class_fault_stack(reader, yaml_get(value, "stack"), stack);
	free(stack);
	class->stack = index >= 0 ? (size_t)index : 0;
	done = yaml_take_text(&class->title, yaml, value, "title", true, err) && done;
	done = yaml_take_text(&class->text, yaml, value, "text", false, err) && done;
	done = yaml_take_text(&class->reference, yaml, value, "reference", false, err) && done;
	done = read_origin(class, reader, value) && done;
	done = read_enforcement(class, reader, value) && done;
	return read_own_policy(class, reader, key, value) && done;
}

/* Puts a class where the one of its id is, or behind all others. Takes over what it holds. */
static bool place_class(struct class_reader *reader, struct client_class *class)
{
	int found = find_class(reader->file, class->id);
	if (found < 0) {
		struct client_class *added = append_class(reader, true);
		if (added == NULL)
			return false;
		*added = *class;
		reader->file->num_classes++;
		return true;
	}
	assert(reader->file->classes != NULL);
	struct client_class *old = &reader->file->classes[found];
	class->overrides = old->from;
	class->is_default = old->is_default;
	old->from = NULL;
	client_class_clear(old);
	*old = *class;
	reader->classes_here[found] = true;
	return true;
}

static bool read_class(struct class_reader *reader, struct yaml_node *key, struct yaml_node *value)
{
	struct yaml *yaml = reader->yaml;
	struct error *err = reader->err;
	const char *id = yaml_text(key);
	struct client_class class = {0};
	if (!is_class_id(id))
		return yaml_fault(yaml, key, err,
				  "invalid id of a class '%.64s' (such as browser/firefox: "
				  "lower-case letters, "
				  "digits, dots, hyphens)",
				  id);
	int found = find_class(reader->file, id);
	if (is_native_id(reader->file, id))
		return yaml_fault(yaml, key, err, "'%s' belongs under natives", id);
	if (found >= 0 && reader->classes_here[found])
		return yaml_fault(yaml, key, err, "duplicate class '%s'", id);
	if (!yaml_check_mapping(yaml, value, "a class", err))
		return false;
	bool done = read_members(&class, reader, key, value);
	class.id = strdup(id);
	if (class.id == NULL)
		done = class_no_memory(reader);
	done = class_take_place(&class.from, reader, key) && done;
	if (done && place_class(reader, &class))
		return true;
	client_class_clear(&class);
	return false;
}

static bool read_classes(struct class_reader *reader)
{
	struct yaml_node *part = yaml_get(reader->root, "classes");
	struct yaml_node *key, *value;
	bool done = true;
	if (part == NULL)
		return true;
	if (!yaml_check_mapping(reader->yaml, part, "classes", reader->err))
		return false;
	for (size_t i = 0; yaml_pair(part, i, &key, &value); i++)
		done = read_class(reader, key, value) && done;
	return done;
}

bool class_build(struct class_reader *reader)
{
	struct class_file *file = reader->file;
	bool done = true;
	reader->old = file->classes;
	reader->num_old = file->num_classes;
	file->classes = NULL;
	file->num_classes = 0;
	for (size_t i = 0; i < file->num_policies; i++)
		for (size_t k = 0; k < file->num_stacks; k++)
			done = add_built_in(reader, k, i) && done;
	done = add_natives(reader) && done;
	for (size_t i = 0; i < reader->num_old; i++)
		if (reader->old[i].id != NULL)
			done = keep_old(reader, &reader->old[i]) && done;
	done = read_classes(reader) && done;
	for (size_t i = 0; i < reader->num_old; i++)
		client_class_clear(&reader->old[i]);
	free(reader->old);
	free(reader->classes_here);
	return done;
}
