#!/usr/bin/env bash
# When uacme takes a certificate to be revoked and asks for a new one before its time.
#
# Version: uacme 1.7.4-1 (Debian 12), which links GnuTLS.
# Guess:   an ACME client that checks for revocation judges the response's age, finds its certificate's entry, and with
#          a CA that has left OCSP looks at the CRL.
# Behaviour: no time of a response is looked at: "good" whose nextUpdate has passed days ago is GOOD, and "revoked" of
#          that age makes a new certificate. Only the first entry counts. A certificate that names a CRL and no
#          responder is never checked, without a word.
# Output seen:
#   no answer: kept; ocsp_check: gnutls_ocsp_resp_import failed: ASN1 parser: Error in TAG.
#   good: kept; OCSP certificate status is GOOD
#   good, nextUpdate has passed: kept; OCSP certificate status is GOOD
#   revoked: renewed; OCSP certificate status is REVOKED
#   revoked, nextUpdate has passed: renewed; OCSP certificate status is REVOKED
#   revoked, entry is the second: kept; ocsp_check: gnutls_ocsp_resp_check_crt failed: The OCSP response is invalid
#   revoked in the CRL, no responder: kept;
# Source: ocsp_check in crypto.c of the program.
set -euo pipefail
work=$(mktemp -d)
web=
trap '[ -z "$web" ] || kill "$web"; rm -rf "$work"' EXIT
cd "$work"
apt-get download -q uacme=1.7.4-1 faketime=0.9.10-2.1 libfaketime=0.9.10-2.1 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done
faketime=$(find "$PWD/root" -name libfaketime.so.1)
ago() { LD_PRELOAD=$faketime FAKETIME=-$1 "${@:2}"; }

cat >web.py <<'PY'
import http.server


class Responder(http.server.BaseHTTPRequestHandler):
    """Answers OCSP requests from a file and CRL requests from another; there is no ACME server."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer("response.der")

    def do_GET(self):
        self.answer("list.crl" if self.path == "/list.crl" else "nothing")

    def answer(self, name):
        try:
            with open(name, "rb") as file:
                body = file.read()
        except OSError:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Responder)
print(server.server_port, flush=True)
server.serve_forever()
PY
mkfifo port
python3 web.py >port &
web=$!
read -r number <port

cat >ca.cnf <<'CONF'
[ca]
default_ca = here
[here]
database = revoked
default_md = sha256
default_crl_days = 3
CONF
end=$(date -u -d +79days +%y%m%d%H%M%SZ)
for serial in 1 2 3; do
	printf 'V\t%s\t\t0%s\tunknown\t/CN=leaf%s.example\n' "$end" $serial $serial >>good
	printf 'R\t%s\t%s,keyCompromise\t0%s\tunknown\t/CN=leaf%s.example\n' "$end" \
		"$(date -u -d '9 days ago' +%y%m%d%H%M%SZ)" $serial $serial >>revoked
done
leaf() { # SERIAL EXTENSION
	openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out leaf.csr -subj "/CN=leaf$1.example"
	ago 10d openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 90 -set_serial "$1" -out "$1.pem" \
		-extfile <(printf 'subjectAltName=DNS:leaf%s.example\n%s\n' "$1" "$2")
	mkdir -p "conf/private/leaf$1.example" "conf/leaf$1.example"
	cp "$1.key" "conf/private/leaf$1.example/key.pem"
	cat "$1.pem" ca.pem >"conf/leaf$1.example/cert.pem"
}
(
	ago 10d openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 200 -subj "/CN=Example CA" \
		-addext keyUsage=critical,keyCertSign,cRLSign
	leaf 1 "authorityInfoAccess=OCSP;URI:http://127.0.0.1:$number/"
	leaf 2 "authorityInfoAccess=OCSP;URI:http://127.0.0.1:$number/"
	leaf 3 "crlDistributionPoints=URI:http://127.0.0.1:$number/list.crl"
	openssl genrsa -out conf/private/key.pem 2048
	openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem | openssl crl -outform DER -out list.crl
) >/dev/null 2>&1

respond() { # INDEX AGE SERIAL...
	local words=() serial
	for serial in "${@:3}"; do words+=(-cert "$serial.pem"); done
	(
		openssl ocsp -issuer ca.pem "${words[@]}" -no_nonce -reqout q.der
		ago "$2" openssl ocsp -index "$1" -CA ca.pem -reqin q.der -respout response.der -rsigner ca.pem -rkey ca.key -ndays 3
	) >/dev/null 2>&1
}
check() { # WHAT SERIAL
	local what=kept
	root/usr/bin/uacme -v -n -a "http://127.0.0.1:$number/directory" -c "$PWD/conf" issue "leaf$2.example" >out 2>&1 || true
	! grep -q 'generating certificate request' out || what=renewed
	echo "$1: $what; $(sed -n 's/^uacme: \(ocsp_check.*\|OCSP certificate.*\)/\1/p' out)"
}
{
	check "no answer" 1
	respond good 0d 1
	check "good" 1
	respond good 5d 1
	check "good, nextUpdate has passed" 1
	respond revoked 0d 1
	check "revoked" 1
	respond revoked 5d 1
	check "revoked, nextUpdate has passed" 1
	respond revoked 0d 2 1
	check "revoked, entry is the second" 1
	check "revoked in the CRL, no responder" 3
} | sed 's/ $//' >seen
cat seen
diff seen - <<'SEEN'
no answer: kept; ocsp_check: gnutls_ocsp_resp_import failed: ASN1 parser: Error in TAG.
good: kept; OCSP certificate status is GOOD
good, nextUpdate has passed: kept; OCSP certificate status is GOOD
revoked: renewed; OCSP certificate status is REVOKED
revoked, nextUpdate has passed: renewed; OCSP certificate status is REVOKED
revoked, entry is the second: kept; ocsp_check: gnutls_ocsp_resp_check_crt failed: The OCSP response is invalid
revoked in the CRL, no responder: kept;
SEEN
