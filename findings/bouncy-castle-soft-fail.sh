#!/usr/bin/env bash
# The options of java.security.cert.PKIXRevocationChecker with Bouncy Castle's PKIX validator, beside the JDK's own.
#
# Version: libbcprov-java, libbcutil-java and libbcpkix-java 1.72-2 (Debian 12), a JDK with javac (tried: OpenJDK 17.0.15).
# Guess:   both validators do with SOFT_FAIL, PREFER_CRLS and by default what the interface promises: a responder that
#          cannot be asked is forgiven and listed in getSoftFailExceptions(), the CRL is the fallback or the first choice.
# Behaviour: Bouncy Castle's SOFT_FAIL forgives neither tryLater nor a refused connection, and its list is null; it does not
#          fall back to the CRL, as the JDK does for unknown and tryLater; with PREFER_CRLS it fetches none, but asks the
#          responder (by POST, where the JDK uses GET).
#          The status unknown is "certificate revoked, details unknown".
# Output seen:
#   unknown, SUN: valid, 0 soft failures (GET CRL)
#   unknown, BC: refused, certificate revoked, details unknown (POST)
#   tryLater, SUN: valid, 0 soft failures (GET CRL)
#   tryLater, BC: refused, OCSP responder failed: 3 (POST)
#   tryLater SOFT_FAIL, SUN: valid, 1 soft failures (GET CRL)
#   tryLater SOFT_FAIL, BC: refused, OCSP responder failed: 3 (POST)
#   good PREFER_CRLS, SUN: valid, 0 soft failures (CRL)
#   good PREFER_CRLS, BC: valid, null soft failures (POST)
#   nothing listens SOFT_FAIL, SUN: valid, 2 soft failures ()
#   nothing listens SOFT_FAIL, BC: refused, configuration error: Connection refused ()
set -euo pipefail
script=$(realpath "$0")
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
apt-get download -q libbcprov-java=1.72-2 libbcutil-java=1.72-2 libbcpkix-java=1.72-2 >/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" root; done
classpath=$(find root -name 'bc*-1.72.jar' | paste -sd :):classes

cat >responder.py <<'PYTHON'
import http.server, os
class Responder(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        crl = self.path == "/ca.crl"
        with open("asked", "a") as file:
            file.write(("CRL" if crl else self.command) + "\n")
        with open("ca.crl" if crl else "response.der", "rb") as file:
            body = file.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/pkix-crl" if crl else "application/ocsp-response")
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

printf '[ca]\ndefault_ca = here\n[here]\ndatabase = index.txt\ndefault_md = sha256\ndefault_crl_days = 3\ncrlnumber = crlnumber\ncrl_extensions = crl\n[crl]\nauthorityKeyIdentifier = keyid\n' >ca.cnf
echo 01 >crlnumber
printf 'V\t391231000000Z\t\t01\tunknown\t/CN=leaf1.example\n' >index.txt
(
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj "/CN=Example CA" \
		-addext keyUsage=critical,keyCertSign,cRLSign
	for serial in 1 2; do
		openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj "/CN=leaf$serial.example"
		openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 20 -set_serial $serial -out $serial.pem \
			-extfile <(printf 'authorityInfoAccess=OCSP;URI:http://127.0.0.1:%s/\ncrlDistributionPoints=URI:http://127.0.0.1:%s/ca.crl\n' "$port" "$port")
		# Serial 2 is not in the index: unknown to the responder.
		openssl ocsp -issuer ca.pem -cert $serial.pem -no_nonce -reqout q.der
		openssl ocsp -index index.txt -CA ca.pem -reqin q.der -respout $serial.der -rsigner ca.pem -rkey ca.key -ndays 3
	done
	openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem | openssl crl -outform DER -out ca.crl
) >/dev/null 2>&1
printf '\060\003\012\001\003' >tryLater.der
cat >Validate.java <<'JAVA'
import java.io.*;
import java.security.*;
import java.security.cert.*;
import java.util.*;

public class Validate {
    static X509Certificate certificate(String file) throws Exception {
        try (InputStream in = new FileInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
    /** PROVIDER CERTIFICATE [OPTION...] */
    public static void main(String[] words) throws Exception {
        Security.setProperty("ocsp.enable", "true"); // Without it Bouncy Castle asks no responder at all.
        Security.addProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider());
        CertPathValidator validator = CertPathValidator.getInstance("PKIX", words[0]);
        PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
        Set<PKIXRevocationChecker.Option> options = EnumSet.noneOf(PKIXRevocationChecker.Option.class);
        for (String word : Arrays.asList(words).subList(2, words.length))
            options.add(PKIXRevocationChecker.Option.valueOf(word));
        checker.setOptions(options);
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(certificate("ca.pem"), null)));
        parameters.addCertPathChecker(checker);
        try {
            validator.validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate(words[1]))), parameters);
            List<?> soft = checker.getSoftFailExceptions();
            System.out.println("valid, " + (soft == null ? "null" : soft.size()) + " soft failures");
        } catch (CertPathValidatorException e) {
            System.out.println("refused, " + e.getMessage());
        }
    }
}
JAVA
javac -cp "$classpath" -d classes Validate.java
check() { # WHAT RESPONSE CERTIFICATE [OPTION...]
	local what=$1 provider
	if [ "$2" ]; then cp "$2" response.der; fi
	for provider in SUN BC; do
		rm -f asked
		touch asked
		echo "$what, $provider: $(java -cp "$classpath" Validate $provider "${@:3}") ($(paste -sd ' ' asked))"
	done
}
{
	check unknown 2.der 2.pem
	check tryLater tryLater.der 1.pem
	check "tryLater SOFT_FAIL" tryLater.der 1.pem SOFT_FAIL
	check "good PREFER_CRLS" 1.der 1.pem PREFER_CRLS
	kill "$server"
	wait "$server" 2>/dev/null || true
	server=
	check "nothing listens SOFT_FAIL" "" 1.pem SOFT_FAIL
} >seen
cat seen
sed -n 's/^#   \(.*: .*(.*)\)$/\1/p' "$script" | diff seen -
