/* Knows how the life of staples is drawn. */
#include "reports/html/staple_chart.h"

#include "core/clock.h"
#include "reports/html/html_text.h"

#include <string.h>
#include <time.h>

/* Units of the view box; the time runs from PLOT_X to PLOT_X + PLOT_WIDTH. */
#define WIDTH      720
#define PLOT_X     128
#define PLOT_WIDTH 580
#define TOP        24
#define ROW        22
#define BAR        10
#define ROWS_MAX   12 /* the latest staples */
#define TICKS_MAX  6
#define HOUR       INT64_C(3600)
#define DAY        (24 * HOUR)
/* Further from the examinations nothing is drawn: a foreign time may be any. */
#define AWAY_MAX (400 * DAY)

/* A staple, or the examinations that got none. */
struct bar {
	const struct staple_sighting *first, *last; /* borrowed */
	size_t num_seen;
	bool is_new;   /* an examination before did not see it */
	bool was_good; /* when some examination saw it */
};

struct chart {
	const struct staple_life *life;
	struct bar bars[ROWS_MAX];
	size_t num_bars, num_left_out, num_staples;
	size_t num_examinations, num_bare;
	int64_t from, to, now;
};

/* --- what is drawn --- */

static bool is_first_of_its_kind(const struct staple_life *life, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (staple_sighting_is_same(&life->sightings[i], &life->sightings[index]))
			return false;
	return true;
}

static struct bar bar_of(const struct staple_life *life, size_t index)
{
	struct bar bar = {.first = &life->sightings[index],
			  .last = &life->sightings[index],
			  .is_new = life->sightings[0].at < life->sightings[index].at};
	for (size_t i = index; i < life->num_sightings; i++) {
		if (!staple_sighting_is_same(&life->sightings[i], bar.first))
			continue;
		bar.last = &life->sightings[i];
		bar.num_seen++;
		bar.was_good |= life->sightings[i].is_good;
	}
	return bar;
}

static void widen(struct chart *chart, struct number time)
{
	const struct staple_life *life = chart->life;
	int64_t first = life->sightings[0].at;
	int64_t last = life->sightings[life->num_sightings - 1].at;
	if (!time.is_known || time.value < first - AWAY_MAX || time.value > last + AWAY_MAX)
		return;
	chart->from = time.value < chart->from ? time.value : chart->from;
	chart->to = time.value > chart->to ? time.value : chart->to;
}

/* The latest staples, the earliest of them first. */
static void collect_bars(struct chart *chart)
{
	const struct staple_life *life = chart->life;
	for (size_t i = 0; i < life->num_sightings; i++)
		chart->num_staples +=
			life->sightings[i].has_staple && is_first_of_its_kind(life, i);
	size_t skip = chart->num_staples > ROWS_MAX ? chart->num_staples - ROWS_MAX : 0;
	chart->num_left_out = skip;
	for (size_t i = 0; i < life->num_sightings; i++) {
		if (!life->sightings[i].has_staple || !is_first_of_its_kind(life, i))
			continue;
		if (skip > 0)
			skip--;
		else
			chart->bars[chart->num_bars++] = bar_of(life, i);
	}
}

static void measure(struct chart *chart)
{
	const struct staple_life *life = chart->life;
	collect_bars(chart);
	chart->now = chart->to = life->sightings[life->num_sightings - 1].at;
	chart->from = chart->num_bars > 0 ? chart->bars[0].first->at : chart->now;
	for (size_t i = 0; i < chart->num_bars; i++) {
		widen(chart, chart->bars[i].first->this_update);
		widen(chart, chart->bars[i].first->next_update);
	}
	for (size_t i = 0; i < life->num_sightings; i++) {
		bool is_another = i == 0 || life->sightings[i].at != life->sightings[i - 1].at;
		chart->num_examinations += is_another;
		chart->num_bare += !life->sightings[i].has_staple;
	}
	if (chart->to - chart->from < HOUR)
		chart->to = chart->from + HOUR;
}

/* --- the picture --- */

static double place(const struct chart *chart, int64_t time)
{
	double share = (double)(time - chart->from) / (double)(chart->to - chart->from);
	return PLOT_X + PLOT_WIDTH * (share < 0 ? 0 : share > 1 ? 1 : share);
}

/* "2026-12-01 04:00", or the day alone. */
static const char *print_time(char out[static 32], int64_t time, bool day_only)
{
	char utc[32];
	clock_print_utc(utc, time);
	snprintf(out, 32, "%.10s%s%.5s", utc, day_only ? "" : " ",
		 day_only || strlen(utc) < 16 ? "" : utc + 11);
	return out;
}

static int64_t tick_step(int64_t length)
{
	static const int64_t steps[] = {HOUR / 4,  HOUR,     3 * HOUR, 6 * HOUR,
					12 * HOUR, DAY,      2 * DAY,  7 * DAY,
					14 * DAY,  30 * DAY, 90 * DAY, 365 * DAY};
	size_t i = 0;
	while (i + 1 < sizeof steps / sizeof *steps && length / steps[i] > TICKS_MAX)
		i++;
	return steps[i];
}

static void write_axis(FILE *out, const struct chart *chart, size_t height)
{
	int64_t step = tick_step(chart->to - chart->from);
	char words[32];
	for (int64_t at = (chart->from / step + 1) * step; at < chart->to; at += step) {
		double x = place(chart, at);
		fprintf(out, "<line class=grid x1=%.1f x2=%.1f y1=%d y2=%zu />", x, x, TOP - 6,
			height);
		print_time(words, at, step >= DAY);
		/* Within a day the hour says it. */
		if (x > PLOT_X + 36 && x < PLOT_X + PLOT_WIDTH - 36)
			fprintf(out, "<text class=axis x=%.1f y=12 text-anchor=middle>%s</text>\n",
				x, step >= DAY ? words : words + 5);
	}
	double now = place(chart, chart->now);
	fprintf(out, "<line class=now x1=%.1f x2=%.1f y1=%d y2=%zu />\n", now, now, TOP - 6,
		height);
}

static void write_label(FILE *out, double y, const char *words)
{
	fprintf(out, "<text class=axis x=0 y=%.1f>%s</text>", y + 4, words);
}

static void write_seen(FILE *out, const struct chart *chart, const struct staple_sighting *what,
		       double y)
{
	for (size_t i = 0; i < chart->life->num_sightings; i++) {
		const struct staple_sighting *one = &chart->life->sightings[i];
		if (staple_sighting_is_same(one, what) && one->at >= chart->from)
			fprintf(out, "<circle class=%s cx=%.1f cy=%.1f r=3.5 />",
				one->has_staple ? "seen" : "bare", place(chart, one->at), y);
	}
	fputs("\n", out);
}

static void write_bar(FILE *out, const struct chart *chart, const struct bar *bar, double y)
{
	const struct staple_sighting *staple = bar->first;
	char words[32];
	double x = place(chart, staple->this_update.value);
	double end = staple->next_update.is_known ? place(chart, staple->next_update.value)
						  : place(chart, bar->last->at);
	double last = place(chart, bar->last->at), first = place(chart, bar->first->at);
	write_label(out, y, print_time(words, staple->this_update.value, false));
	fprintf(out, "<rect class=%s x=%.1f y=%.1f width=%.1f height=%d rx=2 />",
		bar->was_good ? "life" : "bad", x, y - BAR / 2.0, end > x ? end - x : 1.0, BAR);
	if (staple->next_update.is_known && bar->last->at > staple->next_update.value)
		fprintf(out, "<line class=over x1=%.1f x2=%.1f y1=%.1f y2=%.1f />", end, last, y,
			y);
	if (bar->is_new)
		fprintf(out, "<line class=refreshed x1=%.1f x2=%.1f y1=%.1f y2=%.1f />", first,
			first, y - BAR, y + BAR);
	write_seen(out, chart, staple, y);
}

static void write_svg(FILE *out, const struct chart *chart, size_t number)
{
	static const struct staple_sighting none = {0};
	size_t num_rows = chart->num_bars + (chart->num_bare > 0);
	size_t height = TOP + ROW * num_rows;
	fprintf(out,
		"<svg class=\"chart lives\" role=img viewBox=\"0 0 %d "
		"%zu\" "
		"aria-labelledby=\"life-%zu life-%zu-text\">\n<title id=life-%zu>The life of the "
		"staples</title>\n<desc id=life-%zu-text>A bar for each staple from its thisUpdate "
		"to its nextUpdate, with a dot for each examination that saw it. The table below "
		"has the same.</desc>\n",
		WIDTH, height + 4, number, number, number, number);
	write_axis(out, chart, height);
	write_label(out, 8, "thisUpdate");
	for (size_t i = 0; i < chart->num_bars; i++)
		write_bar(out, chart, &chart->bars[i], TOP + ROW * ((double)i + 0.5));
	if (chart->num_bare > 0) {
		double y = TOP + ROW * ((double)chart->num_bars + 0.5);
		write_label(out, y, "no staple");
		write_seen(out, chart, &none, y);
	}
	fputs("</svg>\n", out);
}

/* --- what it says --- */

static void write_count(FILE *out, size_t num, const char *what)
{
	fprintf(out, "%zu %s%s", num, what, num == 1 ? "" : "s");
}

static void write_caption(FILE *out, const struct chart *chart)
{
	char words[32];
	fputs("<figcaption>", out);
	write_count(out, chart->num_examinations, "examination");
	if (chart->num_examinations > 1)
		fprintf(out, " since %s", print_time(words, chart->life->sightings[0].at, false));
	fputs(" saw ", out);
	write_count(out, chart->num_staples, "staple");
	if (chart->num_bare > 0)
		fprintf(out, "; %zu got none", chart->num_bare);
	if (chart->num_left_out > 0)
		fprintf(out, "; the %zu earliest staples are not shown", chart->num_left_out);
	fputs(".\n<ul class=legend>\n<li><span class=\"swatch life\"></span>thisUpdate to "
	      "nextUpdate\n<li><span class=\"swatch bad\"></span>never seen good\n"
	      "<li><span class=\"swatch seen\"></span>seen at\n<li><span class=\"swatch "
	      "refreshed\"></span>refreshed at the latest\n<li><span class=\"swatch "
	      "over\"></span>served after nextUpdate\n<li><span class=\"swatch "
	      "now\"></span>this examination\n</ul></figcaption>\n",
	      out);
}

static void write_cell(FILE *out, struct number time)
{
	char words[32];
	fprintf(out, "<td>%s", time.is_known ? print_time(words, time.value, false) : "");
}

/* How much of a staple remained when it was seen last. */
static void write_left(FILE *out, const struct bar *bar)
{
	char words[32];
	struct number end = bar->first->next_update;
	fputs("<td>", out);
	if (end.is_known && end.value < bar->last->at)
		fprintf(out, "expired %s before", duration_about(words, bar->last->at - end.value));
	else if (end.is_known)
		fputs(duration_about(words, end.value - bar->last->at), out);
}

static void write_table(FILE *out, const struct chart *chart)
{
	fputs("<details><summary>The same as a table</summary>\n<div class=wide "
	      "tabindex=0><table>\n"
	      "<thead><tr><th scope=col>thisUpdate<th scope=col>nextUpdate<th scope=col>Refreshed "
	      "at the latest<th scope=col>Seen last<th scope=col>Then left<th "
	      "scope=col>Examinations<th scope=col>Last check</thead>\n<tbody>\n",
	      out);
	for (size_t i = 0; i < chart->num_bars; i++) {
		const struct bar *bar = &chart->bars[i];
		fputs("<tr>", out);
		write_cell(out, bar->first->this_update);
		write_cell(out, bar->first->next_update);
		write_cell(out, (struct number){bar->is_new, bar->first->at});
		write_cell(out, (struct number){true, bar->last->at});
		write_left(out, bar);
		fprintf(out, "<td>%zu<td>%s\n", bar->num_seen,
			bar->last->is_good ? "good" : "not good");
	}
	fputs("</tbody></table>\n", out);
}

/* The sightings of both; false without memory, or when there is nothing to draw. */
static bool collect(struct staple_lives *lives, const struct examination *seen,
		    const struct staple_life *earlier)
{
	if (!staple_lives_add(lives, seen) || lives->num_items == 0)
		return false;
	for (size_t i = 0; earlier != NULL && i < earlier->num_sightings; i++) {
		struct staple_sighting *new = RECORD_ADD(&lives->items[0], sightings);
		if (new == NULL)
			return false;
		*new = earlier->sightings[i];
	}
	staple_lives_sort(lives);
	return lives->items[0].num_sightings > 0;
}

/* What scrolls on a narrow page can be reached by the keyboard, and has a name. */
static void begin_wide(FILE *out, const char *what, const struct examination *seen)
{
	fprintf(out,
		"<div class=wide tabindex=0 role=region aria-label=\"%s of the staples: ", what);
	html_write(out, seen->id);
	fputs("\">\n", out);
}

void staple_chart_write(FILE *out, const struct examination *seen,
			const struct staple_life *earlier, size_t number)
{
	struct staple_lives lives = {0};
	struct chart chart = {0};
	if (collect(&lives, seen, earlier)) {
		chart.life = &lives.items[0];
		measure(&chart);
	}
	if (chart.num_bars > 0) {
		fputs("<figure>\n<h3>Life of the staples</h3>\n", out);
		begin_wide(out, "Picture", seen);
		write_svg(out, &chart, number);
		fputs("</div>\n", out);
		write_caption(out, &chart);
		fputs("<details><summary>The same as a table</summary>\n", out);
		begin_wide(out, "Times", seen);
		write_table(out, &chart);
		fputs("</div>\n</details>\n</figure>\n", out);
	}
	staple_lives_clear(&lives);
}
