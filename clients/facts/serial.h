/* How a serial number is written: lower-case hex without leading zeros. */
#ifndef CLIENTS_FACTS_SERIAL_H
#define CLIENTS_FACTS_SERIAL_H

#include <stddef.h>
#include <stdint.h>

/* Writes at most size - 1 letters of a big-endian number; "0" for one without bytes. */
void serial_print(char *out, size_t size, const uint8_t *bytes, size_t len);

#endif
