/* Knows how a serial number is written. */
#include "clients/facts/serial.h"

void serial_print(char *out, size_t size, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	size_t used = 0;
	for (size_t i = 0; bytes != NULL && i < 2 * len && used + 1 < size; i++) {
		int digit = i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15;
		if (used > 0 || digit != 0)
			out[used++] = digits[digit];
	}
	if (used == 0)
		out[used++] = '0';
	out[used] = '\0';
}
