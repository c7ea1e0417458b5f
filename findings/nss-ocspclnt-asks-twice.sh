#!/usr/bin/env bash
# What NSS's OCSP client asks and takes: a second request, a stale "revoked", SHA-256 CertIDs.
#
# Version: libnss3-tools and libnss3 2:3.87.1-1+deb12u4, libnspr4 2:4.35-1 (Debian 12).
# Guess:   one request by GET and one answer; a response whose nextUpdate has passed is out of date
#          whatever it says; an answer with a CertID by SHA-256 is as good as one by SHA-1; the
#          exit status says good or not.
# Behaviour: what it does not like by GET (unknown, out of date, another CertID hash) it asks again
#          by POST, so that one check costs the responder two requests; "revoked" ends the matter at once.
#          A response that says revoked counts although its nextUpdate has passed, one that says good does
#          not. Without nextUpdate a response counts for a day. A CertID by SHA-256 is "no status". The
#          exit status is 0 for all of them.
# Output seen:
#   good: exit 0, GET, Check of certificate "leaf1" succeeded.
#   revoked: exit 0, GET, Peer's Certificate has been revoked.
#   unknown: exit 0, GET POST, The OCSP server has no status for the certificate.
#   good, nextUpdate has passed: exit 0, GET POST, The OCSP response contains out-of-date information.
#   revoked, nextUpdate has passed: exit 0, GET, Peer's Certificate has been revoked.
#   good, 23 hours old without nextUpdate: exit 0, GET, Check of certificate "leaf1" succeeded.
#   good, 25 hours old without nextUpdate: exit 0, GET POST, The OCSP response contains out-of-date information.
#   good, CertID by SHA-256: exit 0, GET POST, The OCSP server has no status for the certificate.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
apt-get download -q libnss3-tools=2:3.87.1-1+deb12u4 libnss3=2:3.87.1-1+deb12u4 libnspr4=2:4.35-1 \
	faketime=0.9.10-2.1 libfaketime=0.9.10-2.1 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done
nss=$(dirname "$(find root -name libnss3.so)")
faketime=$(find "$PWD/root" -name libfaketime.so.1)
at() { # SECONDS-AGO COMMAND: the command sees a clock that is that much behind
	local ago=$1
	shift
	LD_PRELOAD=$faketime FAKETIME=-${ago}s "$@"
}
in_nss() { LD_LIBRARY_PATH=$PWD/$nss "root/usr/bin/$1" "${@:2}"; }

cat >responder.py <<'PYTHON'
import http.server, os
class Responder(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with open("asked", "a") as file:
            file.write(self.command + "\n")
        with open("response.der", "rb") as file:
            body = file.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/ocsp-response")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST = answer
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Responder)
with open("port.new", "w") as file:
    file.write(str(server.server_port))
os.rename("port.new", "port")
server.serve_forever()
PYTHON
python3 responder.py &
server=$!
for _ in $(seq 100); do
	[ ! -e port ] || break
	sleep 0.1
done
port=$(cat port)

day=86400
(
	# Ten days old, so that the CA was there when the older responses were made.
	at $((10 * day)) openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 \
		-subj "/CN=Example CA" -addext keyUsage=critical,keyCertSign,cRLSign
	for serial in 1 2 3; do
		openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj "/CN=leaf$serial.example"
		at $((10 * day)) openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 20 -set_serial $serial -out $serial.pem \
			-extfile <(echo "authorityInfoAccess=OCSP;URI:http://127.0.0.1:$port/")
	done
	mkdir db
	in_nss certutil -N -d sql:db --empty-password
	in_nss certutil -A -d sql:db -n ca -t C,, -i ca.pem
	for serial in 1 2 3; do in_nss certutil -A -d sql:db -n leaf$serial -t ,, -i $serial.pem; done
) >/dev/null 2>&1
end=$(date -u -d +9days +%y%m%d%H%M%SZ)
printf 'V\t%s\t\t01\tunknown\t/CN=leaf1.example\n' "$end" >index.txt
printf 'R\t%s\t%s,keyCompromise\t02\tunknown\t/CN=leaf2.example\n' "$end" "$(date -u -d '9 days ago' +%y%m%d%H%M%SZ)" >>index.txt
check() { # WHAT SERIAL SECONDS-AGO HASH [OPTION OF THE RESPONDER...]
	local what=$1 serial=$2 ago=$3 hash=$4 status=0
	shift 4
	(
		openssl ocsp "-$hash" -issuer ca.pem -cert "$serial.pem" -no_nonce -reqout q.der
		at "$ago" openssl ocsp -index index.txt -CA ca.pem -reqin q.der -respout response.der -rsigner ca.pem -rkey ca.key "$@"
	) >/dev/null 2>&1
	rm -f asked
	in_nss ocspclnt -S "leaf$serial" -d sql:db >out 2>&1 || status=$?
	echo "$what: exit $status, $(paste -sd ' ' asked), $(tail -n 1 out)"
}
{
	check good 1 0 sha1 -ndays 3
	check revoked 2 0 sha1 -ndays 3
	check unknown 3 0 sha1 -ndays 3
	check "good, nextUpdate has passed" 1 $((5 * day)) sha1 -ndays 3
	check "revoked, nextUpdate has passed" 2 $((5 * day)) sha1 -ndays 3
	check "good, 23 hours old without nextUpdate" 1 $((23 * 3600)) sha1
	check "good, 25 hours old without nextUpdate" 1 $((25 * 3600)) sha1
	check "good, CertID by SHA-256" 1 0 sha256 -ndays 3
} >seen
cat seen
diff seen - <<'SEEN'
good: exit 0, GET, Check of certificate "leaf1" succeeded.
revoked: exit 0, GET, Peer's Certificate has been revoked.
unknown: exit 0, GET POST, The OCSP server has no status for the certificate.
good, nextUpdate has passed: exit 0, GET POST, The OCSP response contains out-of-date information.
revoked, nextUpdate has passed: exit 0, GET, Peer's Certificate has been revoked.
good, 23 hours old without nextUpdate: exit 0, GET, Check of certificate "leaf1" succeeded.
good, 25 hours old without nextUpdate: exit 0, GET POST, The OCSP response contains out-of-date information.
good, CertID by SHA-256: exit 0, GET POST, The OCSP server has no status for the certificate.
SEEN
