/* Knows how a failure's text is put together, and that the first cause wins. */
#include "core/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static void record(struct error *err, enum error_kind kind,
							 const char *format, va_list args)
{
	err->kind = kind;
	vsnprintf(err->text, sizeof err->text, format, args);
}

bool error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
	if (err == NULL || err->kind != ERROR_NONE)
		return false;
	va_list args;
	va_start(args, format);
	record(err, kind, format, args);
	va_end(args);
	return false;
}

bool error_set_errno(struct error *err, enum error_kind kind, const char *format, ...)
{
	int number = errno;
	if (err == NULL || err->kind != ERROR_NONE)
		return false;
	va_list args;
	va_start(args, format);
	record(err, kind, format, args);
	va_end(args);
	size_t used = strlen(err->text);
	snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(number));
	return false;
}

bool error_prefix(struct error *err, const char *format, ...)
{
	if (err == NULL || err->kind == ERROR_NONE)
		return false;
	char old[ERROR_TEXT_MAX];
	memcpy(old, err->text, sizeof old);
	va_list args;
	va_start(args, format);
	vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	size_t used = strlen(err->text);
	snprintf(err->text + used, sizeof err->text - used, ": %s", old);
	return false;
}

bool error_add(struct error *err, enum error_kind kind, const char *format, ...)
{
	if (err == NULL)
		return false;
	va_list args;
	va_start(args, format);
	if (err->kind == ERROR_NONE) {
		record(err, kind, format, args);
	} else {
		size_t used = strlen(err->text);
		if (used + 2 < sizeof err->text) {
			err->text[used++] = '\n';
			vsnprintf(err->text + used, sizeof err->text - used, format, args);
		}
	}
	va_end(args);
	return false;
}
