/* Knows where the paths of the certificates end that an attempt has. */
#include "clients/backend/anchor.h"

/* Whether a certificate is the anchor or has a path to it. */
static bool reaches(const struct probe *probe, struct der from, struct der anchor)
{
	struct der_list path = {0}, end = {0};
	char text[NATIVE_MAX];
	enum reason reason;
	bool done = der_list_add(&path, from) && der_list_add(&end, anchor);
	for (size_t i = 0; done && i < probe->others.num; i++)
		if (!der_list_has(&path, der_list_at(&probe->others, i)))
			done = der_list_add(&path, der_list_at(&probe->others, i));
	for (size_t i = 1; done && i < probe->chain.num; i++)
		if (!der_list_has(&path, der_list_at(&probe->chain, i)))
			done = der_list_add(&path, der_list_at(&probe->chain, i));
	done = done &&
	       (der_same(from, anchor) || probe->backend->verify_path(&reason, text, &path, &end));
	der_list_clear(&path);
	der_list_clear(&end);
	return done;
}

bool anchor_is_shared(const struct probe *probe, struct der certificate)
{
	struct der last = der_list_at(&probe->chain, probe->chain.num - 1);
	if (probe->anchors.num == 0)
		return reaches(probe, certificate, last);
	for (size_t i = 0; i < probe->anchors.num; i++) {
		struct der anchor = der_list_at(&probe->anchors, i);
		if (reaches(probe, certificate, anchor) && reaches(probe, last, anchor))
			return true;
	}
	return false;
}
