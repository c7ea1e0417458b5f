/* The reasons for a revocation of which a CRL may cover some only: ReasonFlags (RFC 5280 section
 * 4.2.1.13), bit n of it here 1 << n; the first is not used. */
#ifndef CORE_REASON_FLAGS_H
#define CORE_REASON_FLAGS_H

#define REASONS_ALL 0x1fe

#endif
