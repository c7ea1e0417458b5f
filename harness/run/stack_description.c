/* Knows how the description of a client program is read. */
#include "harness/run/stack_description.h"

#include <string.h>

static const struct json_member members[] = {
	{"stack", JSON_MEMBER_TEXT, offsetof(struct stack_description, stack), NULL},
	{"version", JSON_MEMBER_TEXT, offsetof(struct stack_description, version), NULL},
	{"protocol", JSON_MEMBER_NUMBER, offsetof(struct stack_description, protocol), NULL},
	{"max_concurrency", JSON_MEMBER_NUMBER, offsetof(struct stack_description, max_concurrency),
	 NULL},
	{"capabilities", JSON_MEMBER_TEXTS, offsetof(struct stack_description, capabilities), NULL},
};

void stack_description_read(struct stack_description *out, const json_t *object)
{
	struct error no_fault = ERROR_INIT;
	*out = (struct stack_description){0};
	JSON_MEMBERS_READ(out, object, "", members, &no_fault);
	out->has_concurrency = json_object_get(object, "max_concurrency") != NULL;
	json_members_object(&out->lacks, object, "lacks", &no_fault);
}

bool stack_can(const json_t *object, const char *capability)
{
	struct stack_description description;
	stack_description_read(&description, object);
	for (size_t i = 0; i < description.capabilities.num; i++)
		if (strcmp(json_texts_at(&description.capabilities, i), capability) == 0)
			return true;
	return false;
}

const char *stack_lack(const json_t *object, const char *capability)
{
	struct stack_description description;
	stack_description_read(&description, object);
	return json_string_value(json_object_get(description.lacks, capability));
}
