/* Replies of name servers: which one answers a question, and whose addresses it gives. */
#include "harness/doctor/name_reply.h"

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ID   0x1234
#define A    1
#define AAAA 28

struct packet {
	unsigned char bytes[512];
	size_t len;
};

static void put(struct packet *packet, const void *bytes, size_t len)
{
	ck_assert_uint_le(packet->len + len, sizeof packet->bytes);
	memcpy(packet->bytes + packet->len, bytes, len);
	packet->len += len;
}

static void put_16(struct packet *packet, int number)
{
	put(packet, (const unsigned char[]){(unsigned char)(number >> 8), (unsigned char)number},
	    2);
}

static void put_name(struct packet *packet, const char *name)
{
	while (*name != '\0') {
		size_t len = strcspn(name, ".");
		put(packet, (const unsigned char[]){(unsigned char)len}, 1);
		put(packet, name, len);
		name += len + (name[len] == '.' ? 1 : 0);
	}
	put(packet, "", 1);
}

/* A message without records; name NULL: without a question. */
static struct packet message(int id, int flags, const char *name, int type, int num_answers)
{
	struct packet packet = {.len = 0};
	put_16(&packet, id);
	put_16(&packet, flags);
	put_16(&packet, name != NULL ? 1 : 0);
	put_16(&packet, num_answers);
	put_16(&packet, 0);
	put_16(&packet, 0);
	if (name == NULL)
		return packet;
	put_name(&packet, name);
	put_16(&packet, type);
	put_16(&packet, 1);
	return packet;
}

static void put_record(struct packet *packet, const char *owner, int type, const void *data,
		       size_t len)
{
	put_name(packet, owner);
	put_16(packet, type);
	put_16(packet, 1);
	put_16(packet, 0);
	put_16(packet, 60);
	put_16(packet, (int)len);
	put(packet, data, len);
}

static const struct {
	const char *name;
	int id, flags;
	const char *question;
	int type;
	bool answers;
} replies[] = {
	{"the reply", ID, 0x8180, "ocsp.example.org", A, true},
	{"the name in another case", ID, 0x8180, "OCSP.example.ORG", A, true},
	{"no such name", ID, 0x8183, "ocsp.example.org", A, true},
	{"refused without the question", ID, 0x8185, NULL, 0, true},
	{"another ID", ID + 1, 0x8180, "ocsp.example.org", A, false},
	{"another name", ID, 0x8180, "ocsp.example.com", A, false},
	{"a longer name", ID, 0x8180, "x.ocsp.example.org", A, false},
	{"another type", ID, 0x8180, "ocsp.example.org", AAAA, false},
	{"well, without the question", ID, 0x8180, NULL, 0, false},
	{"the question itself", ID, 0x0100, "ocsp.example.org", A, false},
	{"another opcode", ID, 0xa180, "ocsp.example.org", A, false},
};

START_TEST(only_a_reply_to_the_question_answers_it)
{
	struct packet question = message(ID, 0x0100, "ocsp.example.org", A, 0);
	struct packet reply = message(replies[_i].id, replies[_i].flags, replies[_i].question,
				      replies[_i].type, 0);
	ck_assert_msg(name_reply_answers(reply.bytes, reply.len, question.bytes, question.len) ==
			      replies[_i].answers,
		      "%s", replies[_i].name);
	/* No beginning of it does, down to nothing. */
	for (size_t len = 0; len < reply.len; len++) {
		unsigned char *exact = malloc(len > 0 ? len : 1);
		ck_assert_ptr_nonnull(exact);
		memcpy(exact, reply.bytes, len);
		ck_assert_msg(!name_reply_answers(exact, len, question.bytes, question.len),
			      "%s: %zu bytes", replies[_i].name, len);
		free(exact);
	}
}
END_TEST

START_TEST(codes_are_named_as_rfc_1035_does)
{
	static const char *const codes[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
					    "NOTIMP",  "REFUSED", "error",    "error"};
	struct packet reply = message(ID, 0x8180 | _i, "ocsp.example.org", A, 0);
	ck_assert_str_eq(name_reply_code(reply.bytes, reply.len), codes[_i]);
}
END_TEST

static void take(struct texts *list, struct packet reply)
{
	*list = (struct texts){0};
	name_reply_addresses(list, reply.bytes, reply.len);
}

START_TEST(addresses_are_those_of_the_name_and_where_its_aliases_lead)
{
	static const unsigned char one[] = {192, 0, 2, 1}, other[] = {192, 0, 2, 9};
	static const unsigned char six[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};
	struct packet alias = {.len = 0};
	struct texts list;
	put_name(&alias, "cdn.example.net");
	struct packet reply = message(ID, 0x8180, "ocsp.example.org", A, 5);
	put_record(&reply, "www.example.com", A, other, 4);
	put_record(&reply, "OCSP.example.org", 5, alias.bytes, alias.len);
	put_record(&reply, "ocsp.example.org", A, other, 4);
	put_record(&reply, "cdn.example.net", A, one, 4);
	put_record(&reply, "cdn.example.net", AAAA, six, 16);
	take(&list, reply);
	ck_assert_uint_eq(list.num, 1);
	ck_assert_str_eq(list.items[0], "192.0.2.1");
	texts_clear(&list);

	reply = message(ID, 0x8180, "ocsp.example.org", AAAA, 2);
	put_record(&reply, "ocsp.example.org", AAAA, six, 16);
	put_record(&reply, "ocsp.example.org", AAAA, six, 4); /* of a wrong length */
	take(&list, reply);
	ck_assert_uint_eq(list.num, 1);
	ck_assert_str_eq(list.items[0], "2001:db8::1");
	texts_clear(&list);
}
END_TEST

START_TEST(a_list_of_addresses_ends_where_the_reply_or_the_limit_does)
{
	static const unsigned char one[] = {192, 0, 2, 1};
	struct texts list = {0};
	struct packet reply = message(ID, 0x8180, "a", A, 40);
	take(&list, reply); /* 40 are promised, none is there */
	ck_assert_uint_eq(list.num, 0);
	texts_clear(&list);
	reply = message(ID, 0x8180, "a", A, NAME_REPLY_ADDRESSES_MAX / 2);
	for (int i = 0; i < NAME_REPLY_ADDRESSES_MAX / 2; i++)
		put_record(&reply, "a", A, one, 4);
	for (int i = 0; i < 3; i++)
		name_reply_addresses(&list, reply.bytes, reply.len);
	ck_assert_uint_eq(list.num, NAME_REPLY_ADDRESSES_MAX);
	texts_clear(&list);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("name_reply");
	TCase *tests = tcase_create("name_reply");
	tcase_add_loop_test(tests, only_a_reply_to_the_question_answers_it, 0,
			    (int)(sizeof replies / sizeof *replies));
	tcase_add_loop_test(tests, codes_are_named_as_rfc_1035_does, 0, 8);
	tcase_add_test(tests, addresses_are_those_of_the_name_and_where_its_aliases_lead);
	tcase_add_test(tests, a_list_of_addresses_ends_where_the_reply_or_the_limit_does);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
