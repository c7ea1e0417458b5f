"""What gnutls-cli is served in one connection: a word on a staple that is independent of revoscope. Its files are
read, not what it prints."""

import os
import ssl

from patience import HANG_S
from status_reading import StatusReading, serial_of


class Seen:
    """`staple` is None, or "good", "stale", "other" (another certificate's), or what it says, "broken" for what is no
    response; `reading` has its fields; `chain` whether it leads to the root."""

    def __init__(self, test, site, starttls=None):
        response, chain = (test.path("seen." + kind) for kind in ("ocsp", "pem"))
        for path in (response, chain):
            if os.path.exists(path):
                os.remove(path)
        options = [f"--starttls-proto={starttls}"] if starttls else []
        self.result = test.run_program("gnutls-cli", "--insecure", "--save-ocsp", response, "--save-cert", chain,
                                       "--sni-hostname", site.name, "-p", str(site.port), *options, "127.0.0.1",
                                       timeout=HANG_S)
        if not os.path.exists(chain):
            raise AssertionError(f"no handshake: {self.result} {site.log()}")
        self.chain = test.run_program("openssl", "verify", "-CAfile", test.root, "-untrusted", chain, chain).status == 0
        self.reading = None
        self.staple = self._judge(response, chain)

    def _judge(self, response, chain):
        if not os.path.exists(response) or os.path.getsize(response) == 0:
            return None
        with open(response, "rb") as file:
            data = file.read()
        try:
            self.reading = StatusReading(data)
        except (ValueError, IndexError):
            return "broken"
        if self.reading.error:
            return self.reading.error
        if self.reading.is_stale():
            return "stale"
        with open(chain, encoding="ascii") as file:
            leaf = file.read().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
        mine = serial_of(ssl.PEM_cert_to_DER_cert(leaf[leaf.index("-----BEGIN"):]))
        return self.reading.status if self.reading.serial == mine else "other"
