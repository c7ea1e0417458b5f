/* Knows what a file of client classes is once it is read. */
#include "harness/config/class.h"

#include "core/json.h"

#include <stdlib.h>

void named_policy_clear(struct named_policy *policy)
{
	free(policy->id);
	free(policy->title);
	free(policy->text);
	free(policy->from);
	free(policy->overrides);
	*policy = (struct named_policy){0};
}

void client_class_clear(struct client_class *class)
{
	free(class->id);
	free(class->policy_id);
	free(class->title);
	free(class->text);
	free(class->origin);
	free(class->reference);
	free(class->from);
	free(class->overrides);
	*class = (struct client_class){0};
}

void class_file_clear(struct class_file *file)
{
	if (file == NULL)
		return;
	for (size_t i = 0; i < file->num_stacks; i++) {
		free(file->stacks[i].id);
		free(file->stacks[i].program);
		free(file->stacks[i].title);
	}
	for (size_t i = 0; i < file->num_policies; i++)
		named_policy_clear(&file->policies[i]);
	for (size_t i = 0; i < file->num_classes; i++)
		client_class_clear(&file->classes[i]);
	for (size_t i = 0; i < file->num_files; i++)
		free(file->files[i]);
	free(file->files);
	free(file->stacks);
	free(file->policies);
	free(file->classes);
	*file = (struct class_file){0};
}

json_t *class_to_json(const struct class_file *file, const struct client_class *class)
{
	json_t *object = json_object();
	json_set(object, "title", json_string(class->title));
	json_set(object, "text", class->text != NULL ? json_string(class->text) : json_null());
	json_set(object, "stack", json_string(file->stacks[class->stack].id));
	json_set(object, "enforcement", json_string(class->native ? "native" : "application"));
	json_set(object, "policy_id", json_string(class->policy_id));
	/* A stack's own settings are not axes: defaults here would be a wrong statement. */
	json_set(object, "policy", class->native ? json_null() : policy_to_json(&class->policy));
	json_set(object, "origin", json_string(class->origin));
	json_set(object, "reference",
		 class->reference != NULL ? json_string(class->reference) : json_null());
	json_set(object, "from", class->from != NULL ? json_string(class->from) : json_null());
	json_set(object, "overrides",
		 class->overrides != NULL ? json_string(class->overrides) : json_null());
	return object;
}
