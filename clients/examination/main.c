/* Knows that OpenSSL's client program examines too. */
#include "clients/examination/examination.h"
#include "clients/program/client_main.h"

int main(int argc, char **argv)
{
	struct client_backend backend = client_backend;
	backend.examine_handshake = examination_handshake;
	backend.read_certificates = examination_read_certificates;
	return client_main(&backend, argc, argv);
}
