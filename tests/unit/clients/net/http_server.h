/* An HTTP server of a test: it says the same to every client, whether that is HTTP or not. */
#ifndef TESTS_UNIT_CLIENTS_NET_HTTP_SERVER_H
#define TESTS_UNIT_CLIENTS_NET_HTTP_SERVER_H

#include <pthread.h>
#include <stddef.h>

enum ending { ENDING_CLOSE, ENDING_HOLD, ENDING_RESET };

/* A server that says the same to everyone, and keeps the last request. */
struct server {
	int listener;
	int port;
	const char *answer;
	size_t answer_len;
	int repeats; /* of the last byte of the answer */
	enum ending ending;
	char request[4096];
	int num_requests;
	int stop[2];
	pthread_t thread;
};

void server_start(struct server *server);
void server_stop(struct server *server);

#endif
