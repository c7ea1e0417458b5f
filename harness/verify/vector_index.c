/* Knows the columns of a list of test vectors. */
#include "harness/verify/vector_index.h"

#include "core/file.h"
#include "core/text.h"
#include "harness/config/timestamp.h"

#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 32
#define MOST_VECTORS 100000

enum column {
	COLUMN_SUITE,
	COLUMN_CASE,
	COLUMN_KIND,
	COLUMN_RESPONSE,
	COLUMN_EXPECTED,
	NUM_REQUIRED,
	COLUMN_CERTIFICATE = NUM_REQUIRED,
	COLUMN_ISSUER,
	COLUMN_TRUST,
	COLUMN_OTHERS,
	COLUMN_TIME,
	COLUMN_ALT_TIME,
	NUM_COLUMNS
};

static const char *const column_names[NUM_COLUMNS] = {
	[COLUMN_SUITE] = "suite",
	[COLUMN_CASE] = "case",
	[COLUMN_KIND] = "kind",
	[COLUMN_RESPONSE] = "response_file",
	[COLUMN_EXPECTED] = "expected_status",
	[COLUMN_CERTIFICATE] = "cert_file",
	[COLUMN_ISSUER] = "issuer_file",
	[COLUMN_TRUST] = "trust_file",
	[COLUMN_OTHERS] = "other_files",
	[COLUMN_TIME] = "time",
	[COLUMN_ALT_TIME] = "alt_time",
};
static const char *const kind_names[] = {"ocsp", "ocsp-signature", "ocsp-parse", "crl",
					 "crl-chain"};
static const char *const class_names[] = {"good", "revoked", "unknown", "invalid"};
static const struct name_table columns = {"column", column_names, NULL, NUM_COLUMNS};
static const struct name_table kinds = {"kind", kind_names, NULL, 5};
const struct name_table vector_classes = {"status", class_names, NULL, 4};

struct reader {
	const char *name;
	int line;
	int places[NUM_COLUMNS]; /* of a column in a line, -1 when it is not there */
	size_t num_fields;
	struct vector_index *out;
	struct error *err;
};

const char *vector_class_name(enum vector_class class)
{
	return class_names[class];
}

static bool fault(const struct reader *reader, const char *text, const char *word)
{
	return error_set(reader->err, ERROR_USAGE, "%s:%d: %s%.80s", reader->name, reader->line,
			 text, word);
}

/* Cuts a line at its tabs, in place. */
static size_t cut(char *fields[static MOST_COLUMNS], char *line)
{
	size_t num = 0;
	for (char *at = line; at != NULL && num < MOST_COLUMNS; num++) {
		char *tab = strchr(at, '\t');
		fields[num] = at;
		if (tab != NULL)
			*tab++ = '\0';
		at = tab;
	}
	return num;
}

static bool read_header(struct reader *reader, char *line)
{
	char *fields[MOST_COLUMNS];
	for (int i = 0; i < NUM_COLUMNS; i++)
		reader->places[i] = -1;
	reader->num_fields = cut(fields, line);
	for (size_t i = 0; i < reader->num_fields; i++) {
		int column = name_find(&columns, fields[i]);
		/* Lists have columns for other programs; a slip of the pen would lose a file. */
		if (column < 0 && text_nearest(fields[i], column_names, NUM_COLUMNS) != NULL)
			return fault(reader, "unknown column: ", fields[i]);
		if (column < 0)
			continue;
		if (reader->places[column] >= 0)
			return fault(reader, "a column twice: ", fields[i]);
		reader->places[column] = (int)i;
	}
	for (int i = 0; i < NUM_REQUIRED; i++)
		if (reader->places[i] < 0)
			return fault(reader, "a column is missing: ", column_names[i]);
	return true;
}

/* "" for a column that is not there. */
static const char *field(const struct reader *reader, char *const *fields, enum column column)
{
	return reader->places[column] < 0 ? "" : fields[reader->places[column]];
}

/* NULL stays NULL for an empty field; false without memory. */
static bool take(char **out, const struct reader *reader, char *const *fields, enum column column)
{
	const char *text = field(reader, fields, column);
	*out = text[0] != '\0' ? strdup(text) : NULL;
	return text[0] == '\0' || *out != NULL ||
	       error_set(reader->err, ERROR_UNABLE, "out of memory");
}

/* The word before ':' or '(', and of "parse-ok(STATUS)" the one inside. */
static int read_class(const char *text)
{
	char word[16];
	static const char parsed[] = "parse-ok(";
	if (strncmp(text, parsed, sizeof parsed - 1) == 0)
		text += sizeof parsed - 1;
	size_t len = strcspn(text, ":()");
	if (len >= sizeof word)
		return -1;
	memcpy(word, text, len);
	word[len] = '\0';
	return name_find(&vector_classes, word);
}

static bool read_meaning(struct reader *reader, struct vector *vector, char *const *fields)
{
	const char *kind = field(reader, fields, COLUMN_KIND);
	const char *time = field(reader, fields, COLUMN_ALT_TIME);
	int found = name_find(&kinds, kind);
	if (found < 0)
		return fault(reader, "unknown kind: ", kind);
	vector->kind = (enum vector_kind)found;
	found = read_class(vector->expected != NULL ? vector->expected : "");
	if (found < 0)
		return fault(reader,
			     "expected_status is not one of good, revoked, unknown, invalid: ",
			     vector->expected != NULL ? vector->expected : "");
	vector->class = (enum vector_class)found;
	if (time[0] == '\0')
		time = field(reader, fields, COLUMN_TIME);
	vector->has_time = time[0] != '\0';
	bool is_relative = time[0] == '+' || time[0] == '-';
	if (vector->has_time && (is_relative || !timestamp_parse(&vector->at_s, time, 0, NULL)))
		return fault(reader, "no time: ", time);
	return true;
}

static bool name_vector(struct reader *reader, struct vector *vector, char *const *fields)
{
	const char *suite = field(reader, fields, COLUMN_SUITE);
	const char *name = field(reader, fields, COLUMN_CASE);
	size_t len = strlen(suite) + strlen(name) + 2;
	if (suite[0] == '\0' || name[0] == '\0')
		return fault(reader, "suite or case is empty", "");
	vector->name = malloc(len);
	if (vector->name == NULL)
		return error_set(reader->err, ERROR_UNABLE, "out of memory");
	snprintf(vector->name, len, "%s/%s", suite, name);
	return true;
}

static bool read_vector(struct reader *reader, char *line)
{
	char *fields[MOST_COLUMNS];
	struct vector_index *out = reader->out;
	if (cut(fields, line) != reader->num_fields)
		return fault(reader, "does not have the number of fields of the first line", "");
	if (out->num == MOST_VECTORS)
		return fault(reader, "too many vectors", "");
	struct vector *items = reallocarray(out->items, out->num + 1, sizeof *items);
	if (items == NULL)
		return error_set(reader->err, ERROR_UNABLE, "out of memory");
	out->items = items;
	struct vector *vector = &items[out->num++];
	*vector = (struct vector){.line = reader->line};
	if (!name_vector(reader, vector, fields) ||
	    !take(&vector->expected, reader, fields, COLUMN_EXPECTED) ||
	    !take(&vector->response, reader, fields, COLUMN_RESPONSE) ||
	    !take(&vector->certificate, reader, fields, COLUMN_CERTIFICATE) ||
	    !take(&vector->issuer, reader, fields, COLUMN_ISSUER) ||
	    !take(&vector->trust, reader, fields, COLUMN_TRUST) ||
	    !take(&vector->others, reader, fields, COLUMN_OTHERS) ||
	    !read_meaning(reader, vector, fields))
		return false;
	if (vector->response == NULL)
		return fault(reader, "response_file is empty", "");
	bool is_crl = vector->kind == VECTOR_CRL || vector->kind == VECTOR_CRL_CHAIN;
	if (is_crl && vector->certificate == NULL)
		return fault(reader, "a CRL needs a cert_file", "");
	/* An error response has no signature: nothing of it is verified. */
	if (vector->class != CLASS_INVALID && vector->kind != VECTOR_PARSE &&
	    vector->certificate == NULL && vector->issuer == NULL)
		return fault(reader, "neither cert_file nor issuer_file is given", "");
	return true;
}

static bool read_lines(struct reader *reader, char *text)
{
	for (char *line = text, *next; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		reader->line++;
		if (reader->line == 1 ? !read_header(reader, line)
				      : line[0] != '\0' && !read_vector(reader, line))
			return false;
	}
	return true;
}

bool vector_index_parse(struct vector_index *out, const char *name, const char *text, size_t len,
			struct error *err)
{
	struct reader reader = {.name = name, .out = out, .err = err};
	*out = (struct vector_index){0};
	if (memchr(text, '\0', len) != NULL)
		return error_set(err, ERROR_USAGE, "%s: is not text", name);
	char *copy = strndup(text, len);
	bool done = copy != NULL ? read_lines(&reader, copy)
				 : error_set(err, ERROR_UNABLE, "out of memory");
	free(copy);
	if (done && out->num == 0)
		done = error_set(err, ERROR_USAGE, "%s: no vector in it", name);
	if (!done)
		vector_index_clear(out);
	return done;
}

bool vector_index_read(struct vector_index *out, const char *path, struct error *err)
{
	struct text text;
	*out = (struct vector_index){0};
	text_init(&text, VECTOR_INDEX_MAX);
	bool done = file_read(&text, path, VECTOR_INDEX_MAX, err) &&
		    vector_index_parse(out, path, text_string(&text), text.len, err);
	text_clear(&text);
	return done;
}

void vector_index_clear(struct vector_index *index)
{
	for (size_t i = 0; i < index->num; i++) {
		struct vector *vector = &index->items[i];
		free(vector->name);
		free(vector->expected);
		free(vector->response);
		free(vector->certificate);
		free(vector->issuer);
		free(vector->trust);
		free(vector->others);
	}
	free(index->items);
	*index = (struct vector_index){0};
}

char *vector_path(const char *index_path, const char *path)
{
	const char *slash = strrchr(index_path, '/');
	if (path[0] == '/' || slash == NULL)
		return strdup(path);
	char *directory = strndup(index_path, (size_t)(slash - index_path) + 1);
	char *joined = NULL;
	if (directory != NULL) {
		size_t len = strlen(directory) + strlen(path) + 1;
		joined = malloc(len);
		if (joined != NULL)
			snprintf(joined, len, "%s%s", directory, path);
	}
	free(directory);
	return joined;
}
