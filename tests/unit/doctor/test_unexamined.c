/* What an examination says that it did not look at. */
#include "harness/doctor/unexamined.h"

#include "core/text.h"
#include "tests/unit/examined_case.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define DEAD6                                                                                      \
	"{'address':'2001:db8::1','asks_staple':true,'completed':false,'reason':'connect-refused'" \
	"}"
#define SILENT(host)                                                                    \
	"'host':'" host                                                                 \
	"','resolvers':[{'server':'10.0.0.1','result':'timeout'},{'server':'10.0.0.2'," \
	"'result':'unreachable'}]"

enum { FETCHES = 1, PROXY = 2, ROUTED = 4, INTERRUPTED = 8 };

static const struct {
	const char *name, *patch;
	unsigned facts;
	const char *found; /* "why what; …" */
} rows[] = {
	{"all was examined", "{}", FETCHES | ROUTED, ""},
	{"no IPv6 here",
	 "{'resolution':{'addresses':['192.0.2.1','2001:db8::1']},'handshakes':[H1," DEAD6 "]}",
	 FETCHES, "no-ipv6 2001:db8::1; "},
	{"IPv6 here, and a dead server",
	 "{'resolution':{'addresses':['192.0.2.1','2001:db8::1']},'handshakes':[H1," DEAD6 "]}",
	 FETCHES | ROUTED, ""},
	{"no IPv6 route, and yet a certificate",
	 "{'resolution':{'addresses':['2001:db8::1']},'handshakes':[" DEAD6
	 ",{'address':'2001:db8::1','completed':true}]}",
	 FETCHES, ""},
	{"DNS is blocked", "{'resolution':{" SILENT("www.example.org") "}}", FETCHES | ROUTED,
	 "name-server the DNS records of www.example.org; "},
	{"one name server works",
	 "{'resolution':{'host':'h','resolvers':[{'server':'10.0.0.1','result':'timeout'},"
	 "{'server':'10.0.0.2','result':'NXDOMAIN'}]}}",
	 FETCHES | ROUTED, ""},
	{"no name server knows of the responder",
	 "{'responders':[{'url':'http://o.test/'," SILENT(
		 "o.test") ",'attempts':[{'method':'get',OK}]}]}",
	 FETCHES | ROUTED, "name-server the DNS records of o.test; "},
	{"a client certificate is wanted", "{'handshakes':[HM,HM,HM]}", FETCHES | ROUTED,
	 "client-certificate connections with a client certificate; "},
	{"the chain does not verify",
	 "{'chains':{'1':{'verified':false}},'responders':[{'url':'http://o.test/','host':'o.test',"
	 "'why':'no'}],'crls':[{'url':'http://c.test/','why':'no'}],'issuers':[{'url':'http://"
	 "i.test/',"
	 "'why':'no'}]}",
	 FETCHES | ROUTED,
	 "chain-not-verified http://o.test/; chain-not-verified http://c.test/; "
	 "chain-not-verified http://i.test/; "},
	{"nothing may be fetched", "{'responders':[{'url':'http://o.test/','why':'no'}]}", ROUTED,
	 "no-fetch http://o.test/; "},
	{"private addresses may not",
	 "{'crls':[{'url':'http://c.test/','layer':'forbidden','text':'private'}]}",
	 FETCHES | ROUTED, "fetch-private http://c.test/; "},
	{"too many sources", "{'crls':[{'url':'http://c.test/','why':'too many'}]}",
	 FETCHES | ROUTED, "limit http://c.test/; "},
	{"the proxy resolves", "{'resolution':{'host':'www.example.org'}}",
	 FETCHES | ROUTED | PROXY, "proxy the addresses of www.example.org; "},
	{"more addresses than are examined",
	 "{'resolution':{'addresses':['192.0.2.1','192.0.2.2','192.0.2.3','192.0.2.4']}}",
	 FETCHES | ROUTED, "limit 2 further addresses; "},
	{"no certificate", "{'handshakes':[HX],'leaf':null,'responders':[]}", FETCHES | ROUTED,
	 "no-certificate chain, staples and sources of status; "},
	{"interrupted", "{}", FETCHES | ROUTED | INTERRUPTED, "interrupted the rest; "},
	{"what is foreign is made visible", "{'crls':[{'url':'http://\\u001b[31m/','why':'no'}]}",
	 FETCHES | ROUTED, "limit http://\\x1b[31m/; "},
};

static bool yes(const char *address)
{
	return address != NULL;
}

static bool no(const char *address)
{
	return address == NULL;
}

START_TEST(what_is_left_out_has_its_reason)
{
	struct text found;
	struct examinations *all = seen_case(rows[_i].patch);
	struct examination *one = &all->items[0];
	unsigned facts = rows[_i].facts;
	one->finished.is_known = (facts & INTERRUPTED) == 0;
	ck_assert(unexamined_note(
		one, &(struct unexamined_facts){.fetches = (facts & FETCHES) != 0,
						.proxy_resolves = (facts & PROXY) != 0,
						.addresses_max = 2,
						.has_route = (facts & ROUTED) != 0 ? yes : no}));
	text_init(&found, 0);
	for (size_t i = 0; i < one->num_not_examined; i++) {
		const struct unexamined *about = &one->not_examined[i];
		text_append_format(&found, "%s %s; ",
				   word_spelling(&about->why, &unexamined_why_names), about->what);
		ck_assert_uint_gt(strlen(about->text), 0);
	}
	ck_assert_msg(strcmp(text_string(&found), rows[_i].found) == 0, "%s: %s", rows[_i].name,
		      text_string(&found));
	text_clear(&found);
	examinations_free(all);
}
END_TEST

START_TEST(this_machine_has_a_route_to_itself)
{
	ck_assert(unexamined_has_route("127.0.0.1"));
	/* A scope is this machine's own business. */
	ck_assert(unexamined_has_route("fe80::1%lo"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unexamined");
	TCase *tests = tcase_create("unexamined");
	tcase_add_loop_test(tests, what_is_left_out_has_its_reason, 0,
			    (int)(sizeof rows / sizeof *rows));
	tcase_add_test(tests, this_machine_has_a_route_to_itself);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
