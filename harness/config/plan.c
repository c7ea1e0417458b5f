/* Knows what the words of a selection mean: which scenarios, which classes. */
#include "harness/config/plan.h"

#include "core/text.h"
#include "harness/config/scenario_read.h"
#include "harness/config/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The scenarios that can be chosen, and which of them are. */
struct choice {
	struct scenario_list all;
	bool *chosen; /* one per scenario */
	struct error *err;
};

/* Names for the nearest to an unknown word; the strings are borrowed. */
struct candidates {
	const char **items;
	size_t num;
};

static bool no_memory(struct error *err)
{
	return error_set(err, ERROR_UNABLE, "out of memory");
}

/* Makes room for num names; reports nothing, since it only improves a message. */
static bool candidates_init(struct candidates *candidates, size_t num)
{
	*candidates = (struct candidates){.items = calloc(num > 0 ? num : 1, sizeof(char *))};
	return candidates->items != NULL;
}

/* Adds "unknown WHAT 'word', did you mean ...?" to err. Always returns false. */
static bool fault_unknown(struct error *err, const char *what, const char *word,
			  const struct candidates *candidates)
{
	struct text shown;
	text_init(&shown, ERROR_TEXT_MAX);
	text_append_visible(&shown, word, strnlen(word, 128));
	const char *near = candidates->items != NULL
				   ? text_nearest(word, candidates->items, candidates->num)
				   : NULL;
	error_add(err, ERROR_USAGE, "%s '%s'%s%s%s", what, text_string(&shown),
		  near != NULL ? ", did you mean '" : "", near != NULL ? near : "",
		  near != NULL ? "'?" : "");
	text_clear(&shown);
	return false;
}

static bool has_ending(const char *word, const char *ending)
{
	size_t len = strlen(word), ending_len = strlen(ending);
	return len > ending_len && strcmp(word + len - ending_len, ending) == 0;
}

/* Whether a word names a file or folder rather than something in the tree. */
static bool is_path(const char *word)
{
	struct stat info;
	if (has_ending(word, ".yaml") || has_ending(word, ".yml"))
		return true;
	bool may_be =
		strchr(word, '/') != NULL || strcmp(word, ".") == 0 || strcmp(word, "..") == 0;
	return may_be && stat(word, &info) == 0;
}

static bool matches_plain(const char *pattern, const char *text, size_t len)
{
	char plain[512];
	if (len >= sizeof plain)
		return false;
	memcpy(plain, text, len);
	plain[len] = '\0';
	return text_matches(pattern, plain);
}

/* id, id@variant, family, family/id, or a glob over an id or family/id. */
static bool word_matches(const char *word, const struct scenario *scenario)
{
	char full[512];
	if (strcmp(word, scenario->family) == 0)
		return true;
	/* A star also matches a slash: a glob without one matches ids only. */
	bool has_family = strchr(word, '/') != NULL;
	const char *name = scenario->id;
	if (has_family) {
		snprintf(full, sizeof full, "%s/%s", scenario->family, scenario->id);
		name = full;
	}
	if (text_matches(word, name))
		return true;
	return strchr(word, '@') == NULL && matches_plain(word, name, scenario_plain_len(name));
}

/* Grows the marks to the number of scenarios; new ones are not chosen. */
static bool grow_marks(struct choice *choice, size_t old_num)
{
	bool *chosen = realloc(choice->chosen, choice->all.num > 0 ? choice->all.num : 1);
	if (chosen == NULL)
		return no_memory(choice->err);
	choice->chosen = chosen;
	for (size_t i = old_num; i < choice->all.num; i++)
		chosen[i] = false;
	return true;
}

static bool is_same_file(const char *one, const char *other)
{
	struct stat a, b;
	return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* Chooses the scenarios of a file, reading it unless the tree has it already. */
static bool choose_file(struct choice *choice, const char *path)
{
	size_t old_num = choice->all.num;
	bool is_known = false;
	for (size_t i = 0; i < old_num; i++) {
		if (!is_same_file(choice->all.items[i].file, path))
			continue;
		choice->chosen[i] = true;
		is_known = true;
	}
	if (is_known)
		return true;
	if (!scenario_read_file(&choice->all, path, choice->err))
		return false;
	if (!grow_marks(choice, old_num))
		return false;
	for (size_t i = old_num; i < choice->all.num; i++)
		choice->chosen[i] = true;
	return true;
}

static bool choose_path(struct choice *choice, const char *path)
{
	struct stat info;
	struct words paths = {0};
	if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
		return choose_file(choice, path);
	bool done = scenario_find_files(&paths, path, choice->err);
	for (size_t i = 0; i < paths.num; i++)
		done = choose_file(choice, paths.items[i]) && done;
	words_clear(&paths);
	return done;
}

static bool fault_unknown_row(struct choice *choice, const char *word)
{
	struct candidates names;
	struct words plain = {0};
	/* Of each scenario its id, its family, and the id without the variant. */
	if (candidates_init(&names, choice->all.num * 3) &&
	    (plain.items = calloc(choice->all.num + 1, sizeof(char *))) != NULL) {
		for (size_t i = 0; i < choice->all.num; i++) {
			const struct scenario *scenario = &choice->all.items[i];
			char *id = strndup(scenario->id, scenario_plain_len(scenario->id));
			if (id == NULL)
				break;
			plain.items[plain.num++] = id;
			names.items[names.num++] = id;
			names.items[names.num++] = scenario->id;
			names.items[names.num++] = scenario->family;
		}
	}
	fault_unknown(choice->err, "no scenario, family or file", word, &names);
	free(names.items);
	words_clear(&plain);
	return false;
}

static bool choose_word(struct choice *choice, const char *word)
{
	bool is_known = false;
	if (is_path(word))
		return choose_path(choice, word);
	for (size_t i = 0; i < choice->all.num; i++) {
		if (!word_matches(word, &choice->all.items[i]))
			continue;
		choice->chosen[i] = true;
		is_known = true;
	}
	return is_known || fault_unknown_row(choice, word);
}

static bool has_tag(const struct scenario *scenario, const char *tag)
{
	for (size_t i = 0; i < scenario->num_tags; i++)
		if (strcmp(scenario->tags[i], tag) == 0)
			return true;
	return false;
}

static bool check_tag(struct choice *choice, const char *tag)
{
	size_t num = 0;
	struct candidates names = {0};
	for (size_t i = 0; i < choice->all.num; i++) {
		if (has_tag(&choice->all.items[i], tag))
			return true;
		num += choice->all.items[i].num_tags;
	}
	if (candidates_init(&names, num))
		for (size_t i = 0; i < choice->all.num; i++)
			for (size_t k = 0; k < choice->all.items[i].num_tags; k++)
				names.items[names.num++] = choice->all.items[i].tags[k];
	fault_unknown(choice->err, "no scenario has the tag", tag, &names);
	free(names.items);
	return false;
}

static bool is_wanted(const struct scenario *scenario, const struct selection *selection)
{
	bool is_tagged = selection->num_tags == 0;
	for (size_t i = 0; i < selection->num_tags && !is_tagged; i++)
		is_tagged = has_tag(scenario, selection->tags[i]);
	for (size_t i = 0; i < selection->num_excludes; i++)
		if (word_matches(selection->excludes[i], scenario))
			return false;
	return is_tagged;
}

static bool is_left_out(const struct scenario *scenario, const struct selection *selection)
{
	return selection->leaves_out_aside && selection->num_rows == 0 &&
	       selection->num_tags == 0 && has_tag(scenario, "aside");
}

static bool note_left_out(struct scenario_list *out, const char *id)
{
	char *longer;
	bool is_first = out->left_out == NULL;
	if (asprintf(&longer, "%s%s%s", is_first ? "" : out->left_out, is_first ? "" : ", ", id) <
	    0)
		return false;
	free(out->left_out);
	out->left_out = longer;
	return true;
}

/* Moves what is chosen to out, keeping the order. */
static bool take_chosen(struct scenario_list *out, struct choice *choice,
			const struct selection *selection)
{
	size_t num = 0;
	out->items = calloc(choice->all.num > 0 ? choice->all.num : 1, sizeof(*out->items));
	if (out->items == NULL)
		return no_memory(choice->err);
	for (size_t i = 0; i < choice->all.num; i++) {
		struct scenario *scenario = &choice->all.items[i];
		if (!choice->chosen[i] || !is_wanted(scenario, selection))
			continue;
		if (is_left_out(scenario, selection)) {
			if (!note_left_out(out, scenario->id))
				return no_memory(choice->err);
			continue;
		}
		out->items[num++] = *scenario;
		*scenario = (struct scenario){0};
	}
	out->num = num;
	return num > 0 ||
	       error_set(choice->err, ERROR_USAGE,
			 "no scenario selected: the tags and exclusions omit all of them");
}

bool plan_scenarios(struct scenario_list *out, const char *const *directories,
		    size_t num_directories, const struct selection *selection, struct error *err)
{
	struct choice choice = {.err = err};
	bool done = false;
	*out = (struct scenario_list){0};
	if (!scenario_read_trees(&choice.all, directories, num_directories, err) ||
	    !grow_marks(&choice, 0))
		goto out;
	for (size_t i = 0; i < choice.all.num; i++)
		choice.chosen[i] = selection->num_rows == 0;
	done = true;
	for (size_t i = 0; i < selection->num_rows; i++)
		done = choose_word(&choice, selection->rows[i]) && done;
	for (size_t i = 0; i < selection->num_tags; i++)
		done = check_tag(&choice, selection->tags[i]) && done;
	done = done && scenario_check_unique(&choice.all, err);
	done = done && take_chosen(out, &choice, selection);
out:
	if (!done)
		scenario_list_clear(out);
	scenario_list_clear(&choice.all);
	free(choice.chosen);
	return done;
}

/* Nearest to a pattern: an id, or a pattern over one stack or one policy. */
static bool fault_unknown_class(const struct class_file *file, const char *word, struct error *err)
{
	struct candidates names;
	struct words made = {0};
	size_t num_made = file->num_stacks + file->num_policies + 1;
	if (candidates_init(&names, file->num_classes + num_made) &&
	    (made.items = reallocarray(NULL, num_made, sizeof(char *))) != NULL) {
		for (size_t i = 0; i < file->num_classes; i++)
			names.items[names.num++] = file->classes[i].id;
		for (size_t i = 0; i < num_made; i++) {
			char *name;
			size_t policy = i - file->num_stacks;
			int len = i < file->num_stacks ? asprintf(&name, "%s/*", file->stacks[i].id)
				  : policy < file->num_policies
					  ? asprintf(&name, "*/%s", file->policies[policy].id)
					  : asprintf(&name, "*/native");
			if (len < 0)
				break;
			made.items[made.num++] = name;
			names.items[names.num++] = name;
		}
	}
	fault_unknown(err, "no client class matches", word, &names);
	free(names.items);
	words_clear(&made);
	return false;
}

static bool choose_classes(bool *chosen, const struct class_file *file, const char *patterns,
			   struct error *err)
{
	struct words words;
	bool done = true;
	if (!words_split(&words, patterns))
		return no_memory(err);
	for (size_t i = 0; i < words.num; i++) {
		const char *word = words.items[i];
		bool is_known = strcmp(word, "all") == 0;
		bool is_all = is_known;
		for (size_t k = 0; k < file->num_classes; k++) {
			if (!is_all && !text_matches(word, file->classes[k].id))
				continue;
			chosen[k] = true;
			is_known = true;
		}
		if (!is_known)
			done = fault_unknown_class(file, word, err);
	}
	words_clear(&words);
	return done;
}

bool plan_classes(bool **chosen, const struct class_file *file, const struct selection *selection,
		  struct error *err)
{
	bool *marks = calloc(file->num_classes > 0 ? file->num_classes : 1, sizeof(*marks));
	bool done = true;
	size_t num = 0;
	*chosen = NULL;
	if (marks == NULL)
		return no_memory(err);
	for (size_t i = 0; i < file->num_classes && selection->num_classes == 0; i++)
		marks[i] = file->classes[i].is_default;
	for (size_t i = 0; i < selection->num_classes; i++)
		done = choose_classes(marks, file, selection->classes[i], err) && done;
	for (size_t i = 0; i < file->num_classes; i++) {
		for (size_t k = 0; k < selection->num_excludes; k++)
			if (text_matches(selection->excludes[k], file->classes[i].id))
				marks[i] = false;
		num += marks[i];
	}
	if (done && num == 0)
		done = error_set(err, ERROR_USAGE,
				 "no client class selected: the exclusions omit all of them");
	if (!done) {
		free(marks);
		return false;
	}
	*chosen = marks;
	return true;
}
