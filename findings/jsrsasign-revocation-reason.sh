#!/usr/bin/env bash
# What jsrsasign reads of a revoked entry in an OCSP response.
#
# Version: jsrsasign@11.1.5 (npm), Node.js 20.
# Guess:   OCSPParser gives revocationTime and, where it is there, revocationReason of
#          RevokedInfo (RFC 6960 section 4.2.1); its X509CRL reads the same reason from a CRL.
# Behaviour: the reason of an OCSP entry is dropped: a certificate on hold and one with a
#          compromised key read alike. Of the CRL of the same CA the reason is read.
# Output seen:
#   OCSP, keyCompromise: {"status":"revoked","time":"20261101000000Z"}
#   OCSP, certificateHold: {"status":"revoked","time":"20261101000000Z"}
#   CRL: [{"extname":"cRLReason","code":1}] [{"extname":"cRLReason","code":6}]
# Source: getCertStatus of KJUR.asn1.ocsp.OCSPParser.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-fund --no-audit --ignore-scripts jsrsasign@11.1.5

openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj "/CN=Example CA" 2>/dev/null
printf 'R\t391231000000Z\t261101000000Z,keyCompromise\t01\tunknown\t/CN=leaf1.example\n' >index.txt
printf 'R\t391231000000Z\t261101000000Z,certificateHold\t02\tunknown\t/CN=leaf2.example\n' >>index.txt
for serial in 1 2; do
	openssl ocsp -issuer ca.pem -serial $serial -no_nonce -reqout q.der >/dev/null 2>&1
	openssl ocsp -index index.txt -CA ca.pem -reqin q.der -respout $serial.der -rsigner ca.pem -rkey ca.key \
		-ndays 3 >/dev/null 2>&1
done
# OpenSSL sees the reasons.
openssl ocsp -respin 1.der -noverify -resp_text | grep -q 'Revocation Reason: keyCompromise'
openssl ocsp -respin 2.der -noverify -resp_text | grep -q 'Revocation Reason: certificateHold'
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=3\ncrlnumber=crlnumber\n' >ca.cnf
echo 01 >crlnumber
openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -out crl.pem 2>/dev/null

cat >try.cjs <<'JS'
const fs = require('fs');
const { KJUR, X509CRL } = require('jsrsasign');
const status = (file) => JSON.stringify(new KJUR.asn1.ocsp.OCSPParser()
  .getOCSPResponse(fs.readFileSync(file).toString('hex')).array[0].status);
console.log(`OCSP, keyCompromise: ${status('1.der')}`);
console.log(`OCSP, certificateHold: ${status('2.der')}`);
const entries = new X509CRL(fs.readFileSync('crl.pem', 'utf8')).getRevCertArray();
console.log(`CRL: ${entries.map((entry) => JSON.stringify(entry.ext)).join(' ')}`);
JS
node try.cjs | tee seen
diff seen - <<'SEEN'
OCSP, keyCompromise: {"status":"revoked","time":"20261101000000Z"}
OCSP, certificateHold: {"status":"revoked","time":"20261101000000Z"}
CRL: [{"extname":"cRLReason","code":1}] [{"extname":"cRLReason","code":6}]
SEEN
