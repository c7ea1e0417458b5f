/* Knows LDAP's extended request StartTLS and its response (RFC 4511 sections 4.12 and 4.14). */
#include "clients/net/starttls.h"

#include <stdio.h>
#include <string.h>

#define MESSAGE_MAX    8192
#define TAG_INTEGER    0x02
#define TAG_OCTETS     0x04
#define TAG_ENUMERATED 0x0a
#define TAG_SEQUENCE   0x30
#define TAG_EXTENDED   0x78 /* [APPLICATION 24] ExtendedResponse */
#define NO_MESSAGE_ID  0    /* of a notice of disconnection, section 4.4.1 */
#define START_TLS_OID  "1.3.6.1.4.1.1466.20037"
#define RESULT_SUCCESS 0

/* What of a message is not read yet. */
struct ber {
	const uint8_t *data;
	size_t len;
};

struct result_code {
	int number;
	const char *name;
};

/* Those of section 4.1.9 and appendix A that a server may give here. */
static const struct result_code result_codes[] = {
	{1, "operationsError"},
	{2, "protocolError"},
	{8, "strongerAuthRequired"},
	{10, "referral"},
	{13, "confidentialityRequired"},
	{50, "insufficientAccessRights"},
	{51, "busy"},
	{52, "unavailable"},
	{53, "unwillingToPerform"},
	{80, "other"},
};

static const char *result_name(int number)
{
	for (size_t i = 0; i < sizeof result_codes / sizeof result_codes[0]; i++)
		if (result_codes[i].number == number)
			return result_codes[i].name;
	return "no name";
}

/* Only definite lengths are allowed (section 5.1); OpenLDAP and others write long forms
 * where a short one would do. */
static bool take_element(struct ber *content, struct ber *from, uint8_t tag)
{
	size_t head = 2;
	if (from->len < head || from->data[0] != tag)
		return false;
	size_t len = from->data[1];
	if (len >= 0x80) {
		size_t num = len & 0x7f;
		if (num == 0 || num > 4 || from->len < head + num)
			return false;
		len = 0;
		for (size_t i = 0; i < num; i++)
			len = len << 8 | from->data[head + i];
		head += num;
	}
	if (len > from->len - head)
		return false;
	*content = (struct ber){from->data + head, len};
	from->data += head + len;
	from->len -= head + len;
	return true;
}

/* Message ids go to 2^31 - 1, result codes are small: more than four bytes are none. */
static bool take_number(int *number, struct ber *from, uint8_t tag)
{
	struct ber content;
	if (!take_element(&content, from, tag) || content.len == 0 || content.len > 4 ||
	    (content.data[0] & 0x80) != 0)
		return false;
	*number = 0;
	for (size_t i = 0; i < content.len; i++)
		*number = *number << 8 | content.data[i];
	return true;
}

/* Reads one LDAPMessage, byte by byte where its length is not known yet. */
static bool hear_message(struct talk *talk, uint8_t message[static MESSAGE_MAX], size_t *len,
			 struct error *err)
{
	size_t head = 2, num = 0, body;
	if (!talk_hear(talk, message, head, err))
		return false;
	body = message[1];
	if (message[0] != TAG_SEQUENCE)
		return talk_quote("the server's answer is not an LDAP message", (char *)message,
				  head, err);
	if (body >= 0x80) {
		num = body & 0x7f;
		if (num == 0 || num > 4)
			return error_set(err, ERROR_UNABLE,
					 "the length of the server's LDAP message is malformed");
		if (!talk_hear(talk, message + head, num, err))
			return false;
		body = 0;
		for (size_t i = 0; i < num; i++)
			body = body << 8 | message[head + i];
		head += num;
	}
	if (body > MESSAGE_MAX - head)
		return error_set(err, ERROR_UNABLE,
				 "the server's LDAP message is larger than %d bytes", MESSAGE_MAX);
	*len = head + body;
	return talk_hear(talk, message + head, body, err);
}

bool starttls_ldap(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	/* LDAPMessage { messageID 1, [APPLICATION 23] { [0] requestName } } */
	static const char request[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16" START_TLS_OID;
	uint8_t message[MESSAGE_MAX];
	struct ber all = {.data = message}, envelope, response, name, words;
	int id, code;
	char what[96];
	(void)way;
	if (!talk_say(talk, request, sizeof request - 1, err) ||
	    !hear_message(talk, message, &all.len, err))
		return false;
	if (!take_element(&envelope, &all, TAG_SEQUENCE) ||
	    !take_number(&id, &envelope, TAG_INTEGER) ||
	    !take_element(&response, &envelope, TAG_EXTENDED) ||
	    !take_number(&code, &response, TAG_ENUMERATED) ||
	    !take_element(&name, &response, TAG_OCTETS) ||
	    !take_element(&words, &response, TAG_OCTETS))
		return error_set(err, ERROR_UNABLE,
				 "the server's answer is not an extended response");
	if (id == 1 && code == RESULT_SUCCESS)
		return true;
	snprintf(what, sizeof what, "the server %s with LDAP result %d (%s)",
		 id == NO_MESSAGE_ID ? "disconnects"
		 : id == 1           ? "answered"
				     : "answered another request",
		 code, code == RESULT_SUCCESS ? "success" : result_name(code));
	return talk_quote(what, (const char *)words.data, words.len, err);
}
