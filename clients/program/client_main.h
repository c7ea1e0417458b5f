/* A client program: its options, and the protocol loop (clients/README.md). */
#ifndef CLIENTS_PROGRAM_CLIENT_MAIN_H
#define CLIENTS_PROGRAM_CLIENT_MAIN_H

#include "clients/backend/backend.h"

/* Everything from the arguments to the exit status, which it returns. For main alone: it prints. */
int client_main(const struct client_backend *backend, int argc, char **argv);

#endif
