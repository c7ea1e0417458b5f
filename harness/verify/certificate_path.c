/* Knows which certificate names which as its issuer. */
#include "harness/verify/certificate_path.h"

#include <stdlib.h>
#include <string.h>

static bool is_same(const struct blob *one, const struct blob *other)
{
	return one->len == other->len && memcmp(one->bytes, other->bytes, one->len) == 0;
}

bool path_has(const struct blob_list *list, const struct blob *certificate)
{
	for (size_t i = 0; i < list->num; i++)
		if (is_same(&list->items[i], certificate))
			return true;
	return false;
}

bool path_join(struct blob_list *path, const struct blob_list *list)
{
	for (size_t i = 0; i < list->num; i++) {
		struct blob *items = reallocarray(path->items, path->num + 1, sizeof *items);
		if (items == NULL)
			return false;
		path->items = items;
		items[path->num++] = list->items[i];
	}
	return true;
}

/* Whether a certificate names the other as its issuer. */
static bool is_issued_by(const struct blob *certificate, const struct blob *other)
{
	struct blob wanted, issuer, subject;
	return der_input_names(&wanted, &subject, certificate) &&
	       der_input_names(&issuer, &subject, other) && is_same(&wanted, &subject);
}

static bool has_issuer_of(const struct blob_list *list, const struct blob *certificate)
{
	for (size_t i = 0; i < list->num; i++)
		if (is_issued_by(certificate, &list->items[i]))
			return true;
	return false;
}

/* Whether every certificate of the path names an issuer that is there. */
static bool is_complete(const struct blob_list *path, const struct blob_list *anchors)
{
	for (size_t i = 0; i < path->num; i++)
		if (!path_has(anchors, &path->items[i]) && !has_issuer_of(path, &path->items[i]) &&
		    !has_issuer_of(anchors, &path->items[i]))
			return false;
	return true;
}

/* Whether a certificate of the path, but for the anchors, names this one as its issuer. */
static bool is_next(const struct blob_list *path, const struct blob_list *anchors,
		    const struct blob *one)
{
	for (size_t i = 0; i < path->num; i++)
		if (!path_has(anchors, &path->items[i]) && is_issued_by(&path->items[i], one))
			return true;
	return false;
}

/* One round; in *any whether something was joined. */
static bool join_next(bool *any, struct blob_list *path, const struct blob_list *others,
		      const struct blob_list *anchors, bool all)
{
	*any = false;
	for (size_t i = 0; i < others->num; i++) {
		const struct blob_list one = {&others->items[i], 1};
		if (path_has(path, one.items) || path_has(anchors, one.items) ||
		    (!all && !is_next(path, anchors, one.items)))
			continue;
		*any = true;
		if (!path_join(path, &one))
			return false;
	}
	return true;
}

bool path_extend(struct blob_list *path, const struct blob_list *others,
		 const struct blob_list *anchors)
{
	bool any = true;
	while (any)
		if (!join_next(&any, path, others, anchors, false))
			return false;
	return is_complete(path, anchors) || join_next(&any, path, others, anchors, true);
}
