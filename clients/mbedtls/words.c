/* Knows mbedTLS's words for what went wrong. */
#include "clients/mbedtls/words.h"

#include <mbedtls/error.h>
#include <mbedtls/x509_crt.h>

#include <stdio.h>
#include <string.h>

void native_note(struct native *native, int code, const char *text)
{
	snprintf(native->library, sizeof native->library, "mbed TLS");
	native->code = code;
	if (code < 0)
		snprintf(native->name, sizeof native->name, "-0x%04X", (unsigned)-code);
	if (text != NULL)
		snprintf(native->text, sizeof native->text, "%s", text);
	else if (code != 0)
		mbedtls_strerror(code, native->text, sizeof native->text);
}

/* mbedTLS writes a line per flag; one line is wanted here. */
void flags_print(char *out, size_t size, uint32_t flags)
{
	out[0] = '\0';
	mbedtls_x509_crt_verify_info(out, size, "", flags);
	size_t len = strlen(out);
	if (len > 0 && out[len - 1] == '\n')
		out[len - 1] = '\0';
	for (char *at = out; (at = strchr(at, '\n')) != NULL;)
		*at = ' ';
}
