/* Knows that a client program is the common part and the one backend that it is linked with. */
#include "clients/program/client_main.h"

int main(int argc, char **argv)
{
	return client_main(&client_backend, argc, argv);
}
