/* Knows how a server of a test answers. */
#include "tests/unit/clients/net/http_server.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void keep_request(struct server *server, int fd)
{
	size_t len = 0;
	ssize_t got;
	while (len < sizeof server->request - 1 &&
	       (got = recv(fd, server->request + len, sizeof server->request - 1 - len, 0)) > 0) {
		len += (size_t)got;
		server->request[len] = '\0';
		char *head_end = strstr(server->request, "\r\n\r\n");
		char *length = strstr(server->request, "Content-Length: ");
		if (head_end == NULL)
			continue;
		size_t body = length != NULL ? (size_t)atoi(length + 16) : 0;
		if (server->request + len >= head_end + 4 + body)
			break;
	}
	server->num_requests++;
}

static void serve_one(struct server *server, int fd)
{
	struct linger reset = {.l_onoff = 1};
	char byte;
	keep_request(server, fd);
	if (send(fd, server->answer, server->answer_len, MSG_NOSIGNAL) > 0)
		for (int i = 0; i < server->repeats; i++)
			if (send(fd, "xxxxxxxxxxxxxxxx", 16, MSG_NOSIGNAL) != 16)
				break;
	if (server->ending == ENDING_HOLD)
		while (recv(fd, &byte, 1, 0) > 0)
			;
	if (server->ending == ENDING_RESET)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	close(fd);
}

static void *serve(void *context)
{
	struct server *server = context;
	struct pollfd watched[] = {{.fd = server->listener, .events = POLLIN},
				   {.fd = server->stop[0], .events = POLLIN}};
	while (poll(watched, 2, -1) > 0 && watched[1].revents == 0)
		serve_one(server, accept(server->listener, NULL, NULL));
	return NULL;
}

void server_start(struct server *server)
{
	struct sockaddr_in own = {.sin_family = AF_INET};
	socklen_t len = sizeof own;
	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&own, len), 0);
	ck_assert_int_eq(listen(server->listener, 8), 0);
	ck_assert_int_eq(getsockname(server->listener, (struct sockaddr *)&own, &len), 0);
	server->port = ntohs(own.sin_port);
	ck_assert_int_eq(pipe(server->stop), 0);
	ck_assert_int_eq(pthread_create(&server->thread, NULL, serve, server), 0);
}

void server_stop(struct server *server)
{
	close(server->stop[1]);
	pthread_join(server->thread, NULL);
	close(server->stop[0]);
	close(server->listener);
}
