/* Knows what of an examination is owned. */
#include "clients/facts/examined.h"

#include <stdlib.h>

void handshake_facts_clear(struct handshake_facts *facts)
{
	for (size_t i = 0; i < MAX_CHAIN; i++) {
		free(facts->sent[i].data);
		free(facts->chain[i].data);
	}
	text_clear(&facts->http);
	*facts = (struct handshake_facts){0};
}

void certificate_list_clear(struct certificate_list *list)
{
	for (size_t i = 0; i < list->num; i++) {
		free(list->all[i].pem);
		for (size_t k = 0; k < list->all[i].num_names; k++)
			free(list->all[i].names[k]);
	}
	free(list->all);
	*list = (struct certificate_list){0};
}
