"""What a CRL and a certificate say of where a CRL is and for what (RFC 5280 sections 4.2.1.13 and 5.2.5), in DER."""

from certificates import der, extension, oid, OIDS, sequence

OIDS.update({
    "scope": "2.5.29.28", "delta": "2.5.29.27", "freshest": "2.5.29.46", "entry-issuer": "2.5.29.29", "reason": "2.5.29.21",
})
TRUE = b"\xff"


def uri(text):
    return der(0x86, text)


def directory(written):
    return der(0xA4, written)


def relative(common_name):
    return der(0xA1, sequence(oid("cn"), der(0x0C, common_name)))


def point(*names, part=None, reasons=b"", issuer=b""):
    """A DistributionPoint: fullName, or the part of a relative name."""
    where = der(0xA0, part or der(0xA0, *names)) if names or part else b""
    return sequence(where, der(0x81, reasons) if reasons else b"", der(0xA2, issuer) if issuer else b"")


def scope(*names, part=None, reasons=b"", critical=True, **flags):
    """issuingDistributionPoint."""
    numbers = {"user": 1, "ca": 2, "indirect": 4, "attribute": 5}
    parts = [(number, der(0x80 | number, TRUE)) for key, number in numbers.items() if flags.get(key)]
    parts += [(3, der(0x83, reasons))] if reasons else []
    where = der(0xA0, part or der(0xA0, *names)) if names or part else b""
    return extension("scope", sequence(where, *[written for _, written in sorted(parts)]), critical)


def reason(number):
    return extension("reason", der(0x0A, bytes([number])))
