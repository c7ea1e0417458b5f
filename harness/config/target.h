/* A real endpoint as the user named it. */
#ifndef HARNESS_CONFIG_TARGET_H
#define HARNESS_CONFIG_TARGET_H

/* Plain data, all owned. */
struct target {
	char *id;   /* "host:port", IPv6 in brackets: what a row is called */
	char *host; /* lower case, without brackets */
	int port;
	char *server_name; /* SNI, and the name that is verified */
	char *reach;       /* host or address that is connected to */
	int reach_port;
};

#endif
