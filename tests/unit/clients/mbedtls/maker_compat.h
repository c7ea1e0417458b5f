/*
 * What differs between mbedTLS 2.28 and 3.x for those who make certificates and
 * signatures, so that the maker asks for no version.
 */
#ifndef TESTS_UNIT_CLIENTS_MBEDTLS_MAKER_COMPAT_H
#define TESTS_UNIT_CLIENTS_MBEDTLS_MAKER_COMPAT_H

#include <mbedtls/bignum.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/pk.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include <stdbool.h>

/* serial: big-endian, without a leading zero byte. */
static inline bool compat_set_serial(mbedtls_x509write_cert *writer, unsigned char *serial,
				     size_t len)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03040000
	return mbedtls_x509write_crt_set_serial_raw(writer, serial, len) == 0;
#else
	mbedtls_mpi number;
	mbedtls_mpi_init(&number);
	bool done = mbedtls_mpi_read_binary(&number, serial, len) == 0 &&
		    mbedtls_x509write_crt_set_serial(writer, &number) == 0;
	mbedtls_mpi_free(&number);
	return done;
#endif
}

/* Of a digest made with type, by generator's random numbers. */
static inline bool compat_sign(mbedtls_pk_context *key, mbedtls_md_type_t type,
			       const unsigned char *hash, size_t hash_len,
			       unsigned char signature[static MBEDTLS_PK_SIGNATURE_MAX_SIZE],
			       size_t *len, mbedtls_ctr_drbg_context *generator)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
	return mbedtls_pk_sign(key, type, hash, hash_len, signature, MBEDTLS_PK_SIGNATURE_MAX_SIZE,
			       len, mbedtls_ctr_drbg_random, generator) == 0;
#else
	return mbedtls_pk_sign(key, type, hash, hash_len, signature, len, mbedtls_ctr_drbg_random,
			       generator) == 0;
#endif
}

#endif
