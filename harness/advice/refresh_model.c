/* Knows how much of an answer's life is left when its responder goes down. */
#include "harness/advice/refresh_model.h"

#include "harness/model/server_facts.h"

#include <stdio.h>

#define HOUR_S INT64_C(3600)
#define DAY_S  (24 * HOUR_S)

#define EVERY         REFRESH_RULE_EVERY
#define AT_LEFT       REFRESH_RULE_AT_LEFT
#define BEFORE_END    REFRESH_RULE_BEFORE_END
#define UNTIL_END     REFRESH_KEEP_UNTIL_END
#define FOR_EVER      REFRESH_KEEP_FOR_EVER
#define NOT           REFRESH_KEEP_NOT
#define FOUR_FAILURES REFRESH_KEEP_FOUR_FAILURES
#define REFRESH(symbol, name, title, rule, interval, left, early, keep, start, after, text) \
	{name,                                                                              \
	 title,                                                                             \
	 rule,                                                                              \
	 interval,                                                                          \
	 left,                                                                              \
	 early,                                                                             \
	 keep,                                                                              \
	 REFRESH_START_##start,                                                             \
	 STAPLE_STATE_##after,                                                              \
	 text},
const struct refresh_facts refresh_table[NUM_REFRESHES] = {
#include "harness/advice/refresh.def"
};
#undef REFRESH

#define REFRESH(symbol, name, ...) name,
static const char *const names[] = {
#include "harness/advice/refresh.def"
};
#undef REFRESH
const struct name_table refresh_names = {.what = "server", .names = names, .num = NUM_REFRESHES};

static const char *const state_names[NUM_STAPLE_STATES] = {
	[STAPLE_STATE_NONE] = "none",   [STAPLE_STATE_STALE] = "stale",
	[STAPLE_STATE_ERROR] = "error", [STAPLE_STATE_VALID] = "valid",
	[STAPLE_STATE_FIRST] = "first", [STAPLE_STATE_OTHER] = "other",
};
const struct name_table staple_state_names = {
	.what = "state of the staple", .names = state_names, .num = NUM_STAPLE_STATES};

static const char *const restart_names[NUM_REFRESH_RESTARTS] = {
	[REFRESH_RESTART_LOST] = "lost",
	[REFRESH_RESTART_KEPT] = "kept",
	[REFRESH_RESTART_SAVED] = "kept-if-saved",
};
const struct name_table refresh_restart_names = {
	.what = "restart", .names = restart_names, .num = NUM_REFRESH_RESTARTS};

bool refresh_is_by_job(enum refresh server)
{
	return server == REFRESH_NGINX_FILE || server == REFRESH_HAPROXY_FILE ||
	       server == REFRESH_LIGHTTPD;
}

int refresh_of_server(int server_kind, const char *software)
{
	char name[40];
	if (server_kind < 0 || server_kind >= NUM_SERVER_KINDS)
		return -1;
	const char *spelling = server_kind_name((enum server_kind)server_kind);
	struct server_facts facts = server_facts_of(server_kind, software);
	snprintf(name, sizeof name, "%s-file", spelling);
	int with_file = name_find(&refresh_names, name);
	if (with_file >= 0 && server_does_not(&facts, SERVER_TRAIT_FETCHES))
		return with_file;
	return name_find(&refresh_names, spelling);
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t not_below_zero(int64_t a)
{
	return a > 0 ? a : 0;
}

int64_t margin_least_left(int64_t life_s)
{
	if (life_s < 16 * HOUR_S)
		return life_s / 2;
	int64_t left = life_s - 4 * DAY_S;
	return left > 8 * HOUR_S ? left : 8 * HOUR_S;
}

/* What is left of the answer in hand when the outage begins, at any moment between two
 * refreshes. */
static void left_at_begin(struct margin *margin, const struct refresh_facts *facts, int64_t life_s)
{
	int64_t fetched_least = margin_least_left(life_s);
	int64_t fetched_usual = (fetched_least + life_s) / 2;
	int64_t last;
	switch (facts->rule) {
	case REFRESH_RULE_EVERY:
		margin->least_s = fetched_least - facts->interval_s;
		margin->usual_s = fetched_usual - facts->interval_s / 2;
		break;
	default:
		/* Right before the refresh so much is left, unless there was never more. */
		last = facts->rule == REFRESH_RULE_AT_LEFT
			       ? life_s * facts->left_percent / 100 - facts->interval_s
			       : facts->interval_s;
		margin->least_s = least(fetched_least, not_below_zero(last));
		margin->usual_s = (margin->least_s + fetched_usual) / 2;
		break;
	}
	margin->most_s = life_s;
}

void margin_make(struct margin *margin, enum refresh server, int64_t life_s)
{
	const struct refresh_facts *facts = &refresh_table[server];
	left_at_begin(margin, facts, life_s);
	margin->least_s = not_below_zero(margin->least_s - facts->early_s);
	margin->usual_s = not_below_zero(margin->usual_s - facts->early_s);
	margin->most_s = not_below_zero(margin->most_s - facts->early_s);
	if (facts->keep == REFRESH_KEEP_NOT) {
		/* The next refresh ends it, however long it would have been valid. */
		margin->least_s = 0;
		margin->usual_s = least(margin->usual_s, facts->interval_s / 2);
		margin->most_s = least(margin->most_s, facts->interval_s);
	} else if (facts->keep == REFRESH_KEEP_FOUR_FAILURES) {
		margin->least_s = least(margin->least_s, 3 * facts->interval_s);
		margin->usual_s = least(margin->usual_s, 7 * facts->interval_s / 2);
		margin->most_s = least(margin->most_s, 4 * facts->interval_s);
	}
	bool is_kept = facts->start == REFRESH_START_KEPT || facts->start == REFRESH_START_SAVED;
	margin->restart_least_s = is_kept ? margin->least_s : 0;
	margin->restart_usual_s = is_kept ? margin->usual_s : 0;
}

enum refresh_restart refresh_restart(enum refresh_start start)
{
	switch (start) {
	case REFRESH_START_KEPT: return REFRESH_RESTART_KEPT;
	case REFRESH_START_SAVED: return REFRESH_RESTART_SAVED;
	default: return REFRESH_RESTART_LOST;
	}
}
