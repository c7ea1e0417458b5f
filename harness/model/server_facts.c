/* Knows what server programs do with staples and responders, by version. */
#include "harness/model/server_facts.h"

#include "harness/model/version_range.h"

struct row {
	enum server_kind kind;
	const char *versions;
	struct server_facts facts;
};

#define YES(trait) [SERVER_TRAIT_##trait] = TRAIT_YES,
#define NO(trait)  [SERVER_TRAIT_##trait] = TRAIT_NO,
static const struct row rows[] = {
#define SERVER_FACTS(kind, versions, stapling, source, traits) \
	{SERVER_KIND_##kind, versions, {SERVER_STAPLING_##stapling, {traits}, source}},
#include "harness/model/server_facts.def"
#undef SERVER_FACTS
};

#define SERVER_TRAIT(symbol, text) text,
static const char *const texts[NUM_SERVER_TRAITS] = {
#include "harness/model/server_trait.def"
};
#undef SERVER_TRAIT

const char *server_trait_text(enum server_trait trait)
{
	return texts[trait];
}

/* Leaves what two versions have in common. */
static void merge(struct server_facts *facts, const struct server_facts *other)
{
	if (facts->stapling != other->stapling)
		facts->stapling = SERVER_STAPLING_UNKNOWN;
	for (int trait = 0; trait < NUM_SERVER_TRAITS; trait++)
		if (facts->traits[trait] != other->traits[trait])
			facts->traits[trait] = TRAIT_UNKNOWN;
	facts->source = NULL;
}

struct server_facts server_facts_of(int kind, const char *software)
{
	const char *version = server_version_in(software, kind);
	struct server_facts facts = {.source = NULL};
	bool is_first = true;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		if ((int)row->kind != kind)
			continue;
		if (version != NULL && *row->versions != '\0' &&
		    !version_range_holds(row->versions, version))
			continue;
		if (is_first)
			facts = row->facts;
		else
			merge(&facts, &row->facts);
		is_first = false;
	}
	return facts;
}

bool server_does(const struct server_facts *facts, enum server_trait trait)
{
	return facts->traits[trait] == TRAIT_YES;
}

bool server_does_not(const struct server_facts *facts, enum server_trait trait)
{
	return facts->traits[trait] == TRAIT_NO;
}
