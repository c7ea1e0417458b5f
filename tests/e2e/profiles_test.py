#!/usr/bin/env python3
"""The profiles of real programs (clients/classes.yaml) against what the real programs were seen to do.

One run of every profile over every scenario. For each pair of them that a fact is known of, the outcome
has to be that fact, or the pair has to stand in DIFFERENCES with the reason. C is connect, R is reject, ?
is not known; a page that a user may click through is R. `warn` is neither: a program that is silent does
not warn.
"""

import fnmatch
import os
import re
import unittest

from patience import HANG_S
from programs import STACKS, ProgramTest, cells_by, main

FAMILIES = ("browser/*", "runtime/*", "library/*", "mail/*", "proxy/*")

# Run against this lab on 2026-11-23: real programs, default negotiation (TLS 1.3).
LAB_PROGRAMS = (
    ("library/curl-openssl-cert-status", "curl 7.88.1, OpenSSL 3.0.22"),
    ("library/openssl-s-client-status", "openssl s_client 3.0.22"),
    ("library/gnutls-default", "gnutls-cli 3.7.9"),
    ("library/gnutls-cli-ocsp", "gnutls-cli 3.7.9 --ocsp; ? where it was stopped after 25 s"),
    ("library/wget", "Wget 1.21.3, GnuTLS 3.7.9"),
    ("library/curl-gnutls-3.7", "libcurl-gnutls 7.88.1, GnuTLS 3.7.9"),
    ("library/curl-gnutls-3.7", "git on the same library"),
    ("library/curl-gnutls-cert-status", "libcurl-gnutls 7.88.1, CURLOPT_SSL_VERIFYSTATUS"),
    ("runtime/java-default", "OpenJDK 17.0.15"),
    ("runtime/java-check-revocation", "OpenJDK 17.0.15"),
    ("runtime/java-ocsp-enable", "OpenJDK 17.0.15"),
    ("runtime/java-hard-fail", "OpenJDK 17.0.15"),
    ("runtime/java-soft-fail", "OpenJDK 17.0.15"),
    ("runtime/java-soft-fail-leaf", "OpenJDK 17.0.15"),
    ("runtime/java-prefer-crls", "OpenJDK 17.0.15"),
    ("browser/chrome-default", "Chromium 156.0.8078.79, root by the policy CACertificates"),
    ("browser/chrome-online-checks", "Chromium 156.0.8078.79; ? where the lab hung up first"),
    ("browser/chrome-local-anchors", "Chromium 156.0.8078.79"),
)
LAB_FACTS = """
delegated-signer                  CCCCCCCCCCCCCCRCCC
good-staple@plain                 CCCCCCCCCCCCCCRCCC
good-staple@must-staple           CCCCCCCCCCCCCCRCCC
good-staple@rsa                   CCCCCCCCCCCCCCRCCC
good-staple@tls12                 CCCCCCCCCCCCCCRCCC
no-next-update                    CCCCCCCCCRRRRRRCCC
sha256-certid                     RCCCCCCCCRRRRRRCCC
bad-signature                     RCRRRRRRCRRRRRRCCC
delegate-expired                  RCRRRRRRCRRRRRRCCC
delegate-no-eku                   RCRRRRRRCRRRRRRCCC
empty                             RRRRRRRRRRRRRRRRRR
error-response@try-later          RCCCCCCRCRRRCCRCCC
error-response@internal-error     RCCCCCCRCRRRCCRCCC
error-response@unauthorized       RCCCCCCRCRRRRRRCCC
impostor                          RCRRRRRRCRRRRRRCCC
malformed@garbage                 RRRRRRRRRRRRRRRCCC
malformed@truncated               RRRRRRRRRRRRRRRCCC
malformed@html                    RRRRRRRRRRRRRRRCCC
no-staple                         RCCCCCCRCRCCCCRCCC
not-yet-valid                     RCCCCCCCCRRRRRRCCC
old-no-next-update                CCRRRRRRCRRRRRRCCC
revoked@plain                     RCRRRRRRCRRRRRRRRR
revoked@must-staple               RCRRRRRRCRRRRRRRRR
stale@1min                        CCRRRRRRCCCCCCRCCC
stale@10min                       RCRRRRRRCCCCCCRCCC
stale@2h                          RCRRRRRRCRRRRRRCCC
stale@25h                         RCRRRRRRCRRRRRRCCC
stale-revoked                     RCRRRRRRCRRRRRRCRR
unauthorized-signer@unrelated-ca  RCRRRRRRCRRRRRRCCC
unauthorized-signer@root          RCCCCCCCCRRRRRRCCC
unknown                           RCCCCCCRCRRRCCRCCR
wrong-certificate                 RCRRRRRRCRRRRRRCCC
wrong-issuer-key                  RCCCCCCCCRRRRRRCCC
must-staple-malformed             RRRRRRRRRRRRRRRCCC
must-staple-missing               RCRRRRRRCRCCCCRCCC
must-staple-responder-down        RCRRRRRRCRRRCCRCCR
must-staple-stale                 RCRRRRRRCRRRRRRCCC
must-staple-try-later             RCRRRRRRCRRRCCRCCC
must-staple-wrong-certificate     RCRRRRRRCRRRRRRCCC
no-ocsp-url                       RCCCCCCRCRRRRRRCCR
responder-endless                 RCC?CCCRCR????RCCR
responder-garbage                 RCCRCCCRCRRRCCRCCR
responder-http-500                RCCRCCCRCRRRCCRCCR
responder-refused                 RCCRCCCRCRRRCCRCCR
responder-reset                   RCCRCCCRCRRRCCRCCR
responder-revoked                 RCCRCCCRCRRRRRRCRR
responder-silent                  RCC?CCCRCRRRCCRC?R
responder-slow                    RCCCCCCRCRCCCCRCCC
responder-stale                   RCCCCCCRCRRRRRRCCR
responder-try-later               RCCCCCCRCRRRCCRCCR
responder-unknown                 RCCCCCCRCRRRCCRCCR
responder-unresolvable            RCCRCCCRCRRRCCRCCR
crl-bad-signature                 RCCCCCCRCRRRRRRCCR
crl-disagrees                     RCCCCCCRCRCCCCRCCC
crl-fallback-revoked              RCCRCCCRCRRRRCRCRR
crl-good                          RCCCCCCRCRRCCRCCCC
crl-refused                       RCCCCCCRCRRRRRRCCR
crl-revoked                       RCCCCCCRCRRRRRRCRR
crl-stale                         RCCCCCCRCRRRRRRCCR
expired                           RRRRRRRRRRRRRRRRRR
missing-intermediate              RRRRRRRRRRRRRRRRRR
untrusted                         RRRRRRRRRRRRRRRRRR
wrong-name                        RRRRRRRRRRRRRRRRRR
leaf-signed-staple                RCRRRRRRCRRRRRRCRR
replayed-staple                   CCCCCCCCCCCCCCRCCC
stolen-key@plain                  RCC?CCCRCRRRCCRC?R
stolen-key@must-staple            RCRRRRRRCRRRCCRC?R
"""

# Run against this lab on 2026-12-01, programs of Debian 12 and OpenJDK; ? where it was not tried.
DEBIAN_PROGRAMS = (
    ("mail/exim-gnutls-require", "Exim 4.96, GnuTLS 3.7.9, hosts_require_ocsp=*"),
    ("runtime/java-soft-fail", "OpenJDK 17.0.15"),
    ("runtime/java-hard-fail", "OpenJDK 17.0.15"),
    ("runtime/perl-io-socket-ssl", "IO::Socket::SSL 2.081, OpenSSL 3.0.19"),
    ("library/gnutls-cli-ocsp", "gnutls-cli 3.7.9 --ocsp"),
    ("library/curl-openssl-cert-status", "curl 7.88.1, OpenSSL 3.0.19"),
    ("library/curl-gnutls-3.7", "libcurl-gnutls 7.88.1, GnuTLS 3.7.9"),
    ("library/curl-gnutls-cert-status", "libcurl-gnutls 7.88.1, CURLOPT_SSL_VERIFYSTATUS"),
    ("library/lftp", "lftp 4.9.2, GnuTLS 3.7.9"),
    ("library/aria2", "aria2 1.36.0, GnuTLS 3.7.9"),
    ("library/lynx", "Lynx 2.9.0dev.12, GnuTLS 3.7.9"),
    ("library/emacs", "Emacs 28.2, GnuTLS 3.7.9"),
    ("library/openldap-gnutls", "ldapsearch 2.5.13, GnuTLS 3.7.9"),
)
DEBIAN_FACTS = """
good-staple@plain                        CCCCCCCCCCCCC
good-staple@must-staple                  CCCCCCCCCCCCC
good-staple@tls12                        CCCCCCCCCCCCC
delegated-signer                         CCCCCCCCCCCCC
no-next-update                           CRRCCCCCCCCC?
sha256-certid                            CRRCCRCCCCCC?
no-staple                                RCCCCRCRCCCCC
must-staple-missing                      RCCCRRRRRRRRR
revoked@plain                            RRRRRRRRRRRRR
stale@2h                                 RRRCRRRRRRRR?
stale@25h                                RRRCRRRRRRRRR
stale-revoked                            RRRRRRRRRRRR?
unknown                                  CCRRCRCRCCCCC
not-yet-valid                            CRRCCRCCCCCCC
bad-signature                            RRRCRRRRRRRRR
impostor                                 RRRCRRRRRRRR?
malformed@garbage                        RRRCRRRRRRRRR
wrong-certificate                        RRRCRRRRRRRRR
wrong-issuer-key                         CRRCCRCCCCCC?
unauthorized-signer@root                 CRRCCRCCCCCC?
error-response@unauthorized              CRRCCRCRCCCC?
several-entries@contradicting            CRRCCCCCCCCCC
several-entries@foreign-first            RCCCRCRRRRRRR
several-entries@revoked-second           RRRRRRRRRRRRR
several-entries@none                     RRRCRRRRRRRRR
odd-response@critical-extension          CRRCCCCCCCCC?
odd-response@critical-entry-extension    CRRCCCCCCCCC?
intermediate-staple@good                 CCCCCCCCCCCCC
intermediate-staple@revoked              RRRCRCRRRRRRR
intermediate-staple@stale                RCCCRCRRRRRRR
intermediate-staple@unknown              CCCCCCCCCCCCC
intermediate-status@revoked              CRRCCCCCCCCCC
responder-revoked                        RRRCRRCRCCCCC
responder-unknown                        RCRCCRCRCCCC?
responder-stale                          RRRCCRCRCCCC?
responder-refused                        RCRCRRCRCCCC?
crl-revoked                              RRRCCRCRCCCCC
crl-fallback-revoked                     RRRCRRCRCCCC?
crl-unknown-revoked                      RRRCCRCRCCCC?
no-ocsp-url                              RRRCCRCRCCCC?
forged-revoked                           RRRCRRRRRRRR?
leaf-signed-staple                       RRRCRRRRRRRR?
"""

# Run against this lab on 2026-12-01, programs of Debian 13 and of unstable; TLS 1.3. ? where a release of the
# library differs from the one that plays the profile on Debian 12 (GnuTLS since 3.8 skips the foreign entry).
NEWER_PROGRAMS = (
    ("library/gnutls-default", "gnutls-cli 3.8.9"),
    ("library/gnutls-default", "gnutls-cli 3.8.13"),
    ("library/curl-openssl-cert-status", "curl 8.14.1, OpenSSL 3.5.9"),
    ("library/curl-openssl-cert-status", "curl 8.23.0, OpenSSL 3.6.5"),
    ("library/openssl-s-client-status", "openssl s_client 3.6.5"),
    ("runtime/erlang-stapling", "Erlang/OTP 27.3.4"),
    ("library/botan-3", "Botan 3.12.0"),
)
NEWER_FACTS = """
delegated-signer                  CCCCCCC
good-staple@plain                 CCCCCCC
good-staple@must-staple           CCCCCCC
no-next-update                    CCCCCCC
sha256-certid                     CCRRCCC
bad-signature                     RRRRCRR
delegate-expired                  RRRRCRR
delegate-no-eku                   RRRRCRR
empty                             RRRRRRR
error-response@try-later          CCRRCRC
error-response@unauthorized       CCRRCRC
impostor                          RRRRCRR
malformed@garbage                 RRRRRRC
malformed@truncated               RRRRRRC
no-staple                         CCRRCRC
not-yet-valid                     CCRRCRR
odd-response@critical-extension   CCCCCCR
old-no-next-update                RRCCCCC
revoked@plain                     RRRRCRR
several-entries@foreign-first     ??CCCCC
several-entries@revoked-second    RRRRCRR
several-entries@contradicting     CCCCCCC
stale@1min                        RRCCCRR
stale@25h                         RRRRCRR
stale-revoked                     RRRRCRR
unauthorized-signer@unrelated-ca  RRRRCRR
unauthorized-signer@root          CCRRCCR
unknown                           CCRRCRR
wrong-certificate                 RRRRCRR
wrong-issuer-key                  CCRRCRR
must-staple-missing               RRRRCRC
no-ocsp-url                       CCRRCRC
responder-refused                 CCRRCRC
responder-revoked                 CCRRCRR
responder-stale                   CCRRCRR
responder-unknown                 CCRRCRR
crl-revoked                       CCRRCRC
intermediate-staple@revoked       RRCCCRR
intermediate-status@revoked       CCCCCCC
leaf-signed-staple                RRRRCRR
"""

# Small programs on each library against a server of the same kinds of staple. None of them fetches, so
# that the responder does not matter. libtls: LibreTLS 3.7.0.
LIBRARY_PROGRAMS = (
    ("library/openssl-3.6-check", "OpenSSL 3.6.5, TLS 1.3"),
    ("library/wolfssl-stapling", "wolfSSL 5.9.2"),
    ("library/wolfssl-must-staple", "wolfSSL 5.9.2"),
    ("library/botan-default", "Botan 2.19.3, TLS 1.2"),
    ("library/libtls-default", "LibreTLS 3.7.0; ? where the age is its tolerance"),
    ("library/libtls-require", "LibreTLS 3.7.0"),
    ("runtime/go", "Go 1.19.8"),
    ("runtime/rustls", "rustls 0.23.45"),
)
LIBRARY_FACTS = """
delegated-signer                  CCCCCCCC
good-staple@plain                 CCCCCCCC
good-staple@must-staple           CCCCCCCC
sha256-certid                     CRRCRRCC
no-next-update                    CCCCCCCC
revoked@plain                     RRRRRRCC
revoked@must-staple               RRRRRRCC
stale-revoked                     RRRRRRCC
unknown                           RRRRCCCC
stale@1min                        CRRR??CC
stale@10min                       RRRRRRCC
stale@25h                         RRRRRRCC
not-yet-valid                     RRRRRRCC
old-no-next-update                CCCCRRCC
wrong-certificate                 RRRRRRCC
wrong-issuer-key                  RRRRRRCC
bad-signature                     RRRRRRCC
impostor                          RRRRRRCC
unauthorized-signer@unrelated-ca  RRRRRRCC
unauthorized-signer@root          RRRCRRCC
delegate-no-eku                   RRRRRRCC
delegate-expired                  RRRCRRCC
leaf-signed-staple                RRRRCCCC
malformed@garbage                 RRRRRRCC
malformed@truncated               RRRRRRCC
error-response@try-later          RRRRRRCC
error-response@internal-error     RRRRRRCC
error-response@unauthorized       RRRRRRCC
empty                             RRRRRRRR
no-ocsp-url                       RCRRCRCC
must-staple-missing               RCRRCRCC
must-staple-responder-down        RCRRCRCC
"""

ANYTHING_PASSES = {"C": "revoked@plain stale@25h unknown bad-signature malformed@garbage no-ocsp-url must-staple-missing "
                        "responder-revoked crl-revoked empty"}
ANYTHING_BUT_EMPTY = {"C": ANYTHING_PASSES["C"].replace(" empty", "")}
GNUTLS_ITSELF = {"C": "no-staple good-staple@plain unknown", "R": "revoked@plain stale@25h bad-signature must-staple-missing"}
FIRST_ENTRY = {"C": "several-entries@contradicting", "R": "several-entries@revoked-second"}
WPA_TAKES = ("delegated-signer no-next-update old-no-next-update sha256-certid several-entries@contradicting "
             "several-entries@foreign-first odd-response@critical-extension unauthorized-signer@root")
WPA_REFUSES = ("bad-signature delegate-no-eku impostor leaf-signed-staple malformed@garbage not-yet-valid stale@25h "
               "error-response@try-later error-response@unauthorized")
NSS_FOLLOWS_RESPONDER = ("no-staple stale@25h error-response@try-later malformed@garbage wrong-certificate "
                         "good-staple@plain delegated-signer no-next-update")

# Single facts: (profile, where from, {verdict: scenarios}).
SINGLE_FACTS = (
    ("browser/firefox-private-root", "Firefox ESR 153.7.0 under an imported root", {
        "C": "responder-silent responder-reset responder-http-500 responder-unresolvable responder-slow stale@1min stale@2h "
             "no-next-update delegated-signer unauthorized-signer@root crl-fallback-revoked good-staple@plain",
        "R": "must-staple-missing must-staple-responder-down not-yet-valid revoked@plain"}),
    ("browser/firefox-strict", "Firefox ESR 153.7.0, security.OCSP.require", {
        "C": "responder-slow stale@1min no-next-update delegated-signer",
        "R": "responder-silent responder-reset responder-http-500 responder-unresolvable crl-fallback-revoked "
             "must-staple-missing not-yet-valid"}),
    ("browser/firefox-strict", "source: no OCSP URL and no fault of a staple is accepted", {"C": "no-ocsp-url"}),
    ("browser/firefox-2018", "Chung et al., IMC 2018", {"R": "must-staple-missing must-staple-responder-down"}),
    ("browser/firefox-android", "Chung et al., IMC 2018", {"R": "must-staple-missing must-staple-responder-down"}),
    ("browser/safari-default", "Chung et al., IMC 2018", {"C": "must-staple-missing must-staple-responder-down"}),
    ("browser/safari-default", "Sosnowski et al., EuroS&P 2024, section 6.3", {"R": "revoked@plain"}),
    ("browser/firefox-private-root", "source: a fetched answer with a fault counts as none, unknown and revoked do not", {
        "C": "responder-stale responder-try-later responder-garbage", "R": "responder-unknown responder-revoked unknown"}),
    ("browser/firefox-private-root", "source: faults of a staple", {
        "C": "stale@25h wrong-certificate error-response@try-later unauthorized-signer@unrelated-ca delegate-no-eku",
        "R": "malformed@garbage bad-signature impostor error-response@unauthorized error-response@internal-error"}),
    ("browser/firefox-public-root", "source: faults of a staple, and no responder is asked", {
        "C": "stale@25h wrong-certificate error-response@try-later unauthorized-signer@unrelated-ca no-staple",
        "R": "malformed@garbage bad-signature not-yet-valid unknown revoked@plain must-staple-missing"}),
    ("runtime/java-hard-fail", "source: com.sun.security.ocsp.timeout, 15 s", {
        "C": "responder-late responder-very-late@6s responder-very-late@12s",
        "R": "responder-very-late@20s responder-very-late@70s"}),
    ("library/wget2-ocsp", "source: libwget/ssl_gnutls.c", {
        "C": "responder-stale responder-garbage responder-try-later responder-http-500 not-yet-valid",
        "R": "stale@25h revoked@plain responder-revoked bad-signature must-staple-missing"}),
    ("library/nss-soft", "NSS 3.87.1", {
        "C": NSS_FOLLOWS_RESPONDER + " responder-stale responder-try-later responder-garbage responder-http-500 "
             "responder-refused responder-silent no-ocsp-url",
        "R": "revoked@plain stale-revoked responder-revoked responder-unknown"}),
    ("library/nss-pkix-hard", "NSS 3.87.1", {
        "C": NSS_FOLLOWS_RESPONDER,
        "R": "revoked@plain stale-revoked no-ocsp-url responder-revoked responder-unknown responder-stale "
             "responder-try-later responder-http-500 responder-refused"}),
    ("library/mongodb-driver", "PyMongo 3.11.0", {
        "C": "good-staple@plain good-staple@must-staple delegated-signer no-next-update no-staple no-ocsp-url unknown "
             "crl-revoked intermediate-staple@revoked responder-slow responder-stale responder-try-later responder-unknown "
             "responder-bad-answer@bad-signature responder-bad-answer@from-the-future responder-bad-answer@unauthorized "
             "responder-endless responder-http-500 responder-refused responder-reset responder-silent responder-very-late@6s "
             "stolen-key@plain",
        "R": "revoked@plain responder-revoked stale@20s stale@25h stale-revoked bad-signature impostor forged-revoked "
             "delegate-no-eku leaf-signed-staple unauthorized-signer@root unauthorized-signer@unrelated-ca malformed@garbage "
             "error-response@try-later error-response@unauthorized empty not-yet-valid must-staple-missing "
             "must-staple-responder-down must-staple-stale must-staple-try-later stolen-key@must-staple"}),
    ("library/openssl-default", "OpenSSL 3.0.22", ANYTHING_PASSES),
    ("library/mbedtls-default", "Mbed TLS 2.28.3", ANYTHING_PASSES),
    ("library/curl-openssl", "curl 7.88.1", ANYTHING_PASSES),
    ("runtime/python", "Python 3.11", ANYTHING_PASSES),
    ("runtime/node", "Node.js 20.20.2", ANYTHING_PASSES),
    ("mail/exim-gnutls", "Exim 4.96 with GnuTLS: as GnuTLS", GNUTLS_ITSELF),
    ("library/curl-gnutls", "libcurl-gnutls 8.14.1, 8.23.0", GNUTLS_ITSELF),
    ("library/git", "git 2.47.3, 2.55.0", GNUTLS_ITSELF),
    ("library/libsoup", "libsoup 3, glib-networking 2.80, 2.90", GNUTLS_ITSELF),
    ("library/curl-gnutls-cert-status", "libcurl-gnutls 8.14.1", {"R": "unknown error-response@try-later"}),
    ("library/curl-gnutls-cert-status-8.23", "libcurl-gnutls 8.23.0", {
        "C": "good-staple@plain unknown error-response@try-later", "R": "no-staple revoked@plain intermediate-staple@revoked"}),
    ("library/openldap-openssl", "ldapsearch 2.6.10, OpenSSL 3.5.9", ANYTHING_PASSES),
    ("library/libpq", "psql and libpq 17.12, OpenSSL 3.5.9, sslnegotiation=direct", ANYTHING_PASSES),
    ("runtime/deno", "Deno 2.9.6", ANYTHING_BUT_EMPTY),
    ("runtime/workerd", "workerd of November 2026", ANYTHING_BUT_EMPTY),
    ("runtime/bun-fetch", "Bun 1.4.5", ANYTHING_BUT_EMPTY),
    ("runtime/erlang-stapling", "Erlang/OTP 29", {"C": "good-staple@plain", "R": "no-staple stale@1min"}),
    ("library/qt-stapling", "Qt 6.8.2", {"C": "good-staple@plain", "R": "no-staple several-entries@contradicting"}),
    ("library/botan-3", "Botan 3.12, 3.13", {
        "C": "good-staple@plain no-staple error-response@try-later malformed@garbage responder-refused",
        "R": "responder-stale responder-unknown"}),
    ("library/wpa-supplicant-ocsp-1", "wpa_supplicant 2.10, OpenSSL 3.0.19, against hostapd", {
        "C": "good-staple@plain no-staple unknown wrong-certificate wrong-issuer-key stale@1min " + WPA_TAKES,
        "R": "revoked@plain stale-revoked " + WPA_REFUSES}),
    ("library/wpa-supplicant-ocsp-2", "wpa_supplicant 2.10, OpenSSL 3.0.19, against hostapd", {
        "C": "good-staple@plain stale@1min " + WPA_TAKES,
        "R": "no-staple unknown wrong-certificate wrong-issuer-key revoked@plain stale-revoked " + WPA_REFUSES}),
    ("library/strongswan-pki", "strongSwan 5.9.8", {
        "C": "good-staple@plain no-staple crl-good crl-refused no-ocsp-url responder-garbage responder-refused responder-stale "
             "responder-try-later responder-unknown",
        "R": "responder-revoked crl-revoked crl-fallback-revoked intermediate-status@revoked"}),
    *((profile, "the first matching entry counts: programs of Debian 13 and unstable", FIRST_ENTRY) for profile in (
        "library/s2n-default", "library/openssl-3.6-check", "proxy/stunnel", "runtime/erlang-stapling", "library/botan-3",
        "library/wpa-supplicant-ocsp-1", "library/wpa-supplicant-ocsp-2")),
    ("browser/firefox-private-root", "Firefox: every entry counts", {"R": "several-entries@contradicting"}),
    ("library/s2n-default", "source: tls/s2n_x509_validator.c", {
        "C": "no-staple no-ocsp-url good-staple@plain",
        "R": "malformed@garbage error-response@try-later bad-signature unauthorized-signer@unrelated-ca wrong-certificate "
             "unknown revoked@plain stale@1min not-yet-valid old-no-next-update sha256-certid"}),
    ("mail/exim-openssl", "source: src/tls-openssl.c", {
        "C": "no-staple bad-signature wrong-certificate unknown revoked@plain stale@25h",
        "R": "malformed@garbage error-response@try-later"}),
    ("mail/exim-openssl-require", "source: src/tls-openssl.c", {
        "C": "wrong-certificate good-staple@plain stale@1min",
        "R": "no-staple malformed@garbage bad-signature unknown revoked@plain stale@10min"}),
    ("proxy/stunnel", "source: src/ocsp.c", {
        "C": "no-staple stale@25h malformed@garbage stale@1min no-ocsp-url",
        "R": "revoked@plain responder-refused responder-unknown responder-stale unknown"}),
    ("proxy/stunnel-soft", "source: src/ocsp.c", {
        "C": "no-staple responder-refused responder-unknown responder-stale unknown",
        "R": "revoked@plain responder-revoked"}),
)

# What the axes cannot say, or the stack that plays the program cannot do: (profiles, scenarios, what our
# profile does, why). Each has to be met at least once, or it is stale.
DIFFERENCES = (
    ("library/gnutls-cli-ocsp library/curl-gnutls-cert-status mail/exim-gnutls-require",
     "unauthorized-signer@root wrong-issuer-key", "reject",
     "our check of a response is stricter than the library's own, which gnutls/native shows"),
    ("library/wpa-supplicant-*", "unauthorized-signer@root", "reject",
     "OpenSSL, which plays wpa_supplicant, wants an authorized signer; wpa_supplicant 2.10 lets the root sign"),
    ("library/gnutls-cli-ocsp library/curl-gnutls-cert-status mail/exim-gnutls-require", "several-entries@foreign-first",
     "connect", "GnuTLS 3.7 does not look behind an entry of another certificate; these classes do, as GnuTLS 3.8 does"),
    ("library/curl-gnutls-cert-status", "intermediate-staple@unknown", "reject",
     "curl wants status good of the leaf only; the axes do not part leaf and intermediate"),
    ("runtime/erlang-stapling", "unauthorized-signer@root", "reject",
     "OpenSSL, which plays Erlang, wants an authorized signer; Erlang/OTP 27 lets the root sign"),
    ("library/botan-3", "odd-response@critical-extension", "connect",
     "Botan 3 rejects an unknown critical extension; the axes do not part it from garbage, for which Botan asks the responder"),
    ("library/libtls-*", "leaf-signed-staple", "reject",
     "OpenSSL, which plays libtls, wants an authorized signer; LibreTLS 3.7 let the leaf's own key sign"),
    ("library/botan-default", "delegate-expired unauthorized-signer@root", "reject",
     "OpenSSL, which plays Botan, wants an authorized signer; Botan 2 lets an expired delegate and the root sign"),
)


# {scenario: (staple, whether there is a CRL that says revoked, verdicts of SOFT_FAIL, SOFT_FAIL for the leaf alone, no option)}
JAVA_SCENARIO = """title: "t"
why: "w"
tags: [java]
certificate: {{ crl_url: {crl_url} }}
server: {{ staple: {{ {staple} }} }}
responder: {{ status: revoked }}
crl: {crl}
truth: revoked
expect: {{ "*": connect }}
"""
JAVA_STAPLES = {
    "java-unknown": ("status: unknown", False, "CCR"),
    "java-unknown-crl": ("status: unknown", True, "RCR"),
    "java-try-later": ("response: try-later", False, "CCR"),
    "java-internal-error": ("response: internal-error", False, "CCR"),
    "java-unauthorized": ("response: unauthorized", False, "RRR"),
    "java-stale": ("this_update: -4d, next_update: -25h", False, "RRR"),
}

# What a good, fresh staple does not satisfy, and the reason of the cell.
NOT_SATISFIED = {
    "library/openssl-3.6-check-all": "staple-missing",  # a staple for the intermediate
    "mbedtls/must-staple": "staple-not-supported",  # Mbed TLS cannot request one
    "mbedtls/require-staple": "staple-not-supported",
    "runtime/java-prefer-crls": "crl-url-missing",  # CRLs alone, and the certificate names none
}
# What the library itself does since 3.8 (gnutls-cli 3.8.9 and 3.8.13): a program measured on 3.7 and played by a newer
# library does this too.
SINCE_GNUTLS_3_8 = {"several-entries@foreign-first": "C"}
VERSION = re.compile(r"\b\d+\.\d|\b20[12]\d\b|\b\d+\+|\bDebian \d|\bOTP \d")
ADDRESS = re.compile(r"https?://\S+|DOI \S+")


def columns(programs, text):
    """(profile, scenario, verdict, source) of a table with a letter for each program."""
    for line in text.split("\n"):
        if line:
            scenario, letters = line.split()
            assert len(letters) == len(programs), line
            for (profile, source), letter in zip(programs, letters):
                if letter != "?":
                    yield profile, scenario, letter, source


def facts():
    yield from columns(LAB_PROGRAMS, LAB_FACTS)
    yield from columns(DEBIAN_PROGRAMS, DEBIAN_FACTS)
    yield from columns(NEWER_PROGRAMS, NEWER_FACTS)
    yield from columns(LIBRARY_PROGRAMS, LIBRARY_FACTS)
    for profile, source, verdicts in SINGLE_FACTS:
        for letter, scenarios in verdicts.items():
            for scenario in scenarios.split():
                yield profile, scenario, letter, source


def major_minor(version):
    return tuple(int(number) for number in version.split(".")[:2])


def matches(text, patterns):
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns.split())


class Profiles(ProgramTest):
    @unittest.skipUnless(STACKS == ["openssl", "gnutls", "mbedtls"], "not every stack that plays a profile is built")
    def test_profiles_do_what_the_real_programs_did(self):
        choice = [word for family in FAMILIES for word in ("--class", family)]
        rows = sorted({scenario for _, scenario, _, _ in facts()})
        document = self.revoscope("run", "--no-store", "--format", "json", *choice, *rows, timeout=HANG_S).document()
        cells = cells_by(document)
        met, wrong, held, profiles = {}, [], 0, set()
        plays_newer = major_minor(document["stacks"]["gnutls"]["version"]) >= (3, 8)
        for profile, scenario, letter, source in facts():
            cell = cells.get((scenario, profile))
            self.assertIsNotNone(cell, f"no cell {scenario} {profile}")
            profiles.add(profile)
            if plays_newer and "GnuTLS 3.7" in source and document["classes"][profile]["enforcement"] == "native":
                letter = SINCE_GNUTLS_3_8.get(scenario, letter)
            outcome = {"C": "connect", "R": "reject"}[letter]
            if cell["outcome"] == outcome:
                held += 1
                continue
            known = [row for row in DIFFERENCES
                     if cell["outcome"] == row[2] and matches(profile, row[0]) and matches(scenario, row[1])]
            if known:
                met.setdefault(known[0], []).append((profile, scenario))
            else:
                wrong.append(f"{profile} {scenario}: {cell['outcome']} {cell['reason']} for {outcome} ({source})")
        print(f"\n{held} facts about {len(profiles)} of {len(document['classes'])} profiles held; "
              f"{sum(map(len, met.values()))} known differences:")
        for row in DIFFERENCES:
            print(f"  {len(met.get(row, [])):3} {row[3]}")
        self.assertEqual(wrong, [], "\n".join(wrong))
        self.assertEqual([row for row in DIFFERENCES if row not in met], [], "differences that are none any more")
        self.assertGreater(held, 1600)

    def test_java_queries_no_responder_when_there_is_a_staple(self):
        """OpenJDK 17.0.15 with a staple of no use, while responder (and CRL) would say revoked."""
        folder = self.path("own")
        os.mkdir(folder)
        for name, (staple, crl, _) in JAVA_STAPLES.items():
            self.write(f"own/{name}.yaml", JAVA_SCENARIO.format(staple=staple, crl_url="true" if crl else "false",
                                                                crl="{ behaviour: answer, status: revoked }" if crl else "none"))
        profiles = ("runtime/java-soft-fail", "runtime/java-soft-fail-leaf", "runtime/java-hard-fail")
        choice = [word for profile in profiles for word in ("--class", profile)]
        document = self.revoscope("run", "--no-store", "--format", "json", "--scenarios", folder, *choice, *JAVA_STAPLES).document()
        outcomes = {(name, profile): cells_by(document)[name, profile]["outcome"] for name in JAVA_STAPLES for profile in profiles}
        self.assertEqual(outcomes, {(name, profile): {"C": "connect", "R": "reject"}[letter]
                                    for name, (_, _, letters) in JAVA_STAPLES.items() for profile, letter in zip(profiles, letters)})

    def test_every_class_connects_to_a_good_server(self):
        """A profile that no server satisfies is a slip, but for these."""
        document = self.revoscope("run", "--no-store", "--format", "json", "--class", "all", "good-staple@plain", timeout=HANG_S).document()
        reasons = {cell["class"]: cell["reason"] for cell in document["cells"] if cell["outcome"] != "connect"}
        self.assertEqual(reasons, NOT_SATISFIED)

    def test_every_profile_states_the_version_it_holds_for(self):
        """Behaviour changes with releases, that of services and documentation with time."""
        document = self.revoscope("run", "--no-store", "--format", "json", "--class", "all", "good-staple@plain", timeout=HANG_S).document()
        without = [name for name, about in document["classes"].items()
                   if about["origin"] in ("measured", "source", "documentation") and not VERSION.search(
                       " ".join([about["title"], about["text"] or "", ADDRESS.sub("", about["reference"] or "")]))]
        self.assertEqual(without, [])


if __name__ == "__main__":
    main()
