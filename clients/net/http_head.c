/* Knows where in an HTTP/1 answer the server says what it is. */
#include "clients/net/http_head.h"

#include <string.h>
#include <strings.h>

/* How far a walk through the lines came. */
struct walk {
	bool is_over;
	bool in_fields;     /* behind a status line */
	bool is_interim;    /* which said 1xx */
	const char *server; /* within the bytes; NULL: not seen */
	size_t server_len;
};

static bool is_blank(char letter)
{
	return letter == ' ' || letter == '\t';
}

static void take_server(struct walk *walk, const char *value, size_t len)
{
	while (len > 0 && is_blank(value[0])) {
		value++;
		len--;
	}
	while (len > 0 && is_blank(value[len - 1]))
		len--;
	walk->server = value;
	walk->server_len = len;
	walk->is_over = true;
}

/* One line without its end. */
static void take_line(struct walk *walk, const char *line, size_t len)
{
	static const char protocol[] = "HTTP/1.", field[] = "Server:";
	size_t protocol_len = sizeof protocol - 1, field_len = sizeof field - 1;
	if (!walk->in_fields) {
		/* "HTTP/1.1 103 ..." */
		walk->is_over = len < protocol_len || memcmp(line, protocol, protocol_len) != 0;
		walk->is_interim = len > protocol_len + 2 && line[protocol_len + 2] == '1';
		walk->in_fields = true;
	} else if (len == 0) {
		walk->is_over = !walk->is_interim;
		walk->in_fields = false;
	} else if (len >= field_len && strncasecmp(line, field, field_len) == 0) {
		take_server(walk, line + field_len, len - field_len);
	}
}

static struct walk walk_through(const char *bytes, size_t len)
{
	struct walk walk = {0};
	const char *end;
	while (!walk.is_over && (end = memchr(bytes, '\n', len)) != NULL) {
		size_t line_len = (size_t)(end - bytes);
		bool has_return = line_len > 0 && bytes[line_len - 1] == '\r';
		take_line(&walk, bytes, has_return ? line_len - 1 : line_len);
		len -= line_len + 1;
		bytes = end + 1;
	}
	return walk;
}

bool http_head_is_over(const char *bytes, size_t len)
{
	return walk_through(bytes, len).is_over;
}

bool http_head_server(struct text *out, const char *bytes, size_t len)
{
	struct walk walk = walk_through(bytes, len);
	if (walk.server == NULL || walk.server_len == 0)
		return false;
	size_t shown = walk.server_len < HTTP_SERVER_MAX ? walk.server_len : HTTP_SERVER_MAX;
	return text_append_visible(out, walk.server, shown);
}
