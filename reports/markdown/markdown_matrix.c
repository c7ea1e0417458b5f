/* Knows how the matrix is cut into tables of Markdown. */
#include "reports/markdown/markdown_matrix.h"

#include "reports/markdown/markdown_text.h"

#include <string.h>

#define COLUMNS_MAX 8 /* of classes in one table; more do not fit a page */

static const char *policy_at(const struct run *run, size_t class)
{
	return run_class_at(run, class)->class->policy_id;
}

/* Where the policy that begins at a column ends. */
static size_t policy_end(const struct run *run, size_t first)
{
	size_t end = first + 1;
	while (end < run_num_classes(run) &&
	       strcmp(policy_at(run, end), policy_at(run, first)) == 0)
		end++;
	return end;
}

/* The end of the block of columns that begins at first: whole policies, as many as fit, but at
 * least a part of one. */
static size_t block_end(const struct run *run, size_t first)
{
	size_t end = policy_end(run, first);
	if (end - first > COLUMNS_MAX)
		return first + COLUMNS_MAX;
	while (end < run_num_classes(run) && policy_end(run, end) - first <= COLUMNS_MAX)
		end = policy_end(run, end);
	return end;
}

static void write_head(FILE *out, struct run *run, size_t first, size_t end)
{
	fprintf(out, "| %s |", run_is_lab(run) ? "scenario" : "endpoint");
	for (size_t i = first; i < end; i++) {
		const struct run_class *class = run_class_at(run, i);
		bool named = strcmp(class->class->policy_id, "own") == 0;
		fputc(' ', out);
		markdown_write(out, named ? class->class->id : class->class->policy_id);
		fputs("<br>", out);
		markdown_write(out, run_stack_at(run, class->stack)->stack->title);
		fputs(" |", out);
	}
	fputs("\n|---|", out);
	for (size_t i = first; i < end; i++)
		fputs("---|", out);
	fputc('\n', out);
}

static void write_cell(FILE *out, const struct cell *cell)
{
	if ((cell->marks & CELL_DONE) == 0) {
		fputs(" not run |", out);
		return;
	}
	bool strong = cell->outcome != OUTCOME_CONNECT || (cell->marks & CELL_EXPOSED) != 0;
	fprintf(out, " %s%s%s", strong ? "**" : "", outcome_name(cell->outcome),
		strong ? "**" : "");
	if ((cell->marks & CELL_EXPOSED) != 0)
		fputs(", **exposed**", out);
	else if ((cell->marks & CELL_BLIND) != 0)
		fputs(", blind", out);
	if ((cell->marks & CELL_VARIES) != 0)
		fputs(", varies", out);
	if ((cell->marks & CELL_UNEXPECTED) != 0)
		fputs(", *unexpected*", out);
	fputs(" |", out);
}

static const char *family_at(const struct run *run, size_t row)
{
	const struct scenario *scenario = run_row_at(run, row)->scenario;
	return scenario != NULL ? scenario->family : "";
}

static void write_table(FILE *out, struct run *run, size_t first_row, size_t end_row, size_t first,
			size_t end)
{
	fputc('\n', out);
	write_head(out, run, first, end);
	for (size_t row = first_row; row < end_row; row++) {
		fputs("| ", out);
		markdown_write_code(out, run_row_at(run, row)->id);
		fputs(" |", out);
		for (size_t i = first; i < end; i++)
			write_cell(out, run_cell(run, row, i));
		fputc('\n', out);
	}
}

void markdown_write_matrix(FILE *out, struct run *run)
{
	for (size_t row = 0; row < run_num_rows(run);) {
		size_t end_row = row + 1;
		while (end_row < run_num_rows(run) &&
		       strcmp(family_at(run, end_row), family_at(run, row)) == 0)
			end_row++;
		if (run_is_lab(run)) {
			fputs("\n### Family ", out);
			markdown_write(out, family_at(run, row));
			fputc('\n', out);
		}
		for (size_t i = 0; i < run_num_classes(run); i = block_end(run, i))
			write_table(out, run, row, end_row, i, block_end(run, i));
		row = end_row;
	}
}
