#!/usr/bin/env bash
# What check_ssl_cert makes of OCSP: the issuer that it fetches, stale responses, errors of the responder.
#
# Version: monitoring-plugins-contrib=42.20230308+deb12u1+b1 (Debian 12), check_ssl_cert 2.60.0.
# Guess:   the certificate's OCSP responder is asked with the issuer that the server sends; a responder that cannot
#          be asked, one that says tryLater and a response that is out of date end alike.
# Behaviour: the issuer comes from the caIssuers URL alone; a certificate without one is never asked about, and OK.
#          tryLater is CRITICAL (after two requests); a good response whose nextUpdate passed days ago is OK, as "openssl
#          ocsp" ends with 0 for it; "unknown" is CRITICAL with the words "Response verify OK".
# Output seen:
#   good: exit 0, CA POST, SSL_CERT OK
#   good, nextUpdate has passed: exit 0, CA POST, SSL_CERT OK
#   revoked: exit 2, CA POST, certificate element 1 is revoked (OCSP)
#   unknown: exit 2, CA POST POST, OCSP error (Response verify OK)
#   tryLater: exit 2, CA POST POST, OCSP error (Responder Error: trylater (3))
#   good, without caIssuers: exit 0, nothing asked, SSL_CERT OK
set -euo pipefail
work=$(mktemp -d)
server=
tls=
clean_up() {
    for pid in $server $tls; do kill "$pid" || true; done
    rm -rf "$work"
}
trap clean_up EXIT
cd "$work"
apt-get download -q monitoring-plugins-contrib=42.20230308+deb12u1+b1 faketime=0.9.10-2.1 libfaketime=0.9.10-2.1 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done
faketime=$(find "$PWD/root" -name libfaketime.so.1)
# The plugin will not start without the program "host"; here it knows the one address.
mkdir bin
cat >bin/host <<'SHELL'
#!/bin/sh
echo "$2 has address 127.0.0.1"
SHELL
chmod +x bin/host
export PATH=$PWD/bin:$PATH

cat >responder.py <<'PYTHON'
import http.server, os
class Responder(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        issuer = self.path == "/ca.der"
        with open("asked", "a") as file:
            file.write(("CA" if issuer else self.command) + "\n")
        with open("ca.der" if issuer else "response.der", "rb") as file:
            body = file.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/pkix-cert" if issuer else "application/ocsp-response")
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
ago() { LD_PRELOAD=$faketime FAKETIME=-$1d "${@:2}"; }
leaf() { # SERIAL AUTHORITY-INFO-ACCESS
	openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out leaf.csr -subj "/CN=leaf$1.example"
	ago 10 openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 30 -set_serial "$1" -out "$1.pem" \
		-extfile <(printf 'authorityInfoAccess=%s\nsubjectAltName=DNS:leaf%s.example\n' "$2" "$1")
}
ocsp=OCSP\;URI:http://127.0.0.1:$port/
issuer=caIssuers\;URI:http://127.0.0.1:$port/ca.der
(
	ago 10 openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 40 -subj "/CN=Example CA" \
		-addext keyUsage=critical,keyCertSign,cRLSign
	openssl x509 -in ca.pem -outform DER -out ca.der
	for serial in 1 2 3; do leaf $serial "$ocsp,$issuer"; done
	leaf 4 "$ocsp"
) 2>/dev/null
end=$(date -u -d +19days +%y%m%d%H%M%SZ)
for serial in 1 4; do printf 'V\t%s\t\t0%s\tunknown\t/CN=leaf%s.example\n' "$end" $serial $serial; done >index.txt
printf 'R\t%s\t%s,keyCompromise\t02\tunknown\t/CN=leaf2.example\n' "$end" "$(date -u -d '9 days ago' +%y%m%d%H%M%SZ)" >>index.txt

check() { # WHAT SERIAL DAYS-AGO
	local status=0 tls_port
	if [ "$1" = tryLater ]; then
		printf '\060\003\012\001\003' >response.der
	else
		openssl ocsp -issuer ca.pem -cert "$2.pem" -no_nonce -reqout q.der >/dev/null 2>&1
		ago "$3" openssl ocsp -index index.txt -CA ca.pem -reqin q.der -respout response.der -rsigner ca.pem -rkey ca.key -ndays 3 >/dev/null 2>&1
	fi
	openssl s_server -www -accept 127.0.0.1:0 -cert "$2.pem" -key "$2.key" -cert_chain ca.pem >tls.log 2>/dev/null &
	tls=$!
	for _ in $(seq 100); do
		tls_port=$(sed -n 's/^ACCEPT 127.0.0.1://p' tls.log)
		[ -z "$tls_port" ] || break
		sleep 0.1
	done
	rm -f asked
	root/usr/lib/nagios/plugins/check_ssl_cert -H "leaf$2.example" --resolve 127.0.0.1 -p "$tls_port" -r ca.pem --ignore-sct -w 5 -c 2 >out 2>/dev/null || status=$?
	kill "$tls"
	wait "$tls" 2>/dev/null || true
	tls=
	echo "$1: exit $status, $(paste -sd ' ' asked 2>/dev/null || echo nothing asked), $(sed -E 's/^SSL_CERT CRITICAL [^:]*: //; s/\|.*//; s/ - .*//' out)"
}
{
	check good 1 0
	check "good, nextUpdate has passed" 1 5
	check revoked 2 0
	check unknown 3 0
	check tryLater 1 0
	check "good, without caIssuers" 4 0
} >seen
cat seen
diff seen - <<'SEEN'
good: exit 0, CA POST, SSL_CERT OK
good, nextUpdate has passed: exit 0, CA POST, SSL_CERT OK
revoked: exit 2, CA POST, certificate element 1 is revoked (OCSP)
unknown: exit 2, CA POST POST, OCSP error (Response verify OK)
tryLater: exit 2, CA POST POST, OCSP error (Responder Error: trylater (3))
good, without caIssuers: exit 0, nothing asked, SSL_CERT OK
SEEN
