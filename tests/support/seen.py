"""What OpenSSL's own client is served in one connection: a word on a staple that is independent of revoscope."""

import calendar
import re
import time

CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)


class Seen:
    """`staple` is None, or "good", "stale", "other" (another certificate's), or what it says; `chain` whether it leads
    to the root; `this_update` is text."""

    def __init__(self, test, site):
        out = test.run_program("openssl", "s_client", "-connect", f"127.0.0.1:{site.port}", "-servername", site.name,
                               "-status", "-CAfile", test.root, timeout=20).out
        self.chain = "Verify return code: 0 " in out
        self.this_update = self._field(out, "This Update")
        if "OCSP response:" not in out:
            raise AssertionError("no handshake: " + out[:500] + site.log())
        self.staple = None if "no response sent" in out else self._judge(test, out)

    @staticmethod
    def _field(out, name):
        found = re.search(rf"{name}: (.*)", out)
        return found[1].strip() if found else None

    def _judge(self, test, out):
        status = self._field(out, "Cert Status") or self._field(out, "OCSP Response Status").split()[0]
        until = self._field(out, "Next Update")
        if until and calendar.timegm(time.strptime(until, "%b %d %H:%M:%S %Y GMT")) < time.time():
            return "stale"
        serial = self._field(out, "Serial Number")
        mine = test.run_program("openssl", "x509", "-noout", "-serial", "-in",
                                test.write("peer.pem", CERTIFICATE.search(out)[0])).out
        return status if serial is None or int(serial, 16) == int(mine.strip().split("=")[1], 16) else "other"
