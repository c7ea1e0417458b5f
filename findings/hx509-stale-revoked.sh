#!/usr/bin/env bash
# Which revocation data Heimdal's hx509 takes: age of OCSP responses and CRLs, CRLs of user certificates only.
#
# Version: Heimdal 7.8.git20221117.28daf24+dfsg-2 (Debian 12), hxtool verify.
# Guess:   data whose nextUpdate has passed is none, whatever it says; a complete CRL for user certificates (critical
#          issuingDistributionPoint) is data about a user certificate.
# Behaviour: a response that says revoked counts although its nextUpdate has passed, one that says good does not; a
#          CRL whose nextUpdate has passed is none in both cases. The issuingDistributionPoint is an unknown
#          extension, which ends the verification also of a certificate for which another CRL is at hand.
# Output seen:
#   nothing: No revoke status found for certificates
#   OCSP good: path ok
#   OCSP good, nextUpdate has passed: No revoke status found for certificates
#   OCSP revoked, nextUpdate has passed: Certificate revoked by issuer in OCSP
#   CRL, revoked: Certificate revoked by issuer in CRL
#   CRL, revoked, nextUpdate has passed: No revoke status found for certificates
#   CRL for user certificates, not revoked: Unknown CRL extension
#   the same beside a CRL for all, not revoked: Unknown CRL extension
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
heimdal=7.8.git20221117.28daf24+dfsg-2
apt-get download -q heimdal-clients=$heimdal libhx509-5-heimdal=$heimdal libasn1-8-heimdal=$heimdal libhcrypto5-heimdal=$heimdal \
	libroken19-heimdal=$heimdal libwind0-heimdal=$heimdal libheimbase1-heimdal=$heimdal libsl0-heimdal=$heimdal \
	libkrb5-26-heimdal=$heimdal faketime=0.9.10-2.1 libfaketime=0.9.10-2.1 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done
libraries=$PWD/$(dirname "$(find root -name libhx509.so.5)")
faketime=$(find "$PWD/root" -name libfaketime.so.1)
ago() { LD_PRELOAD=$faketime FAKETIME=-$1d "${@:2}"; }
crl() { # FILE DAYS-AGO EXTENSIONS
	ago "$2" openssl ca -config ca.cnf -gencrl -crldays 3 -crlexts "$3" -keyfile ca.key -cert ca.pem | openssl crl -outform DER -out "$1"
}
response() { # FILE SERIAL DAYS-AGO
	openssl ocsp -issuer ca.pem -cert "$2.pem" -no_nonce -reqout q.der
	ago "$3" openssl ocsp -index index.txt -CA ca.pem -reqin q.der -respout "$1" -rsigner ca.pem -rkey ca.key -ndays 3
}
cat >ca.cnf <<'CONF'
[ca]
default_ca = here
[here]
database = index.txt
crlnumber = crlnumber
default_md = sha256
[all]
authorityKeyIdentifier = keyid
[users]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @users_only
[users_only]
onlyuser = TRUE
CONF
echo 01 >crlnumber
end=$(date -u -d +19days +%y%m%d%H%M%SZ)
printf 'V\t%s\t\t01\tunknown\t/CN=leaf1.example\n' "$end" >index.txt
printf 'R\t%s\t%s,keyCompromise\t02\tunknown\t/CN=leaf2.example\n' "$end" "$(date -u -d '9 days ago' +%y%m%d%H%M%SZ)" >>index.txt
(
	ago 10 openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 40 -subj "/CN=Example CA" \
		-addext keyUsage=critical,keyCertSign,cRLSign
	for serial in 1 2; do
		openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj "/CN=leaf$serial.example"
		ago 10 openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 30 -set_serial $serial -out $serial.pem \
			-extfile <(echo "subjectAltName=DNS:leaf$serial.example")
	done
	response good.der 1 0
	response stale-good.der 1 5
	response stale-revoked.der 2 5
	crl all.crl 0 all
	crl stale.crl 5 all
	crl users.crl 0 users
) >/dev/null 2>&1

check() { # WHAT SERIAL [DATA...]
	local what=$1 serial=$2
	shift 2
	LD_LIBRARY_PATH=$libraries root/usr/bin/hxtool verify "cert:FILE:$serial.pem" anchor:FILE:ca.pem "$@" >out 2>&1 || true
	echo "$what: $(head -n 1 out | sed -E 's/^verify_path: //; s/: [0-9]+$//')"
}
{
	check nothing 1
	check "OCSP good" 1 ocsp:FILE:good.der
	check "OCSP good, nextUpdate has passed" 1 ocsp:FILE:stale-good.der
	check "OCSP revoked, nextUpdate has passed" 2 ocsp:FILE:stale-revoked.der
	check "CRL, revoked" 2 crl:FILE:all.crl
	check "CRL, revoked, nextUpdate has passed" 2 crl:FILE:stale.crl
	check "CRL for user certificates, not revoked" 1 crl:FILE:users.crl
	check "the same beside a CRL for all, not revoked" 1 crl:FILE:users.crl crl:FILE:all.crl
} >seen
cat seen
diff seen - <<'SEEN'
nothing: No revoke status found for certificates
OCSP good: path ok
OCSP good, nextUpdate has passed: No revoke status found for certificates
OCSP revoked, nextUpdate has passed: Certificate revoked by issuer in OCSP
CRL, revoked: Certificate revoked by issuer in CRL
CRL, revoked, nextUpdate has passed: No revoke status found for certificates
CRL for user certificates, not revoked: Unknown CRL extension
the same beside a CRL for all, not revoked: Unknown CRL extension
SEEN
