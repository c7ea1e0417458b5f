/* Knows how what a run showed is written down as expectations. */
#include "harness/run/expectation_write.h"

#include "harness/run/class_set.h"
#include "harness/run/grouping.h"
#include "harness/run/verdict.h"
#include "harness/run/run_head.h"

#include <stdlib.h>
#include <string.h>

/* Reading back costs cells by entries; more pairs than these are trusted. */
#define PAIRS_MAX 50000000

#define CLASSES_ON_A_LINE 6

struct file {
	struct text *out;
	struct run *run;
	struct class_member *known; /* all classes that are known */
	size_t num_known;
};

/* Patterns of one key in the making; each owned. */
struct patterns {
	char **items;
	size_t num;
	bool plain; /* none of them would be split at a comma, or lose a blank */
};

static bool add_pattern(void *context, const char *pattern)
{
	struct patterns *patterns = context;
	char **items = reallocarray(patterns->items, patterns->num + 1, sizeof *items);
	if (items == NULL)
		return false;
	patterns->items = items;
	items[patterns->num] = strdup(pattern);
	if (items[patterns->num] == NULL)
		return false;
	patterns->num++;
	patterns->plain = patterns->plain && strpbrk(pattern, ", \t\r\n") == NULL;
	return true;
}

static void patterns_clear(struct patterns *patterns)
{
	for (size_t i = 0; i < patterns->num; i++)
		free(patterns->items[i]);
	free(patterns->items);
	*patterns = (struct patterns){0};
}

/* The number of the character of several bytes at *p, which moves behind it. Only of UTF-8. */
static unsigned long take_character(const char **p)
{
	const unsigned char *byte = (const unsigned char *)*p;
	int more = *byte >= 0xf0 ? 3 : *byte >= 0xe0 ? 2 : 1;
	unsigned long character = *byte & (0x3fU >> more);
	for (int i = 1; i <= more; i++)
		character = character << 6 | (byte[i] & 0x3fU);
	*p += more + 1;
	return character;
}

/* The inside of a double-quoted scalar (YAML 1.2.2 section 5.7). Names may be foreign: what is no
 * plain ASCII is written by its number. What is no UTF-8 is left for the reading back to refuse. */
static void append_quoted(struct text *out, const char *words)
{
	bool is_utf8 = text_is_utf8(words, strlen(words));
	for (const char *p = words; *p != '\0';) {
		unsigned char byte = (unsigned char)*p;
		if (byte >= 0x80 && is_utf8) {
			text_append_format(out, "\\U%08lx", take_character(&p));
			continue;
		}
		if (byte == '"' || byte == '\\')
			text_append_format(out, "\\%c", byte);
		else if (byte < ' ' || byte == 0x7f)
			text_append_format(out, "\\x%02x", (unsigned)byte);
		else
			text_append_bytes(out, p, 1);
		p++;
	}
}

static void append_patterns(struct text *out, const char *key, const struct patterns *patterns,
			    size_t most_on_a_line)
{
	text_append_format(out, "%s:", key);
	if (patterns->num <= most_on_a_line && patterns->plain) {
		text_append(out, " \"");
		for (size_t i = 0; i < patterns->num; i++) {
			text_append(out, i > 0 ? ", " : "");
			append_quoted(out, patterns->items[i]);
		}
		text_append(out, "\"\n");
		return;
	}
	text_append(out, "\n");
	for (size_t i = 0; i < patterns->num; i++) {
		text_append(out, "    - \"");
		append_quoted(out, patterns->items[i]);
		text_append(out, "\"\n");
	}
}

/* --- which cells --- */

static bool is_written(const struct cell *cell)
{
	return (cell->marks & CELL_DONE) != 0 && !cell_is_not_built(cell) &&
	       cell->outcome != OUTCOME_CRASH && cell->outcome != OUTCOME_HANG;
}

/* Alike are cells of one outcome and reason, and that varied or did not. */
static size_t key_of(const struct cell *cell)
{
	return ((size_t)cell->outcome * NUM_REASONS + (size_t)cell->reason) * 2 +
	       ((cell->marks & CELL_VARIES) != 0);
}

static struct group_cell *collect(struct run *run, struct expectation_written *written)
{
	size_t num_rows = run_num_rows(run), num_classes = run_num_classes(run);
	struct group_cell *cells = calloc(num_rows * num_classes + 1, sizeof *cells);
	for (size_t row = 0; cells != NULL && row < num_rows; row++) {
		for (size_t i = 0; i < num_classes; i++) {
			const struct cell *cell = run_cell(run, row, i);
			if (is_written(cell))
				cells[written->num_cells++] =
					(struct group_cell){key_of(cell), row, i};
			else
				written->num_left_out += (cell->marks & CELL_DONE) != 0;
		}
	}
	return cells;
}

/* --- the entries --- */

static bool list_classes(struct patterns *patterns, const struct file *file,
			 const struct group_block *block)
{
	for (size_t i = 0; i < file->num_known; i++)
		file->known[i].is_in = false;
	for (size_t k = 0; k < block->num_classes; k++) {
		const char *id = run_class_at(file->run, block->classes[k])->class->id;
		for (size_t i = 0; i < file->num_known; i++)
			if (strcmp(file->known[i].id, id) == 0)
				file->known[i].is_in = true;
	}
	return class_set_patterns(file->known, file->num_known, add_pattern, patterns);
}

static bool list_rows(struct patterns *patterns, const struct file *file,
		      const struct group_block *block)
{
	bool done = true;
	for (size_t i = 0; done && i < block->num_rows; i++) {
		const char *id = run_row_at(file->run, block->rows[i])->id;
		struct text pattern;
		text_init(&pattern, 0);
		done = text_append_pattern(&pattern, id, strlen(id)) &&
		       add_pattern(patterns, text_string(&pattern));
		text_clear(&pattern);
	}
	return done;
}

static bool append_entry(const struct file *file, const struct group_block *block)
{
	struct patterns classes = {.plain = true}, rows = {.plain = true};
	bool done = list_classes(&classes, file, block) && list_rows(&rows, file, block);
	const struct cell *cell = run_cell(file->run, block->rows[0], block->classes[0]);
	if (done) {
		append_patterns(file->out, "\n- class", &classes, CLASSES_ON_A_LINE);
		append_patterns(file->out, run_is_lab(file->run) ? "  scenario" : "  endpoint",
				&rows, 1);
		text_append_format(file->out, "  verdict: %s\n  reason: %s\n  why: \"%s\"\n",
				   outcome_name(cell->outcome), reason_name(cell->reason),
				   (cell->marks & CELL_VARIES) != 0
					   ? "the worst result, attempts differed; give the reason"
					   : "as observed; give the reason why this is right");
	}
	patterns_clear(&classes);
	patterns_clear(&rows);
	return done && !file->out->failed;
}

/* A comment must not end before its line does. */
static void append_comment(struct text *out, const char *label, const char *words)
{
	text_append_format(out, "# %s", label);
	text_append_visible(out, words, strlen(words));
	text_append(out, "\n");
}

static void append_head(const struct file *file)
{
	append_comment(file->out, "Results of run ", run_id(file->run));
	append_comment(file->out, "by ", run_command(file->run));
	text_append(file->out, "# Compare a later run with it: --expect FILE. Fill in `why`; "
			       "`until: 2027-01-31` lets an entry\n# expire. Patterns of classes "
			       "match no class that was known and had another result.\n");
}

/* --- reading back --- */

static bool holds(const struct expectation *found, const struct cell *cell)
{
	if (!is_written(cell))
		return found == NULL;
	return found != NULL && found->outcome == cell->outcome && found->has_reason &&
	       found->reason == cell->reason;
}

static bool check_cells(struct run *run, struct expectation_list *list, struct error *err)
{
	if (run_num_rows(run) * run_num_classes(run) > PAIRS_MAX / (list->num + 1))
		return true;
	for (size_t row = 0; row < run_num_rows(run); row++) {
		for (size_t i = 0; i < run_num_classes(run); i++) {
			const struct cell *cell = run_cell(run, row, i);
			const struct expectation_cell of = {
				.class_id = run_class_at(run, i)->class->id,
				.row_id = run_row_at(run, row)->id,
				.is_endpoint = run_row_at(run, row)->scenario == NULL,
			};
			if ((cell->marks & CELL_DONE) != 0 &&
			    !holds(expectation_find(NULL, list, &of), cell))
				return error_set(
					err, ERROR_UNABLE,
					"expectations cannot express the result of %s with %s",
					of.row_id, of.class_id);
		}
	}
	return true;
}

static bool check(struct run *run, const struct text *written, struct error *err)
{
	struct expectation_list list = {0};
	struct error fault = ERROR_INIT;
	struct yaml *yaml =
		yaml_parse("the written file", text_string(written), written->len, &fault);
	bool done = yaml != NULL && expectation_read_own_yaml(&list, yaml, &fault);
	if (!done)
		error_set(err, ERROR_UNABLE, "expectations of this run could not be read back: %s",
			  fault.text);
	done = done && check_cells(run, &list, err);
	expectation_list_clear(&list);
	yaml_free(yaml);
	return done;
}

/* All classes of the file, and those of the run that are not in it. */
static bool make_known(struct file *file, const struct class_file *classes)
{
	size_t num_file = classes != NULL ? classes->num_classes : 0;
	file->known = calloc(num_file + run_num_classes(file->run) + 1, sizeof *file->known);
	if (file->known == NULL)
		return false;
	for (size_t i = 0; i < num_file; i++)
		file->known[file->num_known++].id = classes->classes[i].id;
	for (size_t i = 0; i < run_num_classes(file->run); i++) {
		const char *id = run_class_at(file->run, i)->class->id;
		bool there = false;
		for (size_t k = 0; k < num_file && !there; k++)
			there = strcmp(classes->classes[k].id, id) == 0;
		if (!there)
			file->known[file->num_known++].id = id;
	}
	return true;
}

bool expectation_write(struct text *out, struct run *run, const struct class_file *classes,
		       struct expectation_written *written, struct error *err)
{
	struct file file = {.out = out, .run = run};
	struct grouping grouping = {0};
	*written = (struct expectation_written){0};
	struct group_cell *cells = collect(run, written);
	bool done = cells != NULL && make_known(&file, classes) &&
		    group_make(&grouping, cells, written->num_cells);
	append_head(&file);
	if (grouping.num == 0)
		text_append(out, "[]\n");
	else
		text_append_format(out,
				   "\n# The version of the rules that these results are of.\n"
				   "- rules: %d\n",
				   run_rules(run));
	for (size_t i = 0; done && i < grouping.num; i++)
		done = append_entry(&file, &grouping.blocks[i]);
	if (done && !out->failed)
		done = check(run, out, err);
	else
		done = error_set(err, ERROR_UNABLE, "out of memory");
	written->num_entries = grouping.num;
	grouping_clear(&grouping);
	free(file.known);
	free(cells);
	return done;
}
