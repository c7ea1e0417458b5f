/* Knows how a client program that the user names becomes a stack with classes. */
#include "harness/options/client_option.h"

#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_known(const struct class_file *file, const char *name, size_t len)
{
	for (size_t i = 0; i < file->num_stacks; i++)
		if (strlen(file->stacks[i].id) == len &&
		    strncmp(file->stacks[i].id, name, len) == 0)
			return true;
	return false;
}

static char *print(const char *format, const char *a, const char *b)
{
	struct text text;
	text_init(&text, 0);
	if (strcmp(format, "%s/%s") == 0)
		text_append_format(&text, "%s/%s", a, b);
	else
		text_append_format(&text, "%s, %s", a, b);
	char *copy = text.failed ? NULL : strdup(text_string(&text));
	text_clear(&text);
	return copy;
}

/* policy NULL: native. */
static bool add_class(struct class_file *file, const char *stack, const struct named_policy *policy)
{
	struct client_class *classes =
		reallocarray(file->classes, file->num_classes + 1, sizeof *classes);
	if (classes == NULL)
		return false;
	file->classes = classes;
	struct client_class *class = &classes[file->num_classes++];
	const char *policy_id = policy != NULL ? policy->id : "native";
	*class = (struct client_class){
		.id = print("%s/%s", stack, policy_id),
		.stack = file->num_stacks - 1,
		.native = policy == NULL,
		.policy_id = strdup(policy_id),
		.title =
			print("%s, %s", stack, policy != NULL ? policy->title : "default settings"),
		.text = strdup(policy != NULL
				       ? policy->text
				       : "The program's own defaults; revoscope adds no policy."),
		.origin = strdup("built-in"),
		.is_default = true,
	};
	policy_init(&class->policy);
	if (policy != NULL)
		class->policy = policy->policy;
	return class->id != NULL && class->policy_id != NULL && class->title != NULL &&
	       class->text != NULL && class->origin != NULL;
}

static bool add_stack(struct class_file *file, const char *name, const char *path)
{
	struct stack *stacks = reallocarray(file->stacks, file->num_stacks + 1, sizeof *stacks);
	if (stacks == NULL)
		return false;
	file->stacks = stacks;
	struct stack *stack = &stacks[file->num_stacks++];
	*stack = (struct stack){.id = strdup(name), .program = strdup(path), .title = strdup(name)};
	if (stack->id == NULL || stack->program == NULL || stack->title == NULL)
		return false;
	for (size_t i = 0; i < file->num_policies; i++)
		if (!add_class(file, name, &file->policies[i]))
			return false;
	return add_class(file, name, NULL);
}

bool client_option_add_stacks(struct class_file *file, const char *const *clients, size_t num,
			      struct error *err)
{
	for (size_t i = 0; i < num; i++) {
		char name[64];
		size_t len = strcspn(clients[i], "=");
		if (is_known(file, clients[i], len))
			continue;
		if (len >= sizeof name ||
		    strspn(clients[i], "abcdefghijklmnopqrstuvwxyz0123456789-.") != len)
			return error_set(err, ERROR_USAGE,
					 "--client: invalid name of a stack '%.*s' (lower-case "
					 "letters, digits, '-' and '.')",
					 (int)(len < 64 ? len : 64), clients[i]);
		snprintf(name, sizeof name, "%.*s", (int)len, clients[i]);
		if (!add_stack(file, name, clients[i] + len + 1))
			return error_set(err, ERROR_UNABLE, "out of memory");
	}
	return true;
}
