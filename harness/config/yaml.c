/* Knows libfyaml: turns its events into a tree of nodes that know their place. */
#include "harness/config/yaml.h"

#include "core/file.h"
#include "core/text.h"

#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No shipped file comes near these; a hostile one must not cost more than they allow. */
#define MAX_DEPTH    16
#define MAX_CHILDREN 2048

/* What is left of an error's text for the line that says that there is more. */
#define ROOM_FOR_MORE 64

struct yaml_node {
	enum yaml_kind kind;
	int line, column;
	char *text;                  /* of a scalar */
	struct yaml_node **children; /* items, or keys and values in turn */
	size_t num, size;
};

struct yaml {
	char *name;
	struct yaml_node *root;
	bool is_full;   /* err has no room for further faults */
	bool is_faulty; /* something was noted that does not stop the parser */
};

/* The nodes that are being filled, from the root down. */
struct builder {
	struct yaml *yaml;
	struct yaml_node *open[MAX_DEPTH];
	size_t depth;
	bool has_document;
};

static void node_free(struct yaml_node *node)
{
	if (node == NULL)
		return;
	for (size_t i = 0; i < node->num; i++)
		node_free(node->children[i]);
	free(node->children);
	free(node->text);
	free(node);
}

bool yaml_fault_in(struct yaml *yaml, const char *name, int line, int column, struct error *err,
		   const char *text)
{
	struct text shown;
	if (err == NULL || yaml->is_full)
		return false;
	text_init(&shown, ERROR_TEXT_MAX);
	text_append_visible(&shown, text, strlen(text));
	size_t used = err->kind == ERROR_NONE ? 0 : strlen(err->text);
	if (used + strlen(name) + shown.len + ROOM_FOR_MORE > ERROR_TEXT_MAX && used > 0) {
		error_add(err, ERROR_USAGE, "%s: there are more errors", name);
		yaml->is_full = true;
	} else {
		error_add(err, ERROR_USAGE, "%s:%d:%d: %s", name, line, column,
			  text_string(&shown));
	}
	text_clear(&shown);
	return false;
}

static bool fault_at(struct yaml *yaml, int line, int column, struct error *err, const char *text)
{
	return yaml_fault_in(yaml, yaml->name, line, column, err, text);
}

bool yaml_fault(struct yaml *yaml, const struct yaml_node *node, struct error *err,
		const char *format, ...)
{
	char text[ERROR_TEXT_MAX / 2];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return fault_at(yaml, node->line, node->column, err, text);
}

/* What is wrong with the bytes before any YAML is looked at; NULL when nothing is. */
static const char *find_foreign_byte(size_t *at, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		*at = i;
		if (byte == '\0')
			return "a NUL byte: this is a binary file, not YAML";
		if (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t')
			return "a control character: this is a binary file, not YAML";
		if (byte < 0x80)
			continue;
		size_t most = len - i < 4 ? len - i : 4, used = 2;
		while (used <= most && !text_is_utf8(bytes + i, used))
			used++;
		if (used > most)
			return "a byte that is not UTF-8";
		i += used - 1;
	}
	return NULL;
}

static bool check_bytes(struct yaml *yaml, const char *bytes, size_t len, struct error *err)
{
	size_t at;
	const char *text = find_foreign_byte(&at, bytes, len);
	if (text == NULL)
		return true;
	int line = 1, column = 1;
	for (size_t i = 0; i < at; i++) {
		column = bytes[i] == '\n' ? 1 : column + ((bytes[i] & 0xc0) != 0x80);
		line += bytes[i] == '\n';
	}
	return fault_at(yaml, line, column, err, text);
}

/* The key whose value comes next, or NULL. */
static const struct yaml_node *pending_key(const struct yaml_node *parent)
{
	bool has_key = parent != NULL && parent->kind == YAML_MAPPING && parent->num % 2 == 1;
	return has_key ? parent->children[parent->num - 1] : NULL;
}

static struct yaml_node *node_new(struct builder *builder, enum yaml_kind kind,
				  struct fy_event *event)
{
	struct yaml_node *parent = builder->depth > 0 ? builder->open[builder->depth - 1] : NULL;
	struct yaml_node *node = calloc(1, sizeof *node);
	if (node == NULL)
		return NULL;
	node->kind = kind;
	const struct fy_mark *mark = fy_event_start_mark(event);
	const struct yaml_node *key = pending_key(parent);
	if (mark != NULL) {
		enum fy_node_style style = fy_event_get_node_style(event);
		/* libfyaml 0.7.12 puts the mark of a quoted scalar behind its quote. */
		bool is_quoted = kind == YAML_SCALAR && mark->column > 0 &&
				 (style == FYNS_SINGLE_QUOTED || style == FYNS_DOUBLE_QUOTED);
		node->line = mark->line + 1;
		node->column = mark->column + 1 - is_quoted;
	} else if (key != NULL || parent != NULL) {
		/* An absent value has no place: it is missing behind its key. */
		node->line = key != NULL ? key->line : parent->line;
		node->column = key != NULL ? key->column : parent->column;
	} else {
		node->line = node->column = 1;
	}
	return node;
}

/* Hands node over to the innermost open node, or makes it the root. Frees it on failure. */
static bool node_attach(struct builder *builder, struct yaml_node *node, struct error *err)
{
	struct yaml *yaml = builder->yaml;
	if (builder->depth == 0) {
		yaml->root = node;
		return true;
	}
	struct yaml_node *parent = builder->open[builder->depth - 1];
	bool is_key = parent->kind == YAML_MAPPING && parent->num % 2 == 0;
	if (is_key && node->kind != YAML_SCALAR) {
		yaml_fault(yaml, node, err, "a key is a plain word, not a list or a mapping");
		goto refuse;
	}
	for (size_t i = 0; is_key && i < parent->num; i += 2) {
		if (strcmp(parent->children[i]->text, node->text) != 0)
			continue;
		yaml_fault(yaml, node, err, "duplicate key '%.64s', first defined at line %d",
			   node->text, parent->children[i]->line);
		yaml->is_faulty = true;
		break;
	}
	if (parent->num == MAX_CHILDREN) {
		yaml_fault(yaml, node, err, "more than %d entries", MAX_CHILDREN / 2);
		goto refuse;
	}
	if (parent->num == parent->size) {
		size_t size = parent->size > 0 ? parent->size * 2 : 8;
		struct yaml_node **children =
			reallocarray(parent->children, size, sizeof(*children));
		if (children == NULL) {
			error_set(err, ERROR_UNABLE, "out of memory");
			goto refuse;
		}
		parent->children = children;
		parent->size = size;
	}
	parent->children[parent->num++] = node;
	return true;
refuse:
	node_free(node);
	return false;
}

/* Unsupported syntax is an error with its name, so that nothing is silently lost. */
static const char *find_refused(struct fy_event *event)
{
	if (event->type == FYET_ALIAS)
		return "aliases (*name) are not used here: write the value out";
	if (fy_event_get_anchor_token(event) != NULL)
		return "anchors (&name) are not used here";
	if (fy_event_get_tag_token(event) != NULL)
		return "tags (!name) are not used here";
	return NULL;
}

/*
 * Copies the text of a scalar into its node. libfyaml 0.7.12 misreads two pairs of single
 * quotes behind each other ('a''''b'): its ways to the text then differ in length, and
 * fy_token_get_text loses memory. The iterator does not, and the difference is refused.
 */
static bool take_scalar(struct yaml_node *node, struct fy_token *token, struct yaml *yaml,
			struct error *err)
{
	struct text text;
	const struct fy_iter_chunk *chunk = NULL;
	bool done = false;
	text_init(&text, YAML_MAX_BYTES);
	struct fy_token_iter *pieces = fy_token_iter_create(token);
	while (pieces != NULL && (chunk = fy_token_iter_chunk_next(pieces, chunk, NULL)) != NULL)
		text_append_bytes(&text, chunk->str, chunk->len);
	if (pieces == NULL || text.failed) {
		error_set(err, ERROR_UNABLE, "out of memory");
		goto out;
	}
	if (memchr(text_string(&text), '\0', text.len) != NULL) {
		yaml_fault(yaml, node, err, "a text with a NUL character in it");
		goto out;
	}
	if (text.len != fy_token_get_text_length(token)) {
		yaml_fault(yaml, node, err,
			   "a text that the YAML library misreads: write it in double quotes");
		goto out;
	}
	node->text = strdup(text_string(&text));
	done = node->text != NULL || error_set(err, ERROR_UNABLE, "out of memory");
out:
	if (pieces != NULL)
		fy_token_iter_destroy(pieces);
	text_clear(&text);
	return done;
}

static bool add_node(struct builder *builder, enum yaml_kind kind, struct fy_event *event,
		     struct error *err)
{
	struct yaml_node *node = node_new(builder, kind, event);
	if (node == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	const char *refused = find_refused(event);
	if (refused != NULL) {
		yaml_fault(builder->yaml, node, err, "%s", refused);
		node_free(node);
		return false;
	}
	if (kind == YAML_SCALAR) {
		if (!take_scalar(node, event->scalar.value, builder->yaml, err)) {
			node_free(node);
			return false;
		}
		return node_attach(builder, node, err);
	}
	if (builder->depth == MAX_DEPTH) {
		yaml_fault(builder->yaml, node, err, "nested deeper than %d levels", MAX_DEPTH);
		node_free(node);
		return false;
	}
	if (!node_attach(builder, node, err))
		return false;
	builder->open[builder->depth++] = node;
	return true;
}

static bool handle_event(struct builder *builder, struct fy_event *event, struct error *err)
{
	const struct fy_mark *mark;
	switch (event->type) {
	case FYET_DOCUMENT_START:
		mark = fy_event_start_mark(event);
		if (builder->has_document)
			return fault_at(builder->yaml, mark != NULL ? mark->line + 1 : 1,
					mark != NULL ? mark->column + 1 : 1, err,
					"a second document: one file has one");
		builder->has_document = true;
		return true;
	case FYET_MAPPING_START: return add_node(builder, YAML_MAPPING, event, err);
	case FYET_SEQUENCE_START: return add_node(builder, YAML_SEQUENCE, event, err);
	case FYET_ALIAS:
	case FYET_SCALAR: return add_node(builder, YAML_SCALAR, event, err);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END: builder->depth--; return true;
	default: return true;
	}
}

static bool add_syntax_faults(struct yaml *yaml, struct fy_diag *diag, struct error *err)
{
	void *state = NULL;
	bool is_known = false;
	for (struct fy_diag_error *fault; (fault = fy_diag_errors_iterate(diag, &state)) != NULL;) {
		if (fault->type != FYET_ERROR || fault->msg == NULL)
			continue;
		fault_at(yaml, fault->line > 0 ? fault->line : 1,
			 fault->column > 0 ? fault->column : 1, err, fault->msg);
		is_known = true;
	}
	if (!is_known)
		fault_at(yaml, 1, 1, err, "not YAML");
	return false;
}

static bool parse_events(struct yaml *yaml, struct fy_parser *parser, struct fy_diag *diag,
			 struct error *err)
{
	struct builder builder = {.yaml = yaml};
	for (struct fy_event *event; (event = fy_parser_parse(parser)) != NULL;) {
		bool done = handle_event(&builder, event, err);
		bool is_end = event->type == FYET_STREAM_END;
		fy_parser_event_free(parser, event);
		if (!done)
			return false;
		if (is_end)
			break;
	}
	if (fy_parser_get_stream_error(parser) || fy_diag_got_error(diag) || builder.depth > 0)
		return add_syntax_faults(yaml, diag, err);
	bool is_empty = yaml->root == NULL ||
			(yaml->root->kind == YAML_SCALAR && *yaml->root->text == '\0');
	if (is_empty)
		return fault_at(yaml, 1, 1, err, "empty");
	return !yaml->is_faulty;
}

static bool build_tree(struct yaml *yaml, const char *bytes, size_t len, struct error *err)
{
	struct fy_parser *parser = NULL;
	bool done = false;
	struct fy_diag_cfg diag_cfg;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag_cfg.colorize = false;
	struct fy_diag *diag = fy_diag_create(&diag_cfg);
	if (diag == NULL)
		goto out;
	fy_diag_set_collect_errors(diag, true);
	struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_JSON_NONE, .diag = diag};
	parser = fy_parser_create(&cfg);
	if (parser == NULL || fy_parser_set_string(parser, bytes, len) != 0)
		goto out;
	done = parse_events(yaml, parser, diag, err);
out:
	if (parser == NULL)
		error_set(err, ERROR_UNABLE, "%s: the YAML parser cannot be started", yaml->name);
	if (parser != NULL)
		fy_parser_destroy(parser);
	if (diag != NULL)
		fy_diag_destroy(diag);
	return done;
}

struct yaml *yaml_parse(const char *name, const char *bytes, size_t len, struct error *err)
{
	struct yaml *yaml = calloc(1, sizeof *yaml);
	if (yaml == NULL || (yaml->name = strdup(name)) == NULL) {
		error_set(err, ERROR_UNABLE, "out of memory");
		yaml_free(yaml);
		return NULL;
	}
	bool done = false;
	if (len > YAML_MAX_BYTES)
		error_add(err, ERROR_USAGE, "%s: larger than the %zu bytes allowed here", name,
			  YAML_MAX_BYTES);
	else if (len == 0)
		fault_at(yaml, 1, 1, err, "empty");
	else
		done = check_bytes(yaml, bytes, len, err) && build_tree(yaml, bytes, len, err);
	if (!done) {
		yaml_free(yaml);
		return NULL;
	}
	return yaml;
}

struct yaml *yaml_load(const char *path, struct error *err)
{
	struct text text;
	struct yaml *yaml = NULL;
	/* An own error, so that a file that cannot be read is named beside others' faults. */
	struct error cause = ERROR_INIT;
	text_init(&text, YAML_MAX_BYTES);
	if (file_read(&text, path, YAML_MAX_BYTES, &cause))
		yaml = yaml_parse(path, text_string(&text), text.len, err);
	else
		error_add(err, cause.kind, "%s", cause.text);
	text_clear(&text);
	return yaml;
}

void yaml_free(struct yaml *yaml)
{
	if (yaml == NULL)
		return;
	node_free(yaml->root);
	free(yaml->name);
	free(yaml);
}

const char *yaml_name(const struct yaml *yaml)
{
	return yaml->name;
}

struct yaml_node *yaml_root(struct yaml *yaml)
{
	return yaml->root;
}

enum yaml_kind yaml_kind(const struct yaml_node *node)
{
	return node->kind;
}

int yaml_line(const struct yaml_node *node)
{
	return node->line;
}

int yaml_column(const struct yaml_node *node)
{
	return node->column;
}

const char *yaml_text(struct yaml_node *node)
{
	return node->kind == YAML_SCALAR ? node->text : NULL;
}

size_t yaml_count(const struct yaml_node *node)
{
	return node->kind == YAML_MAPPING ? node->num / 2 : node->num;
}

struct yaml_node *yaml_item(struct yaml_node *node, size_t i)
{
	return node->kind == YAML_SEQUENCE && i < node->num ? node->children[i] : NULL;
}

bool yaml_pair(struct yaml_node *node, size_t i, struct yaml_node **key, struct yaml_node **value)
{
	if (node->kind != YAML_MAPPING || i >= node->num / 2)
		return false;
	*key = node->children[2 * i];
	*value = node->children[2 * i + 1];
	return true;
}

struct yaml_node *yaml_get(struct yaml_node *node, const char *key)
{
	for (size_t i = 0; node->kind == YAML_MAPPING && i < node->num / 2; i++)
		if (strcmp(node->children[2 * i]->text, key) == 0)
			return node->children[2 * i + 1];
	return NULL;
}
