/*
 * What differs between GnuTLS 3.7 and 3.8, so that nothing else asks for a version.
 */
#ifndef CLIENTS_GNUTLS_COMPAT_H
#define CLIENTS_GNUTLS_COMPAT_H

#include <gnutls/gnutls.h>

/*
 * The flag of gnutls_init() that keeps status_request out of the ClientHello. 3.8.0
 * has one for it. 3.7 has only the one that leaves out every extension that is on
 * by default and not needed by the protocol (session tickets go with it);
 * server_name, which we set, stays.
 */
#if GNUTLS_VERSION_NUMBER >= 0x030800
#define COMPAT_NO_STATUS_REQUEST GNUTLS_NO_STATUS_REQUEST
#else
#define COMPAT_NO_STATUS_REQUEST GNUTLS_NO_EXTENSIONS
#endif

#endif
