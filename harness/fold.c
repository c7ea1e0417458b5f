/* Knows how cells that are alike are said as rows by classes. */
#include "harness/fold.h"

#include <stdlib.h>
#include <string.h>

static int compare_numbers(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_cells(const void *a, const void *b)
{
	const struct fold_cell *one = a, *other = b;
	int order = compare_numbers(one->key, other->key);
	if (order == 0)
		order = compare_numbers(one->row, other->row);
	return order != 0 ? order : compare_numbers(one->class, other->class);
}

/* The block of this key with these classes; blocks of a key stand together, from `first`. */
static struct fold_block *find_block(struct fold *fold, size_t first, const struct fold_cell *cells,
				     size_t num)
{
	for (size_t i = first; i < fold->num; i++) {
		struct fold_block *block = &fold->blocks[i];
		bool same = block->num_classes == num;
		for (size_t k = 0; same && k < num; k++)
			same = block->classes[k] == cells[k].class;
		if (same)
			return block;
	}
	return NULL;
}

static struct fold_block *add_block(struct fold *fold, const struct fold_cell *cells, size_t num)
{
	struct fold_block *blocks = reallocarray(fold->blocks, fold->num + 1, sizeof *blocks);
	if (blocks == NULL)
		return NULL;
	fold->blocks = blocks;
	struct fold_block *block = &blocks[fold->num];
	*block = (struct fold_block){.key = cells->key, .num_classes = num};
	block->classes = calloc(num, sizeof *block->classes);
	if (block->classes == NULL)
		return NULL;
	for (size_t k = 0; k < num; k++)
		block->classes[k] = cells[k].class;
	fold->num++;
	return block;
}

static bool add_row(struct fold_block *block, size_t row)
{
	/* Doubled whenever its number is a power of two. */
	if ((block->num_rows & (block->num_rows - 1)) == 0) {
		size_t size = block->num_rows > 0 ? 2 * block->num_rows : 1;
		size_t *rows = reallocarray(block->rows, size, sizeof *rows);
		if (rows == NULL)
			return false;
		block->rows = rows;
	}
	block->rows[block->num_rows++] = row;
	return true;
}

bool fold_make(struct fold *fold, struct fold_cell *cells, size_t num)
{
	size_t first = 0; /* block of the present key */
	*fold = (struct fold){0};
	if (num > 0)
		qsort(cells, num, sizeof *cells, compare_cells);
	for (size_t i = 0, end; i < num; i = end) {
		for (end = i + 1;
		     end < num && cells[end].key == cells[i].key && cells[end].row == cells[i].row;)
			end++;
		if (i > 0 && cells[i].key != cells[i - 1].key)
			first = fold->num;
		struct fold_block *block = find_block(fold, first, &cells[i], end - i);
		if (block == NULL)
			block = add_block(fold, &cells[i], end - i);
		if (block == NULL || !add_row(block, cells[i].row)) {
			fold_clear(fold);
			return false;
		}
	}
	return true;
}

void fold_clear(struct fold *fold)
{
	for (size_t i = 0; i < fold->num; i++) {
		free(fold->blocks[i].rows);
		free(fold->blocks[i].classes);
	}
	free(fold->blocks);
	*fold = (struct fold){0};
}
