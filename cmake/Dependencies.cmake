# Every library is a PkgConfig::X target, or an imported target of the same kind
# where the library ships no .pc file. docs/dependencies.md gives the reason for
# each.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.13)
pkg_check_modules(FYAML REQUIRED IMPORTED_TARGET libfyaml>=0.7.12)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.37)
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd>=0.9.70)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET libssl>=3.0 libcrypto>=3.0)
# libcurl over GnuTLS: a client program that drives OpenSSL must not load a
# second copy of the symbols that it measures.
pkg_check_modules(CURL_GNUTLS REQUIRED IMPORTED_TARGET libcurl>=7.85)
if(BUILD_TESTING)
  pkg_check_modules(CHECK REQUIRED IMPORTED_TARGET check>=0.15)
endif()

# A stack that is not installed gives a status line and a "not built" column,
# never an error.
pkg_check_modules(GNUTLS IMPORTED_TARGET gnutls>=3.7)

# mbedTLS 2.28 ships no .pc file.
find_path(MBEDTLS_INCLUDE_DIR mbedtls/ssl.h)
find_library(MBEDTLS_LIBRARY mbedtls)
find_library(MBEDX509_LIBRARY mbedx509)
find_library(MBEDCRYPTO_LIBRARY mbedcrypto)
if(MBEDTLS_INCLUDE_DIR AND MBEDTLS_LIBRARY AND MBEDX509_LIBRARY AND MBEDCRYPTO_LIBRARY)
  set(MBEDTLS_FOUND TRUE)
  add_library(PkgConfig::MBEDTLS INTERFACE IMPORTED)
  target_include_directories(PkgConfig::MBEDTLS SYSTEM INTERFACE "${MBEDTLS_INCLUDE_DIR}")
  target_link_libraries(PkgConfig::MBEDTLS INTERFACE
    "${MBEDTLS_LIBRARY}" "${MBEDX509_LIBRARY}" "${MBEDCRYPTO_LIBRARY}")
endif()
