/* Knows the grammar of classes.yaml (harness/README.md). */
#include "harness/class_read.h"

#include "core/text.h"
#include "harness/yaml_check.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_STACKS   32
#define MAX_POLICIES 64
#define MAX_KEYS     64
#define CLASS_ID_MAX 80

static const char *const origin_spellings[] = {"measured", "source", "documentation"};
static const struct name_table origin_names = {"origin", origin_spellings, NULL, 3};

/* Where the axes of a policy were written, for what is said about them. */
struct axes_place {
	const struct yaml_node *name; /* the policy's, or the class's, own place */
	struct yaml_node *own;        /* mapping with axes; may be NULL */
	struct yaml_node *like;       /* mapping of the policy that it starts from; may be NULL */
};

struct reader {
	struct class_file *file;
	struct yaml *yaml;
	struct yaml_node *root;
	struct error *err;
};

static bool no_memory(const struct reader *reader)
{
	return error_set(reader->err, ERROR_UNABLE, "out of memory");
}

/* The mapping of a part of the file with 1 to most entries. */
static struct yaml_node *find_part(const struct reader *reader, const char *key, size_t most)
{
	struct yaml_node *part = yaml_get(reader->root, key);
	if (part == NULL) {
		yaml_fault(reader->yaml, reader->root, reader->err, "%s is missing", key);
		return NULL;
	}
	if (!yaml_check_mapping(reader->yaml, part, key, reader->err))
		return NULL;
	size_t num = yaml_count(part);
	if (num > 0 && num <= most)
		return part;
	if (num == 0)
		yaml_fault(reader->yaml, part, reader->err, "%s names none", key);
	else
		yaml_fault(reader->yaml, part, reader->err, "%s: more than %zu", key, most);
	return NULL;
}

static int find_stack(const struct class_file *file, const char *id)
{
	for (size_t i = 0; i < file->num_stacks; i++) {
		assert(file->stacks[i].id != NULL);
		if (strcmp(file->stacks[i].id, id) == 0)
			return (int)i;
	}
	return -1;
}

static const struct named_policy *find_policy(const struct class_file *file, const char *id)
{
	for (size_t i = 0; i < file->num_policies; i++)
		if (strcmp(file->policies[i].id, id) == 0)
			return &file->policies[i];
	return NULL;
}

static bool fault_unknown_stack(const struct reader *reader, const struct yaml_node *node,
				const char *id)
{
	const char *ids[MAX_STACKS];
	for (size_t i = 0; i < reader->file->num_stacks; i++)
		ids[i] = reader->file->stacks[i].id;
	const char *near = text_nearest(id, ids, reader->file->num_stacks);
	return yaml_fault(reader->yaml, node, reader->err, "unknown stack '%.64s'%s%s%s", id,
			  near != NULL ? ", did you mean '" : "", near != NULL ? near : "",
			  near != NULL ? "'?" : "");
}

static bool read_stack(const struct reader *reader, struct yaml_node *key, struct yaml_node *value)
{
	static const char *const known[] = {"title", "program"};
	struct stack *stack = &reader->file->stacks[reader->file->num_stacks];
	bool done = true;
	if (!yaml_is_id(yaml_text(key)))
		done = yaml_fault(reader->yaml, key, reader->err,
				  "'%.64s' is no id of a stack ([a-z0-9][a-z0-9-]*)",
				  yaml_text(key));
	if (!yaml_check_mapping(reader->yaml, value, "a stack", reader->err))
		return false;
	reader->file->num_stacks++;
	done = yaml_check_keys(reader->yaml, value, "a stack", known, 2, reader->err) && done;
	done = yaml_take_text(&stack->title, reader->yaml, value, "title", true, reader->err) &&
	       done;
	done = yaml_take_text(&stack->program, reader->yaml, value, "program", true, reader->err) &&
	       done;
	stack->id = strdup(yaml_text(key));
	return stack->id != NULL ? done : no_memory(reader);
}

static bool read_stacks(const struct reader *reader)
{
	struct yaml_node *part = find_part(reader, "stacks", MAX_STACKS);
	struct yaml_node *key, *value;
	bool done = true;
	if (part == NULL)
		return false;
	reader->file->stacks = calloc(yaml_count(part), sizeof(*reader->file->stacks));
	if (reader->file->stacks == NULL)
		return no_memory(reader);
	for (size_t i = 0; yaml_pair(part, i, &key, &value); i++)
		done = read_stack(reader, key, value) && done;
	return done;
}

/* The names of all axes behind the given keys. */
static size_t list_keys(const char *keys[static MAX_KEYS], const char *const *first, size_t num)
{
	for (size_t i = 0; i < num; i++)
		keys[i] = first[i];
	for (size_t i = 0; i < num_policy_axes && num < MAX_KEYS; i++)
		keys[num++] = policy_axes[i].name;
	return num;
}

/* Sets every axis that the mapping has; its other keys are somebody else's. */
static bool read_axes(struct policy *policy, const struct reader *reader, struct yaml_node *mapping)
{
	bool done = true;
	struct yaml_node *key, *value;
	for (size_t i = 0; yaml_pair(mapping, i, &key, &value); i++) {
		struct error cause = ERROR_INIT;
		const struct policy_axis *axis = policy_find_axis(yaml_text(key));
		if (axis == NULL)
			continue;
		const char *text = yaml_check_text(reader->yaml, value, axis->name, reader->err);
		if (text == NULL)
			done = false;
		else if (!policy_set(policy, axis, text, &cause))
			done = yaml_fault(reader->yaml, value, reader->err, "%s", cause.text);
	}
	return done;
}

static const struct yaml_node *find_key(struct yaml_node *mapping, const char *name)
{
	struct yaml_node *key, *value;
	for (size_t i = 0; mapping != NULL && yaml_pair(mapping, i, &key, &value); i++)
		if (strcmp(yaml_text(key), name) == 0)
			return key;
	return NULL;
}

/* One half of a contradiction, at the place where its axis was written. */
static void fault_axis(const struct reader *reader, const struct axes_place *place,
		       const struct policy *policy, const struct policy_axis *axis,
		       const char *text)
{
	char number[16];
	const struct yaml_node *node = find_key(place->own, axis->name);
	if (node == NULL)
		node = find_key(place->like, axis->name);
	yaml_fault(reader->yaml, node != NULL ? node : place->name, reader->err,
		   "%s contradicts itself: %s: %s is %s%s",
		   yaml_text((struct yaml_node *)place->name), text, axis->name,
		   policy_spell(policy, axis, number), node != NULL ? "" : " when nothing is said");
}

static bool check_policy(const struct reader *reader, const struct axes_place *place,
			 const struct policy *policy)
{
	const struct policy_axis *one, *other;
	const char *text = policy_contradiction(policy, &one, &other);
	if (text == NULL)
		return true;
	fault_axis(reader, place, policy, one, text);
	fault_axis(reader, place, policy, other, text);
	return false;
}

static bool read_policy(const struct reader *reader, struct yaml_node *key, struct yaml_node *value)
{
	static const char *const texts[] = {"title", "text"};
	const char *keys[MAX_KEYS];
	const char *id = yaml_text(key);
	struct named_policy *policy = &reader->file->policies[reader->file->num_policies];
	bool done = true;
	if (!yaml_is_id(id) || strcmp(id, "native") == 0 || strcmp(id, "own") == 0)
		done = yaml_fault(
			reader->yaml, key, reader->err,
			"'%.64s' is no id of a policy ([a-z0-9][a-z0-9-]*; native and own "
			"are taken)",
			id);
	if (!yaml_check_mapping(reader->yaml, value, "a policy", reader->err))
		return false;
	reader->file->num_policies++;
	done = yaml_check_keys(reader->yaml, value, "a policy", keys, list_keys(keys, texts, 2),
			       reader->err) &&
	       done;
	done = yaml_take_text(&policy->title, reader->yaml, value, "title", true, reader->err) &&
	       done;
	done = yaml_take_text(&policy->text, reader->yaml, value, "text", true, reader->err) &&
	       done;
	policy_init(&policy->policy);
	done = read_axes(&policy->policy, reader, value) && done;
	struct axes_place place = {.name = key, .own = value};
	done = done && check_policy(reader, &place, &policy->policy);
	policy->id = strdup(id);
	return policy->id != NULL ? done : no_memory(reader);
}

static bool read_policies(const struct reader *reader)
{
	struct yaml_node *part = find_part(reader, "policies", MAX_POLICIES);
	struct yaml_node *key, *value;
	bool done = true;
	if (part == NULL)
		return false;
	reader->file->policies = calloc(yaml_count(part), sizeof(*reader->file->policies));
	if (reader->file->policies == NULL)
		return no_memory(reader);
	for (size_t i = 0; yaml_pair(part, i, &key, &value); i++)
		done = read_policy(reader, key, value) && done;
	return done;
}

/* Appends a class with the stack's index and the id; its other members are the caller's. */
static struct client_class *add_class(const struct reader *reader, size_t stack, const char *left,
				      const char *right)
{
	struct client_class *class = &reader->file->classes[reader->file->num_classes];
	class->stack = stack;
	if (asprintf(&class->id, "%s/%s", left, right) < 0) {
		class->id = NULL;
		return NULL;
	}
	reader->file->num_classes++;
	return class;
}

static bool add_built_in(const struct reader *reader, size_t stack,
			 const struct named_policy *policy)
{
	const struct stack *of = &reader->file->stacks[stack];
	assert(policy->id != NULL && policy->text != NULL);
	struct client_class *class = add_class(reader, stack, of->id, policy->id);
	if (class == NULL)
		return no_memory(reader);
	class->policy = policy->policy;
	class->policy_id = strdup(policy->id);
	class->text = strdup(policy->text);
	class->origin = strdup("built-in");
	class->is_default = true;
	if (asprintf(&class->title, "%s, %s", of->title, policy->title) < 0)
		class->title = NULL;
	if (class->policy_id == NULL || class->text == NULL || class->origin == NULL ||
	    class->title == NULL)
		return no_memory(reader);
	return true;
}

static bool read_native(const struct reader *reader, size_t stack, struct yaml_node *part)
{
	static const char *const known[] = {"title", "text"};
	const char *id = reader->file->stacks[stack].id;
	struct yaml_node *value = yaml_get(part, id);
	if (value == NULL)
		return yaml_fault(reader->yaml, part, reader->err, "the native of '%s' is missing",
				  id);
	if (!yaml_check_mapping(reader->yaml, value, "a native", reader->err))
		return false;
	struct client_class *class = add_class(reader, stack, id, "native");
	if (class == NULL)
		return no_memory(reader);
	bool done = yaml_check_keys(reader->yaml, value, "a native", known, 2, reader->err);
	done = yaml_take_text(&class->title, reader->yaml, value, "title", true, reader->err) &&
	       done;
	done = yaml_take_text(&class->text, reader->yaml, value, "text", true, reader->err) && done;
	policy_init(&class->policy);
	class->native = true;
	class->is_default = true;
	class->policy_id = strdup("native");
	class->origin = strdup("built-in");
	return class->policy_id != NULL && class->origin != NULL ? done : no_memory(reader);
}

static bool read_natives(const struct reader *reader)
{
	struct yaml_node *part = find_part(reader, "natives", MAX_STACKS);
	struct yaml_node *key, *value;
	bool done = true;
	if (part == NULL)
		return false;
	for (size_t i = 0; yaml_pair(part, i, &key, &value); i++)
		if (find_stack(reader->file, yaml_text(key)) < 0)
			done = fault_unknown_stack(reader, key, yaml_text(key));
	for (size_t i = 0; i < reader->file->num_stacks; i++)
		done = read_native(reader, i, part) && done;
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

static bool is_taken(const struct class_file *file, const char *id)
{
	for (size_t i = 0; i < file->num_classes; i++) {
		assert(file->classes[i].id != NULL);
		if (strcmp(file->classes[i].id, id) == 0)
			return true;
	}
	return false;
}

/* `like:` and `policy:` of a named class. */
static bool read_own_policy(struct client_class *class, const struct reader *reader,
			    struct yaml_node *key, struct yaml_node *value)
{
	const char *keys[MAX_KEYS];
	struct yaml_node *like = yaml_get(value, "like");
	struct yaml_node *own = yaml_get(value, "policy");
	struct axes_place place = {.name = key, .own = own};
	bool done = true;
	policy_init(&class->policy);
	if (like == NULL && own == NULL)
		return yaml_fault(reader->yaml, key, reader->err,
				  "a class has like, or policy, or both");
	const char *id =
		like != NULL ? yaml_check_text(reader->yaml, like, "like", reader->err) : NULL;
	const struct named_policy *base = id != NULL ? find_policy(reader->file, id) : NULL;
	if (base != NULL) {
		class->policy = base->policy;
		place.like = yaml_get(yaml_get(reader->root, "policies"), id);
	} else if (like != NULL) {
		done = id != NULL &&
		       yaml_fault(reader->yaml, like, reader->err, "unknown policy '%.64s'", id);
	}
	if (own != NULL && !yaml_check_mapping(reader->yaml, own, "policy", reader->err))
		return false;
	if (own != NULL) {
		done = yaml_check_keys(reader->yaml, own, "a policy", keys,
				       list_keys(keys, NULL, 0), reader->err) &&
		       done;
		done = read_axes(&class->policy, reader, own) && done;
	}
	done = done && check_policy(reader, &place, &class->policy);
	class->policy_id = strdup(own == NULL && base != NULL ? base->id : "own");
	return class->policy_id != NULL ? done : no_memory(reader);
}

static bool read_origin(struct client_class *class, const struct reader *reader,
			struct yaml_node *mapping)
{
	struct yaml_node *node = yaml_get(mapping, "origin");
	if (node == NULL)
		return yaml_fault(reader->yaml, mapping, reader->err, "origin is missing");
	int value = yaml_check_name(reader->yaml, node, &origin_names, reader->err);
	if (value < 0)
		return false;
	class->origin = strdup(origin_spellings[value]);
	return class->origin != NULL || no_memory(reader);
}

static bool read_class(const struct reader *reader, struct yaml_node *key, struct yaml_node *value)
{
	static const char *const known[] = {"stack",     "title", "text",  "origin",
					    "reference", "like",  "policy"};
	struct yaml *yaml = reader->yaml;
	struct error *err = reader->err;
	const char *id = yaml_text(key);
	const char *slash = strchr(id, '/');
	if (!is_class_id(id))
		return yaml_fault(yaml, key, err,
				  "'%.64s' is no id of a class (as browser/firefox: small letters, "
				  "digits, dots, hyphens)",
				  id);
	if (is_taken(reader->file, id))
		return yaml_fault(yaml, key, err, "the class '%s' exists already", id);
	if (!yaml_check_mapping(yaml, value, "a class", err))
		return false;
	char *left = strndup(id, (size_t)(slash - id));
	struct client_class *class = left != NULL ? add_class(reader, 0, left, slash + 1) : NULL;
	free(left);
	if (class == NULL)
		return no_memory(reader);
	bool done =
		yaml_check_keys(yaml, value, "a class", known, sizeof known / sizeof known[0], err);
	char *stack;
	done = yaml_take_text(&stack, yaml, value, "stack", true, err) && done;
	int index = stack != NULL ? find_stack(reader->file, stack) : 0;
	if (index < 0)
		done = fault_unknown_stack(reader, yaml_get(value, "stack"), stack);
	free(stack);
	class->stack = index >= 0 ? (size_t)index : 0;
	done = yaml_take_text(&class->title, yaml, value, "title", true, err) && done;
	done = yaml_take_text(&class->text, yaml, value, "text", false, err) && done;
	done = yaml_take_text(&class->reference, yaml, value, "reference", false, err) && done;
	done = read_origin(class, reader, value) && done;
	return read_own_policy(class, reader, key, value) && done;
}

static bool read_classes(const struct reader *reader)
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

bool class_file_read_yaml(struct class_file *file, struct yaml *yaml, struct error *err)
{
	static const char *const known[] = {"stacks", "policies", "natives", "classes"};
	struct reader reader = {.file = file, .yaml = yaml, .root = yaml_root(yaml), .err = err};
	*file = (struct class_file){0};
	if (!yaml_check_mapping(yaml, reader.root, "a file of classes", err))
		return false;
	bool done = yaml_check_keys(yaml, reader.root, "a file of classes", known, 4, err);
	done = read_stacks(&reader) && done;
	done = read_policies(&reader) && done;
	/* A class needs a stack and a policy that were read well. */
	if (!done)
		return false;
	struct yaml_node *named = yaml_get(reader.root, "classes");
	size_t most = file->num_stacks * (file->num_policies + 1);
	file->classes =
		calloc(most + (named != NULL ? yaml_count(named) : 0), sizeof(*file->classes));
	if (file->classes == NULL)
		return no_memory(&reader);
	for (size_t i = 0; i < file->num_policies; i++)
		for (size_t k = 0; k < file->num_stacks; k++)
			done = add_built_in(&reader, k, &file->policies[i]) && done;
	done = read_natives(&reader) && done;
	return read_classes(&reader) && done;
}
