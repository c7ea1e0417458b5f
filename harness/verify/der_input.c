/* Knows DER from PEM from base64. */
#include "harness/verify/der_input.h"

#include "core/base64.h"
#include "core/file.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_MAX 64
#define BEGIN     "-----BEGIN "
#define END       "-----END "
#define DASHES    "-----"

static const struct {
	const char *what; /* "no certificate in it" */
	const char *labels[3];
} kinds[] = {
	[DER_INPUT_CERTIFICATE] = {"certificate",
				   {"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"}},
	[DER_INPUT_RESPONSE] = {"OCSP response", {"OCSP RESPONSE"}},
	[DER_INPUT_CRL] = {"CRL", {"X509 CRL"}},
};

void blob_list_clear(struct blob_list *list)
{
	for (size_t i = 0; list->items != NULL && i < list->num; i++)
		free(list->items[i].bytes);
	free(list->items);
	*list = (struct blob_list){0};
}

/* Takes over bytes, also when it fails. */
static bool add(struct blob_list *out, uint8_t *bytes, size_t len, struct error *err)
{
	struct blob *items = reallocarray(out->items, out->num + 1, sizeof *items);
	if (items == NULL) {
		free(bytes);
		return error_set(err, ERROR_UNABLE, "out of memory");
	}
	out->items = items;
	items[out->num++] = (struct blob){bytes, len};
	return true;
}

/* --- DER --- */

/* Length of tag, length and content of the first element; 0 when that is no definite
 * length of up to four bytes, or bytes are missing of it. */
static size_t element_len(const uint8_t *bytes, size_t len)
{
	if (len < 2)
		return 0;
	size_t num = bytes[1] < 0x80 ? 0 : bytes[1] & 0x7f, content = num == 0 ? bytes[1] : 0;
	if (bytes[1] == 0x80 || num > 4 || len < 2 + num)
		return 0;
	for (size_t i = 0; i < num; i++)
		content = content << 8 | bytes[2 + i];
	return 2 + num + content;
}

static bool is_sequence(const uint8_t *bytes, size_t len)
{
	return len > 0 && bytes[0] == 0x30 && element_len(bytes, len) > 0;
}

/* Of what begins like a SEQUENCE. */
static bool check_whole(const uint8_t *bytes, size_t len, enum der_input_kind kind,
			struct error *err)
{
	size_t whole = element_len(bytes, len);
	if (whole > len)
		return error_set(
			err, ERROR_USAGE,
			"is truncated: its DER has a length of %zu bytes, but there are %zu", whole,
			len);
	if (whole < len && kind == DER_INPUT_CERTIFICATE)
		return error_set(err, ERROR_USAGE, "%zu bytes follow the certificate", len - whole);
	return true;
}

bool der_input_is_certificate(const struct blob *der)
{
	static const uint8_t tags[] = {0x30, 0x30, 0x03}; /* what is signed, algorithm, signature */
	size_t whole = element_len(der->bytes, der->len), at;
	if (!is_sequence(der->bytes, der->len) || whole != der->len)
		return false;
	at = 2 + (der->bytes[1] < 0x80 ? 0 : der->bytes[1] & 0x7f);
	for (size_t i = 0; i < sizeof tags; i++) {
		size_t len = at < whole ? element_len(der->bytes + at, whole - at) : 0;
		if (len == 0 || len > whole - at || der->bytes[at] != tags[i])
			return false;
		at += len;
	}
	return at == whole;
}

/* Takes the first element: the whole of it, and in *inside, if wanted, what it holds. */
static bool take(struct blob *in, struct blob *element, struct blob *inside)
{
	size_t whole = element_len(in->bytes, in->len);
	if (whole == 0 || whole > in->len)
		return false;
	size_t head = 2 + (in->bytes[1] < 0x80 ? 0 : (size_t)(in->bytes[1] & 0x7f));
	*element = (struct blob){in->bytes, whole};
	if (inside != NULL)
		*inside = (struct blob){in->bytes + head, whole - head};
	*in = (struct blob){in->bytes + whole, in->len - whole};
	return true;
}

/* The next elements, whatever they are. */
static bool skip(struct blob *in, int num)
{
	struct blob part;
	for (int i = 0; i < num; i++)
		if (!take(in, &part, NULL))
			return false;
	return true;
}

bool der_input_names(struct blob *issuer, struct blob *subject, const struct blob *certificate)
{
	struct blob rest = *certificate, part, whole, body;
	bool has_version;
	if (!take(&rest, &part, &whole) || !take(&whole, &part, &body))
		return false;
	/* The version is optional (RFC 5280 section 4.1); then serial number and algorithm. */
	has_version = body.len > 0 && body.bytes[0] == 0xa0;
	return skip(&body, has_version ? 3 : 2) && take(&body, issuer, NULL) && skip(&body, 1) &&
	       take(&body, subject, NULL);
}

static bool parse_der(struct blob_list *out, const uint8_t *bytes, size_t len,
		      enum der_input_kind kind, struct error *err)
{
	if (!check_whole(bytes, len, kind, err))
		return false;
	uint8_t *copy = malloc(len);
	if (copy == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	memcpy(copy, bytes, len);
	struct blob blob = {copy, len};
	if (kind == DER_INPUT_CERTIFICATE && !der_input_is_certificate(&blob)) {
		free(copy);
		return error_set(err, ERROR_USAGE, "is DER, but not a certificate");
	}
	return add(out, copy, len, err);
}

/* --- PEM --- */

/* A line of the text; the text is not NUL-terminated. */
struct line {
	const char *at;
	size_t len; /* without its end */
};

static bool next_line(struct line *line, const char **at, const char *end)
{
	if (*at >= end)
		return false;
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));
	const char *stop = newline != NULL ? newline : end;
	*line = (struct line){*at, (size_t)(stop - *at)};
	while (line->len > 0 && strchr("\r \t", line->at[line->len - 1]) != NULL &&
	       line->at[line->len - 1] != '\0')
		line->len--;
	*at = newline != NULL ? newline + 1 : end;
	return true;
}

static bool begins_with(const struct line *line, const char *start)
{
	return line->len >= strlen(start) && memcmp(line->at, start, strlen(start)) == 0;
}

/* The label of "-----BEGIN LABEL-----"; false for another line. */
static bool read_label(char label[static LABEL_MAX], const struct line *line, const char *start)
{
	size_t head = strlen(start), tail = strlen(DASHES);
	if (!begins_with(line, start) || line->len < head + tail ||
	    memcmp(line->at + line->len - tail, DASHES, tail) != 0)
		return false;
	size_t len = line->len - head - tail;
	if (len == 0 || len >= LABEL_MAX || memchr(line->at, '\0', line->len) != NULL)
		return false;
	memcpy(label, line->at + head, len);
	label[len] = '\0';
	return true;
}

static bool is_wanted(const char *label, enum der_input_kind kind)
{
	for (size_t i = 0; i < 3; i++)
		if (kinds[kind].labels[i] != NULL && strcmp(kinds[kind].labels[i], label) == 0)
			return true;
	return false;
}

static bool has_pem(const char *bytes, size_t len)
{
	struct line line;
	const char *at = bytes;
	while (next_line(&line, &at, bytes + len))
		if (begins_with(&line, BEGIN))
			return true;
	return false;
}

/* One block's body; what OpenSSL writes behind a trusted certificate is its own. */
static bool add_block(struct blob_list *out, const char *body, size_t len, const char *label,
		      enum der_input_kind kind, struct error *err)
{
	uint8_t *bytes;
	size_t num;
	if (!base64_decode(&bytes, &num, body, len))
		return error_set(err, ERROR_USAGE, "the block '%s' has invalid base64", label);
	bool is_certificate = kind == DER_INPUT_CERTIFICATE;
	if (is_certificate && strncmp(label, "TRUSTED", 7) == 0 && is_sequence(bytes, num) &&
	    element_len(bytes, num) < num)
		num = element_len(bytes, num);
	struct blob blob = {bytes, num};
	if (is_certificate && !der_input_is_certificate(&blob)) {
		free(bytes);
		return error_set(err, ERROR_USAGE, "the block '%s' is not a certificate", label);
	}
	return add(out, bytes, num, err);
}

static bool parse_pem(struct blob_list *out, const char *bytes, size_t len,
		      enum der_input_kind kind, struct error *err)
{
	char label[LABEL_MAX], other[LABEL_MAX], passed[LABEL_MAX] = "";
	const char *at = bytes, *end = bytes + len;
	struct line line;
	size_t before = out->num;
	while (next_line(&line, &at, end)) {
		if (!read_label(label, &line, BEGIN))
			continue;
		const char *body = at;
		bool ended = false;
		while (!ended && next_line(&line, &at, end))
			ended = read_label(other, &line, END);
		if (!ended || strcmp(label, other) != 0)
			return error_set(err, ERROR_USAGE, "the block '%s' is incomplete", label);
		if (!is_wanted(label, kind))
			snprintf(passed, sizeof passed, "%s", label);
		else if (!add_block(out, body, (size_t)(line.at - body), label, kind, err))
			return false;
	}
	if (out->num > before)
		return true;
	return error_set(err, ERROR_USAGE, "no %s in it%s%s%s", kinds[kind].what,
			 passed[0] != '\0' ? " (there is: " : "", passed,
			 passed[0] != '\0' ? ")" : "");
}

/* --- any of them --- */

static bool parse_base64(bool *is_one, struct blob_list *out, const char *bytes, size_t len,
			 enum der_input_kind kind, struct error *err)
{
	uint8_t *decoded;
	size_t num;
	*is_one = base64_decode(&decoded, &num, bytes, len);
	if (!*is_one)
		return false;
	*is_one = is_sequence(decoded, num);
	bool done = *is_one && parse_der(out, decoded, num, kind, err);
	free(decoded);
	return done;
}

bool der_input_parse(struct blob_list *out, const char *bytes, size_t len, enum der_input_kind kind,
		     struct error *err)
{
	bool is_base64;
	if (len == 0)
		return error_set(err, ERROR_USAGE, "is empty");
	if (is_sequence((const uint8_t *)bytes, len))
		return parse_der(out, (const uint8_t *)bytes, len, kind, err);
	if (has_pem(bytes, len))
		return parse_pem(out, bytes, len, kind, err);
	if (parse_base64(&is_base64, out, bytes, len, kind, err))
		return true;
	return !is_base64 ? error_set(err, ERROR_USAGE, "is neither DER nor PEM nor base64")
			  : false;
}

bool der_input_read(struct blob_list *out, const char *path, enum der_input_kind kind,
		    struct error *err)
{
	struct text content;
	text_init(&content, DER_INPUT_MAX_BYTES);
	bool done = file_read(&content, path, DER_INPUT_MAX_BYTES, err);
	if (done && !der_input_parse(out, text_string(&content), content.len, kind, err))
		done = error_prefix(err, "%s", path);
	text_clear(&content);
	return done;
}

bool der_input_print(struct text *out, const struct blob *items, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		text_append(out, BEGIN "CERTIFICATE" DASHES "\n");
		base64_append(out, items[i].bytes, items[i].len, 64);
		text_append(out, END "CERTIFICATE" DASHES "\n");
	}
	return !out->failed;
}
