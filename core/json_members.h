/*
 * A JSON object looked at through a struct: a table says the key, what the value has to be, and
 * where it goes. What is absent or null stays not known; what has another type is a fault that
 * names the member, and stays not known too, while the rest is read. Texts and lists are borrowed
 * from the object, which is passed on as it came. What is owned, and written by its table too, is
 * a record (core/record.h).
 */
#ifndef CORE_JSON_MEMBERS_H
#define CORE_JSON_MEMBERS_H

#include "core/error.h"
#include "core/name.h"
#include "core/record.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A name that ought to be of a closed list. */
struct json_name {
	const char *text; /* as it was written; NULL: not set */
	int value;        /* of the list; -1: not set, or none of the list */
};

/* A list of texts. */
struct json_texts {
	bool is_known;
	size_t num;
	const json_t *list;
};

enum json_member_type {
	JSON_MEMBER_TEXT,           /* const char * */
	JSON_MEMBER_NUMBER,         /* struct number: an integer */
	JSON_MEMBER_NUMBER_OR_TEXT, /* struct number; a text is no fault and leaves it unset */
	JSON_MEMBER_FLAG,           /* struct flag */
	JSON_MEMBER_NAME,           /* struct json_name; a text out of the list is no fault */
	JSON_MEMBER_TEXTS,          /* struct json_texts */
};

struct json_member {
	const char *key;
	enum json_member_type type;
	size_t offset;                  /* in the struct */
	const struct name_table *names; /* of JSON_MEMBER_NAME */
};

/*
 * Reads members of object (may be NULL) into *out, which is zero before. False when there was a
 * fault: err says of the first that 'WHEREKEY' is of the wrong type; the others are read all the
 * same.
 */
bool json_members_read(void *out, const json_t *object, const char *where,
		       const struct json_member *members, size_t num, struct error *err);

/* The members of a static table of the struct. */
#define JSON_MEMBERS_READ(out, object, where, members, err) \
	json_members_read(out, object, where, members, sizeof members / sizeof *(members), err)

/*
 * A list of at most max objects under key: the array, or NULL with *num 0 when it is absent or
 * null. False with err when it is something else or longer; *num is then what can be used of it.
 */
bool json_members_list(const json_t **list, size_t *num, const json_t *object, const char *key,
		       size_t max, struct error *err);

/* An object under key, or NULL when it is absent or null. False with err for another type. */
bool json_members_object(const json_t **out, const json_t *object, const char *key,
			 struct error *err);

/*
 * A name of a closed list under key; -1 with err when it is none. Absent or null it is the
 * fallback, where that is not negative.
 */
int json_members_name(const json_t *object, const char *key, const struct name_table *table,
		      int fallback, struct error *err);

const char *json_texts_at(const struct json_texts *texts, size_t i);

#endif
