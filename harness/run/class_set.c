/* Knows how a set of client classes is said in few patterns. */
#include "harness/run/class_set.h"

#include <stdlib.h>
#include <string.h>

/* A pattern in the making: all ids that begin or end so. */
struct candidate {
	const char *part;
	size_t len;
	bool at_end;
};

static bool holds(const struct candidate *candidate, const char *id)
{
	size_t len = strlen(id);
	if (len <= candidate->len)
		return false;
	const char *at = candidate->at_end ? id + len - candidate->len : id;
	return strncmp(at, candidate->part, candidate->len) == 0;
}

/* The family with its slash, or the name with the slash before it. len 0: the id has none. */
static struct candidate part_of(const char *id, bool at_end)
{
	const char *slash = at_end ? strrchr(id, '/') : strchr(id, '/');
	if (slash == NULL)
		return (struct candidate){id, 0, at_end};
	if (at_end)
		return (struct candidate){slash, strlen(slash), true};
	return (struct candidate){id, (size_t)(slash - id) + 1, false};
}

/* How many members that are not covered it would cover; 0 when it says too much. */
static size_t gain(const struct candidate *candidate, const struct class_member *known, size_t num,
		   const bool *covered)
{
	size_t gained = 0;
	for (size_t i = 0; i < num; i++) {
		if (!holds(candidate, known[i].id))
			continue;
		if (!known[i].is_in)
			return 0;
		gained += !covered[i];
	}
	return gained;
}

/* Covers what the best candidate holds; false when none covers two. */
static bool take_best(struct candidate *best, const struct class_member *known, size_t num,
		      bool *covered)
{
	size_t most = 1;
	for (size_t i = 0; i < num; i++) {
		for (int at_end = 0; known[i].is_in && !covered[i] && at_end < 2; at_end++) {
			struct candidate candidate = part_of(known[i].id, at_end != 0);
			size_t gained =
				candidate.len > 1 ? gain(&candidate, known, num, covered) : 0;
			if (gained <= most)
				continue;
			most = gained;
			*best = candidate;
		}
	}
	for (size_t i = 0; most > 1 && i < num; i++)
		covered[i] = covered[i] || holds(best, known[i].id);
	return most > 1;
}

/* The receiver of the patterns: their parts, to be escaped or not. */
struct listener {
	bool (*add)(void *context, const char *part, size_t len, bool star_before,
		    bool star_behind);
	void *context;
};

static bool choose_patterns(const struct class_member *known, size_t num,
			    const struct listener *listener)
{
	bool all = num > 1, done = true;
	for (size_t i = 0; i < num; i++)
		all = all && known[i].is_in;
	if (all)
		return listener->add(listener->context, "", 0, true, false);
	bool *covered = calloc(num + 1, sizeof *covered);
	if (covered == NULL)
		return false;
	struct candidate best = {0};
	while (done && take_best(&best, known, num, covered))
		done = listener->add(listener->context, best.part, best.len, best.at_end,
				     !best.at_end);
	for (size_t i = 0; done && i < num; i++)
		if (known[i].is_in && !covered[i])
			done = listener->add(listener->context, known[i].id, strlen(known[i].id),
					     false, false);
	free(covered);
	return done;
}

struct pattern_user {
	bool (*add)(void *context, const char *pattern);
	void *context;
};

static bool add_pattern(void *context, const char *part, size_t len, bool star_before,
			bool star_behind)
{
	const struct pattern_user *user = context;
	struct text pattern;
	text_init(&pattern, 0);
	text_append(&pattern, star_before ? "*" : "");
	text_append_pattern(&pattern, part, len);
	text_append(&pattern, star_behind ? "*" : "");
	bool done = !pattern.failed && user->add(user->context, text_string(&pattern));
	text_clear(&pattern);
	return done;
}

bool class_set_patterns(const struct class_member *known, size_t num,
			bool (*add)(void *context, const char *pattern), void *context)
{
	struct pattern_user user = {add, context};
	const struct listener listener = {add_pattern, &user};
	return choose_patterns(known, num, &listener);
}

static bool add_words(void *context, const char *part, size_t len, bool star_before,
		      bool star_behind)
{
	struct text *out = context;
	text_append(out, out->len > 0 ? ", " : "");
	text_append(out, star_before ? "*" : "");
	text_append_bytes(out, part, len);
	return text_append(out, star_behind ? "*" : "");
}

bool class_set_append(struct text *out, const struct class_member *known, size_t num)
{
	struct text words;
	text_init(&words, 0);
	const struct listener listener = {add_words, &words};
	bool done = choose_patterns(known, num, &listener) && text_append(out, text_string(&words));
	text_clear(&words);
	return done;
}
