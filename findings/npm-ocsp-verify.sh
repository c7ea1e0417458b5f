#!/usr/bin/env bash
# What ocsp.verify() of the npm package ocsp refuses, though openssl takes it.
#
# Version: ocsp@1.2.0 (npm), Node.js 20.
# Guess:   verify() leaves signatures to Node's crypto, so whatever Node verifies it takes; it looks
#          for the entry of the certificate in question, by the hash that the entry names.
# Behaviour: signature algorithms are a table of RSA names, so that an answer signed by an ECDSA key
#          is an error for every certificate of an ECDSA CA; only the first entry is looked at, so
#          that an answer about two certificates is about one of them; a CertID by SHA-256 is
#          "Hash algorithm mismatch".
# Output seen:
#   RSA: good
#   ECDSA P-256: Unknown signature algorithm 1,2,840,10045,4,3,2
#   RSA, entry is the second: Serial number mismatch
#   RSA, CertID by SHA-256: Hash algorithm mismatch
# Source: lib/ocsp/verify.js and lib/ocsp/utils.js of the package.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-fund --no-audit --ignore-scripts ocsp@1.2.0

issue() { # FOLDER KEY...
	local folder=$1
	shift
	mkdir "$folder"
	(
		cd "$folder"
		openssl req -x509 -newkey "$@" -nodes -keyout ca.key -out ca.pem -days 30 -subj "/CN=Example CA"
		for serial in 1 2; do
			openssl req -newkey "$@" -nodes -keyout leaf.key -out leaf.csr -subj "/CN=leaf$serial.example"
			openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 20 -set_serial $serial -out $serial.pem
			printf 'V\t391231000000Z\t\t0%s\tunknown\t/CN=leaf%s.example\n' $serial $serial >>index.txt
		done
	) 2>/dev/null
}
respond() { # FOLDER NAME [-cert ...]
	local folder=$1 name=$2
	shift 2
	(
		cd "$folder"
		openssl ocsp -issuer ca.pem "$@" -no_nonce -reqout q.der
		openssl ocsp -index index.txt -CA ca.pem -reqin q.der -respout "$name.der" -rsigner ca.pem -rkey ca.key -ndays 3
		openssl ocsp -issuer ca.pem "$@" -no_nonce -respin "$name.der" -CAfile ca.pem | grep -c ': good' >"$name.num"
	) >/dev/null 2>&1
}
issue rsa rsa:2048
issue ecdsa ec -pkeyopt ec_paramgen_curve:P-256
respond rsa one -cert 1.pem
respond ecdsa one -cert 1.pem
respond rsa two -cert 2.pem -cert 1.pem
respond rsa sha256 -sha256 -cert 1.pem
[ "$(cat rsa/one.num ecdsa/one.num rsa/two.num rsa/sha256.num | tr '\n' ' ')" = "1 1 2 1 " ] # openssl: all good

cat >try.cjs <<'JS'
const ocsp = require('ocsp');
const fs = require('fs');
const der = (file) => Buffer.from(fs.readFileSync(file, 'utf8').replace(/-----[^-]*-----/g, ''), 'base64');
function attempt([what, folder, name]) {
  const request = ocsp.request.generate(der(`${folder}/1.pem`), der(`${folder}/ca.pem`));
  return new Promise((done) => {
    ocsp.verify({ request, response: fs.readFileSync(`${folder}/${name}.der`) }, (error, status) => {
      console.log(`${what}: ${error ? error.message : status.type}`);
      done();
    });
  });
}
(async () => {
  for (const row of [['RSA', 'rsa', 'one'], ['ECDSA P-256', 'ecdsa', 'one'],
    ['RSA, entry is the second', 'rsa', 'two'], ['RSA, CertID by SHA-256', 'rsa', 'sha256']]) await attempt(row);
})();
JS
node try.cjs | tee seen
diff seen - <<'SEEN'
RSA: good
ECDSA P-256: Unknown signature algorithm 1,2,840,10045,4,3,2
RSA, entry is the second: Serial number mismatch
RSA, CertID by SHA-256: Hash algorithm mismatch
SEEN
