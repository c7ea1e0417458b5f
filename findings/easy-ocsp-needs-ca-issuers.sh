#!/usr/bin/env bash
# What easy-ocsp wants of a certificate whose issuer it has been given.
#
# Version: easy-ocsp@1.3.0 (npm), Node.js 20.
# Guess:   with the option `ca`, which is there so that the issuer need not be downloaded, the
#          certificate's Authority Information Access has to name a responder and nothing more; a
#          response about two certificates is good for each of them.
# Behaviour: without a caIssuers URL the check ends before any request, though the issuer is
#          at hand and the URL is not used. A response with two entries is refused whatever
#          they say, so a responder that answers for more than was asked (RFC 6960 section 4.2.1
#          allows it) cannot be used.
# Output seen:
#   OCSP and caIssuers URL, one entry: good, 1 request
#   OCSP URL only, one entry: Certificate does not contain issuer url, 0 requests
#   OCSP and caIssuers URL, two entries: OCSP response does not contain exactly one response, 1 request
# Source: getCAInfoUrls and parseOCSPResponse in dist/index.mjs of the package.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-fund --no-audit --ignore-scripts easy-ocsp@1.3.0

cat >try.mjs <<'JS'
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { getCertStatus } from 'easy-ocsp';

const openssl = (...words) => execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'ignore'] });
let requests = 0, body;
const server = http.createServer((request, response) => {
  requests++;
  request.resume().on('end', () => response.setHeader('Content-Type', 'application/ocsp-response').end(body));
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const base = `http://127.0.0.1:${server.address().port}/`;

openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30',
  '-subj', '/CN=Example CA', '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
fs.writeFileSync('index.txt', ['1', '2', '3'].map((n) => `V\t391231000000Z\t\t0${n}\tunknown\t/CN=leaf${n}.example\n`).join(''));
const leaf = (serial, access) => {
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', `/CN=leaf${serial}.example`);
  fs.writeFileSync('leaf.ext', `authorityInfoAccess=${access}\n`);
  openssl('x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-days', '20', '-set_serial', serial,
    '-out', `${serial}.pem`, '-extfile', 'leaf.ext');
};
leaf('1', `OCSP;URI:${base},caIssuers;URI:${base}ca`);
leaf('2', `OCSP;URI:${base}`);
leaf('3', `OCSP;URI:${base},caIssuers;URI:${base}ca`);
const respond = (...serials) => {
  openssl('ocsp', '-issuer', 'ca.pem', ...serials.flatMap((serial) => ['-cert', `${serial}.pem`]), '-no_nonce', '-reqout', 'q.der');
  openssl('ocsp', '-index', 'index.txt', '-CA', 'ca.pem', '-reqin', 'q.der', '-respout', 'r.der', '-rsigner', 'ca.pem',
    '-rkey', 'ca.key', '-ndays', '3');
  return fs.readFileSync('r.der');
};
const attempt = async (what, serial, response) => {
  body = response;
  requests = 0;
  let seen;
  try {
    const ca = fs.readFileSync('ca.pem', 'utf8');
    seen = (await getCertStatus(fs.readFileSync(`${serial}.pem`, 'utf8'), { ca, enableNonce: false })).status;
  } catch (error) { seen = error.message; }
  console.log(`${what}: ${seen}, ${requests} request${requests === 1 ? '' : 's'}`);
};
await attempt('OCSP and caIssuers URL, one entry', '1', respond('1'));
await attempt('OCSP URL only, one entry', '2', respond('2'));
await attempt('OCSP and caIssuers URL, two entries', '1', respond('1', '3'));
server.close();
JS
node try.mjs | tee seen
diff seen - <<'SEEN'
OCSP and caIssuers URL, one entry: good, 1 request
OCSP URL only, one entry: Certificate does not contain issuer url, 0 requests
OCSP and caIssuers URL, two entries: OCSP response does not contain exactly one response, 1 request
SEEN
