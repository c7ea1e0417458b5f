#!/usr/bin/env bash
# How the CRL check of the Snowflake driver for Node.js takes a certificate's CRL.
#
# Version: snowflake-sdk@3.3.0 (npm), Node.js 20.
# Guess:   a CRL whose issuingDistributionPoint says only "user certificates" covers every
#          distribution point (RFC 5280 section 5.2.5: without distributionPoint the extension does
#          not narrow the scope by name); two distribution points are alternatives unless they
#          name reasons, so one that answers is enough (section 4.2.1.13); the CRL's issuer may
#          be written in another string type than the CA's subject (section 7.1).
# Behaviour: each of the three ends in an error: a TypeError for the first, "Request failed" for
#          the dead second point although the first was checked, "issuer is invalid" for a CRL
#          whose issuer is a PrintableString where the CA's subject is a UTF8String (compared as
#          decoded JSON with its type). A CRL without the extension is accepted.
# Output seen:
#   plain CRL: accepted
#   issuingDistributionPoint without a name: TypeError: Cannot read properties of undefined (reading 'value')
#   second of two points answers 404: AxiosError: Request failed with status code 404
#   issuer in another string type: Error: CRL URL issuer is invalid
# Source: dist/lib/agent/crl_validator/index.js and certificate_utils.js of the package.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-fund --no-audit --ignore-scripts snowflake-sdk@3.3.0

cat >try.cjs <<'JS'
const { execFileSync } = require('child_process');
const fs = require('fs');
const http = require('http');
const path = require('path');
const crypto = require('crypto');
const agent = path.join(process.cwd(), 'node_modules/snowflake-sdk/dist/lib/agent/crl_validator');
const { validateCrl } = require(agent);

const openssl = (...words) => execFileSync('openssl', words, { stdio: ['ignore', 'pipe', 'ignore'] });
const write = (name, text) => fs.writeFileSync(name, text);

function makeCrl(name, idp) {
  write(`${name}.cnf`, `[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\n` +
    `default_crl_days=3\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n` +
    (idp ? `issuingDistributionPoint=critical,@idp\n[idp]\nonlyuser=TRUE\n` : ''));
  openssl('ca', '-config', `${name}.cnf`, '-gencrl', '-keyfile', 'ca.key', '-cert', 'ca.pem', '-out', `${name}.pem`);
  openssl('crl', '-in', `${name}.pem`, '-outform', 'DER', '-out', `${name}.der`);
}

/* The same CRL with the issuer's UTF8Strings (tag 12) as PrintableStrings (19), signed anew. */
function withPrintableIssuer(der) {
  const copy = Buffer.from(der);
  const tlv = (at) => {
    let len = copy[at + 1], head = 2;
    if (len & 0x80) { head = 2 + (len & 0x7f); len = 0; for (let i = at + 2; i < at + head; i++) len = len * 256 + copy[i]; }
    return { start: at + head, end: at + head + len };
  };
  const outer = tlv(0), tbs = tlv(outer.start);
  let at = tlv(tbs.start).end;          /* version */
  at = tlv(at).end;                     /* signature */
  const issuer = tlv(at);
  for (let rdn = issuer.start; rdn < issuer.end; rdn = tlv(rdn).end) {
    const value = tlv(tlv(tlv(rdn).start).start).end;
    if (copy[value] === 12) copy[value] = 19;
  }
  const algorithm = tlv(tbs.end), bits = tlv(algorithm.end);
  const signature = crypto.sign('sha256', copy.subarray(outer.start, tbs.end), fs.readFileSync('ca.key'));
  signature.copy(copy, bits.start + 1);
  return copy;
}

async function main() {
  const bodies = {};
  const server = http.createServer((request, response) => {
    const body = bodies[request.url];
    response.statusCode = body ? 200 : 404;
    response.end(body);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${server.address().port}`;

  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '60',
    '-utf8', '-subj', '/O=Example/CN=Example CA', '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
  write('index.txt', '');
  write('crlnumber', '01\n');
  makeCrl('plain', false);
  makeCrl('users', true);
  bodies['/plain'] = fs.readFileSync('plain.der');
  bodies['/users'] = fs.readFileSync('users.der');
  bodies['/printable'] = withPrintableIssuer(bodies['/plain']);
  write('printable.der', bodies['/printable']);
  /* OpenSSL finds nothing wrong with it: valid signature, the same issuer. */
  openssl('crl', '-inform', 'DER', '-in', 'printable.der', '-CAfile', 'ca.pem', '-noout');

  const leaf = (serial, points) => {
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=leaf.example');
    write('leaf.ext', 'crlDistributionPoints=' + points.map((point) => 'URI:' + base + point).join(',') + '\n');
    openssl('x509', '-req', '-in', 'leaf.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-days', '40', '-set_serial',
      serial, '-out', 'leaf.pem', '-extfile', 'leaf.ext');
    const shape = (file) => {
      const certificate = new crypto.X509Certificate(fs.readFileSync(file));
      return { raw: certificate.raw, subject: { O: 'Example', CN: 'Example' }, serialNumber: certificate.serialNumber,
        pubkey: certificate.publicKey.export({ format: 'der', type: 'spki' }) };
    };
    const issuer = shape('ca.pem');
    issuer.issuerCertificate = issuer;
    return Object.assign(shape('leaf.pem'), { issuerCertificate: issuer });
  };
  const config = { checkMode: 'ENABLED', allowCertificatesWithoutCrlURL: false, inMemoryCache: false, onDiskCache: false };
  const attempt = async (what, chain) => {
    let seen = 'accepted';
    try { await validateCrl(chain, config); } catch (error) {
      seen = `${error.name}: ${error.message.replaceAll(base, '').replace(/CRL \S+/, 'CRL URL').replace(/\. Expected.*/, '')}`;
    }
    console.log(`${what}: ${seen}`);
  };
  await attempt('plain CRL', leaf('1', ['/plain']));
  await attempt('issuingDistributionPoint without a name', leaf('2', ['/users']));
  await attempt('second of two points answers 404', leaf('3', ['/plain', '/gone']));
  await attempt('issuer in another string type', leaf('4', ['/printable']));
  server.close();
  process.exit(0);
}
main();
JS
node try.cjs | tee seen
diff seen - <<'SEEN'
plain CRL: accepted
issuingDistributionPoint without a name: TypeError: Cannot read properties of undefined (reading 'value')
second of two points answers 404: AxiosError: Request failed with status code 404
issuer in another string type: Error: CRL URL issuer is invalid
SEEN
