#!/usr/bin/env bash
# Which stapled OCSP responses PyMongo's checker can read.
#
# Version: python3-pymongo 3.11.0-1+deb12u2, with python3-openssl 23.0.0-1 and python3-cryptography of Debian 12.
# Guess:   a good response staples well whatever else it says: a second entry, for another certificate, and a CertID by
#          SHA-256 are valid (RFC 6960 section 4.2.1); a TLS feature extension with a number that is not known
#          asks for nothing.
# Behaviour: a response with two entries ends the handshake with the parser's ValueError, an unknown TLS feature with a
#          KeyError. A CertID by SHA-256 is refused where the issuer signs and is named by its key: the hash of the key in
#          the ResponderID, always SHA-1, is compared with that of the CertID, and the issuer is taken for a delegate.
# Output seen:
#   good: connected
#   no staple, responder refuses: connected
#   good, entry of another certificate after it: ValueError OCSP response contains 2 SINGLERESP structures
#   good, CertID by SHA-256: Error (Delegate not authorized for OCSP signing)
#   good, TLS feature 99: KeyError 99
set -euo pipefail
script=$(realpath "$0")
work=$(mktemp -d)
tls=
trap '[ -z "$tls" ] || kill "$tls" || true; rm -rf "$work"' EXIT
cd "$work"
apt-get download -q python3-pymongo=3.11.0-1+deb12u2 python3-bson=3.11.0-1+deb12u2 python3-openssl=23.0.0-1 \
	python3-service-identity=18.1.0-8 python3-attr=22.2.0-1 python3-pyasn1=0.4.8-3+deb12u3 python3-pyasn1-modules=0.2.8-1 \
	python3-idna=3.3-1+deb12u1 python3-cryptography python3-cffi-backend python3-requests python3-urllib3 python3-chardet \
	python3-charset-normalizer python3-certifi python3-six >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done

cat >connect.py <<'PYTHON'
import logging, re, socket, ssl, sys
from pymongo import ssl_support
last = []
class Last(logging.Handler):
    def emit(self, record):
        last[:] = [record.getMessage()]
logging.getLogger("pymongo").addHandler(Last())
logging.getLogger("pymongo").setLevel(logging.DEBUG)
context = ssl_support.get_ssl_context(None, None, None, "ca.pem", ssl.CERT_REQUIRED, None, True, True)
try:
    context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), server_hostname=sys.argv[2])
    print("connected")
except Exception as error:
    if type(error).__name__ == "Error":
        print(f"Error ({last[0]})")
    else:
        print(type(error).__name__, re.split(r"\.\s", str(error))[0])
PYTHON
(
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj "/CN=Example CA" \
		-addext keyUsage=critical,keyCertSign,cRLSign
	for serial in 1 2; do
		openssl req -newkey rsa:2048 -nodes -keyout $serial.key -out leaf.csr -subj "/CN=leaf$serial.example"
		openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 20 -set_serial $serial -out $serial.pem -extfile <(
			echo "subjectAltName=DNS:leaf$serial.example"
			echo "authorityInfoAccess=OCSP;URI:http://127.0.0.1:1/"
			[ $serial = 1 ] || echo "tlsfeature=99"
		)
		printf 'V\t391231000000Z\t\t0%s\tunknown\t/CN=leaf%s.example\n' $serial $serial >>index.txt
	done
) 2>/dev/null
check() { # WHAT SERIAL [OPTION OF THE REQUEST...]
	local what=$1 serial=$2 port="" options=()
	shift 2
	if [ $# -gt 0 ]; then
		openssl ocsp -issuer ca.pem "$@" -no_nonce -reqout q.der >/dev/null 2>&1
		openssl ocsp -index index.txt -CA ca.pem -reqin q.der -respout response.der -rsigner ca.pem -rkey ca.key -resp_key_id -ndays 3 >/dev/null 2>&1
		options=(-status_file response.der)
	fi
	openssl s_server -www -accept 127.0.0.1:0 -cert "$serial.pem" -key "$serial.key" "${options[@]}" >tls.log 2>/dev/null &
	tls=$!
	for _ in $(seq 100); do
		port=$(sed -n 's/^ACCEPT 127.0.0.1://p' tls.log)
		[ -z "$port" ] || break
		sleep 0.1
	done
	echo "$what: $(PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 -S connect.py "$port" "leaf$serial.example")"
	kill "$tls"
	wait "$tls" 2>/dev/null || true
	tls=
}
{
	check good 1 -cert 1.pem
	check "no staple, responder refuses" 1
	check "good, entry of another certificate after it" 1 -cert 1.pem -cert 2.pem
	check "good, CertID by SHA-256" 1 -sha256 -cert 1.pem
	check "good, TLS feature 99" 2 -cert 2.pem
} >seen
cat seen
sed -n '/^# Output seen/,/^set/s/^#   //p' "$script" | diff seen -
