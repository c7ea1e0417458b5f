#!/usr/bin/env bash
# The times in OCSP responses that cfssl ocspsign makes.
#
# Version: golang-cfssl=1.2.0+git20160825.89.7fb22c8-3.1+b11 (Debian 12).
# Guess:   thisUpdate and producedAt are now, nextUpdate is now and 96 hours, revocationTime of
#          "-revoked-at now" is now; so a response says that it was correct after the revocation.
# Behaviour: thisUpdate and nextUpdate are cut to the hour, producedAt to the minute, revocationTime
#          is to the second. A certificate that is revoked now gets a response whose thisUpdate lies up
#          to an hour before its revocationTime, and what is left of "96h" is up to an hour less.
# Output seen:
#   thisUpdate: on the hour
#   nextUpdate: on the hour, 96 hours after thisUpdate
#   producedAt: on the minute
#   revocationTime: later than thisUpdate, not cut to the minute
# Source: cfssl's ocsp/ocsp.go (Sign) and its vendored x/crypto/ocsp.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q "golang-cfssl=1.2.0+git20160825.89.7fb22c8-3.1+b11" >/dev/null 2>&1
dpkg -x golang-cfssl_*.deb root

openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj "/CN=Example CA" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj "/CN=leaf.example" 2>/dev/null
openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 20 -set_serial 1 -out leaf.pem 2>/dev/null
# Away from the beginning of a minute, so that cutting shows.
while [ "$(date +%-S)" -lt 2 ]; do sleep 0.5; done
root/usr/bin/cfssl ocspsign -loglevel=5 -ca ca.pem -responder ca.pem -responder-key ca.key -cert leaf.pem \
	-status revoked -reason 1 >response.json
sed 's/.*"ocspResponse":"\([^"]*\)".*/\1/' response.json | base64 -d >response.der
openssl ocsp -respin response.der -issuer ca.pem -cert leaf.pem -CAfile ca.pem -no_nonce -resp_text >text 2>/dev/null
seconds() { date -u -d "$(sed -n "s/^ *$1: //p" text | head -n 1)" +%s; }
this=$(seconds "This Update") next=$(seconds "Next Update")
produced=$(seconds "Produced At") revoked=$(seconds "Revocation Time")
{
	[ $((this % 3600)) -ne 0 ] || echo "thisUpdate: on the hour"
	[ $((next % 3600)) -ne 0 ] || [ $((next - this)) -ne $((96 * 3600)) ] ||
		echo "nextUpdate: on the hour, 96 hours after thisUpdate"
	[ $((produced % 60)) -ne 0 ] || echo "producedAt: on the minute"
	[ "$revoked" -le "$this" ] || [ $((revoked % 60)) -eq 0 ] ||
		echo "revocationTime: later than thisUpdate, not cut to the minute"
} | tee seen
diff seen - <<'SEEN'
thisUpdate: on the hour
nextUpdate: on the hour, 96 hours after thisUpdate
producedAt: on the minute
revocationTime: later than thisUpdate, not cut to the minute
SEEN
