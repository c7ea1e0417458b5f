"""The fields of an OCSP response (RFC 6960 section 4.2.1) that tests look at, read from its DER: what programs print
about a response is made for people, and differs between their versions."""

import datetime

from signed_status import take, take_whole

ERRORS = {1: "malformed", 2: "internalerror", 3: "trylater", 5: "sigrequired", 6: "unauthorized"}
STATUSES = {0x80: "good", 0xA1: "revoked", 0x82: "unknown"}


def elements(data):
    """The elements of a constructed value, as tag and contents."""
    found = []
    while data:
        tag, body, data = take_whole(data)
        found.append((tag, body))
    return found


def moment_of(body):
    """GeneralizedTime (RFC 5280 section 4.1.2.5.2)."""
    return datetime.datetime.strptime(body.decode(), "%Y%m%d%H%M%SZ").replace(tzinfo=datetime.timezone.utc)


class StatusReading:
    """`error` of an unsuccessful response; else `status`, `serial`, `this_update` and `next_update` (may be None) of
    the first entry. ValueError or IndexError for what is no response."""

    def __init__(self, data):
        self.error = self.status = self.serial = self.this_update = self.next_update = None
        parts = elements(take(data)[1])
        code = parts[0][1][0]
        if code != 0:
            self.error = ERRORS.get(code, str(code))
            return
        basic = elements(take(parts[1][1])[1])[1][1]  # responseBytes: type, response
        response_data = elements(elements(take(basic)[1])[0][1])
        entries = next(body for tag, body in response_data if tag == 0x30)
        entry = elements(elements(entries)[0][1])
        self.serial = int.from_bytes(elements(entry[0][1])[3][1], "big")
        self.status = STATUSES[entry[1][0]]
        self.this_update = moment_of(entry[2][1])
        later = [body for tag, body in entry[3:] if tag == 0xA0]
        self.next_update = moment_of(take(later[0])[1]) if later else None

    def is_stale(self):
        return self.next_update is not None and self.next_update < datetime.datetime.now(datetime.timezone.utc)


def serial_of(certificate):
    """The serial number of a certificate in DER."""
    fields = elements(elements(take(certificate)[1])[0][1])
    return int.from_bytes(fields[1 if fields[0][0] == 0xA0 else 0][1], "big")
