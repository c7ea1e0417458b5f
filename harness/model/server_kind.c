/* Knows which servers there are remedies for, and by which words they give themselves away. */
#include "harness/model/server_kind.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SERVER(symbol, spelling, title, products, word) spelling,
static const char *const spellings[] = {
#include "harness/model/server.def"
};
#undef SERVER
#define SERVER(symbol, spelling, title, products, word) title,
static const char *const titles[] = {
#include "harness/model/server.def"
};
#undef SERVER
#define SERVER(symbol, spelling, title, products, word) products,
static const char *const products_of[] = {
#include "harness/model/server.def"
};
#undef SERVER
#define SERVER(symbol, spelling, title, products, word) word,
static const char *const word_of[] = {
#include "harness/model/server.def"
};
#undef SERVER

const struct name_table server_kind_names = {"server", spellings, titles, NUM_SERVER_KINDS};

const char *server_kind_name(enum server_kind kind)
{
	return spellings[kind];
}

const char *server_kind_title(enum server_kind kind)
{
	return titles[kind];
}

int server_kind_parse(const char *text, const char **version)
{
	size_t len = strcspn(text, "/");
	const char *number = text[len] == '/' ? text + len + 1 : NULL;
	if (version != NULL)
		*version = NULL;
	if (number != NULL && strspn(number, "0123456789") == 0)
		return -1;
	for (int kind = 0; kind < NUM_SERVER_KINDS; kind++) {
		if (strlen(spellings[kind]) != len || strncmp(spellings[kind], text, len) != 0)
			continue;
		if (version != NULL)
			*version = number;
		return kind;
	}
	return -1;
}

static bool is_among(const char *products, const char *name, size_t len)
{
	for (const char *p = products; *p != '\0';) {
		size_t product_len = strcspn(p, "|");
		if (product_len == len && strncasecmp(p, name, len) == 0)
			return true;
		p += product_len + (p[product_len] == '|');
	}
	return false;
}

static int recognise_product(const char *field)
{
	const char *name = field + strspn(field, " \t");
	size_t len = strcspn(name, "/ \t(");
	for (int kind = 0; kind < NUM_SERVER_KINDS; kind++)
		if (products_of[kind] != NULL && is_among(products_of[kind], name, len))
			return kind;
	return -1;
}

/* What packages, services and people call them. */
static const struct {
	const char *name;
	enum server_kind kind;
} other_names[] = {
	{"httpd", SERVER_KIND_APACHE},    {"apache2", SERVER_KIND_APACHE},
	{"java", SERVER_KIND_JSSE},       {"openjdk", SERVER_KIND_JSSE},
	{"tomcat", SERVER_KIND_JSSE},     {"nodejs", SERVER_KIND_NODE},
	{"node.js", SERVER_KIND_NODE},    {"traffic_server", SERVER_KIND_TRAFFIC_SERVER},
	{"nghttp2", SERVER_KIND_NGHTTPX},
};

const char *server_kind_nearest(const char *text)
{
	char name[64];
	snprintf(name, sizeof name, "%.*s", (int)strcspn(text, "/"), text);
	for (size_t i = 0; i < sizeof other_names / sizeof *other_names; i++)
		if (strcasecmp(other_names[i].name, name) == 0)
			return spellings[other_names[i].kind];
	for (int kind = 0; kind < NUM_SERVER_KINDS; kind++)
		if (strcasecmp(spellings[kind], name) == 0 ||
		    (products_of[kind] != NULL && is_among(products_of[kind], name, strlen(name))))
			return spellings[kind];
	return text_nearest(name, spellings, NUM_SERVER_KINDS);
}

static const char blank[] = " \t\r\n\"";

/* Where a greeting's text begins: behind what the protocol has in front of it, and behind the host
 * of SMTP, which may be called anything. NULL when it is no greeting. */
static const char *greeting_text(const char *line)
{
	static const char implementation[] = "\"IMPLEMENTATION\" ";
	if (strncmp(line, "+OK ", 4) == 0)
		return line + 4;
	if (strncmp(line, implementation, sizeof implementation - 1) == 0)
		return line + sizeof implementation - 1;
	if (strncmp(line, "* OK ", 5) == 0) {
		if (line[5] != '[')
			return line + 5;
		const char *end = strchr(line + 5, ']');
		return end != NULL ? end + 1 : NULL;
	}
	if (strncmp(line, "220", 3) != 0 || (line[3] != ' ' && line[3] != '-'))
		return NULL;
	const char *host = line + 4 + strspn(line + 4, blank);
	const char *behind = host + strcspn(host, blank);
	/* "220 ProFTPD Server": FTP names no host. */
	return strncmp(behind, " Server", 7) == 0 ? host : behind;
}

static int recognise_greeting(const char *line)
{
	const char *word = greeting_text(line);
	if (word == NULL)
		return -1;
	for (word += strspn(word, blank); *word != '\0'; word += strspn(word, blank)) {
		size_t len = strcspn(word, blank);
		for (int kind = 0; kind < NUM_SERVER_KINDS; kind++)
			if (word_of[kind] != NULL && strlen(word_of[kind]) == len &&
			    strncasecmp(word_of[kind], word, len) == 0)
				return kind;
		word += len;
	}
	return -1;
}

int server_recognize(const char *http_server, const char *greeting)
{
	int kind = http_server == NULL ? -1 : recognise_product(http_server);
	return kind >= 0 || greeting == NULL ? kind : recognise_greeting(greeting);
}

/* Behind a name at the place: "/1.22" or " 4.96". */
static const char *number_behind(const char *place, const char *name, size_t len)
{
	if (strncasecmp(place, name, len) != 0 || (place[len] != '/' && place[len] != ' '))
		return NULL;
	return strspn(place + len + 1, "0123456789") > 0 ? place + len + 1 : NULL;
}

/* One of the names, with '|' between them, begins at the place and has a number behind it. */
static const char *find_number(const char *place, const char *names)
{
	for (const char *p = names; p != NULL && *p != '\0';) {
		size_t len = strcspn(p, "|");
		const char *number = number_behind(place, p, len);
		if (number != NULL)
			return number;
		p += len + (p[len] == '|');
	}
	return NULL;
}

const char *server_version_in(const char *software, int kind)
{
	if (software == NULL || kind < 0 || kind >= NUM_SERVER_KINDS)
		return NULL;
	const char *const names[] = {spellings[kind], products_of[kind], word_of[kind]};
	for (const char *p = software; *p != '\0'; p++) {
		if (p > software && strchr(" (/-", p[-1]) == NULL)
			continue;
		for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
			const char *number = find_number(p, names[i]);
			if (number != NULL)
				return number;
		}
	}
	return NULL;
}
