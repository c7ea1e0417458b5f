#!/usr/bin/env bash
# The exit status of botan ocsp_check, and the request that it sends.
#
# Version: botan=2.19.3+dfsg-1+deb12u1 (Debian 12).
# Guess:   the command ends with 0 for good and with something else for revoked, as a script needs
#          it; its request names the port of the responder in Host (RFC 9110 section 7.2).
# Behaviour: revoked is said in words and ends with 0, as good does; only what could not be
#          asked ends with 2. Host is the host without its port, so that a responder behind a name-based
#          proxy on another port than 80 may not be found.
# Output seen:
#   good: exit 0, OCSP check OK
#   revoked: exit 0, OCSP check failed Certificate is revoked
#   nothing listens: exit 2
#   Host: 127.0.0.1
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
apt-get download -q botan=2.19.3+dfsg-1+deb12u1 libbotan-2-19=2.19.3+dfsg-1+deb12u1 libtspi1=0.3.15-0.3 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done
LD_LIBRARY_PATH=$PWD/$(dirname "$(find root -name libbotan-2.so.19)")
export LD_LIBRARY_PATH

cat >responder.py <<'PYTHON'
import http.server, os, sys
class Responder(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        with open("host", "w") as file:
            file.write(self.headers["Host"])
        with open("response.der", "rb") as file:
            body = file.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/ocsp-response")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
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

(
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj "/CN=Example CA" \
		-addext keyUsage=critical,keyCertSign,cRLSign
	for serial in 1 2; do
		openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj "/CN=leaf$serial.example"
		openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 20 -set_serial $serial -out $serial.pem \
			-extfile <(echo "authorityInfoAccess=OCSP;URI:http://127.0.0.1:$port/")
	done
) 2>/dev/null
printf 'V\t391231000000Z\t\t01\tunknown\t/CN=leaf1.example\n' >index.txt
printf 'R\t391231000000Z\t261101000000Z,keyCompromise\t02\tunknown\t/CN=leaf2.example\n' >>index.txt
check() { # WHAT SERIAL
	local status=0
	(
		unset LD_LIBRARY_PATH
		openssl ocsp -issuer ca.pem -cert "$2.pem" -no_nonce -reqout q.der
		openssl ocsp -index index.txt -CA ca.pem -reqin q.der -respout response.der -rsigner ca.pem -rkey ca.key -ndays 3
	) >/dev/null 2>&1
	root/usr/bin/botan ocsp_check "$2.pem" ca.pem >out 2>/dev/null || status=$?
	echo "$1: exit $status$(sed 's/^/, /' out)"
}
{
	check good 1
	check revoked 2
	kill "$server"
	wait "$server" 2>/dev/null || true
	check "nothing listens" 1
	echo "Host: $(cat host)"
} >seen
server=
cat seen
diff seen - <<'SEEN'
good: exit 0, OCSP check OK
revoked: exit 0, OCSP check failed Certificate is revoked
nothing listens: exit 2
Host: 127.0.0.1
SEEN
