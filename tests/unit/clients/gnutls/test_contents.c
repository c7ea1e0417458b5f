/* What of an OCSP response forbids its use, where GnuTLS has no call for it. */
#include "clients/gnutls/der.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Short elements only: all lengths are one byte. */
struct element {
	uint8_t bytes[120];
	size_t len;
};

static struct element wrap(uint8_t tag, const struct element *content)
{
	struct element out = {{tag, (uint8_t)content->len}, content->len + 2};
	memcpy(out.bytes + 2, content->bytes, content->len);
	return out;
}

static void add(struct element *to, const struct element *what)
{
	memcpy(to->bytes + to->len, what->bytes, what->len);
	to->len += what->len;
}

struct contents_row {
	const char *name;
	struct element version;   /* in front of the response data */
	struct element extension; /* of the entry, its list's content */
	bool understood;
};

#define NOTHING        \
	{              \
		{0}, 0 \
	}
#define VERSION(number)                             \
	{                                           \
		{0xa0, 0x03, 0x02, 0x01, number}, 5 \
	}
#define STRANGE(critical)                                                            \
	{                                                                            \
		{0x30, 0x08, 0x06, 0x01, 0x2a, 0x01, 0x01, critical, 0x04, 0x00}, 10 \
	}
/* id-pkix-ocsp with this last number. */
#define INFORMING(last)                                                 \
	{                                                               \
		{0x30, 0x10, 0x06, 0x09, 0x2b, 0x06, 0x01, 0x05, 0x05,  \
		 0x07, 0x30, 0x01, last, 0x01, 0x01, 0xff, 0x04, 0x00}, \
			18                                              \
	}

static const struct contents_row contents_rows[] = {
	{"the default version, no extension", NOTHING, NOTHING, true},
	{"version 1, written out", VERSION(0), NOTHING, true},
	{"version 2", VERSION(1), NOTHING, false},
	{"a version of no bytes", {{0xa0, 0x02, 0x02, 0x00}, 4}, NOTHING, false},
	{"a strange extension", NOTHING, STRANGE(0x00), true},
	{"a strange critical extension", NOTHING, STRANGE(0xff), false},
	{"a critical archive cutoff", NOTHING, INFORMING(6), true},
	{"a critical nonce in an entry", NOTHING, INFORMING(2), false},
	{"an extension that is none", NOTHING, {{0x02, 0x01, 0x00}, 3}, false},
};

static struct element make_entry(const struct element *extension)
{
	struct element body = {{0x30, 0x00, 0x80, 0x00, 0x18, 0x00}, 6};
	if (extension->len > 0) {
		struct element list = wrap(0x30, extension);
		list = wrap(0xa1, &list);
		add(&body, &list);
	}
	return wrap(0x30, &body);
}

static struct element make_response(const struct contents_row *row)
{
	static const struct element responder_and_time = {{0xa2, 0x00, 0x18, 0x00}, 4};
	struct element entry = make_entry(&row->extension);
	struct element entries = wrap(0x30, &entry);
	struct element data = row->version;
	add(&data, &responder_and_time);
	add(&data, &entries);
	data = wrap(0x30, &data);
	struct element basic = wrap(0x30, &data);
	struct element typed = {{0x06, 0x01, 0x2a}, 3};
	basic = wrap(0x04, &basic);
	add(&typed, &basic);
	typed = wrap(0x30, &typed);
	typed = wrap(0xa0, &typed);
	struct element response = {{0x0a, 0x01, 0x00}, 3};
	add(&response, &typed);
	return wrap(0x30, &response);
}

START_TEST(what_is_not_understood_is_not_used)
{
	const struct contents_row *row = &contents_rows[_i];
	struct element response = make_response(row);
	ck_assert_msg(contents_are_understood(response.bytes, response.len) == row->understood,
		      "%s", row->name);
}
END_TEST

/* Every length: on the heap, so that a read beyond the end is seen. */
START_TEST(what_is_cut_short_is_not_understood)
{
	struct element response = make_response(&contents_rows[1]);
	for (size_t len = 0; len < response.len; len++) {
		uint8_t *cut = malloc(len + 1);
		memcpy(cut, response.bytes, len);
		ck_assert_msg(!contents_are_understood(cut, len), "%zu bytes", len);
		free(cut);
	}
}
END_TEST

struct list_row {
	const char *name;
	struct element version;
	struct element next_update;
	bool has_entries;
	struct element extension;
	bool understood;
};

#define VERSION_2                     \
	{                             \
		{0x02, 0x01, 0x01}, 3 \
	}
#define UTC_TIME                \
	{                       \
		{0x17, 0x00}, 2 \
	}
#define LATER_TIME              \
	{                       \
		{0x18, 0x00}, 2 \
	}
#define REASON                                                                               \
	{                                                                                    \
		{0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x01, 0x01, 0xff, 0x04, 0x00}, 12 \
	}

static const struct list_row list_rows[] = {
	{"no entry", VERSION_2, UTC_TIME, false, NOTHING, true},
	{"an entry without extensions", VERSION_2, UTC_TIME, true, NOTHING, true},
	{"a strange one", VERSION_2, UTC_TIME, true, STRANGE(0x00), true},
	{"a strange critical one", VERSION_2, UTC_TIME, true, STRANGE(0xff), false},
	{"a critical reason", VERSION_2, UTC_TIME, true, REASON, true},
	{"version 1", NOTHING, UTC_TIME, true, STRANGE(0xff), false},
	{"no nextUpdate", VERSION_2, NOTHING, true, STRANGE(0xff), false},
	{"nextUpdate after 2049", VERSION_2, LATER_TIME, true, STRANGE(0xff), false},
};

static struct element make_list(const struct list_row *row)
{
	static const struct element algorithm_issuer_time = {{0x30, 0x00, 0x30, 0x00, 0x17, 0x00},
							     6};
	struct element data = row->version;
	add(&data, &algorithm_issuer_time);
	add(&data, &row->next_update);
	if (row->has_entries) {
		struct element entry = {{0x02, 0x01, 0x07, 0x17, 0x00}, 5};
		if (row->extension.len > 0) {
			struct element extensions = wrap(0x30, &row->extension);
			add(&entry, &extensions);
		}
		entry = wrap(0x30, &entry);
		entry = wrap(0x30, &entry);
		add(&data, &entry);
	}
	data = wrap(0x30, &data);
	return wrap(0x30, &data);
}

START_TEST(a_list_with_an_entry_that_is_not_understood_is_not_used)
{
	const struct list_row *row = &list_rows[_i];
	struct element list = make_list(row);
	ck_assert_msg(list_is_understood(list.bytes, list.len) == row->understood, "%s", row->name);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("gnutls_contents");
	TCase *tests = tcase_create("gnutls_contents");
	tcase_add_loop_test(tests, what_is_not_understood_is_not_used, 0,
			    sizeof contents_rows / sizeof contents_rows[0]);
	tcase_add_test(tests, what_is_cut_short_is_not_understood);
	tcase_add_loop_test(tests, a_list_with_an_entry_that_is_not_understood_is_not_used, 0,
			    sizeof list_rows / sizeof list_rows[0]);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
