/* Knows how the matrix looks as text. */
#include "reports/text/matrix_text.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_MAX  34
#define HEAD_LINES 6
#define MARKS_MAX  3
#define INDENT     2
#define GAP        1 /* between groups, beside the place of the last mark */

/* The columns of one policy: one per stack. */
struct group {
	const char *name;
	size_t *columns; /* indices of classes */
	size_t num;
	size_t column_width; /* of the widest cell */
	size_t width;
	char head[HEAD_LINES][32];
	size_t num_head;
};

struct matrix {
	struct run *run;
	struct text *out;
	bool color;
	size_t width;
	struct group *groups;
	size_t num_groups;
	size_t label_width;
	char *letters; /* by stack */
};

static const struct {
	unsigned mark;
	char sign;
	const char *text;
} marks[] = {
	{CELL_EXPOSED, '!', "exposed: connects to a revoked certificate"},
	{CELL_UNEXPECTED, '*', "not as expected"},
	{CELL_VARIES, '~', "attempts differ"},
};
#define NUM_MARKS (sizeof marks / sizeof *marks)

static const struct {
	char letter;
	const char *text;
} letters[] = {
	{'C', "connect"},     {'c', "connect, blind: the status is not known"},
	{'W', "warn"},        {'R', "reject"},
	{'-', "unsupported"}, {'E', "error"},
	{'X', "crash"},       {'H', "hang"},
	{'.', "not run"},
};
#define NUM_LETTERS (sizeof letters / sizeof *letters)

/* The letter of a cell: C W R, c for a blind connect, - E X H, and . when it was not run. */
static char letter_of(const struct cell *cell)
{
	if ((cell->marks & CELL_DONE) == 0)
		return '.';
	switch (cell->outcome) {
	case OUTCOME_CONNECT: return (cell->marks & CELL_BLIND) != 0 ? 'c' : 'C';
	case OUTCOME_WARN: return 'W';
	case OUTCOME_REJECT: return 'R';
	case OUTCOME_UNSUPPORTED: return '-';
	case OUTCOME_CRASH: return 'X';
	case OUTCOME_HANG: return 'H';
	default: return 'E';
	}
}

/* "c!*": returns its length. */
static size_t print_cell(char out[MARKS_MAX + 2], const struct cell *cell)
{
	size_t len = 0;
	out[len++] = letter_of(cell);
	for (size_t i = 0; i < NUM_MARKS; i++)
		if ((cell->marks & marks[i].mark) != 0)
			out[len++] = marks[i].sign;
	out[len] = '\0';
	return len;
}

static const char *color_of(const struct cell *cell)
{
	if ((cell->marks & CELL_UNEXPECTED) != 0)
		return "\033[1;35m";
	if ((cell->marks & CELL_EXPOSED) != 0)
		return "\033[1;31m";
	switch (letter_of(cell)) {
	case 'C': return "\033[32m";
	case 'c': return "\033[2m";
	case 'W': return "\033[33m";
	case 'R': return "\033[36m";
	case 'E':
	case 'X':
	case 'H': return "\033[1;35m";
	default: return "";
	}
}

static void append_spaces(struct text *out, size_t num)
{
	for (size_t i = 0; i < num; i++)
		text_append(out, " ");
}

/* Spaces wait until something follows, so that no line ends in any. */
struct line {
	struct text *out;
	size_t spaces;
};

static void line_put(struct line *line, const char *bytes)
{
	append_spaces(line->out, line->spaces);
	line->spaces = 0;
	text_append(line->out, bytes);
}

/* Breaks a name at its hyphens and slashes into lines no wider than the columns below,
 * or than its longest word. */
static void split_head(struct group *group)
{
	size_t columns = group->num * group->column_width;
	size_t longest = 0, word = 0;
	for (const char *p = group->name; *p != '\0'; p++) {
		word++;
		longest = word > longest ? word : longest;
		if (*p == '-' || *p == '/')
			word = 0;
	}
	if (longest > sizeof group->head[0] - 1)
		longest = sizeof group->head[0] - 1;
	group->width = longest > columns ? longest : columns;
	size_t line = 0, used = 0;
	for (const char *p = group->name; *p != '\0';) {
		size_t len = strcspn(p, "-/");
		len += p[len] != '\0';
		if (used > 0 && used + len > group->width && line + 1 < HEAD_LINES) {
			line++;
			used = 0;
		}
		for (size_t i = 0; i < len && used + 1 < sizeof group->head[0]; i++)
			group->head[line][used++] = p[i];
		group->head[line][used] = '\0';
		p += len;
	}
	group->num_head = line + 1;
}

static bool add_column(struct matrix *matrix, size_t class)
{
	const struct run_class *column = run_class_at(matrix->run, class);
	const struct client_class *about = column->class;
	const char *stack = run_stack_at(matrix->run, column->stack)->stack->id;
	/* A class that is no stack's built-in one, such as browser/firefox, is alone. */
	size_t len = strlen(stack);
	bool built_in = strncmp(about->id, stack, len) == 0 && about->id[len] == '/' &&
			strcmp(about->id + len + 1, about->policy_id) == 0;
	const char *name = built_in ? about->policy_id : about->id;
	size_t at = 0;
	while (at < matrix->num_groups && strcmp(matrix->groups[at].name, name) != 0)
		at++;
	if (at == matrix->num_groups) {
		struct group *groups = reallocarray(matrix->groups, at + 1, sizeof *groups);
		if (groups == NULL)
			return false;
		matrix->groups = groups;
		groups[at] = (struct group){.name = name};
		matrix->num_groups++;
	}
	struct group *group = &matrix->groups[at];
	size_t *columns = reallocarray(group->columns, group->num + 1, sizeof *columns);
	if (columns == NULL)
		return false;
	group->columns = columns;
	columns[group->num++] = class;
	return true;
}

/* A letter per stack: one of its own name where that is free. */
static bool choose_letters(struct matrix *matrix)
{
	size_t num = run_num_stacks(matrix->run);
	matrix->letters = calloc(num + 1, 1);
	if (matrix->letters == NULL)
		return false;
	for (size_t i = 0; i < num; i++) {
		char names[128];
		snprintf(names, sizeof names, "%.64s0123456789abcdefghijklmnopqrstuvwxyz",
			 run_stack_at(matrix->run, i)->stack->id);
		for (const char *p = names; matrix->letters[i] == '\0' && *p != '\0'; p++)
			if (*p != '-' && memchr(matrix->letters, *p, i) == NULL)
				matrix->letters[i] = *p;
		if (matrix->letters[i] == '\0')
			matrix->letters[i] = '?';
	}
	return true;
}

static bool measure(struct matrix *matrix)
{
	char cell[MARKS_MAX + 2];
	for (size_t i = 0; i < run_num_classes(matrix->run); i++)
		if (!add_column(matrix, i))
			return false;
	for (size_t g = 0; g < matrix->num_groups; g++) {
		struct group *group = &matrix->groups[g];
		group->column_width = 2; /* a letter, and a mark or a space */
		for (size_t c = 0; c < group->num; c++) {
			for (size_t row = 0; row < run_num_rows(matrix->run); row++) {
				size_t len = print_cell(
					cell, run_cell(matrix->run, row, group->columns[c]));
				if (len > group->column_width)
					group->column_width = len;
			}
		}
		split_head(group);
	}
	for (size_t row = 0; row < run_num_rows(matrix->run); row++) {
		const struct run_row *about = run_row_at(matrix->run, row);
		size_t plain = strlen(about->id), variant = 0;
		if (about->scenario != NULL &&
		    (plain = strcspn(about->id, "@")) < strlen(about->id))
			variant = INDENT + strlen(about->id + plain);
		if (plain > matrix->label_width)
			matrix->label_width = plain;
		if (variant > matrix->label_width)
			matrix->label_width = variant;
	}
	if (matrix->label_width > LABEL_MAX)
		matrix->label_width = LABEL_MAX;
	return choose_letters(matrix);
}

static void append_heads(struct matrix *matrix, size_t first, size_t end)
{
	size_t height = 0;
	for (size_t g = first; g < end; g++)
		if (matrix->groups[g].num_head > height)
			height = matrix->groups[g].num_head;
	for (size_t i = 0; i <= height; i++) {
		struct line line = {matrix->out, INDENT + matrix->label_width + 1};
		for (size_t g = first; g < end; g++) {
			const struct group *group = &matrix->groups[g];
			size_t used = 0;
			line.spaces += GAP;
			if (i == height) {
				for (size_t c = 0; c < group->num; c++) {
					size_t stack =
						run_class_at(matrix->run, group->columns[c])->stack;
					line_put(&line, (char[]){matrix->letters[stack], '\0'});
					line.spaces += group->column_width - 1;
					used += group->column_width;
				}
			} else if (i >= height - group->num_head) {
				const char *head = group->head[i - (height - group->num_head)];
				line_put(&line, head);
				used = strlen(head);
			}
			line.spaces += group->width - used;
		}
		text_append(matrix->out, "\n");
	}
}

static void append_label(struct matrix *matrix, struct line *line, const char *id, size_t indent)
{
	char label[LABEL_MAX * 4 + 8];
	struct text visible;
	text_init(&visible, 0);
	text_append_visible(&visible, id, strlen(id));
	if (visible.len > LABEL_MAX)
		snprintf(label, sizeof label, "%.*s..", LABEL_MAX - 2, text_string(&visible));
	else
		snprintf(label, sizeof label, "%s", text_string(&visible));
	text_clear(&visible);
	line->spaces = indent;
	line_put(line, label);
	size_t used = indent + strlen(label), wanted = INDENT + matrix->label_width + 1;
	line->spaces = wanted > used ? wanted - used : 0;
}

static void append_row(struct matrix *matrix, size_t row, const char *label, size_t indent,
		       size_t first, size_t end)
{
	struct line line = {matrix->out, 0};
	append_label(matrix, &line, label, indent);
	for (size_t g = first; g < end; g++) {
		const struct group *group = &matrix->groups[g];
		size_t used = 0;
		line.spaces += GAP;
		for (size_t c = 0; c < group->num; c++) {
			const struct cell *cell = run_cell(matrix->run, row, group->columns[c]);
			char shown[MARKS_MAX + 2];
			const char *color = matrix->color ? color_of(cell) : "";
			size_t len = print_cell(shown, cell);
			line_put(&line, color);
			text_append(matrix->out, shown);
			if (color[0] != '\0')
				text_append(matrix->out, "\033[0m");
			line.spaces = group->column_width - len;
			used += group->column_width;
		}
		line.spaces += group->width > used ? group->width - used : 0;
	}
	text_append(matrix->out, "\n");
}

/* The groups from first that fit beside the labels; at least one. */
static size_t fitting(const struct matrix *matrix, size_t first)
{
	size_t used = INDENT + matrix->label_width + 1;
	size_t end = first;
	while (end < matrix->num_groups) {
		used += GAP + matrix->groups[end].width;
		if (used > matrix->width && end > first)
			break;
		end++;
	}
	return end;
}

/* Whether the row above is another variant of the same scenario. */
static bool shares_name(const struct matrix *matrix, size_t row, size_t plain)
{
	if (row == 0)
		return false;
	const char *above = run_row_at(matrix->run, row - 1)->id;
	return strncmp(above, run_row_at(matrix->run, row)->id, plain) == 0 && above[plain] == '@';
}

static void append_block(struct matrix *matrix, size_t first, size_t end)
{
	const char *family = NULL;
	append_heads(matrix, first, end);
	for (size_t row = 0; row < run_num_rows(matrix->run); row++) {
		const struct scenario *scenario = run_row_at(matrix->run, row)->scenario;
		if (scenario != NULL && (family == NULL || strcmp(family, scenario->family) != 0)) {
			family = scenario->family;
			text_append_format(matrix->out, "%s%s%s\n", matrix->color ? "\033[1m" : "",
					   family, matrix->color ? "\033[0m" : "");
		}
		const char *id = run_row_at(matrix->run, row)->id;
		const char *variant = scenario != NULL ? strchr(id, '@') : NULL;
		if (variant == NULL) {
			append_row(matrix, row, id, INDENT, first, end);
			continue;
		}
		/* Variants stand below their scenario's name. */
		size_t plain = (size_t)(variant - id);
		if (!shares_name(matrix, row, plain))
			text_append_format(matrix->out, "%*s%.*s\n", INDENT, "", (int)plain, id);
		append_row(matrix, row, variant, (size_t)2 * INDENT, first, end);
	}
	text_append(matrix->out, "\n");
}

/* Adds "C connect" and so on, in lines no wider than the matrix may be. */
static void append_entry(struct matrix *matrix, size_t *used, char sign, const char *words)
{
	size_t len = strlen(words) + 2;
	if (*used > 0 && *used + 3 + len > matrix->width) {
		text_append(matrix->out, "\n");
		*used = 0;
	}
	text_append_format(matrix->out, "%s%c %s", *used > 0 ? "   " : "", sign, words);
	*used += len + (*used > 0 ? 3 : 0);
}

static void append_legend(struct matrix *matrix)
{
	bool letter_seen[NUM_LETTERS] = {false}, mark_seen[NUM_MARKS] = {false};
	size_t used = 0;
	for (size_t row = 0; row < run_num_rows(matrix->run); row++) {
		for (size_t class = 0; class < run_num_classes(matrix->run); class ++) {
			const struct cell *cell = run_cell(matrix->run, row, class);
			for (size_t i = 0; i < NUM_LETTERS; i++)
				letter_seen[i] |= letters[i].letter == letter_of(cell);
			for (size_t i = 0; i < NUM_MARKS; i++)
				mark_seen[i] |= (cell->marks & marks[i].mark) != 0;
		}
	}
	for (size_t i = 0; i < run_num_stacks(matrix->run); i++) {
		const struct run_stack *stack = run_stack_at(matrix->run, i);
		struct text words;
		text_init(&words, 0);
		text_append_visible(&words, stack->stack->title, strlen(stack->stack->title));
		text_append(&words, " ");
		if (stack->version != NULL)
			text_append_visible(&words, stack->version, strlen(stack->version));
		else
			text_append(&words, "(not there)");
		append_entry(matrix, &used, matrix->letters[i], text_string(&words));
		text_clear(&words);
	}
	text_append(matrix->out, "\n");
	used = 0;
	for (size_t i = 0; i < NUM_LETTERS; i++)
		if (letter_seen[i])
			append_entry(matrix, &used, letters[i].letter, letters[i].text);
	for (size_t i = 0; i < NUM_MARKS; i++)
		if (mark_seen[i])
			append_entry(matrix, &used, marks[i].sign, marks[i].text);
	text_append(matrix->out, "\n");
}

bool matrix_text_append(struct text *out, struct run *run, const struct format_options *options)
{
	struct matrix matrix = {
		.run = run,
		.out = out,
		.color = options->color,
		.width = options->width > 40 ? (size_t)options->width : 40,
	};
	bool done = measure(&matrix);
	for (size_t first = 0; done && first < matrix.num_groups;) {
		size_t end = fitting(&matrix, first);
		append_block(&matrix, first, end);
		first = end;
	}
	if (done)
		append_legend(&matrix);
	for (size_t g = 0; g < matrix.num_groups; g++)
		free(matrix.groups[g].columns);
	free(matrix.groups);
	free(matrix.letters);
	return done && !out->failed;
}
