/* Knows how an advice is said: which numbers of it are in a row, and in which words. */
#include "reports/words/advice_view.h"

#include "harness/advice/advice.h"
#include "harness/run/run_head.h"

#include <string.h>

bool advice_view_load(struct advice *advice, const struct run *run, struct error *err)
{
	const json_t *object = run_advice(run);
	*advice = (struct advice){0};
	return object != NULL && advice_read(advice, object, err);
}

const char *advice_view_text(const char *text)
{
	return text != NULL ? text : "";
}

const char *advice_view_answer(const struct advice_question *question)
{
	return advice_view_text(word_spelling(&question->answer, &advice_fact_names));
}

static double lets_in(const struct advice_side *side)
{
	return side->connects.value + side->warns.value;
}

void advice_view_row(struct advice_row *row, const struct advice_comparison *pair)
{
	*row = (struct advice_row){
		.family = advice_view_text(word_spelling(&pair->family, &advice_family_names)),
		.label = advice_view_text(pair->label),
		.plain_id = advice_view_text(pair->without.row),
		.must_staple_id = advice_view_text(pair->with.row),
		.changed = pair->newly_refused.share.value,
		.classes = &pair->newly_refused.classes,
		.is_attack = word_is(pair->family, ADVICE_ATTACK),
	};
	row->without = row->is_attack ? lets_in(&pair->without) : pair->without.refuses.value;
	row->with = row->is_attack ? lets_in(&pair->with) : pair->with.refuses.value;
}

const char *advice_view_heading(const char *family)
{
	static const char *const headings[NUM_ADVICE_FAMILIES] = {
		[ADVICE_BASELINE] = "No fault: clients that reject",
		[ADVICE_OUTAGE] = "Outage of the responder: clients that reject",
		[ADVICE_MISCONFIGURATION] = "Misconfiguration: clients that reject",
		[ADVICE_ATTACK] =
			"Attack with a stolen, revoked certificate: clients that still connect",
	};
	int found = name_find(&advice_family_names, family);
	return found >= 0 ? headings[found] : family;
}

void advice_view_append_life(struct text *out, const struct advice_margins *margins)
{
	static const char *const origins[NUM_ADVICE_LIVES] = {
		[ADVICE_LIFE_ASSUMED] = "an assumption",
		[ADVICE_LIFE_OPTION] = "from --staple-life",
		[ADVICE_LIFE_STAPLE] = "from the endpoint's staple",
		[ADVICE_LIFE_RESPONDER] = "from the responder's response",
	};
	int from = margins->life_from.is_known ? margins->life_from.value : ADVICE_LIFE_ASSUMED;
	char life[ADVICE_WORD_MAX], fetched[ADVICE_WORD_MAX], outage[ADVICE_WORD_MAX];
	text_append_format(out,
			   "Responses are valid for %s (%s), of which at least %s remain when a "
			   "server fetches one. The server should survive an outage of %s.",
			   advice_duration(life, margins->staple_life_s), origins[from],
			   advice_duration(fetched, margins->fetched_least_s),
			   advice_duration(outage, margins->outage_s));
}

const char *advice_view_after(const struct advice_margin *server)
{
	if (word_is(server->after, STAPLE_STATE_STALE))
		return "the stale response";
	return word_is(server->after, STAPLE_STATE_ERROR) ? "tryLater" : "no staple";
}

void advice_view_append_restart(struct text *out, const struct advice_margin *server)
{
	char least[ADVICE_WORD_MAX];
	if (word_is(server->restart, REFRESH_RESTART_LOST)) {
		text_append(out, "nothing");
		return;
	}
	text_append_format(out, "%s%s", advice_duration(least, server->restart_least_s),
			   word_is(server->restart, REFRESH_RESTART_SAVED) ? " if saved" : "");
}

/* A class that does otherwise with must-staple, in the pair of the stolen certificate. */
void advice_view_append_explain(struct text *out, const struct run *run,
				const struct advice *advice)
{
	for (size_t i = 0; i < advice->num_pairs; i++) {
		const struct advice_comparison *pair = &advice->pairs[i];
		const struct texts *classes = &pair->newly_refused.classes;
		const char *class = classes->num > 0 ? classes->items[0] : NULL;
		if (!word_is(pair->family, ADVICE_ATTACK) || !pair->withheld)
			continue;
		if (class == NULL && pair->with.num_cells > 0)
			class = pair->with.cells[0].class;
		text_append_format(out, "revoscope explain %s/%s/%s", run_id(run),
				   advice_view_text(pair->with.row), advice_view_text(class));
		return;
	}
}
