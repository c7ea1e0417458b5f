/* Knows the command that repeats one cell. */
#include "reports/words/repeat.h"
#include "harness/run/run_head.h"

#include <string.h>

#define WORD_MAX 4096

/* Options of `run` and `probe` that decide what a cell comes to. */
static const struct {
	const char *name;
	bool has_value, lab_only;
} kept[] = {
	{"--scenarios", true, true},
	{"--classes", true, false},
	{"--deviations", true, false},
	{"--timeout", true, false},
	{"--at", true, false},
	{"--no-fetch", false, false},
	{"--time-factor", true, false},
	{"--client", true, false},
	{"--fetch-private", true, false},
	{"--ca", true, false},
	{"--starttls", true, false},
	{"--proxy", true, false},
};

/* Takes the next word of a command line that command_append_line wrote, without its quotes.
 * Returns where it ends; NULL at the end of the line. A word that is too long is cut. */
static const char *next_word(char word[static WORD_MAX], const char *line)
{
	size_t len = 0;
	bool quoted = false;
	while (*line == ' ')
		line++;
	if (*line == '\0')
		return NULL;
	for (; *line != '\0' && (quoted || *line != ' '); line++) {
		if (*line == '\'') {
			quoted = !quoted;
			continue;
		}
		if (*line == '\\' && !quoted && line[1] != '\0')
			line++;
		if (len + 1 < WORD_MAX)
			word[len++] = *line;
	}
	word[len] = '\0';
	return line;
}

static void append_quoted(struct text *out, const char *word)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@+";
	text_append(out, " ");
	if (word[0] != '\0' && strspn(word, plain) == strlen(word)) {
		text_append(out, word);
		return;
	}
	text_append(out, "'");
	for (const char *p = word; *p != '\0'; p++) {
		if (*p == '\'')
			text_append(out, "'\\''");
		else
			text_append_bytes(out, p, 1);
	}
	text_append(out, "'");
}

/* Appends the option that word is, with its value; returns what is left of the line. */
static const char *append_option(struct text *out, const struct run *run,
				 char word[static WORD_MAX], const char *line)
{
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		size_t len = strlen(kept[i].name);
		if (strncmp(word, kept[i].name, len) != 0 || (kept[i].lab_only && !run_is_lab(run)))
			continue;
		bool joined = kept[i].has_value && word[len] == '=';
		if (word[len] != '\0' && !joined)
			continue;
		append_quoted(out, word);
		if (!kept[i].has_value || joined)
			return line;
		const char *rest = next_word(word, line);
		if (rest != NULL)
			append_quoted(out, word);
		return rest;
	}
	return line;
}

static bool line_has_word(const char *line, const char *wanted)
{
	char word[WORD_MAX];
	while ((line = next_word(word, line)) != NULL)
		if (strcmp(word, wanted) == 0)
			return true;
	return false;
}

static void append_target(struct text *out, const struct run *run, const struct run_row *row)
{
	char port[16];
	struct text address;
	if (row->scenario != NULL) {
		/* A scenario file that was named is in none of the folders. */
		bool named = row->scenario->file != NULL &&
			     line_has_word(run_command(run), row->scenario->file);
		append_quoted(out, named ? row->scenario->file : row->id);
		return;
	}
	snprintf(port, sizeof port, ":%d", row->port);
	text_init(&address, WORD_MAX);
	bool is_ipv6 = row->host != NULL && strchr(row->host, ':') != NULL;
	text_append_format(&address, is_ipv6 ? "[%s]%s" : "%s%s",
			   row->host != NULL ? row->host : row->id, row->host != NULL ? port : "");
	append_quoted(out, text_string(&address));
	if (row->address != NULL) {
		text_reset(&address);
		is_ipv6 = strchr(row->address, ':') != NULL;
		text_append_format(&address, is_ipv6 ? "[%s]%s" : "%s%s", row->address, port);
		text_append(out, " --connect");
		append_quoted(out, text_string(&address));
	}
	if (row->server_name != NULL &&
	    (row->host == NULL || strcmp(row->server_name, row->host) != 0)) {
		text_append(out, " --servername");
		append_quoted(out, row->server_name);
	}
	text_clear(&address);
}

void repeat_append(struct text *out, const struct run *run, size_t row, size_t class)
{
	char word[WORD_MAX];
	const char *line = run_command(run);
	text_append(out, run_is_lab(run) ? "revoscope run" : "revoscope probe");
	append_target(out, run, run_row_at(run, row));
	text_append(out, " --class");
	append_quoted(out, run_class_at(run, class)->class->id);
	while (line != NULL && (line = next_word(word, line)) != NULL)
		line = append_option(out, run, word, line);
}
