/* Knows the grammar of classes.yaml (harness/README.md), and how one such file extends
 * others. */
#include "harness/config/class_read.h"

#include "core/text.h"
#include "harness/config/class_reader.h"
#include "harness/config/yaml_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool class_no_memory(const struct class_reader *reader)
{
	return error_set(reader->err, ERROR_UNABLE, "out of memory");
}

void *class_one_more(const struct class_reader *reader, void **items, size_t num, size_t size)
{
	char *grown = reallocarray(*items, num + 1, size);
	if (grown == NULL) {
		class_no_memory(reader);
		return NULL;
	}
	*items = grown;
	memset(grown + num * size, 0, size);
	return grown + num * size;
}

bool class_take_place(char **from, const struct class_reader *reader, const struct yaml_node *node)
{
	if (asprintf(from, "%s:%d", yaml_name(reader->yaml), yaml_line(node)) >= 0)
		return true;
	*from = NULL;
	return class_no_memory(reader);
}

bool class_find_part(struct yaml_node **part, const struct class_reader *reader, const char *key,
		     size_t most)
{
	*part = yaml_get(reader->root, key);
	if (*part == NULL)
		return !reader->is_first ||
		       yaml_fault(reader->yaml, reader->root, reader->err, "%s is missing", key);
	if (!yaml_check_mapping(reader->yaml, *part, key, reader->err))
		return false;
	size_t num = yaml_count(*part);
	if (num == 0)
		return yaml_fault(reader->yaml, *part, reader->err, "%s names none", key);
	return num <= most ||
	       yaml_fault(reader->yaml, *part, reader->err, "%s: more than %zu", key, most);
}

int class_find_stack(const struct class_file *file, const char *id)
{
	for (size_t i = 0; i < file->num_stacks; i++)
		if (strcmp(file->stacks[i].id, id) == 0)
			return (int)i;
	return -1;
}

int class_find_policy(const struct class_file *file, const char *id)
{
	for (size_t i = 0; i < file->num_policies; i++)
		if (strcmp(file->policies[i].id, id) == 0)
			return (int)i;
	return -1;
}

bool class_fault_stack(const struct class_reader *reader, const struct yaml_node *node,
		       const char *id)
{
	const char *ids[CLASS_STACKS_MAX];
	for (size_t i = 0; i < reader->file->num_stacks; i++)
		ids[i] = reader->file->stacks[i].id;
	const char *near = text_nearest(id, ids, reader->file->num_stacks);
	return yaml_fault(reader->yaml, node, reader->err, "unknown stack '%.64s'%s%s%s", id,
			  near != NULL ? ", did you mean '" : "", near != NULL ? near : "",
			  near != NULL ? "'?" : "");
}

/* The stack of this id, emptied, or a new one; NULL with a fault. */
static struct stack *take_stack(struct class_reader *reader, struct yaml_node *key)
{
	struct class_file *file = reader->file;
	int found = class_find_stack(file, yaml_text(key));
	struct stack *stack = found >= 0 ? &file->stacks[found] : NULL;
	if (stack == NULL && file->num_stacks == CLASS_STACKS_MAX) {
		yaml_fault(reader->yaml, key, reader->err, "more than %d stacks", CLASS_STACKS_MAX);
		return NULL;
	}
	if (stack == NULL) {
		stack = class_one_more(reader, (void **)&file->stacks, file->num_stacks,
				       sizeof *stack);
		if (stack == NULL)
			return NULL;
		stack->id = strdup(yaml_text(key));
		if (stack->id == NULL) {
			class_no_memory(reader);
			return NULL;
		}
		file->num_stacks++;
	}
	free(stack->title);
	free(stack->program);
	stack->title = stack->program = NULL;
	reader->stacks_here[stack - file->stacks] = true;
	return stack;
}

static bool read_stack(struct class_reader *reader, struct yaml_node *key, struct yaml_node *value)
{
	static const char *const known[] = {"title", "program"};
	struct error *err = reader->err;
	bool done = true;
	if (!yaml_is_id(yaml_text(key)))
		done = yaml_fault(reader->yaml, key, err,
				  "invalid id of a stack '%.64s' ([a-z0-9][a-z0-9-]*)",
				  yaml_text(key));
	if (!yaml_check_mapping(reader->yaml, value, "a stack", err))
		return false;
	struct stack *stack = take_stack(reader, key);
	if (stack == NULL)
		return false;
	done = yaml_check_keys(reader->yaml, value, "a stack", known, 2, err) && done;
	done = yaml_take_text(&stack->title, reader->yaml, value, "title", true, err) && done;
	return yaml_take_text(&stack->program, reader->yaml, value, "program", true, err) && done;
}

static bool read_stacks(struct class_reader *reader)
{
	struct yaml_node *part, *key, *value;
	bool done = class_find_part(&part, reader, "stacks", CLASS_STACKS_MAX);
	for (size_t i = 0; done && part != NULL && yaml_pair(part, i, &key, &value); i++)
		done = read_stack(reader, key, value) && done;
	return done;
}

struct class_axes class_reader_axes(const struct class_reader *reader, struct policy *policy,
				    struct class_place *places)
{
	const struct class_file *file = reader->file;
	return (struct class_axes){policy, places, (const char *const *)file->files,
				   file->num_files - 1};
}

/* The policy of this id, emptied except for what it overrides, or a new one. */
static struct named_policy *take_policy(struct class_reader *reader, struct yaml_node *key)
{
	struct class_file *file = reader->file;
	int found = class_find_policy(file, yaml_text(key));
	struct named_policy *policy = found >= 0 ? &file->policies[found] : NULL;
	if (policy == NULL && file->num_policies == CLASS_POLICIES_MAX) {
		yaml_fault(reader->yaml, key, reader->err, "more than %d policies",
			   CLASS_POLICIES_MAX);
		return NULL;
	}
	char *id = strdup(yaml_text(key));
	if (id == NULL) {
		class_no_memory(reader);
		return NULL;
	}
	if (policy != NULL) {
		char *overrides = policy->from;
		policy->from = NULL;
		named_policy_clear(policy);
		policy->overrides = overrides;
	} else {
		policy = class_one_more(reader, (void **)&file->policies, file->num_policies,
					sizeof *policy);
		if (policy == NULL) {
			free(id);
			return NULL;
		}
		file->num_policies++;
	}
	policy->id = id;
	reader->policies_here[policy - file->policies] = true;
	return policy;
}

static bool read_policy(struct class_reader *reader, struct yaml_node *key, struct yaml_node *value)
{
	static const char *const texts[] = {"title", "text"};
	const char *keys[CLASS_KEYS_MAX];
	const char *id = yaml_text(key);
	struct yaml *yaml = reader->yaml;
	struct error *err = reader->err;
	bool done = true;
	if (!yaml_is_id(id) || strcmp(id, "native") == 0 || strcmp(id, "own") == 0)
		done = yaml_fault(yaml, key, err,
				  "invalid id of a policy '%.64s' ([a-z0-9][a-z0-9-]*; native and "
				  "own are reserved)",
				  id);
	if (!yaml_check_mapping(yaml, value, "a policy", err))
		return false;
	struct named_policy *policy = take_policy(reader, key);
	if (policy == NULL || !class_take_place(&policy->from, reader, key))
		return false;
	done = yaml_check_keys(yaml, value, "a policy", keys, class_axes_keys(keys, texts, 2),
			       err) &&
	       done;
	done = yaml_take_text(&policy->title, yaml, value, "title", true, err) && done;
	done = yaml_take_text(&policy->text, yaml, value, "text", true, err) && done;
	policy_init(&policy->policy);
	struct class_axes axes = class_reader_axes(reader, &policy->policy, policy->places);
	done = class_axes_read(&axes, yaml, value, err) && done;
	return done && class_axes_check(&axes, yaml, key, err);
}

static bool read_policies(struct class_reader *reader)
{
	struct yaml_node *part, *key, *value;
	bool done = class_find_part(&part, reader, "policies", CLASS_POLICIES_MAX);
	bool found = done;
	for (size_t i = 0; found && part != NULL && yaml_pair(part, i, &key, &value); i++)
		done = read_policy(reader, key, value) && done;
	return done;
}

static bool add_name(struct class_reader *reader)
{
	struct class_file *file = reader->file;
	char **name = class_one_more(reader, (void **)&file->files, file->num_files, sizeof *name);
	if (name == NULL)
		return false;
	*name = strdup(yaml_name(reader->yaml));
	if (*name == NULL)
		return class_no_memory(reader);
	file->num_files++;
	return true;
}

bool class_file_add_yaml(struct class_file *file, struct yaml *yaml, struct error *err)
{
	static const char *const known[] = {"stacks", "policies", "natives", "classes"};
	struct class_reader reader = {.file = file,
				      .yaml = yaml,
				      .root = yaml_root(yaml),
				      .err = err,
				      .is_first = file->num_files == 0};
	if (!yaml_check_mapping(yaml, reader.root, "a file of classes", err) || !add_name(&reader))
		return false;
	bool done = yaml_check_keys(yaml, reader.root, "a file of classes", known, 4, err);
	if (!reader.is_first && yaml_count(reader.root) == 0)
		done = yaml_fault(yaml, reader.root, err, "the file of classes is empty");
	done = read_stacks(&reader) && done;
	done = read_policies(&reader) && done;
	/* A class needs a stack and a policy that were read well. */
	return done && class_build(&reader);
}

bool class_file_read_yaml(struct class_file *file, struct yaml *yaml, struct error *err)
{
	*file = (struct class_file){0};
	return class_file_add_yaml(file, yaml, err);
}

bool class_file_read(struct class_file *file, const char *path, struct error *err)
{
	*file = (struct class_file){0};
	struct yaml *yaml = yaml_load(path, err);
	if (yaml == NULL)
		return false;
	bool done = class_file_read_yaml(file, yaml, err);
	yaml_free(yaml);
	if (!done)
		class_file_clear(file);
	return done;
}

bool class_file_add(struct class_file *file, const char *path, struct error *err)
{
	struct yaml *yaml = yaml_load(path, err);
	bool done = yaml != NULL && class_file_add_yaml(file, yaml, err);
	yaml_free(yaml);
	return done;
}
