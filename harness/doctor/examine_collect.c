/* Knows how what a handshake brought, certificates and staples, becomes part of an examination. */
#include "harness/doctor/collected.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct read_certificate *find_known(const struct examining *x, const char *bytes)
{
	for (size_t i = 0; i < x->num_known; i++)
		if (strcmp(x->known[i].bytes, bytes) == 0)
			return &x->known[i];
	return NULL;
}

/* The facts of one certificate into the examination, its PEM beside it. Takes over both. */
static void take_facts(struct examining *x, struct read_certificate *known,
		       struct answered_certificate *read)
{
	if (read->sha256 == NULL)
		return;
	known->id = examining_copy(x, read->sha256);
	known->pem = examining_copy(x, read->pem);
	if (examination_certificate(&x->seen, read->sha256) != NULL)
		return;
	struct certificate *one = RECORD_ADD(&x->seen, certificates);
	examining_need(x, one != NULL);
	if (one == NULL)
		return;
	*one = read->certificate;
	read->certificate = (struct certificate){0};
	one->id = examining_copy(x, read->sha256);
}

static void take_read(struct examining *x, const char *bytes, const json_t *answer)
{
	struct certificates_answer read = {0};
	struct read_certificate *known = RECORD_ADD(x, known);
	examining_need(x, known != NULL);
	if (known == NULL)
		return;
	known->bytes = examining_copy(x, bytes);
	if (!certificates_answer_read(&read, answer, x->err))
		x->failed = true;
	else if (read.num_certificates > 0)
		take_facts(x, known, &read.certificates[0]);
	certificates_answer_clear(&read);
}

/* One certificate each, since what cannot be read must not hide the others. */
static void read_unknown(struct examining *x, const struct texts *list)
{
	json_t **answers = calloc(list->num + 1, sizeof(*answers));
	examining_need(x, answers != NULL);
	if (answers == NULL)
		return;
	for (size_t i = 0; i < list->num; i++)
		if (find_known(x, list->items[i]) == NULL)
			examining_ask(x,
				      &(struct message_examination){
					      .kind = EXAMINATION_CERTIFICATES,
					      .bytes = list->items[i],
				      },
				      &answers[i]);
	examining_wait(x);
	for (size_t i = 0; i < list->num; i++) {
		if (answers[i] != NULL && !x->failed && find_known(x, list->items[i]) == NULL)
			take_read(x, list->items[i], answers[i]);
		json_decref(answers[i]);
	}
	free(answers);
}

/* Adds the ids of certificates; NULL for what OpenSSL cannot read. */
static void add_ids(struct examining *x, struct texts *ids, const struct texts *list)
{
	read_unknown(x, list);
	for (size_t i = 0; i < list->num; i++) {
		const struct read_certificate *known = find_known(x, list->items[i]);
		examining_need(x, texts_add(ids, known != NULL ? known->id : NULL));
	}
}

static bool is_same_list(const struct texts *one, const struct texts *other)
{
	if (one->num != other->num)
		return false;
	for (size_t i = 0; i < one->num; i++) {
		const char *left = one->items[i], *right = other->items[i];
		if (left == NULL || right == NULL ? left != right : strcmp(left, right) != 0)
			return false;
	}
	return true;
}

/* The chain that is the same, or NULL. */
static const struct sent_chain *find_chain(const struct examining *x, const struct texts *sent)
{
	for (size_t i = 0; i < x->seen.num_chains; i++)
		if (is_same_list(&x->seen.chains[i].sent, sent))
			return &x->seen.chains[i];
	return NULL;
}

/* "1", "2", …: chains and staples are numbered as they come. */
static char *number_of(struct examining *x, size_t num)
{
	char number[24];
	snprintf(number, sizeof number, "%zu", num);
	return examining_copy(x, number);
}

/* Takes over sent. NULL without memory. */
static const struct sent_chain *add_chain(struct examining *x, struct texts *sent,
					  const struct handshake_answer *answer)
{
	struct sent_chain *about = RECORD_ADD(&x->seen, chains);
	examining_need(x, about != NULL);
	if (about == NULL)
		return NULL;
	about->id = number_of(x, x->seen.num_chains);
	about->sent = *sent;
	*sent = (struct texts){0};
	about->num_sent = answer->num_sent;
	about->verified = answer->chain.verified;
	about->reason = answer->chain.reason;
	about->reason.foreign = examining_copy(x, answer->chain.reason.foreign);
	about->error = examining_copy(x, answer->chain.error);
	about->depth = answer->chain.depth;
	add_ids(x, &about->path, &answer->chain.certificates);
	return about;
}

void examining_take_chain(struct examining *x, struct handshake *handshake,
			  const struct handshake_answer *answer)
{
	struct texts sent = {0};
	if (answer->sent.num == 0)
		return;
	add_ids(x, &sent, &answer->sent);
	const struct sent_chain *chain = find_chain(x, &sent);
	if (chain == NULL)
		chain = add_chain(x, &sent, answer);
	texts_clear(&sent);
	if (chain == NULL)
		return;
	handshake->chain = examining_copy(x, chain->id);
	if (x->seen.leaf == NULL && chain->sent.num > 0)
		x->seen.leaf = examining_copy(x, chain->sent.items[0]);
}

/* Of base64. */
static int64_t length_of(const char *bytes)
{
	size_t len = strlen(bytes), padding = 0;
	while (padding < len && padding < 2 && bytes[len - 1 - padding] == '=')
		padding++;
	return (int64_t)(len / 4 * 3 - padding);
}

void examining_read_signers(struct examining *x, const char *bytes)
{
	json_t *answer = NULL;
	struct certificates_answer read = {0};
	examining_ask(x,
		      &(struct message_examination){
			      .kind = EXAMINATION_CERTIFICATES,
			      .bytes = bytes,
		      },
		      &answer);
	examining_wait(x);
	if (answer != NULL && !certificates_answer_read(&read, answer, x->err))
		x->failed = true;
	for (size_t i = 0; i < read.num_certificates && !x->failed; i++) {
		const struct certificate *one = &read.certificates[i].certificate;
		struct signer *signer = RECORD_ADD(x, signers);
		examining_need(x, signer != NULL);
		if (signer == NULL)
			break;
		signer->subject = examining_copy(x, one->subject);
		signer->not_after = one->not_after;
	}
	certificates_answer_clear(&read);
	json_decref(answer);
}

/* The staple, which is the same when its bytes are. NULL without memory. */
static const struct staple *take_staple(struct examining *x, const struct answered_staple *staple,
					const struct handshake *handshake)
{
	for (size_t i = 0; i < x->seen.num_staples; i++) {
		struct staple *one = &x->seen.staples[i];
		/* For another leaf the same bytes are another finding. */
		if (strcmp(one->bytes, staple->bytes) == 0 && one->depth == staple->depth &&
		    examination_is_same_leaf(&x->seen, one->chain, handshake->chain)) {
			one->seen++;
			return one;
		}
	}
	struct staple *about = RECORD_ADD(&x->seen, staples);
	examining_need(x, about != NULL);
	if (about == NULL)
		return NULL;
	about->id = number_of(x, x->seen.num_staples);
	about->bytes = examining_copy(x, staple->bytes);
	about->length = length_of(staple->bytes);
	about->depth = staple->depth;
	about->seen = 1;
	about->first_seen = examining_copy(x, handshake->address);
	about->chain = examining_copy(x, handshake->chain);
	if (about->bytes != NULL)
		examining_read_signers(x, about->bytes);
	return x->failed ? NULL : about;
}

void examining_take_staples(struct examining *x, struct handshake *handshake,
			    const struct handshake_answer *answer)
{
	for (size_t i = 0; i < answer->num_staples && !x->failed; i++) {
		const struct answered_staple *one = &answer->staples[i];
		const struct staple *staple =
			one->bytes != NULL ? take_staple(x, one, handshake) : NULL;
		struct texts *list =
			one->depth == 0 ? &handshake->staples : &handshake->upper_staples;
		if (staple != NULL)
			examining_need(x, texts_add(list, staple->id));
	}
}

const struct sent_chain *examining_chain(const struct examining *x)
{
	const struct sent_chain *first = NULL;
	for (size_t i = 0; i < x->seen.num_chains; i++) {
		const struct sent_chain *one = &x->seen.chains[i];
		bool is_of_leaf = one->sent.num > 0 && one->sent.items[0] != NULL &&
				  x->seen.leaf != NULL &&
				  strcmp(one->sent.items[0], x->seen.leaf) == 0;
		if (is_of_leaf && one->verified)
			return one;
		if (first == NULL)
			first = one;
	}
	return first;
}

const char *examining_pem(const struct examining *x, const char *id)
{
	for (size_t i = 0; id != NULL && i < x->num_known; i++)
		if (x->known[i].id != NULL && strcmp(x->known[i].id, id) == 0)
			return x->known[i].pem;
	return NULL;
}

const char *examining_issuer_in(const struct examining *x, const struct sent_chain *chain)
{
	const char *leaf_id = chain->sent.num > 0 ? chain->sent.items[0] : NULL;
	const struct certificate *leaf = examination_certificate(&x->seen, leaf_id);
	if (chain->path.num > 1)
		return chain->path.items[1];
	for (size_t i = 0; leaf != NULL && leaf->issuer != NULL && i < chain->sent.num; i++) {
		const char *id = chain->sent.items[i];
		const struct certificate *one = examination_certificate(&x->seen, id);
		if (one != NULL && one->subject != NULL && strcmp(one->subject, leaf->issuer) == 0)
			return id;
	}
	return NULL;
}

const char *examining_subject(const struct examining *x, size_t of)
{
	return of == 0 ? x->seen.leaf : x->seen.others[of - 1].certificate;
}

const char *examining_issuer(const struct examining *x, size_t of)
{
	const struct sent_chain *chain = examining_chain(x);
	if (of > 0)
		return x->seen.others[of - 1].issuer;
	return chain != NULL ? examining_issuer_in(x, chain) : NULL;
}

struct status_sources *examining_sources(struct examining *x, size_t of)
{
	return of == 0 ? &x->seen.sources : &x->seen.others[of - 1].sources;
}
