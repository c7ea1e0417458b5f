/* Knows how libcurl fetches one small body from an address that is not trusted. */
#include "clients/net/fetch.h"

#include "clients/net/lateness.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_REDIRECTS 3L
/* RFC 9919 section 6: GET for a URL of at most 255 bytes, so that caches can answer. */
#define LONGEST_GET 255

/* One transfer in flight. */
struct transfer {
	const struct fetch_order *order;
	struct text *body;
	char *url; /* without fragment and user name; memory of libcurl */
	bool had_user;
	bool too_long;
	bool forbidden; /* the address was refused by the fetch rule */
	char words[CURL_ERROR_SIZE];
};

bool fetch_start(void)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

void fetch_stop(void)
{
	curl_global_cleanup();
}

static bool is_private_v4(uint32_t address)
{
	static const struct {
		uint32_t net;
		int bits;
	} nets[] = {
		{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},
		{0xa9fe0000, 16}, {0xac100000, 12}, {0xc0000000, 24}, {0xc0a80000, 16},
		{0xc6120000, 15}, {0xe0000000, 3}, /* multicast and reserved */
	};
	for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++)
		if (((address ^ nets[i].net) >> (32 - nets[i].bits)) == 0)
			return true;
	return false;
}

static bool is_private_v6(const struct in6_addr *address)
{
	const uint8_t *b = address->s6_addr;
	static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};
	uint32_t last;
	memcpy(&last, b + 12, sizeof last);
	if (IN6_IS_ADDR_V4MAPPED(address) || memcmp(b, nat64, sizeof nat64) == 0)
		return is_private_v4(ntohl(last));
	/* 2000::/3 is what is routed; 6to4 hides an IPv4 address in its first half. */
	if ((b[0] & 0xe0) != 0x20)
		return true;
	if (b[0] == 0x20 && b[1] == 0x02) {
		memcpy(&last, b + 2, sizeof last);
		return is_private_v4(ntohl(last));
	}
	return false;
}

bool fetch_is_private(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return is_private_v4(ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr));
	if (address->sa_family == AF_INET6)
		return is_private_v6(&((const struct sockaddr_in6 *)address)->sin6_addr);
	return true;
}

static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = data;
	(void)purpose;
	if (transfer->order->rule == FETCH_PUBLIC && fetch_is_private(&address->addr)) {
		transfer->forbidden = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_body(char *data, size_t size, size_t num, void *context)
{
	struct transfer *transfer = context;
	size_t len = size * num;
	if (len > transfer->order->max_len - transfer->body->len) {
		transfer->too_long = true;
		return 0;
	}
	return text_append_bytes(transfer->body, data, len) ? len : 0;
}

/* As a URL wants it: the three of base64 that are not letters or digits are encoded. */
static char *append_digit(char *out, char digit)
{
	const char *encoded = digit == '+'   ? "%2B"
			      : digit == '/' ? "%2F"
			      : digit == '=' ? "%3D"
					     : NULL;
	if (encoded == NULL) {
		*out = digit;
		return out + 1;
	}
	memcpy(out, encoded, 3);
	return out + 3;
}

static void append_base64(char *out, const uint8_t *bytes, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < len; i += 3) {
		uint32_t block = (uint32_t)bytes[i] << 16;
		if (i + 1 < len)
			block |= (uint32_t)bytes[i + 1] << 8;
		if (i + 2 < len)
			block |= bytes[i + 2];
		for (int k = 0; k < 4; k++) {
			bool padding = (size_t)k > len - i;
			char digit = padding ? '=' : digits[block >> (18 - 6 * k) & 63];
			out = append_digit(out, digit);
		}
	}
	*out = '\0';
}

char *fetch_ocsp_get_url(const char *url, const uint8_t *request, size_t len)
{
	size_t base = strlen(url);
	char *out = malloc(base + (len + 2) / 3 * 4 * 3 + 2);
	if (out == NULL)
		return NULL;
	memcpy(out, url, base);
	if (base == 0 || out[base - 1] != '/')
		out[base++] = '/';
	append_base64(out + base, request, len);
	return out;
}

/*
 * Parses the URL of an order, whose scheme and form libcurl would otherwise guess. A fragment is
 * not sent (RFC 9110 section 7.1), and would swallow what a GET appends; nor is a user name, which
 * libcurl would make an Authorization of. False: facts say why the URL cannot be used.
 */
static bool read_url(struct transfer *transfer, struct fetch_facts *facts)
{
	const char *from = transfer->order->url;
	enum url_fault why;
	char *user = NULL;
	facts->layer = FETCH_UNUSABLE;
	if (!url_is_usable(from, strlen(from), &why)) {
		snprintf(facts->text, sizeof facts->text, "%s", url_fault_text(why));
		return false;
	}
	CURLU *url = curl_url();
	CURLUcode code =
		url != NULL ? curl_url_set(url, CURLUPART_URL, from, 0) : CURLUE_OUT_OF_MEMORY;
	if (code == CURLUE_OK) {
		transfer->had_user = curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK;
		curl_url_set(url, CURLUPART_USER, NULL, 0);
		curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
		curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
		code = curl_url_get(url, CURLUPART_URL, &transfer->url, 0);
	}
	if (code != CURLUE_OK)
		snprintf(facts->text, sizeof facts->text, "%s: %s",
			 url_fault_text(URL_FAULT_MALFORMED), curl_url_strerror(code));
	curl_free(user);
	curl_url_cleanup(url);
	return code == CURLUE_OK;
}

/* A code of libcurl that has no place of its own: a fault of what came, where a status line came
 * from the URL's own server and the socket had no fault. */
static enum fetch_layer layer_of_rest(CURL *curl)
{
	long status = 0, redirects = 0, fault = 0;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(curl, CURLINFO_REDIRECT_COUNT, &redirects);
	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &fault);
	return status > 0 && redirects == 0 && fault == 0 ? FETCH_HTTP : FETCH_CONNECT;
}

/*
 * How far it came, from libcurl's code. The URL itself was parsed before, so that an unknown
 * protocol or a malformed URL is that of a redirect, or of an answer that is not HTTP. (libcurl
 * 7.88 says out of memory of a header of more than 100 KiB, and receive error of a broken chunk.)
 */
static enum fetch_layer layer_of(CURLcode code, CURL *curl, const struct transfer *transfer)
{
	if (transfer->forbidden)
		return FETCH_FORBIDDEN;
	if (transfer->too_long)
		return FETCH_ANSWER;
	switch (code) {
	case CURLE_OK: return FETCH_ANSWER;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY: return FETCH_DNS;
	case CURLE_OPERATION_TIMEDOUT: return FETCH_TIMEOUT;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_LOGIN_DENIED:
	case CURLE_TOO_MANY_REDIRECTS:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_HTTP2:
	case CURLE_BAD_CONTENT_ENCODING: return FETCH_HTTP;
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING: return FETCH_CONNECT;
	default: return layer_of_rest(curl);
	}
}

/*
 * The proxy that the order names, for loopback targets too. Else proxies come from the environment,
 * but a loopback target is reached directly: no proxy could. Under the rule `public` none is used,
 * since only a direct connection shows the address that is checked.
 */
static void set_proxy(CURL *curl, const struct fetch_order *order)
{
	static const char own[] = "localhost,127.0.0.0/8,::1";
	const char *given = getenv("no_proxy");
	if (given == NULL)
		given = getenv("NO_PROXY");
	if (order->rule == FETCH_PUBLIC) {
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
		return;
	}
	if (order->proxy != NULL) {
		char url[128];
		bool is_ipv6 = strchr(order->proxy, ':') != NULL;
		snprintf(url, sizeof url, is_ipv6 ? "http://[%s]:%d" : "http://%s:%d", order->proxy,
			 order->proxy_port);
		curl_easy_setopt(curl, CURLOPT_PROXY, url);
		curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
		return;
	}
	if (given == NULL || given[0] == '\0') {
		curl_easy_setopt(curl, CURLOPT_NOPROXY, own);
		return;
	}
	if (strcmp(given, "*") == 0)
		return;
	size_t size = strlen(given) + sizeof own + 1;
	char *list = malloc(size);
	if (list == NULL)
		return;
	snprintf(list, size, "%s,%s", given, own);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, list);
	free(list);
}

static void set_limits(CURL *curl, struct transfer *transfer, long left_ms)
{
	const struct fetch_order *order = transfer->order;
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, left_ms);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, left_ms);
	/* The order's URL is http; https comes by redirects alone, which this option allows too. */
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	if (order->trust != NULL) {
		curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
		curl_easy_setopt(curl, CURLOPT_CAINFO, order->trust);
	}
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, MOST_REDIRECTS);
	curl_easy_setopt(curl, CURLOPT_POSTREDIR, (long)CURL_REDIR_POST_ALL);
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->words);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "revoscope/" REVOSCOPE_VERSION);
	set_proxy(curl, order);
}

/* Chooses GET or POST and sets it. Returns the headers, to be freed after the transfer. */
static struct curl_slist *set_method(CURL *curl, struct fetch_facts *facts,
				     const struct transfer *transfer)
{
	const struct fetch_order *order = transfer->order;
	if (order->ocsp_request == NULL) {
		curl_easy_setopt(curl, CURLOPT_URL, transfer->url);
		return NULL;
	}
	char *get_url =
		fetch_ocsp_get_url(transfer->url, order->ocsp_request, order->ocsp_request_len);
	facts->post = order->method == OCSP_METHOD_POST || get_url == NULL ||
		      (order->method == OCSP_METHOD_AUTO && strlen(get_url) > LONGEST_GET);
	curl_easy_setopt(curl, CURLOPT_URL, facts->post ? transfer->url : get_url);
	free(get_url);
	if (!facts->post)
		return NULL;
	struct curl_slist *headers =
		curl_slist_append(NULL, "Content-Type: application/ocsp-request");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)order->ocsp_request_len);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, order->ocsp_request);
	return headers;
}

/* The Date of the last answer (RFC 9110 section 6.6.1); 0 when it has none that is one. */
static int64_t date_of(CURL *curl)
{
	struct curl_header *header = NULL;
	if (curl_easy_header(curl, "Date", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return 0;
	time_t date = curl_getdate(header->value, NULL);
	return date > 0 ? (int64_t)date : 0;
}

/* Its Age (RFC 9111 section 5.1), in seconds; -1 when it has none that is one. */
static int64_t age_of(CURL *curl)
{
	struct curl_header *header = NULL;
	char *end = NULL;
	if (curl_easy_header(curl, "Age", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return -1;
	long long age = strtoll(header->value, &end, 10);
	return end != header->value && *end == '\0' && age >= 0 && age <= INT32_MAX ? age : -1;
}

static int64_t time_ms(CURL *curl, CURLINFO which)
{
	curl_off_t us = 0;
	curl_easy_getinfo(curl, which, &us);
	return (int64_t)us / 1000;
}

/* What an examination wants to know of the way there. */
static void note_way(struct fetch_facts *facts, CURL *curl)
{
	long redirects = 0;
	const char *type = NULL, *address = NULL;
	curl_easy_getinfo(curl, CURLINFO_REDIRECT_COUNT, &redirects);
	curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address);
	facts->redirects = (int)redirects;
	facts->date = date_of(curl);
	facts->age_s = age_of(curl);
	facts->ms_dns = time_ms(curl, CURLINFO_NAMELOOKUP_TIME_T);
	facts->ms_connect = time_ms(curl, CURLINFO_CONNECT_TIME_T);
	snprintf(facts->content_type, sizeof facts->content_type, "%s", type != NULL ? type : "");
	snprintf(facts->address, sizeof facts->address, "%s", address != NULL ? address : "");
}

/* What libcurl says of a failure, and of which URL when it is that of a redirect. */
static void note_failure(struct fetch_facts *facts, CURL *curl, CURLcode code,
			 const struct transfer *transfer)
{
	const char *words = transfer->words[0] != '\0' ? transfer->words : curl_easy_strerror(code);
	const char *last = NULL;
	curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &last);
	if (code == CURLE_LOGIN_DENIED)
		snprintf(facts->text, sizeof facts->text,
			 "the URL of the redirect has a user name, which is never sent");
	else if (facts->redirects > 0 && last != NULL && code != CURLE_URL_MALFORMAT)
		snprintf(facts->text, sizeof facts->text, "redirected to %.100s: %.100s", last,
			 words);
	else
		snprintf(facts->text, sizeof facts->text, "%s", words);
}

/* A body that is larger than the limit: its size where the server says it. */
static void note_size(struct fetch_facts *facts, CURL *curl, size_t limit)
{
	curl_off_t size = -1;
	curl_easy_getinfo(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
	if (size > 0)
		snprintf(facts->text, sizeof facts->text,
			 "its %lld bytes are more than the limit of %zu bytes", (long long)size,
			 limit);
	else
		snprintf(facts->text, sizeof facts->text,
			 "it is larger than the limit of %zu bytes", limit);
}

static bool is_pem(const struct text *body)
{
	static const char start[] = "-----BEGIN";
	return body->len >= sizeof start - 1 &&
	       memcmp(text_string(body), start, sizeof start - 1) == 0;
}

/*
 * What is odd about an answer that is worth a look, the weightiest alone. A Content-Type is noted
 * and not required: RFC 6960 appendix A.2 asks servers, real clients take any. So is PEM, which
 * the stacks read where RFC 5280 section 4.2.1.13 wants DER.
 */
static void note_oddity(struct fetch_facts *facts, CURL *curl, const struct transfer *transfer)
{
	const char *usual = facts->is_crl ? "application/pkix-crl" : "application/ocsp-response";
	const char *type = NULL, *last = NULL;
	curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &last);
	facts->is_pem = facts->is_crl && is_pem(transfer->body);
	if (facts->is_pem)
		snprintf(facts->text, sizeof facts->text,
			 "the CRL is in PEM, RFC 5280 section 4.2.1.13 requires DER");
	else if (!transfer->order->any_type &&
		 (type == NULL || strncasecmp(type, usual, strlen(usual)) != 0))
		snprintf(facts->text, sizeof facts->text, "Content-Type is %.100s",
			 type != NULL ? type : "absent");
	else if (transfer->had_user)
		snprintf(facts->text, sizeof facts->text, "the user name of the URL was not sent");
	else if (facts->redirects > 0 && last != NULL)
		snprintf(facts->text, sizeof facts->text, "redirected to %.200s", last);
}

/* What came, into facts. True when the body is worth a look. */
static bool note_result(struct fetch_facts *facts, CURL *curl, CURLcode code,
			const struct transfer *transfer)
{
	long status = 0, port = 0;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(curl, CURLINFO_LOCAL_PORT, &port);
	facts->http_status = (int)status;
	facts->local_port = port > 0 ? (int)port : 0; /* newer libcurl: -1 for none */
	facts->layer = layer_of(code, curl, transfer);
	if (transfer->too_long)
		note_size(facts, curl, transfer->order->max_len);
	else if (transfer->forbidden)
		snprintf(facts->text, sizeof facts->text, "the address is not public");
	else if (code != CURLE_OK)
		note_failure(facts, curl, code, transfer);
	if (code != CURLE_OK)
		return false;
	if (status != 200) {
		facts->layer = FETCH_HTTP;
		return false;
	}
	note_oddity(facts, curl, transfer);
	return true;
}

/* Carries out the transfer, whose URL was read. */
static bool carry_out(struct fetch_facts *facts, struct transfer *transfer, int left_ms)
{
	int64_t start_us = clock_monotonic_us(), late_us = lateness_us();
	CURL *curl = curl_easy_init();
	if (curl == NULL) {
		facts->layer = FETCH_CONNECT;
		snprintf(facts->text, sizeof facts->text, "libcurl has no memory");
		return false;
	}
	set_limits(curl, transfer, left_ms);
	struct curl_slist *headers = set_method(curl, facts, transfer);
	CURLcode code = curl_easy_perform(curl);
	facts->ms = (clock_monotonic_us() - start_us) / 1000;
	facts->late_us = lateness_since_us(late_us);
	note_way(facts, curl);
	bool done = note_result(facts, curl, code, transfer);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	return done;
}

bool fetch(struct fetch_facts *facts, struct text *body, const struct fetch_order *order)
{
	struct transfer transfer = {.order = order, .body = body};
	int left_ms = deadline_left_ms(order->deadline);
	snprintf(facts->url, sizeof facts->url, "%s", order->url);
	facts->age_s = -1;
	if (order->rule == FETCH_NOTHING) {
		facts->layer = FETCH_FORBIDDEN;
		return false;
	}
	if (!read_url(&transfer, facts))
		return false;
	facts->layer = FETCH_TIMEOUT;
	if (left_ms == 0)
		snprintf(facts->text, sizeof facts->text, "no time was left for it");
	bool done = left_ms > 0 && carry_out(facts, &transfer, left_ms);
	curl_free(transfer.url);
	return done;
}
