/*
 * A datagram that came back for a question to a name server. It is foreign: anybody who knows the
 * port can send one, so nothing in it counts before name_reply_answers() has said that it is for
 * the question. Not checked: DNSSEC, and that the server is honest.
 */
#ifndef HARNESS_DOCTOR_NAME_REPLY_H
#define HARNESS_DOCTOR_NAME_REPLY_H

#include "core/record.h"

#include <stdbool.h>
#include <stddef.h>

#define NAME_REPLY_ADDRESSES_MAX 32

/*
 * Whether a reply has the question's ID, says that it is a response, and repeats the question
 * (RFC 5452 section 3; the name in any case). A server that refuses or does not understand may
 * leave the question out.
 */
bool name_reply_answers(const unsigned char *reply, size_t len, const unsigned char *question,
			size_t question_len);

/* What a reply that answers says, in the words of RFC 1035 section 4.1.1: "NOERROR", "NXDOMAIN", …
 */
const char *name_reply_code(const unsigned char *reply, size_t len);

/*
 * Adds the addresses of the name that was asked for, or of those that its CNAME records lead to in
 * the order of the reply, of the type that was asked for; no more than NAME_REPLY_ADDRESSES_MAX in
 * the list. Without memory the list ends earlier.
 */
void name_reply_addresses(struct texts *list, const unsigned char *reply, size_t len);

#endif
