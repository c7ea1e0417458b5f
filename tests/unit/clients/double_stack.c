/* Knows how a stack and a network behave that do as a test says. */
#include "tests/unit/clients/double_stack.h"

#include "clients/backend/status.h"
#include "clients/net/fetch.h"
#include "clients/revocation/revocation.h"

#include "core/clock.h"
#include "core/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct double_stack double_stack;

static const char *lacks(enum capability capability)
{
	if (capability == CAPABILITY_STATUS_REQUEST && !double_stack.can_staple)
		return "no staples here";
	if (capability == CAPABILITY_MULTI_STAPLE && !double_stack.can_staple_all)
		return "only the leaf's";
	return NULL;
}

static size_t digest(uint8_t out[static DIGEST_MAX], const char *hash, struct der bytes)
{
	(void)hash;
	memset(out, 0, 32);
	memcpy(out, bytes.at, bytes.len < 32 ? bytes.len : 32);
	return 32;
}

/* A response is the name of a check, "+revoked" behind it when its entry says so, "~" when it is
 * current by the tolerance alone, "*" when the rules remark on it, "@" and a hexadecimal number for
 * the reasons that a CRL covers, or the OCSP error "try-later".
 */
static void read_check(struct status_check *out, const uint8_t *bytes, size_t len)
{
	char word[64];
	snprintf(word, sizeof word, "%.*s", (int)len, (const char *)bytes);
	char *tilde = strchr(word, '~');
	if (tilde != NULL)
		*tilde = '\0';
	char *star = strchr(word, '*');
	if (star != NULL)
		*star = '\0';
	char *covers = strchr(word, '@');
	if (covers != NULL)
		*covers = '\0';
	char *plus = strchr(word, '+');
	if (plus != NULL)
		*plus = '\0';
	bool is_try_later = strcmp(word, "try-later") == 0;
	int check = is_try_later ? CHECK_ERROR_RESPONSE : name_find(&check_names, word);
	ck_assert_msg(check >= 0, "'%s'", word);
	int64_t now = clock_wall_s();
	*out = (struct status_check){.check = (enum check)check, .revocation_reason = 1};
	out->response_status = is_try_later ? 3 : 0;
	out->covered_reasons = covers != NULL ? (int)strtol(covers + 1, NULL, 16) : 0;
	out->authentic = plus != NULL || check == CHECK_GOOD || check == CHECK_REVOKED ||
			 check == CHECK_UNKNOWN || check == CHECK_STALE;
	out->status = plus != NULL || check == CHECK_REVOKED ? STATUS_REVOKED : STATUS_GOOD;
	out->fresh = check != CHECK_STALE && check != CHECK_NOT_YET_VALID;
	out->this_update = check == CHECK_NOT_YET_VALID ? now + 7200 : now - 86400;
	out->next_update = check == CHECK_STALE ? now - 7200 : now + 86400;
	out->tolerated = tilde != NULL;
	if (tilde != NULL && tilde[1] == '<')
		out->this_update = now + 150;
	else if (tilde != NULL)
		out->next_update = now - 150;
	out->revocation_time = out->status == STATUS_REVOKED ? now - 3600 : 0;
	snprintf(out->native.text, sizeof out->native.text, "double says %s", word);
	snprintf(out->native.library, sizeof out->native.library, "%s",
		 star != NULL ? "revoscope" : "double");
}

/* In place of clients/backend/status.c. */
void status_check_ocsp(struct probe *probe, struct status_check *out, size_t depth, struct der der,
		       struct der nonce)
{
	(void)probe;
	(void)depth;
	double_stack.last_nonce_len = nonce.len;
	read_check(out, der.at, der.len);
}

void status_check_crl(struct probe *probe, struct status_check *out, size_t depth, struct der bytes)
{
	double_stack.num_crls++;
	(void)probe;
	(void)depth;
	read_check(out, bytes.at, bytes.len);
}

bool status_make_request(struct probe *probe, uint8_t **der, size_t *len, size_t depth,
			 struct der nonce, struct error *err)
{
	(void)probe;
	(void)depth;
	(void)nonce;
	if (!double_stack.can_make_requests)
		return error_set(err, ERROR_UNABLE, "out of ink");
	*der = malloc(4);
	memcpy(*der, "ask", 4);
	*len = 4;
	return true;
}

bool status_read_certificate(const struct probe *probe, struct certificate_facts *out, size_t depth)
{
	(void)probe;
	if (depth < 1 || depth > 3 || !double_stack.issuers[depth - 1].present)
		return false;
	*out = double_stack.issuers[depth - 1];
	return true;
}

static const struct client_backend backend = {
	.stack = "double",
	.library = "double",
	.lacks = lacks,
	.digest = digest,
};

/* In place of clients/net/fetch.c: the last part of the URL is what the answer says. */
bool fetch(struct fetch_facts *facts, struct text *body, const struct fetch_order *order)
{
	static const struct {
		const char *word;
		enum fetch_layer layer;
	} layers[] = {{"dns", FETCH_DNS},         {"connect", FETCH_CONNECT},
		      {"timeout", FETCH_TIMEOUT}, {"http", FETCH_HTTP},
		      {"huge", FETCH_ANSWER},     {"none", FETCH_FORBIDDEN},
		      {"odd", FETCH_UNUSABLE}};
	const char *word = strrchr(order->url, '/') + 1;
	size_t used = strlen(double_stack.fetched);
	snprintf(double_stack.fetched + used, sizeof double_stack.fetched - used, "%s%s:%s",
		 used > 0 ? " " : "", facts->is_crl ? "crl" : "ocsp", order->url);
	ck_assert_int_eq(order->ocsp_request == NULL, facts->is_crl);
	ck_assert_uint_eq(order->max_len, facts->is_crl ? CRL_MAX_LEN : OCSP_MAX_LEN);
	double_stack.last_deadline = order->deadline;
	snprintf(facts->url, sizeof facts->url, "%s", order->url);
	for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
		if (strcmp(layers[i].word, word) != 0)
			continue;
		facts->layer = layers[i].layer;
		facts->http_status = facts->layer == FETCH_HTTP ? 503 : 0;
		if (facts->layer == FETCH_ANSWER)
			snprintf(facts->text, sizeof facts->text, "its 70000 bytes are more than");
		return false;
	}
	facts->layer = FETCH_ANSWER;
	facts->http_status = 200;
	facts->is_pem = strncmp(word, "pem-", 4) == 0;
	if (facts->is_pem) {
		snprintf(facts->text, sizeof facts->text, "the CRL is in PEM");
		word += 4;
	}
	if (strcmp(word, "empty") == 0)
		return true;
	return text_append(body, word);
}

void add_urls(struct certificate_facts *facts, const char *urls)
{
	char copy[512], *rest = NULL;
	snprintf(copy, sizeof copy, "%s", urls);
	for (char *url = strtok_r(copy, " ", &rest); url != NULL;
	     url = strtok_r(NULL, " ", &rest)) {
		struct url_list *unusable = url[1] == 'c' ? &facts->crl : &facts->ocsp;
		if (url[0] == '-') {
			struct unusable_url *one = &unusable->unusable[unusable->num_unusable++];
			*one = (struct unusable_url){.why = URL_FAULT_SCHEME};
			snprintf(one->url, sizeof one->url, "%s", url + 1);
		} else if (url[0] == 'c')
			snprintf(facts->crl.urls[facts->crl.num++], URL_TEXT_MAX, "%s", url);
		else
			snprintf(facts->ocsp.urls[facts->ocsp.num++], URL_TEXT_MAX, "%s", url);
	}
}

void set_up_probe(struct set_up *setup, const char *policy)
{
	char copy[1024], *rest = NULL;
	double_stack = (struct double_stack){.can_staple = true, .can_make_requests = true};
	*setup = (struct set_up){.request = {.deadline_ms = 5000}};
	policy_init(&setup->request.policy);
	snprintf(copy, sizeof copy, "%s", policy);
	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		char *value = strchr(word, '=');
		*value++ = '\0';
		ck_assert(policy_set(&setup->request.policy, policy_find_axis(word), value, NULL));
	}
	setup->probe = calloc(1, sizeof *setup->probe);
	setup->probe->backend = &backend;
	setup->probe->judge = revocation_judge;
	setup->probe->request = &setup->request;
	setup->probe->net = (struct net){.fd = -1, .deadline = deadline_in_ms(5000)};
	setup->probe->observation.certificate.present = true;
	snprintf(setup->probe->observation.tls_version, 16, "1.3");
}

void tear_down(struct set_up *setup)
{
	probe_clear(setup->probe);
	free(setup->probe);
}
