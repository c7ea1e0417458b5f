/* HTTP requests to the lab: heads whole and broken, paths, requests within a path. */
#include "fixtures/resource.h"

#include "core/clock.h"

#include <check.h>
#include <string.h>

struct head_row {
	const char *name;
	const char *head;
	enum head_state state;
	const char *method, *path;
};

static const struct head_row head_rows[] = {
	{"whole", "GET /a/ocsp HTTP/1.1\r\nHost: x\r\n\r\n", HEAD_WHOLE, "GET", "/a/ocsp"},
	{"with bare newlines", "POST /a/ocsp HTTP/1.0\n\n", HEAD_WHOLE, "POST", "/a/ocsp"},
	{"with a body", "POST /a HTTP/1.0\r\n\r\nbody", HEAD_WHOLE, "POST", "/a"},
	{"nothing yet", "", HEAD_PARTIAL, NULL, NULL},
	{"half a line", "GET /a/o", HEAD_PARTIAL, NULL, NULL},
	{"no empty line yet", "GET /a HTTP/1.1\r\nHost: x\r\n", HEAD_PARTIAL, NULL, NULL},
	{"no path", "GET\r\n\r\n", HEAD_WRONG, NULL, NULL},
	{"nothing at all in the line", "\r\n\r\n", HEAD_WRONG, NULL, NULL},
};

START_TEST(a_head_is_read_when_it_is_whole)
{
	static struct request_line line;
	const struct head_row *row = &head_rows[_i];
	enum head_state state = request_line_read(&line, row->head, strlen(row->head));
	ck_assert_msg(state == row->state, "%s: %d", row->name, (int)state);
	if (state == HEAD_WHOLE) {
		ck_assert_str_eq(line.method, row->method);
		ck_assert_str_eq(line.path, row->path);
	}
}
END_TEST

START_TEST(a_head_without_end_is_wrong)
{
	static struct request_line line;
	static char head[HEAD_MAX_LEN];
	memset(head, 'a', sizeof head);
	ck_assert_int_eq(request_line_read(&line, head, sizeof head - 1), HEAD_PARTIAL);
	ck_assert_int_eq(request_line_read(&line, head, sizeof head), HEAD_WRONG);
}
END_TEST

START_TEST(a_nul_in_the_request_line_is_wrong)
{
	static struct request_line line;
	static const char head[] = "GET /a\0b HTTP/1.1\r\n\r\n";
	ck_assert_int_eq(request_line_read(&line, head, sizeof head - 1), HEAD_WRONG);
}
END_TEST

struct path_row {
	const char *path;
	const char *scenario; /* NULL: nothing there; "": the intermediate */
	enum resource_kind kind;
	const char *rest;
	bool upper, moved;
};

static const struct path_row path_rows[] = {
	{"/s/ocsp", "s", RESOURCE_OCSP, "", false, false},
	{"/s/ocsp/", "s", RESOURCE_OCSP, "", false, false},
	{"/s/ocsp/MAA%3D", "s", RESOURCE_OCSP, "MAA%3D", false, false},
	{"/s/ocsp/a/b//c", "s", RESOURCE_OCSP, "a/b//c", false, false},
	{"/s/crl", "s", RESOURCE_CRL, "", false, false},
	{"/intermediate/ocsp", "", RESOURCE_OCSP, "", true, false},
	{"/intermediate/crl", "", RESOURCE_CRL, "", true, false},
	{"/s/intermediate/ocsp/MAA", "s", RESOURCE_OCSP, "MAA", true, false},
	{"/s/intermediate/crl", "s", RESOURCE_CRL, "", true, false},
	{"/s/moved/ocsp/MAA", "s", RESOURCE_OCSP, "MAA", false, true},
	{"/s/moved", NULL, 0, NULL, false, false},
	{"/s/intermediate", NULL, 0, NULL, false, false},
	{"/s/crl/x", NULL, 0, NULL, false, false},
	{"/s/ocspx", NULL, 0, NULL, false, false},
	{"/s", NULL, 0, NULL, false, false},
	{"/", NULL, 0, NULL, false, false},
	{"s/ocsp", NULL, 0, NULL, false, false},
	{"/t/ocsp", NULL, 0, NULL, false, false},
	{"//ocsp", NULL, 0, NULL, false, false},
	{"http://127.0.0.1/s/ocsp", NULL, 0, NULL, false, false},
};

START_TEST(a_path_names_scenario_and_kind)
{
	const struct path_row *row = &path_rows[_i];
	struct pki pki;
	struct catalogue catalogue;
	struct ports ports = {1, 2, 3, 4};
	struct resource resource;
	json_t *scenarios = json_loads("[{\"id\": \"s\", \"host\": \"s.lab.localhost\"}]", 0, NULL);
	ck_assert(pki_init(&pki, clock_wall_s(), NULL, NULL, NULL));
	ck_assert(catalogue_init(&catalogue, scenarios, &pki, &ports, NULL));
	bool found = resource_find(&resource, &catalogue, row->path);
	ck_assert_msg(found == (row->scenario != NULL), "%s", row->path);
	if (found) {
		ck_assert_str_eq(resource.scenario != NULL ? resource.scenario->id : "",
				 row->scenario);
		ck_assert_int_eq(resource.kind, row->kind);
		ck_assert_str_eq(resource.rest, row->rest);
		ck_assert_msg(resource.upper == row->upper, "%s: upper", row->path);
		ck_assert_msg(resource.moved == row->moved, "%s: moved", row->path);
	}
	catalogue_clear(&catalogue);
	pki_clear(&pki);
	json_decref(scenarios);
}
END_TEST

struct decode_row {
	const char *text;
	const char *bytes; /* NULL: refused */
};

static const struct decode_row decode_rows[] = {
	{"Zm9vYmFy", "foobar"},
	{"Zm9vYg==", "foob"},
	{"Zm9vYg%3D%3D", "foob"},
	{"Zm9vYg%3d%3d", "foob"},
	{"Zm9vYg", "foob"},
	{"Zm9vYmE", "fooba"},
	{"Pz8%2FPz8%2b", "\x3f\x3f\x3f\x3f\x3f\x3e"},
	{"Pz8/Pz8+", "\x3f\x3f\x3f\x3f\x3f\x3e"},
	{"", NULL},
	{"%", NULL},
	{"%4", NULL},
	{"%zz", NULL},
	{"!!!!", NULL},
	{"=", NULL},
	{"====", NULL},
	{"A", NULL},
	{"Zm9v?x=y", "foo"},
};

START_TEST(a_request_in_a_path_is_decoded)
{
	const struct decode_row *row = &decode_rows[_i];
	struct bytes bytes = {0};
	bool done = request_decode(&bytes, row->text, NULL);
	ck_assert_msg(done == (row->bytes != NULL), "'%s'", row->text);
	if (done) {
		ck_assert_msg(bytes.len == strlen(row->bytes) &&
				      memcmp(bytes.data, row->bytes, bytes.len) == 0,
			      "'%s': %zu bytes", row->text, bytes.len);
	}
	bytes_clear(&bytes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("resource");
	TCase *tests = tcase_create("resource");
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, a_head_is_read_when_it_is_whole, 0,
			    sizeof head_rows / sizeof head_rows[0]);
	tcase_add_test(tests, a_head_without_end_is_wrong);
	tcase_add_test(tests, a_nul_in_the_request_line_is_wrong);
	tcase_add_loop_test(tests, a_path_names_scenario_and_kind, 0,
			    sizeof path_rows / sizeof path_rows[0]);
	tcase_add_loop_test(tests, a_request_in_a_path_is_decoded, 0,
			    sizeof decode_rows / sizeof decode_rows[0]);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
