#!/usr/bin/env python3
"""Endpoints behind an HTTP proxy: CONNECT to a name that only the proxy knows, STARTTLS and fetches through it, and
proxies that refuse, want credentials, keep silent or never end."""

import os

from connect_proxy import REFUSALS, ConnectProxy
from lab import Lab
from programs import STACKS, ProgramTest, cells_by, main
from server import free_port
from starttls import LINE, Scripted

NAME = "good.lab.localhost"
OUTSIDE = "only-the-proxy-knows.invalid"


class Proxied(ProgramTest):
    def setUp(self):
        super().setUp()
        self.lab = Lab(self, self.path(), [{"id": "good", "host": NAME, "situation": {}}])
        self.certificates, self.root = self.path("certificates"), self.path("root.pem")
        os.mkdir(self.certificates)
        self.lab.command(command="export", scenario="good", directory=self.certificates)

    def tearDown(self):
        self.lab.close()
        super().tearDown()

    def probe(self, proxy, target, *arguments, policy="no-check"):
        result = self.revoscope("probe", target, "--servername", NAME, "--ca", self.root, "--proxy", proxy, "--class",
                                f"*/{policy}", "--no-store", "--format", "json", *arguments)
        self.assertIn(result.status, (0, 1, 3), str(result))
        return {class_id.split("/")[0]: cell for (_, class_id), cell in cells_by(result.document()).items()}

    def check(self, cells, outcome, reason):
        self.assertEqual({stack: (cell["outcome"], cell["reason"]) for stack, cell in cells.items()},
                         {stack: (outcome, reason) for stack in STACKS}, [cell["detail"] for cell in cells.values()])

    def test_the_proxy_resolves_the_name(self):
        server = Scripted(self, [], self.certificates)
        proxy = ConnectProxy(self, hosts={OUTSIDE: "127.0.0.1"})
        self.check(self.probe(proxy.url, f"{OUTSIDE}:{server.port}"), "connect", "not-checked")
        self.assertEqual(proxy.asked, [f"{OUTSIDE}:{server.port}"] * len(STACKS))
        self.assertEqual(server.server_names, [NAME] * len(STACKS))

    def test_an_address_family_has_the_name_resolved_here(self):
        server = Scripted(self, [], self.certificates)
        proxy = ConnectProxy(self)
        self.check(self.probe(proxy.url, f"localhost:{server.port}", "-4"), "connect", "not-checked")
        self.assertEqual(set(proxy.asked), {f"127.0.0.1:{server.port}"})

    def test_starttls_goes_through_it(self):
        turns = [b"220 mx\r\n", LINE, b"250 ok\r\n", LINE, b"220 go\r\n"]
        server = Scripted(self, turns, self.certificates)
        proxy = ConnectProxy(self, hosts={OUTSIDE: "127.0.0.1"})
        self.check(self.probe(proxy.url, f"{OUTSIDE}:{server.port}", "--starttls", "smtp"), "connect", "not-checked")

    def test_fetches_go_through_it(self):
        server = Scripted(self, [], self.certificates)
        proxy = ConnectProxy(self, hosts={OUTSIDE: "127.0.0.1"})
        cells = self.probe(proxy.url, f"{OUTSIDE}:{server.port}", policy="hard-fail")
        self.check(cells, "connect", "status-good")
        self.assertEqual(len(proxy.fetched), len(STACKS))
        for url in proxy.fetched:
            self.assertIn("/good/ocsp", url)

    def test_private_fetches_that_are_denied_do_not_reach_it(self):
        server = Scripted(self, [], self.certificates)
        proxy = ConnectProxy(self, hosts={OUTSIDE: "127.0.0.1"})
        cells = self.probe(proxy.url, f"{OUTSIDE}:{server.port}", "--fetch-private", "deny", policy="hard-fail")
        self.check(cells, "reject", "fetch-forbidden")
        self.assertEqual(proxy.fetched, [])

    def test_a_proxy_that_does_not_do_its_work_is_reported(self):
        words = {
            "forbidden": "proxy: the proxy answered 'HTTP/1.1 403 Not for you'",
            "credentials": "proxy: the proxy wants credentials",
            "silent": "proxy: no answer of the proxy",
            "endless": "proxy: the proxy's answer does not end",
            "no-http": "proxy: the proxy answered 'SSH-2.0-OpenSSH'",
        }
        self.assertEqual(set(words), set(REFUSALS))
        for mode, said in words.items():
            with self.subTest(mode):
                proxy = ConnectProxy(self, mode=mode)
                cells = self.probe(proxy.url, f"{OUTSIDE}:443", "--timeout", "1s" if mode == "silent" else "10s")
                self.check(cells, "error", "connect-proxy")
                for cell in cells.values():
                    self.assertIn(said, cell["detail"])
                    self.assertEqual(cell["observation"]["stage"], "connect")

    def test_nobody_there(self):
        self.check(self.probe(f"http://127.0.0.1:{free_port()}", f"{OUTSIDE}:443"), "error", "connect-proxy")
        proxy = ConnectProxy(self)
        cells = self.probe(proxy.url, f"127.0.0.1:{free_port()}")
        self.check(cells, "error", "connect-proxy")
        self.assertIn("502 Bad Gateway", cells["openssl"]["detail"])

    def test_wrong_usage(self):
        for url, words in {"https://127.0.0.1:1": "not an HTTP proxy", "http://127.0.0.1": "names no port",
                           "http://me:secret@127.0.0.1:1": "not supported"}.items():
            with self.subTest(url):
                result = self.revoscope("probe", NAME, "--proxy", url, "--no-store", expect=2)
                self.assertIn(words, result.err)
                self.assertNotIn("secret", result.err)
        result = self.revoscope("probe", NAME, "--proxy", "http://" + "x" * 64 + ".invalid:1", "--no-store", expect=3)
        self.assertIn("--proxy", result.err)


if __name__ == "__main__":
    main()
