#!/usr/bin/env python3
"""Every axis of a policy has an effect on every stack that one can see, at the client or in the lab's log.

An option that is silently ignored is a wrong result. Each row varies one axis under otherwise equal policies;
what is seen has to be what the row says. A stack that cannot ask for a staple has to say so: its column is
stated apart.
"""

import base64
import itertools
import time
import urllib.parse

from contract_test import NO_STAPLE, Contract
from lab import Lab
from programs import main

OID_NONCE = bytes.fromhex("2b0601050507300102")
ASKS = {"asks_staple": "yes", "checks_staple": "full"}
FETCHES = {"fetches_ocsp": "leaf", "on_unavailable": "reject"}
CRL = {"certificate": {"ocsp_url": "false", "crl_url": "true"}}
LONG = ".".join("long" * 12 + str(i) for i in range(3))

GOOD, UNCHECKED = ("connect", "status-good"), ("connect", "not-checked")
REVOKED = ("reject", "status-revoked")
BAD = ("reject", "responder-bad-answer")
UNSUPPORTED = ("reject", "staple-not-supported")


def staple(**what):
    return {"certificate": {"ocsp_url": "false"}, "server.staple": what}


def responder(**what):
    return {"certificate": {"ocsp_url": "true"}, "server.staple": NO_STAPLE, "responder": what}


def crl(**what):
    return {**CRL, "server.staple": NO_STAPLE, "crl": {"behaviour": "answer", **what}}


MUST = {"certificate": {"must_staple": "true", "ocsp_url": "false"}}
BOTH = {"certificate": {"ocsp_url": "true", "crl_url": "true"}, "server.staple": NO_STAPLE}
SITUATIONS = {
    "staple": staple(), "staple-revoked": staple(status="revoked"), "staple-stale": staple(next_update="-1h"),
    "staple-sha256": staple(certid_hash="sha256"), "staple-minute": staple(next_update="-1m"),
    "staple-ageless": staple(this_update="-2h", next_update="none"), "nothing": staple(**NO_STAPLE),
    "must-stale": {**staple(next_update="-1h"), **MUST}, "must-nothing": {**staple(**NO_STAPLE), **MUST},
    "good": responder(), "unknown": responder(status="unknown"), "revoked": responder(status="revoked"),
    "stale": responder(next_update="-1h"), "minute": responder(next_update="-1m"), "soon": responder(this_update="1m"),
    "ageless": responder(this_update="-2h", next_update="none"),
    "edge": responder(this_update="-3700s", next_update="none"),
    "garbage": responder(encoding="garbage"), "corrupt": responder(signature="corrupt"),
    "other": responder(certid="wrong-serial"), "later": responder(response="try-later"),
    "sha256": responder(certid_hash="sha256"), "replayed": responder(nonce="wrong"), "down": responder(http="503"),
    "slow": responder(slow="900ms"),
    "crl": crl(), "crl-minute": crl(next_update="-1m"), "crl-soon": crl(this_update="1m"),
    "disagree": {**BOTH, "crl": {"behaviour": "answer", "status": "revoked"}},
    "crl-behind": {**BOTH, "responder": {"http": "503"}, "crl": {"behaviour": "answer"}},
    "upper": {**responder(), "intermediate": {"ocsp_url": "true"}},
    "upper-revoked": {**crl(), "intermediate": {"status": "revoked", "crl_url": "true"}},
    "upper-staple": {**staple(), "intermediate": {"staple": "good"}},
    "upper-staple-revoked": {**staple(), "intermediate": {"staple": "revoked", "status": "revoked"}},
    "upper-bare": {**staple(), "intermediate": {"staple": "none"}},
    "long": responder(), "tickets": {**responder(), "server": {"resumption": "true"}},
    "tickets-staple": {**staple(), "server": {"resumption": "true"}},
    "future": responder(this_update="2d", next_update="9d"), "rogue": responder(signer="sibling"),
    "broken": responder(response="internal-error"), "denied": responder(response="unauthorized"),
    "stale-revoked": responder(status="revoked", next_update="-1h"),
    "crl-stale-revoked": crl(status="revoked", next_update="-1h"),
    "staple-garbage": staple(encoding="garbage"),
    "staple-unknown": {**responder(), "server.staple": {"status": "unknown"}},
    "staple-upper-revoked": {**staple(), "intermediate": {"status": "revoked", "ocsp_url": "true"}},
    "several": responder(entries="contradicting"), "staple-several": staple(entries="contradicting"),
    "critical": responder(extension="unknown-critical"), "critical-entry-revoked": responder(extension="unknown-critical-entry", status="revoked"),
    "silent-ca": {"certificate": {"ocsp_url": "false", "no_rev_avail": "true"}, "server.staple": NO_STAPLE},
    "silent-ca-names-one": {"certificate": {"ocsp_url": "true", "no_rev_avail": "true"}, "server.staple": NO_STAPLE},
    "silent-ca-revoked": {"certificate": {"ocsp_url": "false", "no_rev_avail": "true"}, "server.staple": {"status": "revoked"}},
}


class Row:
    """One situation under policies that differ in one axis: {value: what is seen}."""

    def __init__(self, scenario, base, values, unable=None, tls="1.2", needs="status-request", connections=1):
        self.scenario, self.base, self.values, self.tls = scenario, base, values, tls
        self.connections = connections
        self.unable, self.needs = unable, needs  # where the stack lacks what is needed; None: it lacks nothing


def seen(verdict, **more):
    return {"verdict": verdict, **more}


def actions(scenario, reason, **base):
    """The five actions of an on_… axis, over a walk that otherwise ends in silence."""
    policy = {"fetches_ocsp": "leaf", "on_unavailable": "connect", **base}
    return [Row(scenario, policy, {
        "connect": seen(("connect", reason)), "warn": seen(("warn", reason)), "reject": seen(("reject", reason)),
        "next": seen(("connect", reason)), "next-or-reject": seen(("reject", reason))}),
        Row(scenario, {**policy, "on_unavailable": "warn"}, {
            "connect": seen(("connect", reason)), "next": seen(("warn", reason))})]


def split(scenario, other, general, inherited, **base):
    """An axis that splits another: its five actions, and that neither speaks for the other's case."""
    policy = {"fetches_ocsp": "leaf", "on_unavailable": "connect", **base}
    return actions(scenario, "responder-bad-answer", **{general: "warn"}) + [
        Row(scenario, {**policy, general: "warn"}, {inherited: seen(("warn", "responder-bad-answer"))}),
        Row(scenario, {**policy, general: "reject"}, {inherited: seen(("reject", "responder-bad-answer"))}),
        Row(other, {general: "warn", **policy}, {"reject": seen(("warn", "responder-bad-answer"))})]


ROWS = {
    "asks_staple": [
        Row("staple", {}, {"no": seen(UNCHECKED, asked=False), "yes": seen(UNCHECKED, asked=True)},
            {"no": seen(UNCHECKED, asked=False)}),
        Row("staple", {"on_missing": "reject", "checks_staple": "full"}, {"yes": seen(GOOD, asked=True)},
            {"yes": seen(UNSUPPORTED, asked=False)})],
    "checks_staple": [
        Row("staple-stale", {"asks_staple": "yes", "on_unavailable": "reject"}, {
            "no": seen(UNCHECKED), "revoked-only": seen(("reject", "staple-stale")),
            "full": seen(("reject", "staple-stale"))},
            {"no": seen(UNCHECKED), "revoked-only": seen(UNSUPPORTED), "full": seen(UNSUPPORTED)}),
        Row("staple-stale", {"asks_staple": "yes", "on_stale": "reject"}, {
            "revoked-only": seen(UNCHECKED), "full": seen(("reject", "staple-stale"))},
            {"revoked-only": seen(("connect", "staple-not-supported")),
             "full": seen(("connect", "staple-not-supported"))}),
        Row("staple-revoked", {"asks_staple": "yes"}, {
            "no": seen(UNCHECKED), "revoked-only": seen(REVOKED), "full": seen(REVOKED)},
            {"no": seen(UNCHECKED), "revoked-only": seen(("connect", "staple-not-supported"))})],
    "must_staple": [
        Row("must-stale", ASKS, {"ignore": seen(("connect", "staple-stale")), "presence": seen(("warn", "staple-stale")),
                                 "valid": seen(("reject", "staple-stale"))},
            {"ignore": seen(("connect", "staple-not-supported")), "presence": seen(UNSUPPORTED),
             "valid": seen(UNSUPPORTED)}),
        Row("must-nothing", ASKS, {"ignore": seen(("connect", "staple-missing")),
                                   "presence": seen(("reject", "staple-missing"))},
            {"ignore": seen(("connect", "staple-not-supported")), "presence": seen(UNSUPPORTED)})],
    "requires_staple": [
        Row("nothing", ASKS, {"no": seen(("connect", "staple-missing")), "yes": seen(("reject", "staple-missing"))},
            {"no": seen(("connect", "staple-not-supported")), "yes": seen(UNSUPPORTED)})],
    "fetches_ocsp": [Row("upper", {"scope": "chain", "on_unavailable": "reject"}, {
        "no": seen(UNCHECKED, fetched=[]), "leaf": seen(GOOD, fetched=["ocsp"]),
        "chain": seen(GOOD, fetched=["ocsp", "ocsp above"])})],
    "ocsp_method": [
        Row("good", FETCHES, {"get": seen(GOOD, methods=["GET"]), "post": seen(GOOD, methods=["POST"]),
                              "auto": seen(GOOD, methods=["GET"])}),
        # RFC 9919 section 6: GET only while the URL has at most 255 bytes.
        Row("long", FETCHES, {"get": seen(GOOD, methods=["GET"]), "auto": seen(GOOD, methods=["POST"])})],
    "nonce": [
        Row("good", {**FETCHES, "ocsp_method": "get"}, {"no": seen(GOOD, nonce=False), "yes": seen(GOOD, nonce=True)}),
        Row("replayed", FETCHES, {"no": seen(GOOD), "yes": seen(BAD)})],
    "uses_crl": [
        Row("disagree", FETCHES, {"no": seen(GOOD, fetched=["ocsp"]), "fallback": seen(GOOD, fetched=["ocsp"]),
                                  "prefer": seen(REVOKED, fetched=["crl"])}),
        Row("crl-behind", FETCHES, {"no": seen(("reject", "responder-http"), fetched=["ocsp"]),
                                    "fallback": seen(GOOD, fetched=["ocsp", "crl"]),
                                    "prefer": seen(GOOD, fetched=["crl"])}),
        Row("disagree", {"on_unavailable": "reject"}, {"no": seen(UNCHECKED, fetched=[]),
                                                       "only": seen(REVOKED, fetched=["crl"])})],
    "scope": [
        Row("upper-revoked", {"uses_crl": "only"}, {"leaf": seen(GOOD, fetched=["crl"]),
                                                    "chain": seen(REVOKED, fetched=["crl", "crl above"])}),
        Row("upper-staple", {**ASKS, "requires_staple": "yes"}, {"leaf": seen(GOOD), "chain": seen(GOOD)},
            {"leaf": None, "chain": seen(UNSUPPORTED)}, tls="1.3", needs="multi-staple"),
        Row("upper-staple-revoked", {**ASKS, "on_unavailable": "reject"}, {"leaf": seen(GOOD), "chain": seen(REVOKED)},
            {"leaf": None}, tls="1.3", needs="multi-staple"),
        Row("upper-bare", {**ASKS, "requires_staple": "yes"}, {"leaf": seen(GOOD),
                                                               "chain": seen(("reject", "staple-missing"))},
            {"leaf": None, "chain": seen(UNSUPPORTED)}, tls="1.3", needs="multi-staple")],
    "timeout_ms": [Row("slow", FETCHES, {300: seen(("reject", "responder-timeout"), below=800),
                                         3000: seen(GOOD, above=850)})],
    "skew_s": [
        Row("minute", FETCHES, {0: seen(BAD, check="stale"), 300: seen(GOOD)}),
        Row("soon", FETCHES, {0: seen(BAD, check="not-yet-valid"), 300: seen(GOOD)}),
        Row("crl-minute", {"uses_crl": "only", "on_unavailable": "reject"}, {
            0: seen(("reject", "crl-bad-answer"), check="stale"), 300: seen(GOOD)}),
        Row("crl-soon", {"uses_crl": "only", "on_unavailable": "reject"}, {
            0: seen(("reject", "crl-bad-answer"), check="not-yet-valid"), 300: seen(GOOD)}),
        Row("staple-minute", {**ASKS, "on_stale": "reject"}, {0: seen(("reject", "staple-stale")), 300: seen(GOOD)},
            {300: seen(("connect", "staple-not-supported"))})],
    "max_age_s": [
        Row("ageless", FETCHES, {-1: seen(GOOD), 0: seen(BAD, check="no-next-update"), 3600: seen(BAD, check="stale"),
                                 10800: seen(GOOD)}),
        # The tolerance is for thisUpdate and nextUpdate: an age is an age.
        Row("edge", {**FETCHES, "skew_s": 300}, {3600: seen(BAD, check="stale"), 4000: seen(GOOD)}),
        Row("staple-ageless", {**ASKS, "on_stale": "reject"}, {-1: seen(GOOD), 3600: seen(("reject", "staple-stale"))},
            {3600: seen(("connect", "staple-not-supported"))})],
    "certid_hash": [
        Row("sha256", FETCHES, {"any": seen(GOOD), "sha1": seen(BAD, check="wrong-certificate")}),
        Row("staple-sha256", {**ASKS, "on_wrong_certificate": "reject"}, {
            "any": seen(GOOD), "sha1": seen(("reject", "staple-wrong-certificate"))},
            {"sha1": seen(("connect", "staple-not-supported"))})],
    "on_missing": [Row("nothing", {**ASKS, "on_unavailable": "connect"}, {
        "connect": seen(("connect", "staple-missing")), "warn": seen(("warn", "staple-missing")),
        "reject": seen(("reject", "staple-missing")), "next-or-reject": seen(("reject", "staple-missing"))},
        {"connect": seen(("connect", "staple-not-supported")), "warn": seen(("warn", "staple-not-supported")),
         "reject": seen(UNSUPPORTED)})],
    "on_no_url": actions("nothing", "responder-url-missing") + [
        Row("nothing", {**FETCHES, "on_missing": "warn"}, {
            "as-missing": seen(("warn", "responder-url-missing")), "reject": seen(("reject", "responder-url-missing"))})],
    "on_unavailable": [Row("down", {"fetches_ocsp": "leaf"}, {
        action: seen((action, "responder-http")) for action in ("connect", "warn", "reject")})],
    "on_unknown": actions("unknown", "status-unknown"),
    "on_stale": actions("stale", "responder-bad-answer") + actions("ageless", "responder-bad-answer", max_age_s=0),
    "on_not_yet_valid": split("future", "stale", "on_stale", "as-stale"),
    "on_unauthorized_signer": split("rogue", "corrupt", "on_bad_signature", "as-bad-signature"),
    "on_try_later": split("later", "broken", "on_error_response", "as-error-response"),
    "on_internal_error": split("broken", "later", "on_error_response", "as-error-response") + [
        Row("denied", {**FETCHES, "on_error_response": "warn"}, {"connect": seen(("warn", "responder-bad-answer"))})],
    "on_fetched_malformed": split("garbage", "corrupt", "on_malformed", "as-stapled", on_bad_signature="warn") + [
        Row("staple-garbage", {**ASKS, "on_malformed": "reject"}, {"connect": seen(("reject", "staple-malformed"))},
            {"connect": seen(("connect", "staple-not-supported"))})],
    "on_fetched_fault": split("stale", "garbage", "on_stale", "as-stapled", on_malformed="warn") + [
        Row(scenario, {**FETCHES, "on_error_response": "reject"}, {"connect": seen(("connect", "responder-bad-answer"))})
        for scenario in ("future", "rogue", "corrupt", "other", "later", "denied")] + [
        Row("staple-stale", {**ASKS, "on_stale": "reject"}, {"connect": seen(("reject", "staple-stale"))},
            {"connect": seen(("connect", "staple-not-supported"))})],
    "heeds_stale_revoked": [
        Row("stale-revoked", FETCHES, {"yes": seen(REVOKED), "no": seen(BAD, check="stale")}),
        Row("crl-stale-revoked", {"uses_crl": "only", "on_unavailable": "connect"}, {
            "yes": seen(REVOKED), "no": seen(("connect", "crl-bad-answer"))}),
        Row("revoked", FETCHES, {"no": seen(REVOKED)})],
    "entries": [
        Row("several", FETCHES, {"all": seen(REVOKED), "first": seen(GOOD)}),
        Row("staple-several", ASKS, {"all": seen(REVOKED), "first": seen(GOOD)},
            {"first": seen(("connect", "staple-not-supported"))}),
        Row("revoked", FETCHES, {"first": seen(REVOKED)})],
    "staple_replaces_ocsp": [
        Row("staple-unknown", {**ASKS, **FETCHES}, {
            "no": seen(GOOD, fetched=["ocsp"]), "own": seen(("reject", "status-unknown"), fetched=[]),
            "chain": seen(("reject", "status-unknown"), fetched=[])}, {"own": seen(GOOD, fetched=["ocsp"])}),
        Row("staple-upper-revoked", {**ASKS, **FETCHES, "fetches_ocsp": "chain", "scope": "chain"}, {
            "no": seen(REVOKED), "own": seen(REVOKED), "chain": seen(GOOD, fetched=[])},
            {"chain": seen(("reject", "responder-url-missing"))})],
    "heeds_critical_extensions": [
        Row("critical", FETCHES, {"yes": seen(BAD, check="malformed"), "no": seen(GOOD)}),
        Row("critical-entry-revoked", FETCHES, {"yes": seen(BAD, check="malformed"), "no": seen(REVOKED)})],
    "no_rev_avail": [
        Row("silent-ca", {**ASKS, **FETCHES, "uses_crl": "fallback"}, {
            "ignore": seen(("reject", "responder-url-missing")), "accept": seen(("connect", "no-rev-avail"), fetched=[])}),
        # RFC 9608 section 3: not beside a pointer to a status.
        Row("silent-ca-names-one", FETCHES, {"ignore": seen(GOOD, fetched=["ocsp"]), "accept": seen(GOOD, fetched=["ocsp"])}),
        Row("nothing", FETCHES, {"accept": seen(("reject", "responder-url-missing"))}),
        Row("silent-ca-revoked", {**ASKS, **FETCHES}, {"accept": seen(REVOKED)},
            {"accept": seen(("connect", "no-rev-avail"))})],
    "on_malformed": actions("garbage", "responder-bad-answer"),
    "on_bad_signature": actions("corrupt", "responder-bad-answer") + actions("replayed", "responder-bad-answer",
                                                                               nonce="yes"),
    "on_wrong_certificate": actions("other", "responder-bad-answer"),
    "on_error_response": actions("later", "responder-bad-answer"),
    "on_revoked": [Row("revoked", FETCHES, {action: seen((action, "status-revoked"))
                                            for action in ("connect", "warn", "reject")})],
}


# The second connection is what is seen. In TLS 1.2 no stack calls its hook in a resumed handshake, in TLS 1.3
# OpenSSL does, where a staple was asked for, and has none to show.
RESUMED = {"no": seen(GOOD, fetched=["ocsp"], resumed=False), "recheck": seen(GOOD, fetched=["ocsp"], resumed=True),
           "remember": seen(GOOD, fetched=[], resumed=True),
           "skip": seen(("connect", "session-resumed"), fetched=[], resumed=True),
           "hook": seen(("connect", "session-resumed"), fetched=[], resumed=True)}
ROWS["resumption"] = [
    Row("tickets", FETCHES, RESUMED, connections=2),
    Row("tickets", FETCHES, {key: value for key, value in RESUMED.items() if key != "hook"}, tls="1.3", connections=2),
    Row("tickets-staple", {**ASKS, "requires_staple": "yes"}, {
        "no": seen(GOOD, resumed=False), "recheck": seen(("reject", "staple-missing"), resumed=True),
        "remember": seen(GOOD, resumed=True), "skip": seen(("connect", "session-resumed"), resumed=True)},
        {"no": seen(UNSUPPORTED)}, tls="1.3", connections=2),
    Row("good", FETCHES, {"skip": seen(GOOD, fetched=["ocsp"], resumed=False)}, connections=2)]  # it gives no ticket


def has_nonce(path):
    """Whether the OCSP request at the end of a GET's path carries one."""
    text = urllib.parse.unquote(path.split("/ocsp/", 1)[1])
    return OID_NONCE in base64.b64decode(text)


class Axes(Contract):
    def setUp(self):
        super().setUp()
        about = self.describe()
        self.lacks, self.tls = about["lacks"], [name for name in ("1.2", "1.3") if "tls" + name in about["capabilities"]]

    def start_lab(self):
        hosts = {name: (LONG if name == "long" else name) + ".lab.localhost" for name in SITUATIONS}
        lab = Lab(self, self.directory, [{"id": name, "host": hosts[name], "situation": one}
                                         for name, one in SITUATIONS.items()])
        self.addCleanup(lab.process.kill)
        return lab

    def requests(self, ready):
        names = itertools.count()
        for axis, rows in ROWS.items():
            for number, row in enumerate(rows):
                for value in row.values:
                    if row.tls in self.tls:
                        about = ready["scenarios"][row.scenario]
                        yield (axis, number, value), {
                            "id": f"{axis} {number} {value}", "policy": {**row.base, axis: value},
                            "connect": {"address": "127.0.0.1", "port": about.get("port", ready["tls_port"])},
                            "server_name": f"r{next(names)}." + about["host"], "trust": ready["trust"],
                            "tls": {"min": row.tls, "max": row.tls}, "connections": row.connections}

    def requests_of(self, answer, events):
        """The lab's requests for the fetches of an answer. Ports are used again, so that the path counts too."""
        for fetch in answer["fetches"]:
            path = urllib.parse.urlsplit(fetch["url"]).path
            found = [event for event in events if event["event"] == "request" and
                     event["peer_port"] == fetch["local_port"] and event["path"].startswith(path)]
            self.assertTrue(found, f"{answer['id']}: the lab saw no request for {fetch['url']}")
            yield found[0]

    def what_was_seen(self, request, answer, events, connections):
        fetched = sorted(self.requests_of(answer, events), key=events.index)
        connection = [event for event in events if event["event"] == "connection" and
                      event["sni"] == request["server_name"]]
        self.assertEqual(len(connection), connections, answer["id"])
        resumed = answer["tls"].get("resumed", False)
        self.assertEqual(connection[-1]["resumed"], resumed, answer["id"])
        return {"verdict": (answer["outcome"], answer["reason"]), "asked": connection[0]["status_request"],
                "resumed": resumed,
                "fetched": [event["kind"] + (" above" if "/intermediate/" in event["path"] else "") for event in fetched],
                "methods": [event["method"] for event in fetched],
                "nonce": any(has_nonce(event["path"]) for event in fetched if event["method"] == "GET" and
                             event["kind"] == "ocsp"),
                "check": answer["fetches"][-1]["check"] if answer["fetches"] else None,
                "ms": answer["fetches"][-1]["ms"] if answer["fetches"] else None}

    def compare(self, is_seen, expected, answer):
        for key, value in expected.items():
            if key == "below":
                self.assertLess(is_seen["ms"], value, answer["detail"])
            elif key == "above":
                self.assertGreaterEqual(is_seen["ms"], value, answer["detail"])
            else:
                self.assertEqual(is_seen[key], value, f"{key}: {answer['detail']}")

    def test_every_axis_does_what_it_says(self):
        lab, client = self.start_lab(), self.start_client()
        requests = dict(self.requests(lab.ready))
        for request in requests.values():
            client.send(request)
        answers = {answer["id"]: answer for answer in (client.receive(60) for _ in requests)}
        self.assertEqual(client.end(), 0)
        time.sleep(0.5)  # the lab's last events
        lab.close()
        num = 0
        for (axis, number, value), request in requests.items():
            row, answer = ROWS[axis][number], answers[request["id"]]
            able = row.unable is None or row.needs not in self.lacks
            expected = row.values[value] if able else row.unable.get(value)
            with self.subTest(axis, scenario=row.scenario, value=value):
                # A client that the first connection refuses makes no second one.
                connections = len(answer.pop("earlier", [])) + 1
                self.assertEqual(connections, row.connections if able else 1, answer["detail"])
                self.check_shape(answer)
                if expected is not None:
                    num += 1
                    self.compare(self.what_was_seen(request, answer, lab.events, connections), expected, answer)
        self.assertGreater(num, 90)

    def test_no_axis_is_without_a_row_that_shows_a_difference(self):
        policies = self.revoscope("list", "policies", "--format", "json", expect=0).document()
        self.assertEqual(set(policies["soft-fail"]["policy"]), set(ROWS))
        for axis, rows in ROWS.items():
            self.assertTrue(any(len({str(one) for one in row.values.values()}) > 1 for row in rows), axis)

    def test_native_enforcement_takes_no_axes(self):
        client = self.start_client()
        for axis, rows in ROWS.items():
            value = next(iter(rows[0].values))
            with self.subTest(axis):
                answer = client.ask({**self.request(9), "enforcement": "native", "policy": {axis: value}})
                self.assertEqual((answer["outcome"], answer["reason"]), ("unsupported", "policy-unsupported"), answer)
                self.assertIn("native", answer["detail"])
        answer = client.ask({**self.request(9), "enforcement": "native", "policy": {}})
        self.assertNotEqual(answer["outcome"], "unsupported", answer)
        self.assertEqual(client.end(), 0)


if __name__ == "__main__":
    main()
