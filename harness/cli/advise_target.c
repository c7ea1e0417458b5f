/* Knows how advice comes to know its endpoint. */
#include "harness/cli/advise_target.h"

#include "core/text.h"
#include "harness/cli/saved_run.h"
#include "harness/drive/examine_client.h"
#include "harness/drive/interrupt.h"
#include "harness/options/command_data.h"
#include "harness/options/target_list.h"
#include "harness/options/target_rows.h"
#include "harness/run/run_head.h"

#include <stdlib.h>
#include <string.h>

void advise_target_clear(struct advise_target *target)
{
	examinations_clear(&target->seen);
	*target = (struct advise_target){0};
}

/* --- examined now --- */

/* The target, and the ways to it. */
struct look {
	const struct command_data *data;
	const struct options *options;
	const struct target_options *way;
	struct target_list targets;
	char *trust, *proxy;
	int proxy_port;
};

static bool prepare(struct look *look, struct error *err)
{
	if (!target_options_check_again(look->way, look->options->again, err) ||
	    !target_options_roots(&look->trust, look->way, err) ||
	    !target_options_proxy(&look->proxy, &look->proxy_port, look->way,
				  look->options->deadline_ms, err) ||
	    !target_list_read(&look->targets, &look->options->words, look->way, err))
		return false;
	return look->targets.num == 1 || error_set(err, ERROR_USAGE, "one target at a time");
}

static enum examiner_end examine(struct advise_target *out, struct look *look, struct error *err)
{
	const struct options *options = look->options;
	const struct target *target = &look->targets.items[0];
	struct examiner_options examiner = {
		.paths = &look->data->paths,
		.classes = &look->data->classes,
		.clients = options->clients.items,
		.num_clients = options->clients.num,
		.trust = look->trust,
		.starttls = target_options_starttls(look->way),
		.proxy = look->proxy,
		.proxy_port = look->proxy_port,
		.proxy_resolves = target_is_resolved_by_proxy(look->way),
		.family = look->way->family,
		.fetch = options->fetch,
		.deadline_ms = options->deadline_ms,
		.rounds = EXAMINER_ROUNDS,
	};
	struct examine_client *examine_client =
		examine_client_new(&look->data->paths, &look->data->classes, options->clients.items,
				   options->clients.num, options->deadline_ms, err);
	if (examine_client == NULL)
		return err->kind == ERROR_INTERRUPTED ? EXAMINER_INTERRUPTED : EXAMINER_FAILED;
	enum examiner_end end = examiner_run(&out->seen, target, 1, examine_client, &examiner, err);
	examine_client_free(examine_client);
	out->examination = end == EXAMINER_DONE ? &out->seen.items[0] : NULL;
	return end;
}

enum examiner_end advise_target_examine(struct advise_target *target,
					const struct command_data *data,
					const struct options *options,
					const struct target_options *way, struct error *err)
{
	struct look look = {.data = data, .options = options, .way = way};
	enum examiner_end end = EXAMINER_FAILED;
	if (prepare(&look, err) && interrupt_start(err)) {
		end = examine(target, &look, err);
		interrupt_stop();
	}
	if (end != EXAMINER_DONE)
		advise_target_clear(target);
	target_list_clear(&look.targets);
	free(look.trust);
	free(look.proxy);
	return end;
}

/* --- out of a run --- */

/* Without a port the usual one is meant, as everywhere. */
static bool is_named(const char *id, const char *wanted)
{
	size_t len = strlen(wanted);
	return strcmp(id, wanted) == 0 ||
	       (strncmp(id, wanted, len) == 0 && strcmp(id + len, ":443") == 0);
}

/* The number of the examination that is meant. */
static bool choose(size_t *chosen, const struct run *run, const char *wanted, struct error *err)
{
	const struct examinations *all = run_examinations(run);
	size_t num = 0, num_all = all != NULL ? all->num_items : 0;
	struct text known;
	text_init(&known, 400);
	for (size_t i = 0; i < num_all; i++) {
		text_append_format(&known, "%s%s", known.len > 0 ? ", " : "", all->items[i].id);
		if (wanted != NULL && !is_named(all->items[i].id, wanted))
			continue;
		num++;
		*chosen = i;
	}
	if (num_all == 0)
		error_set(err, ERROR_USAGE,
			  "run %s examined no endpoint (use a run of revoscope doctor)",
			  run_id(run));
	else if (num == 0)
		error_set(err, ERROR_USAGE, "run %s did not examine %s; it examined: %s",
			  run_id(run), wanted, text_string(&known));
	else if (num > 1)
		error_set(err, ERROR_USAGE,
			  "run %s examined several endpoints; specify one as TARGET: %s",
			  run_id(run), text_string(&known));
	text_clear(&known);
	return num == 1;
}

/* Takes all of them over from the run, of which nothing else is wanted. */
static void take(struct advise_target *target, struct run *run, size_t chosen)
{
	struct examinations *all = run_take_examinations(run);
	target->seen = *all;
	target->examination = &target->seen.items[chosen];
	free(all);
}

bool advise_target_load(struct advise_target *target, const char *run_word,
			const struct options *options, struct error *err)
{
	struct run *run = saved_run_load(run_word, options->db, STORE_CELLS_ONLY, err);
	const char *wanted = options->words.num > 0 ? options->words.items[0] : NULL;
	size_t chosen = 0;
	bool done = run != NULL && choose(&chosen, run, wanted, err);
	if (done)
		take(target, run, chosen);
	run_free(run);
	return done || error_prefix(err, "--examination");
}
