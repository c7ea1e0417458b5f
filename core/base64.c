/* Knows the 64 letters. */
#include "core/base64.h"

#include <stdlib.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int value_of(char c)
{
	const char *found = c != '\0' ? strchr(letters, c) : NULL;
	return found != NULL ? (int)(found - letters) : -1;
}

/* How many bits lie behind the last whole byte after so many letters of a group. */
static const int bits_over[4] = {0, 6, 4, 2};

/* What has been read of the letters so far. */
struct decoding {
	uint32_t bits;
	size_t num_letters, num_pads;
	size_t num_bytes;
};

static bool take_letter(struct decoding *in, uint8_t *out, char c)
{
	int value = value_of(c);
	if (c == '=') {
		in->num_pads++;
		return true;
	}
	if (value < 0 || in->num_pads > 0)
		return false;
	in->bits = in->bits << 6 | (uint32_t)value;
	in->num_letters++;
	if (in->num_letters % 4 != 1)
		out[in->num_bytes++] = (uint8_t)(in->bits >> bits_over[in->num_letters % 4]);
	return true;
}

/* The letters and pads fill groups of four, and the bits that no byte has are zero. */
static bool ends_well(const struct decoding *in)
{
	size_t over = in->num_letters % 4;
	if (in->num_letters == 0 || over == 1 || in->num_pads != (4 - over) % 4)
		return false;
	return (in->bits & ((1U << bits_over[over]) - 1)) == 0;
}

bool base64_decode(uint8_t **out, size_t *out_len, const char *text, size_t len)
{
	struct decoding in = {0};
	uint8_t *bytes = malloc(len / 4 * 3 + 3);
	bool good = bytes != NULL;
	for (size_t i = 0; good && i < len; i++)
		good = is_space(text[i]) || take_letter(&in, bytes, text[i]);
	if (!good || !ends_well(&in)) {
		free(bytes);
		return false;
	}
	*out = bytes;
	*out_len = in.num_bytes;
	return true;
}

bool base64_append(struct text *out, const uint8_t *bytes, size_t len, size_t line_len)
{
	size_t column = 0;
	for (size_t i = 0; i < len; i += 3) {
		size_t num = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)bytes[i] << 16;
		bits |= num > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
		bits |= num > 2 ? bytes[i + 2] : 0;
		const char group[] = {letters[bits >> 18], letters[bits >> 12 & 63],
				      num > 1 ? letters[bits >> 6 & 63] : '=',
				      num > 2 ? letters[bits & 63] : '='};
		text_append_bytes(out, group, 4);
		column += 4;
		if (line_len > 0 && (column == line_len || i + 3 >= len)) {
			text_append(out, "\n");
			column = 0;
		}
	}
	return !out->failed;
}
