#!/usr/bin/env python3
"""What a client class that looks at the whole chain makes of an intermediate's staple, for each such class on each stack.

TLS 1.3 carries a staple for every certificate, TLS 1.2 one for the leaf alone. Where the stack is given the intermediate's it
counts. Where the stack is not, what the server sent cannot matter, and that no status was found is not the server's omission.
"""

from contract_test import Contract, situation
from lab import Lab
from programs import main

UPPER = {"good": {"staple": "good"}, "revoked": {"staple": "revoked", "status": "revoked"}, "none": {"staple": "none"}}
# Of the intermediate nothing but its staple can be known: it names neither responder nor CRL.
SITUATIONS = {name: situation(ocsp_url=True, intermediate={**upper, "ocsp_url": "false", "crl_url": "false"}) for name, upper in UPPER.items()}


class UpperStaple(Contract):
    def classes(self):
        """{id: policy} of the classes that ask for staples and look at every certificate's."""
        classes = self.revoscope("list", "classes", "--format", "json", expect=0).document()
        found = {name: one["policy"] for name, one in classes.items()
                 if one["enforcement"] == "application" and one["policy"]["scope"] == "chain"
                 and one["policy"]["asks_staple"] == "yes" and one["policy"]["checks_staple"] != "no" and one["policy"]["uses_crl"] != "only"}
        self.assertGreater(len(found), 12)
        return found

    def ask_all(self, tls):
        """{class: {situation: answer}} and the policies."""
        lab = Lab(self, self.directory, [{"id": name, "host": name + ".lab.localhost", "situation": one}
                                         for name, one in SITUATIONS.items()])
        self.addCleanup(lab.process.kill)
        client, policies = self.start_client(), self.classes()
        for name, policy in policies.items():
            for one in SITUATIONS:
                about = lab.ready["scenarios"][one]
                client.send({"id": f"{name} {one}", "policy": policy, "server_name": about["host"], "trust": lab.ready["trust"],
                             "connect": {"address": "127.0.0.1", "port": about.get("port", lab.ready["tls_port"])},
                             "tls": {"min": tls, "max": tls}})
        answers = {name: {} for name in policies}
        for _ in range(len(policies) * len(SITUATIONS)):
            answer = client.receive()
            name, one = answer["id"].split(" ")
            self.check_shape(answer)
            answers[name][one] = answer
        self.assertEqual(client.end(), 0)
        lab.close()
        return answers, policies

    @staticmethod
    def verdict(answer):
        return answer["outcome"], answer["reason"], answer["assurance"]

    def check_seen(self, seen):
        self.assertEqual(self.verdict(seen["good"]), ("connect", "status-good", "good"), seen["good"]["detail"])
        self.assertEqual(self.verdict(seen["revoked"]), ("reject", "status-revoked", "revoked"), seen["revoked"]["detail"])
        self.assertEqual([staple["depth"] for staple in seen["good"]["staples"]], [0, 1])
        self.assertEqual(seen["good"]["staples"][1]["check"], "good")
        self.assertNotEqual(seen["none"]["reason"], "staple-not-supported", seen["none"]["detail"])

    def check_unseen(self, seen):
        self.assertEqual(len({self.verdict(answer) for answer in seen.values()}), 1, [answer["detail"] for answer in seen.values()])
        self.assertEqual(seen["good"]["reason"], "staple-not-supported", seen["good"]["detail"])
        self.assertEqual(seen["good"]["assurance"], "none")

    def test_in_tls_1_3_it_counts_or_is_said_not_to_be_supported(self):
        about = self.describe()
        if "tls1.3" not in about["capabilities"]:
            self.skipTest("the stack has no TLS 1.3")
        answers, _ = self.ask_all("1.3")
        for name, seen in answers.items():
            with self.subTest(name):
                (self.check_seen if "multi-staple" in about["capabilities"] else self.check_unseen)(seen)

    def test_in_tls_1_2_it_is_not_missing(self):
        answers, policies = self.ask_all("1.2")
        asks = "status-request" in self.describe()["capabilities"]
        for name, seen in answers.items():
            with self.subTest(name):
                self.assertEqual(len({self.verdict(answer) for answer in seen.values()}), 1, [answer["detail"] for answer in seen.values()])
                self.assertNotEqual(seen["good"]["reason"], "staple-missing", seen["good"]["detail"])
                if policies[name]["requires_staple"] == "yes" or not (asks or policies[name]["fetches_ocsp"] != "no"):
                    self.assertEqual(seen["good"]["reason"], "staple-not-supported", seen["good"]["detail"])


if __name__ == "__main__":
    main()
