/* Knows how a server's file of remedies is read, and what of the case is filled in. */
#include "harness/doctor/remedy.h"

#include "harness/model/version_range.h"

#include <stdlib.h>
#include <string.h>

#define FACT_MAX 253

/* Arrays remedies_SYMBOL, one for each row of server.def, and remedies_ANY. */
#include "harness/doctor/remedies.inc"

static const char *const remedies_of[NUM_SERVER_KINDS] = {
#define SERVER(symbol, spelling, title, products, word) remedies_##symbol,
#include "harness/model/server.def"
#undef SERVER
};

enum part { PART_SNIPPET, PART_MUST_STAPLE, PART_COMMANDS, PART_ON_SERVER, NUM_PARTS };

static const char *const part_names[NUM_PARTS] = {
	[PART_MUST_STAPLE] = "must-staple",
	[PART_COMMANDS] = "commands",
	[PART_ON_SERVER] = "on-server",
};

struct span {
	const char *start;
	size_t len;
};

/* One section of a file: what its head says, and the lines below. */
struct section {
	struct span topics, versions, title;
	const char *body; /* up to the next head */
};

/* Where a section's lines go, and what is filled in. */
struct filling {
	const char *file;
	const struct remedy_facts *facts;
	struct text *parts[NUM_PARTS]; /* NULL: not wanted */
	int depth;                     /* of fragments in fragments */
};

static bool is_same(struct span span, const char *text)
{
	return strlen(text) == span.len && strncmp(span.start, text, span.len) == 0;
}

/* The line at *cursor, which moves behind it; false at the end. */
static bool next_line(struct span *line, const char **cursor)
{
	if (**cursor == '\0')
		return false;
	*line = (struct span){*cursor, strcspn(*cursor, "\n")};
	*cursor += line->len + ((*cursor)[line->len] == '\n');
	return true;
}

static bool starts(struct span line, const char *prefix)
{
	size_t len = strlen(prefix);
	return line.len >= len && strncmp(line.start, prefix, len) == 0;
}

static struct span trimmed(const char *start, size_t len)
{
	while (len > 0 && (*start == ' ' || *start == ',')) {
		start++;
		len--;
	}
	while (len > 0 && start[len - 1] == ' ')
		len--;
	return (struct span){start, len};
}

/* Cuts what is before the separator off *rest. */
static struct span cut(struct span *rest, char separator)
{
	const char *end = memchr(rest->start, separator, rest->len);
	size_t len = end == NULL ? rest->len : (size_t)(end - rest->start);
	struct span first = trimmed(rest->start, len);
	rest->start += len + (end != NULL);
	rest->len -= len + (end != NULL);
	return first;
}

/* The next section at *cursor: "== TOPIC, TOPIC | VERSIONS | TITLE". */
static bool next_section(struct section *section, const char **cursor)
{
	struct span line;
	while (next_line(&line, cursor)) {
		if (!starts(line, "== "))
			continue;
		struct span rest = {line.start + 3, line.len - 3};
		section->topics = cut(&rest, '|');
		section->versions = cut(&rest, '|');
		section->title = cut(&rest, '|');
		section->body = *cursor;
		return true;
	}
	return false;
}

static bool is_about(const struct section *section, const char *topic)
{
	struct span rest = section->topics;
	while (rest.len > 0)
		if (is_same(cut(&rest, ','), topic))
			return true;
	return false;
}

static bool is_for_version(const struct section *section, const char *version)
{
	char range[64];
	if (section->versions.len == 0 || version == NULL || section->versions.len >= sizeof range)
		return true;
	memcpy(range, section->versions.start, section->versions.len);
	range[section->versions.len] = '\0';
	return version_range_holds(range, version);
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

/* A name that is safe as a part of paths, commands and comments. */
static const char *name_or(const char *name, const char *instead)
{
	bool is_name = name != NULL && *name != '\0' && strlen(name) <= FACT_MAX &&
		       strspn(name, LETTERS DIGITS "-._") == strlen(name) &&
		       strchr("-._", *name) == NULL && strstr(name, "..") == NULL;
	return is_name ? name : instead;
}

/* A URL that is safe between single quotes. */
static const char *url_or(const char *url, const char *instead)
{
	bool is_url = url != NULL && strlen(url) <= FACT_MAX &&
		      (strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0) &&
		      strspn(url, LETTERS DIGITS "-._~:/?#[]@!$&()*+,;=%") == strlen(url);
	return is_url ? url : instead;
}

/* The value of "@define KEY value" in the server's file. */
static struct span defined(const char *file, struct span key)
{
	struct span line;
	for (const char *cursor = file; next_line(&line, &cursor);) {
		if (!starts(line, "@define "))
			continue;
		struct span rest = {line.start + 8, line.len - 8};
		struct span name = cut(&rest, ' ');
		if (name.len == key.len && strncmp(name.start, key.start, key.len) == 0)
			return rest;
	}
	return (struct span){NULL, 0};
}

static void fill(struct text *out, const struct filling *filling, struct span line, int depth);

/* What stands for @KEY@; false when nothing does. */
static bool fill_key(struct text *out, const struct filling *filling, struct span key, int depth)
{
	const struct remedy_facts *facts = filling->facts;
	if (is_same(key, "NAME"))
		return text_append(out, name_or(facts->server_name, "SERVER"));
	if (is_same(key, "RESPONDER"))
		return text_append(out, name_or(facts->responder_host, "RESPONDER"));
	if (is_same(key, "URL"))
		return text_append(out, url_or(facts->responder_url, "RESPONDER_URL"));
	struct span value = defined(filling->file, key);
	if (value.start == NULL || depth > 2)
		return false;
	fill(out, filling, value, depth + 1);
	return true;
}

/* Appends a line's text with what is known in it. */
static void fill(struct text *out, const struct filling *filling, struct span line, int depth)
{
	const char *end = line.start + line.len;
	for (const char *p = line.start; p < end;) {
		const char *at = memchr(p, '@', (size_t)(end - p));
		if (at == NULL)
			at = end;
		text_append_bytes(out, p, (size_t)(at - p));
		if (at == end)
			return;
		size_t len = strspn(at + 1, LETTERS "_");
		struct span key = {at + 1, len};
		if (len > 0 && at + 1 + len < end && at[1 + len] == '@' &&
		    fill_key(out, filling, key, depth)) {
			p = at + len + 2;
			continue;
		}
		text_append_bytes(out, "@", 1);
		p = at + 1;
	}
}

static void write_body(struct filling *filling, const char *body);

/* "@include .NAME": a fragment of the server's file, else of the common one. */
static void include(struct filling *filling, struct span name)
{
	const char *const files[] = {filling->file, remedies_ANY};
	for (size_t i = 0; filling->depth < 4 && i < sizeof files / sizeof *files; i++) {
		struct section section;
		for (const char *cursor = files[i]; next_section(&section, &cursor);) {
			if (section.topics.len != name.len ||
			    strncmp(section.topics.start, name.start, name.len) != 0)
				continue;
			filling->depth++;
			write_body(filling, section.body);
			filling->depth--;
			return;
		}
	}
}

static enum part part_of(struct span line, enum part before)
{
	for (int part = 0; part < NUM_PARTS; part++)
		if (part_names[part] != NULL && starts(line, "-- ") &&
		    is_same((struct span){line.start + 3, line.len - 3}, part_names[part]))
			return (enum part)part;
	return before;
}

/* One line of a section; a fragment goes where it is included. */
static void write_line(struct filling *filling, struct text *out, struct span line)
{
	if (starts(line, "@include ")) {
		struct filling inner = *filling;
		memset(inner.parts, 0, sizeof inner.parts);
		inner.parts[PART_SNIPPET] = out;
		include(&inner, (struct span){line.start + 9, line.len - 9});
		return;
	}
	fill(out, filling, line, 0);
	text_append_bytes(out, "\n", 1);
}

/* The lines of a section into the parts that are wanted, without blank lines at a part's end. */
static void write_body(struct filling *filling, const char *body)
{
	enum part part = PART_SNIPPET;
	size_t num_blank = 0;
	struct span line;
	while (next_line(&line, &body) && !starts(line, "== ")) {
		enum part next = part_of(line, part);
		struct text *out = filling->parts[part];
		if (next != part)
			num_blank = 0;
		else if (line.len == 0)
			num_blank++;
		else if (out != NULL) {
			for (; num_blank > 0; num_blank--)
				text_append_bytes(out, "\n", 1);
			write_line(filling, out, line);
		}
		part = next;
	}
}

/* How many sections are about the topic, of the versions that it may be. */
static size_t count(const char *file, const char *topic, const char *version)
{
	size_t num = 0;
	struct section section;
	for (const char *cursor = file; next_section(&section, &cursor);)
		num += is_about(&section, topic) && is_for_version(&section, version);
	return num;
}

static void write_title(struct text *out, struct span title)
{
	if (out == NULL || title.len == 0)
		return;
	text_append(out, "##### ");
	text_append_bytes(out, title.start, title.len);
	text_append_bytes(out, "\n", 1);
}

/* Sets a version's remedy apart from the one before. */
static void write_titles(struct filling *filling, struct span title)
{
	struct text *snippet = filling->parts[PART_SNIPPET];
	if (snippet != NULL && snippet->len > 0)
		text_append_bytes(snippet, "\n", 1);
	write_title(snippet, title);
	write_title(filling->parts[PART_COMMANDS], title);
}

/* Every section about the topic, under its title where there are several. */
static size_t write_sections(struct filling *filling, int server, const char *topic)
{
	const char *version = server_version_in(filling->facts->software, server);
	size_t num = count(filling->file, topic, version);
	struct section section;
	for (const char *cursor = filling->file; next_section(&section, &cursor);) {
		if (!is_about(&section, topic) || !is_for_version(&section, version))
			continue;
		if (num > 1)
			write_titles(filling, section.title);
		write_body(filling, section.body);
	}
	return num;
}

bool remedy_write(struct text *snippet, struct text *commands, enum server_kind server,
		  enum remedy_topic topic, const struct remedy_facts *facts)
{
	struct filling filling = {.file = remedies_of[server], .facts = facts};
	filling.parts[PART_SNIPPET] = snippet;
	filling.parts[PART_MUST_STAPLE] = facts->must_staple ? snippet : NULL;
	filling.parts[PART_COMMANDS] = commands;
	return write_sections(&filling, (int)server, remedy_topic_names.names[topic]) > 0;
}

void remedy_on_server(struct text *commands, int server, enum remedy_topic topic,
		      const struct remedy_facts *facts)
{
	struct filling filling = {.file = remedies_ANY, .facts = facts};
	filling.parts[PART_ON_SERVER] = commands;
	write_sections(&filling, server, remedy_topic_names.names[topic]);
	if (server < 0 || server >= NUM_SERVER_KINDS)
		return;
	filling.file = remedies_of[server];
	if (count(filling.file, "on-server", NULL) > 0)
		write_sections(&filling, server, "on-server");
	write_sections(&filling, server, remedy_topic_names.names[topic]);
}
