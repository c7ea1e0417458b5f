/* Prints the remedy SERVER[/VERSION] TOPIC NAME [must-staple] as a JSON object, as it is carried.
 */
#include "harness/remedy.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	int kind = argc < 4 ? -1 : server_kind_parse(argv[1], NULL);
	int topic = argc < 4 ? -1 : name_find(&remedy_topic_names, argv[2]);
	if (kind < 0 || topic < 0) {
		fputs("usage: show-remedy SERVER[/VERSION] TOPIC NAME [must-staple]\n", stderr);
		return 2;
	}
	struct remedy_facts facts = {
		.server_name = argv[3], .must_staple = argc > 4, .software = argv[1]};
	struct text snippet, commands;
	text_init(&snippet, 0);
	text_init(&commands, 0);
	bool is_there = remedy_write(&snippet, &commands, (enum server_kind)kind,
				     (enum remedy_topic)topic, &facts);
	json_t *shown = json_pack("{s:s, s:s, s:b}", "snippet", text_string(&snippet), "commands",
				  text_string(&commands), "found", is_there);
	json_dumpf(shown, stdout, 0);
	json_decref(shown);
	text_clear(&snippet);
	text_clear(&commands);
	return 0;
}
