/* Long CRLs: which are parsed in parts, and that the parts are the whole. */
#include "clients/rules/long_list.h"

#include "clients/rules/list.h"
#include "core/base64.h"
#include "tests/unit/clients/rules/stack.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 3 << 20 };

static uint8_t bytes[MOST];
static size_t start; /* they are written from their end */

static void put(const void *what, size_t len)
{
	start -= len;
	memcpy(bytes + start, what, len);
}

/* Tag and length in front of everything up to end. */
static void wrap(int tag, size_t end)
{
	size_t len = end - start;
	const uint8_t head[6] = {(uint8_t)tag,         0x84,
				 (uint8_t)(len >> 24), (uint8_t)(len >> 16),
				 (uint8_t)(len >> 8),  (uint8_t)len};
	put(head, sizeof head);
}

static void put_element(const struct element *element)
{
	put(element->bytes, element->len);
}

static void put_entry(int number, size_t extension_len)
{
	static const uint8_t nothing[LONG_LIST_PART * 2];
	const uint8_t serial[] = {DER_INTEGER, 3, 1, (uint8_t)(number >> 8), (uint8_t)number};
	size_t end = start;
	struct element time = {.len = 0};
	if (extension_len > 0) {
		put(nothing, extension_len);
		wrap(DER_OCTET_STRING, end);
		put("\x06\x02\x2a\x03", 4);
		wrap(DER_SEQUENCE, end);
		wrap(DER_SEQUENCE, end);
	}
	stack_put_time(&time, -STACK_DAY);
	put_element(&time);
	put(serial, sizeof serial);
	wrap(DER_SEQUENCE, end);
}

/* A CRL with so many entries, of which one has a long extension; -1: none. */
static struct der make(int num, int long_one)
{
	struct element head = {.len = 0}, tail = {.len = 0}, extension = {.len = 0};
	element_put(&head, DER_INTEGER, "\x01", 1);
	element_put(&head, DER_SEQUENCE, NULL, 0);
	element_put_name(&head, "issuer", 0x0c);
	stack_put_time(&head, -STACK_DAY);
	stack_put_time(&head, STACK_DAY);
	element_put(&extension, 0x05, NULL, 0);
	element_put_extension(&tail, "\x2a\x03", 2, false, &extension);
	element_wrap(&tail, DER_SEQUENCE);
	element_wrap(&tail, DER_CONSTRUCTED(0));
	start = MOST;
	put("\x30\x00\x03\x05\x00sign", 9);
	size_t end = start;
	put_element(&tail);
	size_t entries = start;
	for (int i = num - 1; i >= 0; i--)
		put_entry(i, i == long_one ? LONG_LIST_PART * 2 : 0);
	if (num > 0)
		wrap(DER_SEQUENCE, entries);
	put_element(&head);
	wrap(DER_SEQUENCE, end);
	wrap(DER_SEQUENCE, MOST);
	return der_of(bytes + start, MOST - start);
}

/* A reader that notes what it is given. */
static struct {
	struct der whole;
	int num, refuse_at; /* parts; which is refused, from 1 */
	size_t longest;
	const uint8_t *at; /* in the entries of the whole */
} given;

static void *open_part(struct status_check *out, struct der *der)
{
	struct list whole, part;
	ck_assert(list_read(&whole, given.whole, 0));
	ck_assert(list_read(&part, *der, 0));
	ck_assert(der_same(part.issuer, whole.issuer));
	ck_assert(der_same(part.extensions, whole.extensions));
	ck_assert_int_eq(part.this_update, whole.this_update);
	ck_assert_int_eq(part.next_update, whole.next_update);
	if (given.at == NULL)
		given.at = whole.entries.at;
	ck_assert(der_equals(part.entries, given.at, part.entries.len));
	given.at += part.entries.len;
	given.longest = der->len > given.longest ? der->len : given.longest;
	if (++given.num != given.refuse_at)
		return &given;
	question_say(out, "refused");
	return NULL;
}

static void close_part(void *opened)
{
	(void)opened;
}

static const struct status_reader reader = {open_part, NULL, close_part, false};

static const struct {
	const char *name;
	int num, long_one;
	int parts; /* 0: it is not long */
} rows[] = {
	{"no entry", 0, -1, 0},
	{"a few entries", 100, -1, 0},
	{"many entries", 40000, -1, 5},
	{"the first is longer than a part", 20000, 0, 4},
	{"the last is longer than a part", 20000, 19999, 4},
};

START_TEST(parts_are_the_whole)
{
	struct status_check out = {0};
	struct der in = make(rows[_i].num, rows[_i].long_one), list = in;
	struct list whole;
	uint8_t *decoded;
	memset(&given, 0, sizeof given);
	given.whole = in;
	ck_assert_msg(long_list_is(&decoded, &list) == (rows[_i].parts > 0), "%s", rows[_i].name);
	ck_assert_ptr_null(decoded);
	if (rows[_i].parts == 0)
		return;
	ck_assert(long_list_read(&out, &reader, list));
	ck_assert(list_read(&whole, in, 0));
	ck_assert_msg(given.num == rows[_i].parts, "%s: %d", rows[_i].name, given.num);
	ck_assert_ptr_eq(given.at, whole.entries.at + whole.entries.len);
	ck_assert_uint_le(given.longest, LONG_LIST_PART * (rows[_i].long_one >= 0 ? 3 : 1) + 400);
}
END_TEST

START_TEST(a_part_that_is_refused_refuses_all)
{
	for (int part = 1; part <= 5; part++) {
		struct status_check out = {0};
		memset(&given, 0, sizeof given);
		given.whole = make(40000, -1);
		given.refuse_at = part;
		ck_assert(!long_list_read(&out, &reader, given.whole));
		ck_assert_int_eq(given.num, part);
		ck_assert_str_eq(out.native.text, "refused");
	}
}
END_TEST

START_TEST(of_pem_the_first_counts)
{
	struct der in = make(40000, -1);
	struct text text;
	uint8_t *decoded;
	text_init(&text, 0);
	text_append(&text, "-----BEGIN X509 CRL-----\n");
	base64_append(&text, in.at, in.len, 64);
	text_append(&text, "-----END X509 CRL-----\n-----BEGIN X509 CRL-----\nAAAA\n"
			   "-----END X509 CRL-----\n");
	struct der list = der_of(text_string(&text), text.len);
	ck_assert(long_list_is(&decoded, &list));
	ck_assert(der_same(list, in));
	free(decoded);
	/* Without its end, and with a letter that is none. */
	list = der_of(text_string(&text), LONG_LIST_LEN + 1);
	ck_assert(!long_list_is(&decoded, &list));
	ck_assert_ptr_null(decoded);
	text.data[100] = '!';
	list = der_of(text_string(&text), text.len);
	ck_assert(!long_list_is(&decoded, &list));
	ck_assert_uint_eq(list.len, text.len);
	text_clear(&text);
}
END_TEST

START_TEST(what_is_no_der_is_not_taken_apart)
{
	struct der in = make(40000, -1);
	struct list list;
	uint8_t *decoded;
	bytes[start + 1] = 0x80;
	ck_assert(!long_list_is(&decoded, &in));
	in = make(40000, -1);
	ck_assert(list_read(&list, in, 0));
	bytes[list.entries.at - bytes] ^= 1; /* the tag of an entry */
	ck_assert(!long_list_is(&decoded, &in));
}
END_TEST

int main(void)
{
	stack_make();
	Suite *suite = suite_create("long_list");
	TCase *tests = tcase_create("long_list");
	tcase_add_loop_test(tests, parts_are_the_whole, 0, sizeof rows / sizeof *rows);
	tcase_add_test(tests, a_part_that_is_refused_refuses_all);
	tcase_add_test(tests, of_pem_the_first_counts);
	tcase_add_test(tests, what_is_no_der_is_not_taken_apart);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
