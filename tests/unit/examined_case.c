/* Knows the endpoint that is well, and how what differs is merged into it. */
#include "tests/unit/examined_case.h"

#include "core/text.h"
#include "harness/model/examination_json.h"

#include <check.h>
#include <string.h>

/* An endpoint that is well, with one address; what a row changes is merged into it (RFC 7396). */
static const char healthy[] =
	"{'target':{'host':'www.example.org','port':443,'server_name':'www.example.org'},"
	"'resolution':{'addresses':['192.0.2.1'],'error':null},"
	"'handshakes':[H1,H1,H1,V12,V13],"
	"'server':{'kind':null,'software':null,'how':null},"
	"'chains':{'1':{'sent':['aa','bb'],'verified':true,'path':['aa','bb','cc'],"
	"'missing_issuer':false,'out_of_order':false,'superfluous':[],'expired':[],"
	"'root_sent':false}},"
	"'certificates':{'aa':{'serial':'1234','must_staple':false,'no_rev_avail':false,"
	"'ocsp_urls':['http://ocsp.example.org/'],'crl_urls':[],"
	"'not_before':'2026-01-01T00:00:00Z','not_after':'2026-03-31T00:00:00Z'}},"
	"'leaf':'aa',"
	"'staples':{'1':{'bytes':'MAA=','length':2,'depth':0,'seen':5,'chain':'1','check':'good',"
	"'serial':'1234','this_update':'2026-01-10T00:00:00Z','next_update':'2026-01-17T00:00:00Z',"
	"'left_s':518400,'life_s':604800,'used':0.14,"
	"'stacks':{'openssl':{'check':'good'},'gnutls':{'check':'good'}}}},"
	"'responders':[{'url':'http://ocsp.example.org/','host':'ocsp.example.org',"
	"'attempts':[{'method':'get',OK},{'method':'post',OK}]}],"
	"'clock':{'responder_s':1}}";

static const struct {
	const char *word, *text;
} words[] = {
	{"H1", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':true,"
	       "'staples':['1'],'chain':'1'}"},
	{"H0", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':true,"
	       "'staples':[],'chain':'1'}"},
	{"HX", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'connect-refused','detail':'Connection refused','staples':[]}"},
	{"HN", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'tls-protocol','detail':'wrong version number','staples':[]}"},
	{"HC", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'tls-closed','detail':'closed','staples':[]}"},
	{"HS", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'starttls-failed','detail':'454 not now','staples':[]}"},
	{"HT", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'tls-timeout','detail':'timed out','staples':[]}"},
	{"HW", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':true,"
	       "'staples':[],'chain':'1','timing_us':{'connect':100,'handshake':3000000}}"},
	{"U1", "{'address':'192.0.2.1','offered':'any','asks_staple':false,'completed':true,"
	       "'staples':[],'chain':'1','timing_us':{'connect':100,'handshake':3000}}"},
	{"UW", "{'address':'192.0.2.1','offered':'any','asks_staple':false,'completed':true,"
	       "'staples':[],'chain':'1','timing_us':{'connect':100,'handshake':2500000}}"},
	{"UC", "{'address':'192.0.2.1','offered':'any','asks_staple':false,'completed':false,"
	       "'reason':'tls-closed','detail':'closed','staples':[]}"},
	{"HM", "{'address':'192.0.2.1','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'tls-alert','client_certificate':'required','staples':['1'],'chain':'1'}"},
	{"O1", "{'address':'192.0.2.2','offered':'any','asks_staple':true,'completed':true,"
	       "'staples':['1'],'chain':'1'}"},
	{"O0", "{'address':'192.0.2.2','offered':'any','asks_staple':true,'completed':true,"
	       "'staples':[],'chain':'1'}"},
	{"OX", "{'address':'192.0.2.2','offered':'any','asks_staple':true,'completed':false,"
	       "'reason':'connect-timeout','detail':'timed out','staples':[]}"},
	{"V12", "{'address':'192.0.2.1','offered':'1.2','asks_staple':true,'completed':true,"
		"'staples':['1'],'chain':'1'}"},
	{"V13", "{'address':'192.0.2.1','offered':'1.3','asks_staple':true,'completed':true,"
		"'staples':['1'],'chain':'1'}"},
	{"W13", "{'address':'192.0.2.1','offered':'1.3','asks_staple':true,'completed':true,"
		"'staples':[],'chain':'1'}"},
	{"P2", "{'address':'192.0.2.2','offered':'any','asks_staple':true,'completed':true,"
	       "'staples':['2'],'chain':'2'}"},
	{"R12", "{'address':'192.0.2.1','offered':'1.2','key':'rsa','asks_staple':true,"
		"'completed':true,'staples':[],'chain':'2'}"},
	{"R13", "{'address':'192.0.2.1','offered':'1.3','key':'rsa','asks_staple':true,"
		"'completed':true,'staples':[],'chain':'2'}"},
	{"S12", "{'address':'192.0.2.1','offered':'1.2','key':'rsa','asks_staple':true,"
		"'completed':true,'staples':['2'],'chain':'2'}"},
	{"S13", "{'address':'192.0.2.1','offered':'1.3','key':'rsa','asks_staple':true,"
		"'completed':true,'staples':['2'],'chain':'2'}"},
	{"OK", "'layer':'answer','http_status':200,'check':'good',"
	       "'this_update':'2026-01-10T00:00:00Z','next_update':'2026-01-17T00:00:00Z'"},
};

/* Words of the table in their place, ' for " so that C can be read. */
static json_t *parse(const char *text)
{
	struct text out;
	text_init(&out, 0);
	for (const char *p = text; *p != '\0';) {
		size_t i = 0, num = sizeof words / sizeof *words;
		bool begins = p == text || strchr("[{,:", p[-1]) != NULL;
		while (i < num &&
		       (!begins || strncmp(p, words[i].word, strlen(words[i].word)) != 0))
			i++;
		if (i < num) {
			text_append(&out, words[i].text);
			p += strlen(words[i].word);
		} else {
			text_append_bytes(&out, p++, 1);
		}
	}
	for (size_t i = 0; i < out.len; i++)
		if (out.data[i] == '\'')
			out.data[i] = '"';
	json_error_t error;
	json_t *value = json_loads(text_string(&out), 0, &error);
	ck_assert_msg(value != NULL, "%s at %d in %s", error.text, error.position,
		      text_string(&out));
	text_clear(&out);
	return value;
}

static void merge(json_t *into, json_t *patch)
{
	const char *key;
	json_t *value;
	json_object_foreach(patch, key, value)
	{
		json_t *old = json_object_get(into, key);
		if (json_is_null(value))
			json_object_del(into, key);
		else if (json_is_object(value) && json_is_object(old))
			merge(old, value);
		else
			json_object_set(into, key, value);
	}
}

static json_t *examination(const char *patch)
{
	json_t *out = parse(healthy), *change = parse(patch);
	merge(out, change);
	json_decref(change);
	return out;
}

/* Of one target; JSON is read as a document's. */
struct examinations *seen_case(const char *patch)
{
	struct error err = ERROR_INIT;
	json_t *document = json_pack("{s:o}", TARGET, examination(patch));
	struct examinations *all = examinations_read(document, ERROR_USAGE, &err);
	ck_assert_msg(all != NULL, "%s", err.text);
	json_decref(document);
	return all;
}

void conclude_case(struct examinations *all, struct run *run)
{
	struct diagnosis_options options = DIAGNOSIS_OPTIONS_INIT;
	ck_assert(diagnose(&all->items[0], run, TARGET, &options));
}
