"""More of Debian's servers on the machine of machine.py: H2O, and the programs that terminate TLS for others."""

import os
import pwd
import shutil

from machine import Site
from server import free_port


class ProxySite(Site):
    """What is behind it is not there: the handshake is what counts."""

    user = None  # the owner of what it writes

    def own(self, literal):
        if self.user and os.geteuid() == 0:
            shutil.chown(self.path(literal), self.user)


class H2oSite(ProxySite):
    kind, unit = "h2o", "h2o"
    log_file = "/var/log/h2o.log"
    tools = {"h2o": '#!/bin/sh\nexec @PROGRAM@ "$@"\n'}
    CONFIGURATION = """
error-log: /var/log/h2o-error.log
pid-file: /run/h2o.pid
user: root
listen:
  host: 127.0.0.1
  port: {port}
{lines}
hosts:
  default:
    paths:
      /:
        file.dir: /var/www
"""

    def folders(self):
        return ["/etc/h2o", "/var/www"]

    def configure(self, lines):
        self.place("/etc/h2o/h2o.conf", "", "  ssl:\n" + lines.format(ssl=f"/etc/ssl/{self.name}"))

    def place(self, literal, how, text):
        # In the remedy the block is that of a listener; here it is the only one.
        indent = len(text) - len(text.lstrip(" "))
        lines = "\n".join(line[indent - 2:] if line.startswith(" " * indent) else line for line in text.splitlines())
        self.put(literal, self.CONFIGURATION.format(port=self.port, lines=lines))

    def arguments(self):
        return ["-c", self.path("/etc/h2o/h2o.conf")]

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()  # its orderly end waits for ten seconds
            self.process.wait(10)

    def check(self):
        return self.run("h2o -t -c /etc/h2o/h2o.conf")


class HitchSite(ProxySite):
    kind, unit = "hitch", "hitch"
    user = "_hitch"
    version_option = "--version"
    log_file = "/var/log/hitch.log"
    CONFIGURATION = """
frontend = "[127.0.0.1]:{port}"
backend = "[127.0.0.1]:{behind}"
workers = 1
daemon = off
quiet = off
log-filename = "/var/log/hitch.log"
user = "_hitch"
group = "_hitch"
"""

    def folders(self):
        return ["/etc/hitch", "/var/lib/hitch"]

    def configure(self, lines, directory=True):
        """directory: whether hitch can write the one of its responses."""
        if directory:
            self.own("/var/lib/hitch")
        self.bundle()
        self.place("/etc/hitch/hitch.conf", "", lines.format(ssl=f"/etc/ssl/{self.name}"))

    def bundle(self, chain="fullchain"):
        with open(self.ssl("hitch.pem"), "wb") as out:
            for part in ("key", chain):
                with open(self.ssl(part + ".pem"), "rb") as file:
                    out.write(file.read())

    def place(self, literal, how, text):
        self.put(literal, self.CONFIGURATION.format(port=self.port, behind=free_port()) + text)

    def arguments(self):
        return ["--config", self.path("/etc/hitch/hitch.conf")]

    def check(self):
        return self.run("hitch --test --config /etc/hitch/hitch.conf")


class NghttpxSite(ProxySite):
    kind, unit = "nghttpx", "nghttpx"
    version_option = "--version"
    log_file = "/var/log/nghttpx.log"
    CONFIGURATION = """
frontend=127.0.0.1,{port}
backend=127.0.0.1,{behind}
workers=1
errorlog-file=/var/log/nghttpx.log
log-level=NOTICE
"""

    def folders(self):
        return ["/etc/nghttpx"]

    def configure(self, lines):
        self.place("/etc/nghttpx/nghttpx.conf", "", lines.format(ssl=f"/etc/ssl/{self.name}"))

    def place(self, literal, how, text):
        self.put(literal, self.CONFIGURATION.format(port=self.port, behind=free_port()) + text)

    def arguments(self):
        return ["--conf=" + self.path("/etc/nghttpx/nghttpx.conf")]

    def check(self):
        return self.run("true")  # nghttpx has no check of its configuration


class StunnelSite(ProxySite):
    kind, unit = "stunnel", "stunnel"
    version_option = "-version"
    log_file = "/var/log/stunnel.log"
    CONFIGURATION = """
foreground = yes
pid =
output = /var/log/stunnel.log
[site]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{behind}
{lines}
"""

    def folders(self):
        return ["/etc/stunnel"]

    def configure(self, lines):
        self.place("/etc/stunnel/stunnel.conf", "", lines.format(ssl=f"/etc/ssl/{self.name}"))

    def place(self, literal, how, text):
        self.put(literal, self.CONFIGURATION.format(port=self.port, behind=free_port(), lines=text))

    def arguments(self):
        return [self.path("/etc/stunnel/stunnel.conf")]

    def check(self):
        return self.run("true")  # stunnel has no check of its configuration


class TrafficServerSite(ProxySite):
    kind, unit, binary = "trafficserver", "trafficserver", "traffic_server"
    version_option = "--version"
    user = "trafficserver"
    log_file = "/var/log/trafficserver/diags.log"
    RECORDS = """
CONFIG proxy.config.http.server_ports STRING {port}:ssl:ip-in=127.0.0.1
CONFIG proxy.config.ssl.server.cert.path STRING /
CONFIG proxy.config.ssl.server.private_key.path STRING /
CONFIG proxy.config.exec_thread.autoconfig INT 0
CONFIG proxy.config.exec_thread.limit INT 2
CONFIG proxy.config.admin.user_id STRING {user}
"""
    # Where the package has its directories; it finds this file by an option.
    ROOT = """
prefix: /usr
exec_prefix: /usr
bindir: /usr/bin
sbindir: /usr/sbin
libdir: /usr/lib/trafficserver
libexecdir: /usr/lib/trafficserver/modules
datadir: /usr/share/trafficserver
includedir: /usr/include
sysconfdir: {root}/etc/trafficserver
localstatedir: {root}/var/lib/trafficserver
runtimedir: {root}/run/trafficserver
logdir: {root}/var/log/trafficserver
cachedir: {root}/var/cache/trafficserver
"""

    def folders(self):
        return ["/etc/trafficserver", "/run/trafficserver", "/var/log/trafficserver", "/var/cache/trafficserver",
                "/var/lib/trafficserver"]

    def configure(self, records, certificates):
        for folder in self.folders():
            self.own(folder)
        self.put_file(self.path("/etc/trafficserver/runroot.yaml"), self.ROOT.format(root=self.root))
        self.put("/etc/trafficserver/storage.config", "")
        self.put("/etc/trafficserver/ip_allow.yaml",
                 "ip_allow:\n  - apply: in\n    ip_addrs: 127.0.0.1\n    action: allow\n    methods: ALL\n")
        self.put("/etc/trafficserver/ssl_multicert.config", certificates.format(ssl=f"/etc/ssl/{self.name}"))
        self.place("/etc/trafficserver/records.config", "", records)

    def place(self, literal, how, text):
        if literal.endswith("/records.config"):
            user = self.user if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
            text = self.RECORDS.format(port=self.port, user=user) + text
        self.put(literal, text)

    def arguments(self):
        return ["--run-root=" + self.path("/etc/trafficserver/runroot.yaml")]

    def check(self):
        return self.run("true")  # its check wants the directories of the package
