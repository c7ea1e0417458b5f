#!/usr/bin/env bash
# What strongSwan takes from an OCSP responder, and how its `pki --verify --online` ends.
#
# Version: strongSwan 5.9.8-5+deb12u6 (Debian 12), pki with the plugins openssl, revocation and curl.
# Guess:   an entry is found by the hash that it names; a response without nextUpdate is as good as a fresh one
#          (RFC 6960 section 2.4); "unknown" is a status; asked for an online check, the command fails without one.
# Behaviour: only CertIDs by SHA-1 are looked at, so that an answer by SHA-256 is none and the certificate
#          stays trusted. A response without nextUpdate lasts 30 seconds from producedAt. The status unknown is
#          reported as an answer that has no status. A response that says revoked counts after its nextUpdate has
#          passed. The exit status is 0 wherever no answer was had: the last line has to be read.
# Output seen:
#   no answer: exit 0, certificate trusted, lifetimes valid, revocation checking failed
#   good: exit 0, certificate trusted, lifetimes valid, certificate not revoked
#   good, nextUpdate has passed: exit 0, certificate trusted, lifetimes valid, revocation information stale
#   good, no nextUpdate: exit 0, certificate trusted, lifetimes valid, certificate not revoked
#   good, no nextUpdate, two minutes old: exit 0, certificate trusted, lifetimes valid, revocation information stale
#   unknown: exit 0, certificate trusted, lifetimes valid, revocation checking failed
#   revoked: exit 1, certificate untrusted
#   revoked, nextUpdate has passed: exit 1, certificate untrusted
#   good, CertID by SHA-256: exit 0, certificate trusted, lifetimes valid, revocation checking failed
# Source: get_status and OCSP_DEFAULT_LIFETIME in src/libstrongswan/plugins/x509/x509_ocsp_response.c.
set -euo pipefail
work=$(mktemp -d)
web=
trap '[ -z "$web" ] || kill "$web"; rm -rf "$work"' EXIT
cd "$work"
version=5.9.8-5+deb12u6
apt-get download -q strongswan-pki=$version libstrongswan=$version libstrongswan-standard-plugins=$version \
	libstrongswan-extra-plugins=$version libcharon-extra-plugins=$version \
	faketime=0.9.10-2.1 libfaketime=0.9.10-2.1 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done
# The folder of the plugins is compiled in; another one of the same length, below the working directory:
cp -a root/usr/lib/ipsec/plugins plugins
sed -i 's#/usr/lib/ipsec/plugins#/proc/self/cwd/plugins#' root/usr/lib/ipsec/libstrongswan.so.0.0.0
echo 'pki { load = x509 pem pkcs1 pkcs8 pubkey sha1 sha2 random nonce openssl revocation constraints curl }' >strongswan.conf
faketime=$(find "$PWD/root" -name libfaketime.so.1)
ago() { LD_PRELOAD=$faketime FAKETIME=-$1 "${@:2}"; }

cat >web.py <<'PY'
import http.server


class Responder(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        try:
            with open("response.der", "rb") as response:
                body = response.read()
        except OSError:
            return self.send_error(503)
        self.send_response(200)
        self.send_header("Content-Type", "application/ocsp-response")
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

end=$(date -u -d +19days +%y%m%d%H%M%SZ)
printf 'V\t%s\t\t01\tunknown\t/CN=leaf.example\n' "$end" >good
printf 'R\t%s\t%s,keyCompromise\t01\tunknown\t/CN=leaf.example\n' "$end" "$(date -u -d '9 days ago' +%y%m%d%H%M%SZ)" >revoked
: >unknown
(
	ago 10d openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 40 -subj "/CN=Example CA" \
		-addext keyUsage=critical,keyCertSign,cRLSign
	openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=leaf.example
	ago 10d openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 30 -set_serial 1 -out leaf.pem \
		-extfile <(printf 'subjectAltName=DNS:leaf.example\nauthorityInfoAccess=OCSP;URI:http://127.0.0.1:%s/\n' "$number")
) >/dev/null 2>&1

check() { # WHAT INDEX AGE DAYS [HASH]: DAYS is empty for no nextUpdate
	local status=0
	(
		openssl ocsp ${5+"$5"} -issuer ca.pem -cert leaf.pem -no_nonce -reqout q.der
		ago "$3" openssl ocsp -index "$2" -CA ca.pem -reqin q.der -respout response.der -rsigner ca.pem -rkey ca.key \
			${4:+-ndays "$4"}
	) >/dev/null 2>&1
	verify "$1"
}
verify() {
	local status=0
	LD_LIBRARY_PATH=$PWD/root/usr/lib/ipsec STRONGSWAN_CONF=$PWD/strongswan.conf \
		root/usr/bin/pki --verify --in leaf.pem --cacert ca.pem --online >out 2>&1 || status=$?
	echo "$1: exit $status, $(tail -n 1 out)"
}
{
	verify "no answer"
	check "good" good 0s 3
	check "good, nextUpdate has passed" good 5d 3
	check "good, no nextUpdate" good 0s ""
	check "good, no nextUpdate, two minutes old" good 2m ""
	check "unknown" unknown 0s 3
	check "revoked" revoked 0s 3
	check "revoked, nextUpdate has passed" revoked 5d 3
	check "good, CertID by SHA-256" good 0s 3 -sha256
} >seen
cat seen
diff seen - <<'SEEN'
no answer: exit 0, certificate trusted, lifetimes valid, revocation checking failed
good: exit 0, certificate trusted, lifetimes valid, certificate not revoked
good, nextUpdate has passed: exit 0, certificate trusted, lifetimes valid, revocation information stale
good, no nextUpdate: exit 0, certificate trusted, lifetimes valid, certificate not revoked
good, no nextUpdate, two minutes old: exit 0, certificate trusted, lifetimes valid, revocation information stale
unknown: exit 0, certificate trusted, lifetimes valid, revocation checking failed
revoked: exit 1, certificate untrusted
revoked, nextUpdate has passed: exit 1, certificate untrusted
good, CertID by SHA-256: exit 0, certificate trusted, lifetimes valid, revocation checking failed
SEEN
