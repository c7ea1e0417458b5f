/* Knows what a file of client classes is once it is read. */
#include "harness/class.h"

#include "core/json.h"
#include "harness/class_read.h"

#include <stdlib.h>

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

void class_file_clear(struct class_file *file)
{
	if (file == NULL)
		return;
	for (size_t i = 0; i < file->num_stacks; i++) {
		free(file->stacks[i].id);
		free(file->stacks[i].program);
		free(file->stacks[i].title);
	}
	for (size_t i = 0; i < file->num_policies; i++) {
		free(file->policies[i].id);
		free(file->policies[i].title);
		free(file->policies[i].text);
	}
	for (size_t i = 0; i < file->num_classes; i++) {
		free(file->classes[i].id);
		free(file->classes[i].policy_id);
		free(file->classes[i].title);
		free(file->classes[i].text);
		free(file->classes[i].origin);
		free(file->classes[i].reference);
	}
	free(file->stacks);
	free(file->policies);
	free(file->classes);
	*file = (struct class_file){0};
}

json_t *class_to_json(const struct class_file *file, const struct client_class *class)
{
	json_t *object = json_object();
	json_set(object, "title", json_string(class->title));
	json_set(object, "stack", json_string(file->stacks[class->stack].id));
	json_set(object, "enforcement", json_string(class->native ? "native" : "application"));
	json_set(object, "policy_id", json_string(class->policy_id));
	/* A stack's own switches are no axes of ours: defaults here would be a wrong claim. */
	json_set(object, "policy", class->native ? json_null() : policy_to_json(&class->policy));
	json_set(object, "origin", json_string(class->origin));
	json_set(object, "reference",
		 class->reference != NULL ? json_string(class->reference) : json_null());
	return object;
}
