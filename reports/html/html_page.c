/* Knows the frame of a page: head, content security policy, style, script. */
#include "reports/html/html_page.h"

#include "core/base64.h"
#include "core/text.h"
#include "reports/html/html_text.h"

#include <stdint.h>

static const char style[] = {
#include "reports/html_style.inc"
};
static const uint8_t style_sha256[32] = {
#include "reports/html_style_sha256.inc"
};
static const char script[] = {
#include "reports/html_script.inc"
};
static const uint8_t script_sha256[32] = {
#include "reports/html_script_sha256.inc"
};

/* A square in two halves, as a picture for the tab; without one a browser asks the server. */
#define ICON                                                                                  \
	"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E" \
	"%3Crect width='16' height='16' rx='3' fill='%232f3f8f'/%3E"                          \
	"%3Cpath d='M0 13V3a3 3 0 0 1 3-3h10z' fill='%23c4314b'/%3E%3C/svg%3E"

static void write_hash(FILE *out, const uint8_t digest[static 32])
{
	struct text text;
	text_init(&text, 0);
	base64_append(&text, digest, 32, 0);
	fprintf(out, "'sha256-%s'", text_string(&text));
	text_clear(&text);
}

void html_page_begin(FILE *out, const char *title, bool with_script)
{
	fputs("<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
	      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src ",
	      out);
	write_hash(out, style_sha256);
	if (with_script) {
		fputs("; script-src ", out);
		write_hash(out, script_sha256);
	}
	fputs("; img-src data:; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=referrer content=no-referrer>\n"
	      "<link rel=icon href=\"" ICON "\">\n<title>",
	      out);
	html_write(out, title);
	fputs("</title>\n<style>", out);
	fwrite(style, 1, sizeof style, out);
	fputs("</style>\n</head>\n<body>\n", out);
}

void html_page_end(FILE *out, bool with_script)
{
	if (with_script) {
		fputs("<script>", out);
		fwrite(script, 1, sizeof script, out);
		fputs("</script>\n", out);
	}
	fputs("</body>\n</html>\n", out);
}
