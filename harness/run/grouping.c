/* Knows how cells that are alike are said as rows by classes. */
#include "harness/run/grouping.h"

#include <stdlib.h>
#include <string.h>

static int compare_numbers(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_cells(const void *a, const void *b)
{
	const struct group_cell *one = a, *other = b;
	int order = compare_numbers(one->key, other->key);
	if (order == 0)
		order = compare_numbers(one->row, other->row);
	return order != 0 ? order : compare_numbers(one->class, other->class);
}

/* The block of this key with these classes; blocks of a key stand together, from `first`. */
static struct group_block *find_block(struct grouping *grouping, size_t first,
				      const struct group_cell *cells, size_t num)
{
	for (size_t i = first; i < grouping->num; i++) {
		struct group_block *block = &grouping->blocks[i];
		bool same = block->num_classes == num;
		for (size_t k = 0; same && k < num; k++)
			same = block->classes[k] == cells[k].class;
		if (same)
			return block;
	}
	return NULL;
}

static struct group_block *add_block(struct grouping *grouping, const struct group_cell *cells,
				     size_t num)
{
	struct group_block *blocks =
		reallocarray(grouping->blocks, grouping->num + 1, sizeof *blocks);
	if (blocks == NULL)
		return NULL;
	grouping->blocks = blocks;
	struct group_block *block = &blocks[grouping->num];
	*block = (struct group_block){.key = cells->key, .num_classes = num};
	block->classes = calloc(num, sizeof *block->classes);
	if (block->classes == NULL)
		return NULL;
	for (size_t k = 0; k < num; k++)
		block->classes[k] = cells[k].class;
	grouping->num++;
	return block;
}

static bool add_row(struct group_block *block, size_t row)
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

bool group_make(struct grouping *grouping, struct group_cell *cells, size_t num)
{
	size_t first = 0; /* block of the present key */
	*grouping = (struct grouping){0};
	if (num > 0)
		qsort(cells, num, sizeof *cells, compare_cells);
	for (size_t i = 0, end; i < num; i = end) {
		for (end = i + 1;
		     end < num && cells[end].key == cells[i].key && cells[end].row == cells[i].row;)
			end++;
		if (i > 0 && cells[i].key != cells[i - 1].key)
			first = grouping->num;
		struct group_block *block = find_block(grouping, first, &cells[i], end - i);
		if (block == NULL)
			block = add_block(grouping, &cells[i], end - i);
		if (block == NULL || !add_row(block, cells[i].row)) {
			grouping_clear(grouping);
			return false;
		}
	}
	return true;
}

void grouping_clear(struct grouping *grouping)
{
	for (size_t i = 0; i < grouping->num; i++) {
		free(grouping->blocks[i].rows);
		free(grouping->blocks[i].classes);
	}
	free(grouping->blocks);
	*grouping = (struct grouping){0};
}
