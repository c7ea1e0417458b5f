/* Knows how a document is read value by value, none of which may be too long. */
#include "harness/archive/document_source.h"

#include "core/json.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

bool source_fault(const struct source *source, const char *format, ...)
{
	struct text text;
	va_list args;
	text_init(&text, ERROR_TEXT_MAX);
	va_start(args, format);
	text_append_format_list(&text, format, args);
	va_end(args);
	error_set(source->err, ERROR_USAGE, "%s:%zu: %s", source->name, source->line,
		  text_string(&text));
	text_clear(&text);
	return false;
}

int source_next(struct source *source)
{
	int byte = source->peeked;
	if (byte >= 0) {
		source->peeked = -1;
		return byte;
	}
	byte = getc_unlocked(source->file);
	source->line += byte == '\n';
	return byte;
}

int source_look(struct source *source)
{
	int byte;
	do
		byte = source_next(source);
	while (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n');
	source->peeked = byte;
	return byte;
}

/* Always false: more was expected than there is. */
static bool fault_end(const struct source *source)
{
	if (ferror(source->file))
		return source_fault(source, "cannot be read: %s", strerror(errno));
	return source_fault(source, "the document is truncated");
}

bool source_take(struct source *source, int wanted)
{
	int byte = source_look(source);
	if (byte == EOF)
		return fault_end(source);
	if (byte != wanted)
		return source_fault(source, "not a result document: '%c' is expected here", wanted);
	source_next(source);
	return true;
}

/* For jansson, which looks no byte further than the value when it gets them singly. */
static size_t give_byte(void *buffer, size_t size, void *context)
{
	struct source *source = context;
	if (size == 0 || source->part_left == 0) {
		source->too_long = source->part_left == 0;
		return (size_t)-1;
	}
	int byte = source_next(source);
	if (byte == EOF)
		return 0;
	source->part_left--;
	*(char *)buffer = (char)byte;
	return 1;
}

json_t *source_take_value(struct source *source)
{
	json_error_t why;
	size_t first_line = source->line;
	source_look(source);
	source->part_left = DOCUMENT_PART_MAX;
	source->too_long = false;
	json_t *value = json_load_callback(
		give_byte, source,
		JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY, &why);
	if (value != NULL)
		return value;
	if (source->too_long)
		source_fault(source, "the part that begins at line %zu is longer than %zu MiB",
			     first_line, DOCUMENT_PART_MAX >> 20);
	else if (json_is_out_of_memory(&why))
		error_set(source->err, ERROR_UNABLE, "out of memory");
	else if (feof(source->file))
		fault_end(source);
	else
		source_fault(source, "not JSON: %s", why.text);
	return NULL;
}

void source_take_word(struct source *source, char *out, size_t size)
{
	size_t len = 0;
	int byte;
	while ((byte = source_next(source)) != EOF && strchr(",}] \t\r\n", byte) == NULL)
		if (out != NULL && len + 1 < size)
			out[len++] = (char)byte;
	source->peeked = byte;
	if (out != NULL)
		out[len] = '\0';
}

bool source_skip(struct source *source)
{
	int first = source_look(source), depth = 0;
	bool in_text = false;
	if (first != '"' && first != '[' && first != '{') {
		source_take_word(source, NULL, 0);
		return source->peeked != EOF || fault_end(source);
	}
	do {
		int byte = source_next(source);
		if (byte == EOF)
			return fault_end(source);
		if (in_text && byte == '\\')
			source_next(source);
		else if (byte == '"')
			in_text = !in_text;
		else if (!in_text)
			depth += (byte == '[' || byte == '{') - (byte == ']' || byte == '}');
	} while (in_text || depth > 0);
	return true;
}
