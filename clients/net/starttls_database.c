/* Knows how a client of PostgreSQL and of MySQL or MariaDB asks for TLS. */
#include "clients/net/starttls.h"

#include <string.h>

#define ERROR_MAX  4096
#define PACKET_MAX 4096
#define CLIENT_SSL 0x0800u
/* CLIENT_PROTOCOL_41 and CLIENT_SECURE_CONNECTION: what servers of today insist on. */
#define CLIENT_BASE 0x8200u

static uint32_t big_endian(const uint8_t bytes[static 4])
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

/*
 * ErrorResponse: a length that counts itself, then fields of a letter and a NUL-terminated
 * text, of which M is the message (PostgreSQL documentation, "Message Formats"). Servers before
 * 7.4, and a peer that is not one, may send anything; then the letter is all that is shown.
 */
static bool hear_error(struct talk *talk, struct error *err)
{
	uint8_t head[4], fields[ERROR_MAX];
	if (!talk_hear(talk, head, sizeof head, err))
		return false;
	uint32_t len = big_endian(head);
	if (len < sizeof head || len - sizeof head > sizeof fields)
		return error_set(err, ERROR_UNABLE,
				 "the server answered with an error that is malformed");
	len -= (uint32_t)sizeof head;
	if (!talk_hear(talk, fields, len, err))
		return false;
	for (size_t at = 0; at < len && fields[at] != '\0';) {
		const char *words = (const char *)fields + at + 1;
		size_t num = strnlen(words, len - at - 1);
		if (fields[at] == 'M')
			return talk_refused(talk, words, num, err);
		at += num + 2;
	}
	return error_set(err, ERROR_UNABLE, "the server answered with an error without a message");
}

/*
 * SSLRequest: length 8 and the code 80877103; the answer is one byte. What comes behind an S
 * would be taken for encrypted by a careless client (CVE-2021-23222).
 */
bool starttls_postgres(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	static const uint8_t request[] = {0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};
	char answer;
	(void)way;
	if (!talk_say(talk, request, sizeof request, err) || !talk_hear(talk, &answer, 1, err))
		return false;
	switch (answer) {
	case 'S': return true;
	case 'N':
		return error_set(err, ERROR_UNABLE,
				 "the server answered 'N': it does no TLS (ssl = off)");
	case 'E': return hear_error(talk, err);
	default: return talk_refused(talk, &answer, 1, err);
	}
}

/* One packet: three bytes of length, the smallest first, and a sequence number. */
static bool hear_packet(struct talk *talk, uint8_t packet[static PACKET_MAX], size_t *len,
			struct error *err)
{
	uint8_t head[4];
	if (!talk_hear(talk, head, sizeof head, err))
		return false;
	*len = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
	if (*len == 0 || *len > PACKET_MAX || head[3] != 0)
		return talk_quote("the server's greeting is not a MySQL packet", (char *)head,
				  sizeof head, err);
	return talk_hear(talk, packet, *len, err);
}

/* ERR_Packet: 0xff, a number, then words; before the client has said what it can there is no
 * SQL state, but MariaDB writes one all the same. */
static bool report_error(const struct talk *talk, const uint8_t *packet, size_t len,
			 struct error *err)
{
	size_t start = len < 3 ? len : 3;
	return talk_refused(talk, (const char *)packet + start, len - start, err);
}

/*
 * The lower half of the server's capabilities (Protocol::HandshakeV10): version, the server's
 * name of itself with a NUL, thread id (4), first part of the salt (8), filler (1).
 */
static bool read_capabilities(unsigned *capabilities, const uint8_t *packet, size_t len)
{
	const uint8_t *end = memchr(packet, '\0', len);
	if (packet[0] != 10 || end == NULL || len - (size_t)(end - packet) < 1 + 4 + 8 + 1 + 2)
		return false;
	const uint8_t *flags = end + 1 + 4 + 8 + 1;
	*capabilities = (unsigned)flags[0] | (unsigned)flags[1] << 8;
	return true;
}

/* There is no go-ahead: behind SSLRequest the server waits for a ClientHello. */
bool starttls_mysql(struct talk *talk, const struct starttls_way *way, struct error *err)
{
	/* Length 32, sequence 1; capabilities, largest packet (16 MiB), utf8, 23 zeros. */
	static const uint8_t request[36] = {
		32, 0, 0, 1,  CLIENT_BASE & 0xff, (CLIENT_BASE | CLIENT_SSL) >> 8, 0, 0, 0,
		0,  0, 1, 33,
	};
	uint8_t packet[PACKET_MAX] = {0};
	size_t len;
	unsigned capabilities;
	(void)way;
	if (!hear_packet(talk, packet, &len, err))
		return false;
	if (packet[0] == 0xff)
		return report_error(talk, packet, len, err);
	if (!read_capabilities(&capabilities, packet, len))
		return talk_quote("the server's greeting is none of MySQL 4.1 or later",
				  (char *)packet, len, err);
	if ((capabilities & CLIENT_SSL) == 0)
		return error_set(
			err, ERROR_UNABLE,
			"the server does no TLS (CLIENT_SSL is not among its capabilities)");
	/* What is there already came before it could know that TLS is wanted. */
	return talk_expect_silence(talk, err) && talk_say(talk, request, sizeof request, err);
}
