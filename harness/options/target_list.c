/* Knows how targets are read, from words and from files. */
#include "harness/options/target_list.h"

#include "core/file.h"
#include "core/name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)4 << 20)
#define TARGETS_MAX    10000

static void target_clear(struct target *target)
{
	free(target->id);
	free(target->host);
	free(target->server_name);
	free(target->reach);
	*target = (struct target){0};
}

void target_list_clear(struct target_list *list)
{
	for (size_t i = 0; i < list->num; i++)
		target_clear(&list->items[i]);
	free(list->items);
	*list = (struct target_list){0};
}

static bool has_target(const struct target_list *list, const char *id)
{
	for (size_t i = 0; i < list->num; i++)
		if (strcmp(list->items[i].id, id) == 0)
			return true;
	return false;
}

/* Takes over target. */
static bool append(struct target_list *list, struct target *target, struct error *err)
{
	if (has_target(list, target->id)) {
		target_clear(target);
		return true;
	}
	struct target *grown = NULL;
	if (list->num == TARGETS_MAX)
		error_set(err, ERROR_USAGE, "more than %d targets", TARGETS_MAX);
	else if ((grown = reallocarray(list->items, list->num + 1, sizeof *grown)) == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	if (grown == NULL) {
		target_clear(target);
		return false;
	}
	list->items = grown;
	grown[list->num++] = *target;
	return true;
}

static bool fill(struct target *target, const struct endpoint *endpoint,
		 const struct endpoint *other, const struct target_options *options)
{
	bool ipv6 = strchr(endpoint->host, ':') != NULL;
	/* --connect with a host alone keeps the target's port. */
	target->reach_port = other->host != NULL && other->has_port ? other->port : endpoint->port;
	target->reach = strdup(other->host != NULL ? other->host : endpoint->host);
	target->port = endpoint->port;
	target->host = strdup(endpoint->host);
	/* An interface is ours alone: no certificate and no server knows it. */
	target->server_name = options->server_name != NULL
				      ? strdup(options->server_name)
				      : strndup(endpoint->host, strcspn(endpoint->host, "%"));
	if (asprintf(&target->id, "%s%s%s:%d", ipv6 ? "[" : "", endpoint->host, ipv6 ? "]" : "",
		     endpoint->port) < 0)
		target->id = NULL;
	return target->reach != NULL && target->host != NULL && target->server_name != NULL &&
	       target->id != NULL;
}

static bool add_target(struct target_list *list, const char *text,
		       const struct target_options *options, struct error *err)
{
	struct endpoint endpoint = {0}, other = {0};
	struct target target = {0};
	bool done = endpoint_parse(&endpoint, text, err);
	if (!endpoint.has_port && options->starttls >= 0)
		endpoint.port = starttls_port((enum starttls)options->starttls);
	if (done && options->connect != NULL)
		done = endpoint_parse(&other, options->connect, err) ||
		       error_prefix(err, "--connect");
	if (done && !fill(&target, &endpoint, &other, options))
		done = error_set(err, ERROR_UNABLE, "out of memory");
	if (done)
		done = append(list, &target, err);
	else
		target_clear(&target);
	endpoint_clear(&endpoint);
	endpoint_clear(&other);
	return done;
}

static bool add_file(struct target_list *list, const char *path,
		     const struct target_options *options, struct error *err)
{
	struct text text;
	int line = 1;
	text_init(&text, FILE_MAX_BYTES);
	bool done =
		file_read(&text, strcmp(path, "-") == 0 ? "/dev/stdin" : path, FILE_MAX_BYTES, err);
	if (done && strlen(text_string(&text)) != text.len)
		done = error_set(err, ERROR_USAGE, "%s: is not text", path);
	for (char *p = text.data; done && p != NULL && *p != '\0'; line++) {
		size_t len = strcspn(p, "\n");
		char *next = p[len] == '\n' ? p + len + 1 : p + len;
		p[len] = '\0';
		p[strcspn(p, "#\r")] = '\0';
		p += strspn(p, " \t");
		p[strcspn(p, " \t")] = '\0';
		if (*p != '\0' && !add_target(list, p, options, err)) {
			error_prefix(err, "%s:%d", path, line);
			done = false;
		}
		p = next;
	}
	text_clear(&text);
	return done;
}

bool target_list_read(struct target_list *list, const struct word_list *words,
		      const struct target_options *options, struct error *err)
{
	*list = (struct target_list){0};
	bool done = true;
	for (size_t i = 0; done && i < words->num; i++)
		done = add_target(list, words->items[i], options, err);
	for (size_t i = 0; done && i < options->files.num; i++)
		done = add_file(list, options->files.items[i], options, err);
	if (done && list->num == 0)
		done = error_set(err, ERROR_USAGE, "no target selected: nothing to test");
	if (!done)
		target_list_clear(list);
	return done;
}
