/* Knows how the pairs of an advice are drawn. */
#include "reports/html/advice_chart.h"

#include "core/text.h"
#include "harness/advice/advice.h"
#include "reports/words/advice_view.h"
#include "reports/html/html_text.h"

#include <string.h>

/* Units of the view box; bars begin at BARS_X and may be BARS_WIDTH long. */
#define WIDTH      720
#define BARS_X     10
#define BARS_WIDTH 620
#define TOP        26
#define ROW        62
#define LABEL_MOST 84 /* letters of a label that fit above its bars */

static const double ends[] = {1, 2, 5, 10, 20, 50, 100};

static bool is_of(const struct advice_row *row, const char *family)
{
	return strcmp(row->family, family) == 0;
}

/* What the axis ends at: so that the longest bar fits. 0 where no bar has a length. */
static double scale_of(const struct advice *advice, const char *family, size_t *num)
{
	size_t i;
	double most = 0;
	*num = 0;
	for (i = 0; i < advice->num_pairs; i++) {
		struct advice_row row;
		advice_view_row(&row, &advice->pairs[i]);
		if (!is_of(&row, family))
			continue;
		(*num)++;
		most = row.without > most ? row.without : most;
		most = row.with > most ? row.with : most;
	}
	for (i = 0; i + 1 < sizeof ends / sizeof *ends && ends[i] < most; i++)
		continue;
	return most > 0 ? ends[i] : 0;
}

/* A foreign document may say anything. */
static double length_of(double percent, double scale)
{
	double share = percent > 0 ? percent / scale : 0;
	return BARS_WIDTH * (share < 1 ? share : 1);
}

static void write_axis(FILE *out, double scale, size_t num)
{
	for (int i = 0; i <= 2; i++) {
		int x = BARS_X + BARS_WIDTH * i / 2;
		fprintf(out,
			"<line class=grid x1=%d x2=%d y1=%d y2=%zu />"
			"<text class=axis x=%d y=16%s>%.10g %%</text>\n",
			x, x, TOP - 4, TOP + ROW * num, x, i == 0 ? "" : " text-anchor=middle",
			scale * i / 2);
	}
}

static void write_bar(FILE *out, const char *class, size_t y, double percent, double scale)
{
	char number[ADVICE_WORD_MAX];
	double length = length_of(percent, scale);
	fprintf(out,
		"<rect class=%s x=%d y=%zu width=%.1f height=14 />"
		"<text class=number x=%.1f y=%zu>%s</text>\n",
		class, BARS_X, y, length, BARS_X + length + 6, y + 12,
		advice_percent(number, percent));
}

static void write_label(FILE *out, size_t y, const char *label)
{
	struct text cut;
	text_init(&cut, 0);
	text_append_visible(&cut, label, strlen(label));
	fprintf(out, "<text class=label x=%d y=%zu>", BARS_X, y);
	if (cut.len > LABEL_MOST) {
		size_t len = LABEL_MOST;
		/* Not within a letter of several bytes. */
		while (len > 0 && ((unsigned char)cut.data[len] & 0xc0) == 0x80)
			len--;
		cut.data[len] = '\0';
		html_write(out, cut.data);
		fputs("…", out);
	} else {
		html_write(out, text_string(&cut));
	}
	fputs("</text>\n", out);
	text_clear(&cut);
}

static void write_title(FILE *out, const char *family, size_t num)
{
	fprintf(out,
		"<svg class=chart role=img viewBox=\"0 0 %d %zu\" aria-labelledby=\"chart-%s "
		"chart-%s-text\">\n<title id=chart-%s>",
		WIDTH, TOP + ROW * num + 6, family, family, family);
	html_write(out, advice_view_heading(family));
	fprintf(out,
		"</title>\n<desc id=chart-%s-text>Two bars for each situation, in percent of all "
		"clients: without must-staple and with it. The numbers are in the table "
		"below.</desc>\n",
		family);
}

void advice_chart_write(FILE *out, const struct advice *advice, const char *family)
{
	size_t num, y = TOP;
	double scale = scale_of(advice, family, &num);
	if (scale <= 0)
		return;
	write_title(out, family, num);
	write_axis(out, scale, num);
	for (size_t i = 0; i < advice->num_pairs; i++) {
		struct advice_row row;
		advice_view_row(&row, &advice->pairs[i]);
		if (!is_of(&row, family))
			continue;
		write_label(out, y + 14, row.label);
		write_bar(out, "without", y + 20, row.without, scale);
		write_bar(out, "with", y + 37, row.with, scale);
		y += ROW;
	}
	fputs("</svg>\n", out);
}
