#!/usr/bin/env bash
# What the chain validation of PKI.js makes of the OCSP status unknown, and of an offered but unsuited response.
#
# Version: pkijs 4.0.0, asn1js 4.0.0 (npm).
# Guess:   unknown is an outcome of its own; without revocation data of a certificate the engine says the same whether
#          other data was given or none.
# Behaviour: unknown is "One of certificates was revoked via OCSP response", code 12, as revoked is. With no data at
#          all the chain is valid; with a response for another certificate it is not (code 11), so that one
#          response too many turns valid into invalid.
# Output seen:
#   no response: true 0
#   good: true 0
#   revoked: false 12 One of certificates was revoked via OCSP response
#   unknown: false 12 One of certificates was revoked via OCSP response
#   good for another certificate: false 11 No revocation values found for one of certificates
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix . pkijs@4.0.0 asn1js@4.0.0 >/dev/null
(
	openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj "/CN=Example CA" \
		-addext keyUsage=critical,keyCertSign,cRLSign
	for serial in 1 2 3; do
		openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj "/CN=leaf$serial.example"
		openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 20 -set_serial $serial -out $serial.pem \
			-extfile <(echo "subjectAltName=DNS:leaf$serial.example")
	done
	printf 'V\t391231000000Z\t\t01\tunknown\t/CN=leaf1.example\n' >index.txt
	printf 'R\t391231000000Z\t261101000000Z,keyCompromise\t02\tunknown\t/CN=leaf2.example\n' >>index.txt
	for serial in 1 2 3; do
		openssl ocsp -issuer ca.pem -cert $serial.pem -no_nonce -reqout q.der
		openssl ocsp -index index.txt -CA ca.pem -reqin q.der -respout $serial.der -rsigner ca.pem -rkey ca.key -ndays 3
	done
) >/dev/null 2>&1
cat >chain.mjs <<'JS'
import * as pkijs from "pkijs";
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";

pkijs.setEngine("node", new pkijs.CryptoEngine({ name: "node", crypto: webcrypto }));
const plain = (buffer) => new Uint8Array(buffer).slice().buffer;
const certificate = (file) =>
	pkijs.Certificate.fromBER(plain(Buffer.from(readFileSync(file, "utf8").replace(/-----[^-]+-----|\s/g, ""), "base64")));
const response = (file) =>
	pkijs.BasicOCSPResponse.fromBER(
		pkijs.OCSPResponse.fromBER(plain(readFileSync(file))).responseBytes.response.valueBlock.valueHexView);
async function chain(what, leaf, ocsps) {
	const engine = new pkijs.CertificateChainValidationEngine({ trustedCerts: [certificate("ca.pem")], certs: [certificate(leaf)], ocsps });
	const { result, resultCode, resultMessage } = await engine.verify();
	console.log(`${what}: ${result} ${resultCode} ${resultMessage}`.trimEnd());
}
await chain("no response", "1.pem", []);
await chain("good", "1.pem", [response("1.der")]);
await chain("revoked", "2.pem", [response("2.der")]);
await chain("unknown", "3.pem", [response("3.der")]);
await chain("good for another certificate", "2.pem", [response("1.der")]);
JS
node chain.mjs >seen
cat seen
diff seen - <<'SEEN'
no response: true 0
good: true 0
revoked: false 12 One of certificates was revoked via OCSP response
unknown: false 12 One of certificates was revoked via OCSP response
good for another certificate: false 11 No revocation values found for one of certificates
SEEN
