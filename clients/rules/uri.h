/*
 * Whether two URIs are the same by RFC 5280 section 7.4: the case of scheme and host, the
 * percent-encoding of what needs none, dot segments, the default port of http, https, ftp and
 * ldap, and an empty path of these do not matter. Internationalized host names are compared as
 * they are written, in ASCII by section 7.2.
 */
#ifndef CLIENTS_RULES_URI_H
#define CLIENTS_RULES_URI_H

#include "clients/rules/der.h"

#include <stdbool.h>

/* What is no absolute URI is the same as the same bytes. */
bool uri_is_same(struct der one, struct der other);

#endif
