#!/usr/bin/env bash
# A CRL of version 1 in Haskell's x509 library.
#
# Version: x509-util=1.6.6-1 (Debian 12).
# Guess:   a CRL without version field is one of version 1 (RFC 5280 section 5.1.2.1: the field is
#          optional) and is shown like one of version 2.
# Behaviour: it cannot be decoded: the library wants the version field. OpenSSL writes such CRLs
#          whenever no CRL extensions are configured, which is what its own sample configuration has
#          (crl_extensions is commented out there).
# Output seen:
#   version 2: decoded
#   version 1: decoding CRL failed: "signed object error: \"unexpected type for version\""
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q "x509-util=1.6.6-1" >/dev/null 2>&1
dpkg -x x509-util_*.deb root

openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj "/CN=Example CA" 2>/dev/null
printf 'R\t391231000000Z\t261101000000Z\t01\tunknown\t/CN=leaf.example\n' >index.txt
echo 01 >crlnumber
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=3\n' >v1.cnf
{ cat v1.cnf; printf 'crlnumber=crlnumber\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n'; } >v2.cnf
for version in 2 1; do
	openssl ca -config "v$version.cnf" -gencrl -keyfile ca.key -cert ca.pem -out "v$version.pem" 2>/dev/null
	openssl crl -in "v$version.pem" -CAfile ca.pem -noout -text 2>/dev/null | grep -q "Version $version "
	if root/usr/bin/x509-util crl "v$version.pem" >out 2>err; then
		echo "version $version: decoded"
	else
		sed -n "s/^x509-util: /version $version: /p" err
	fi
done | tee seen
diff seen - <<'SEEN'
version 2: decoded
version 1: decoding CRL failed: "signed object error: \"unexpected type for version\""
SEEN
