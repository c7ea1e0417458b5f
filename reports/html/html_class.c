/* Knows how a client class is written as a section of the page. */
#include "reports/html/html_class.h"

#include "core/policy.h"
#include "reports/html/html_text.h"

#include <string.h>

/* What a cell means for the users of the class; the worst first. */
enum conduct {
	CONDUCT_EXPOSED,
	CONDUCT_REFUSES,
	CONDUCT_WARNS,
	CONDUCT_BLIND,
	CONDUCT_CONNECTS,
	CONDUCT_NO_VERDICT,
	NUM_CONDUCTS
};

static const struct {
	const char *style, *text, *brief;
} conducts[NUM_CONDUCTS] = {
	[CONDUCT_EXPOSED] = {"exposed", "connects to a revoked certificate when", "exposed"},
	[CONDUCT_REFUSES] = {"reject", "rejects when", "rejects"},
	[CONDUCT_WARNS] = {"warn", "connects and warns when", "warns"},
	[CONDUCT_BLIND] = {"blind", "connects blind when", "connects blind"},
	[CONDUCT_CONNECTS] = {"connect", "connects with status good when", "connects knowingly"},
	[CONDUCT_NO_VERDICT] = {"other", "has no verdict when", "no verdict"},
};

static enum conduct conduct_of(const struct cell *cell)
{
	if (!(cell->marks & CELL_DONE))
		return NUM_CONDUCTS;
	if (cell->marks & CELL_EXPOSED)
		return CONDUCT_EXPOSED;
	if (cell->marks & CELL_BLIND)
		return CONDUCT_BLIND;
	switch (cell->outcome) {
	case OUTCOME_CONNECT: return CONDUCT_CONNECTS;
	case OUTCOME_WARN: return CONDUCT_WARNS;
	case OUTCOME_REJECT: return CONDUCT_REFUSES;
	default: return CONDUCT_NO_VERDICT;
	}
}

/* One line per reason, with the rows that show it; of a row that is a variant like the one before
 * it only "@25h". */
static void write_reason(FILE *out, struct run *run, size_t class, enum conduct conduct,
			 enum reason reason)
{
	const char *before = NULL;
	for (size_t r = 0; r < run_num_rows(run); r++) {
		const struct cell *cell = run_cell(run, r, class);
		if (conduct_of(cell) != conduct || cell->reason != reason)
			continue;
		const char *id = run_row_at(run, r)->id;
		size_t base = run_is_lab(run) ? strcspn(id, "@") : 0;
		bool same = before != NULL && base > 0 && id[base] == '@' &&
			    strncmp(before, id, base + 1) == 0;
		if (before == NULL)
			fprintf(out, "<li>%s <code>%s</code>: ", reason_text(reason),
				reason_name(reason));
		fprintf(out, "%s<a href=#c%zu-%zu>", before != NULL ? ", " : "", r, class);
		html_write(out, same ? id + base : id);
		fputs("</a>", out);
		before = id;
	}
	if (before != NULL)
		fputc('\n', out);
}

static void write_conduct(FILE *out, struct run *run, size_t class, enum conduct conduct,
			  size_t num)
{
	if (num == 0)
		return;
	fprintf(out, "<h4><span class=\"verdict %s\">%zu</span> %s</h4>\n<ul>",
		conducts[conduct].style, num, conducts[conduct].text);
	for (int reason = 0; reason < NUM_REASONS; reason++)
		write_reason(out, run, class, conduct, (enum reason)reason);
	fputs("</ul>\n", out);
}

static void write_policy(FILE *out, const struct policy *policy)
{
	struct policy usual;
	char value[16];
	bool any = false;
	policy_init(&usual);
	fputs("<dt>Policy\n<dd class=axes>", out);
	for (size_t i = 0; i < num_policy_axes; i++) {
		const struct policy_axis *axis = &policy_axes[i];
		if (policy_get(policy, axis) == policy_get(&usual, axis))
			continue;
		any = true;
		fprintf(out, "<code>%s: ", axis->name);
		html_write(out, policy_spell(policy, axis, value));
		fputs("</code> ", out);
	}
	fprintf(out, "<span class=muted>every %saxis at its default</span>\n", any ? "other " : "");
}

static void write_about(FILE *out, struct run *run, const struct run_class *class)
{
	const struct client_class *about = class->class;
	const struct run_stack *stack = run_stack_at(run, class->stack);
	if (about->text != NULL) {
		fputs("<p>", out);
		html_write(out, about->text);
		fputc('\n', out);
	}
	fputs("<dl><dt>Stack\n<dd>", out);
	html_write(out, stack->stack->title);
	fputc(' ', out);
	html_write(out, stack->version != NULL ? stack->version : "(not there)");
	fputs(about->native ? "; its own settings decide\n"
			    : "; the policy decides, based on the stack's checks\n",
	      out);
	if (about->origin != NULL) {
		fputs("<dt>Origin\n<dd>", out);
		html_write(out, about->origin);
		if (about->reference != NULL) {
			fputs(": ", out);
			html_write(out, about->reference);
		}
		fputc('\n', out);
	}
	if (!about->native)
		write_policy(out, &about->policy);
	fputs("</dl>\n", out);
}

static void write_class(FILE *out, struct run *run, size_t c)
{
	const struct run_class *class = run_class_at(run, c);
	size_t num[NUM_CONDUCTS + 1] = {0};
	for (size_t r = 0; r < run_num_rows(run); r++)
		num[conduct_of(run_cell(run, r, c))]++;
	fprintf(out, "<section class=class id=k%zu>\n<h3>", c);
	html_write(out, class->class->title);
	fputs(" <code>", out);
	html_write(out, class->class->id);
	fputs("</code></h3>\n<p class=counts>", out);
	for (int i = 0; i < NUM_CONDUCTS; i++)
		if (num[i] > 0)
			fprintf(out, "<span class=\"verdict %s\">%s %zu</span> ", conducts[i].style,
				conducts[i].brief, num[i]);
	if (num[NUM_CONDUCTS] > 0)
		fprintf(out, "<span class=\"verdict notrun\">not run %zu</span>",
			num[NUM_CONDUCTS]);
	fputc('\n', out);
	write_about(out, run, class);
	for (int i = 0; i < NUM_CONDUCTS; i++)
		write_conduct(out, run, c, (enum conduct)i, num[i]);
	fputs("</section>\n", out);
}

void html_write_classes(FILE *out, struct run *run)
{
	fputs("<h2 id=classes>Client classes</h2>\n<p class=lead>Each class as a document: what it "
	      "wants, and what it did.</p>\n",
	      out);
	for (size_t c = 0; c < run_num_classes(run); c++)
		write_class(out, run, c);
}
