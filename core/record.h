/*
 * Plain structs that are objects in a JSON document: one table per struct says which member is
 * which key, and the struct is read, written and freed by it. So a key is spelled in one place,
 * a value of a wrong type is an error that names its place, and what was read is written again as
 * it was.
 *
 * Unknown keys are left out: a document of a later version may have them. What a document does
 * not have is zero, NULL or not known. A closed list may have grown too: a name that is not in it
 * is kept as it was spelled.
 */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include "core/error.h"
#include "core/name.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first member of every such struct: what a document had of it. Zero bytes in one that did not
 * come out of a document. */
struct record {
	bool is_there; /* of a struct inside another one: false is null, or no member at all */
	bool is_read;
	uint64_t lacks, nulls; /* bits of the table: keys that were absent, or null */
};

/* Numbers and times that may be not known; of a time the seconds since 1970. */
struct number {
	bool is_known;
	int64_t value;
};
struct real {
	bool is_known;
	double value;
};
struct flag {
	bool is_known, value;
};

/* A name of a closed list. */
struct word {
	bool is_known;
	int value;     /* of the list's enum; is_known */
	char *foreign; /* owned: a name that is not in the list; NULL otherwise */
};
static inline bool word_is(struct word word, int value)
{
	return word.is_known && word.value == value;
}
static inline struct word word_of(int value)
{
	return (struct word){.is_known = true, .value = value};
}
/* Whether both are the same name, of the list or not; what is not known is like nothing. */
bool word_equals(const struct word *one, const struct word *other);
/* How it is spelled; NULL when it is not known. Borrowed. */
const char *word_spelling(const struct word *word, const struct name_table *names);

/* Owned; an item is NULL where the document has null. */
struct texts {
	char **items;
	size_t num;
};
/* Copies text, which may be NULL; bytes that are no UTF-8 are made visible. False without memory.
 */
bool texts_add(struct texts *texts, const char *text);
bool texts_have(const struct texts *texts, const char *text);
void texts_clear(struct texts *texts);

/* Whether a member of a struct that did not come out of a document is written. */
enum record_presence {
	RECORD_ALWAYS, /* what is not known as null, an empty list as such */
	RECORD_IF_SET, /* not when it is zero, NULL, empty or not known */
	RECORD_WITH,   /* RECORD_ALWAYS where the struct's flag `group` is true */
};

enum record_kind {
	RECORD_TEXT,
	RECORD_TEXTS,
	RECORD_BOOLEAN,
	RECORD_FLAG,
	RECORD_INTEGER,
	RECORD_NUMBER,
	RECORD_REAL,
	RECORD_TIME,
	RECORD_WORD,
	RECORD_OBJECT, /* a struct inside this one */
	RECORD_INLINE, /* likewise, whose members are keys of this object */
	RECORD_LIST,   /* an array of structs */
	RECORD_MAP,    /* likewise; each has its key in its first text, `id` */
};

struct record_type;

struct record_member {
	const char *key;
	enum record_kind kind;
	size_t offset;
	enum record_presence presence;
	size_t group;                   /* RECORD_WITH: offset of a bool */
	const struct name_table *names; /* RECORD_WORD */
	const struct record_type *type; /* RECORD_OBJECT and below */
	size_t num_offset;              /* RECORD_LIST, RECORD_MAP: of the size_t */
	size_t max;                     /* likewise: how many a document may have */
};

struct record_type {
	size_t size; /* of the struct */
	const struct record_member *members;
	size_t num_members; /* at most 64 */
	size_t id_offset;   /* of the char * that is its key in a RECORD_MAP */
};

/* The rows of a table. A struct's member has to have the type of its row, or this does not
 * compile. */
#define RECORD_OFFSET(of, member, c_type) \
	_Generic(&((of *)0)->member, c_type * : offsetof(of, member))
#define RECORD_ROW(row_kind, of, member, c_type) \
	.key = #member, .kind = RECORD_##row_kind, .offset = RECORD_OFFSET(of, member, c_type)
#define RECORD_TEXT_ROW(of, member)    RECORD_ROW(TEXT, of, member, char *)
#define RECORD_TEXTS_ROW(of, member)   RECORD_ROW(TEXTS, of, member, struct texts)
#define RECORD_BOOLEAN_ROW(of, member) RECORD_ROW(BOOLEAN, of, member, bool)
#define RECORD_FLAG_ROW(of, member)    RECORD_ROW(FLAG, of, member, struct flag)
#define RECORD_INTEGER_ROW(of, member) RECORD_ROW(INTEGER, of, member, int64_t)
#define RECORD_NUMBER_ROW(of, member)  RECORD_ROW(NUMBER, of, member, struct number)
#define RECORD_REAL_ROW(of, member)    RECORD_ROW(REAL, of, member, struct real)
#define RECORD_TIME_ROW(of, member)    RECORD_ROW(TIME, of, member, struct number)
#define RECORD_WORD_ROW(of, member, list) \
	RECORD_ROW(WORD, of, member, struct word), .names = &(list)
#define RECORD_OBJECT_ROW(of, member, c_type, its_type) \
	RECORD_ROW(OBJECT, of, member, c_type), .type = &(its_type)
#define RECORD_INLINE_ROW(of, member, c_type, its_type) \
	RECORD_ROW(INLINE, of, member, c_type), .type = &(its_type)
#define RECORD_LIST_ROW(of, member, c_type, its_type, at_most) \
	RECORD_ROW(LIST, of, member, c_type *),                \
		.type = &(its_type), .max = at_most,           \
		.num_offset = RECORD_OFFSET(of, num_##member, size_t)
#define RECORD_MAP_ROW(of, member, c_type, its_type, at_most) \
	RECORD_ROW(MAP, of, member, c_type *),                \
		.type = &(its_type), .max = at_most,          \
		.num_offset = RECORD_OFFSET(of, num_##member, size_t)
#define RECORD_GROUP(of, flag) .presence = RECORD_WITH, .group = RECORD_OFFSET(of, flag, bool)

#define RECORD_TYPE(of, table)                                                           \
	{                                                                                \
		.size = sizeof(of) +                                                     \
			0 * sizeof(char[sizeof table / sizeof *(table) <= 64 ? 1 : -1]), \
		.members = (table), .num_members = sizeof table / sizeof *(table)        \
	}
#define RECORD_MAP_TYPE(of, table)                                                       \
	{                                                                                \
		.size = sizeof(of) +                                                     \
			0 * sizeof(char[sizeof table / sizeof *(table) <= 64 ? 1 : -1]), \
		.members = (table), .num_members = sizeof table / sizeof *(table),       \
		.id_offset = RECORD_OFFSET(of, id, char *)                               \
	}

/*
 * Reads object into out, which is zero bytes before. False with an error of this kind that names
 * the place ("examinations.a:443.handshakes[2].port"; where is its beginning, or ""): what is out
 * then can be cleared and has no other use.
 */
bool record_read(void *out, const struct record_type *type, const json_t *object, const char *where,
		 enum error_kind kind, struct error *err);

/* New reference; NULL without memory. */
json_t *record_write(const void *record, const struct record_type *type);

/* Frees what it owns; all is zero bytes afterwards. */
void record_clear(void *record, const struct record_type *type);

/* Forgets what a document had of a struct, so that the presence of its table counts; what is in it
 * stays. For a struct that was read out of a part of what it becomes. */
void record_renew(struct record *record);

/* One more struct of zero bytes at the end of an owned array; NULL without memory. */
void *record_add(void **items, size_t *num, size_t size);
#define RECORD_ADD(owner, member) \
	record_add((void **)&(owner)->member, &(owner)->num_##member, sizeof *(owner)->member)

#endif
