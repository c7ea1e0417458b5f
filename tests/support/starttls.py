"""Servers that start TLS within their protocol: Debian's own as plain processes on loopback ports, each in a
directory of its own, and scripted ones for protocols whose servers are too heavy for a test."""

import getpass
import grp
import os
import shutil
import socket
import ssl
import subprocess
import threading

from patience import HANG_S
from server import free_port, is_listening

SBIN = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/lib/slapd"


class Daemon:
    """A server in the foreground; `ports` by protocol. It ends with its test."""

    def __init__(self, test, directory, program, arguments, configuration, ports, name="server.conf", **options):
        self.test, self.directory, self.ports = test, directory, ports
        os.makedirs(directory, exist_ok=True)
        self.configuration = os.path.join(directory, name)
        with open(self.configuration, "w", encoding="utf-8") as file:
            file.write(configuration)
        self.output = os.path.join(directory, "output")
        with open(self.output, "wb") as output:
            self.process = test.start(*[argument.replace("CONFIGURATION", self.configuration) for argument in arguments],
                                      program=shutil.which(program, path=SBIN), stdout=output,
                                      stderr=subprocess.STDOUT, **options)
        test.addCleanup(self.stop)
        test.wait_until(lambda: all(is_listening(port) for port in ports.values()) or self.process.poll() is not None, f"{program} listens: {self.log()}")
        if self.process.poll() is not None:
            raise AssertionError(f"{program} did not start: {self.log()}")

    def log(self):
        with open(self.output, encoding="utf-8", errors="replace") as file:
            return file.read()[-2000:]

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                pass  # ProgramTest kills it


DOVECOT = """
protocols = imap pop3 lmtp submission sieve
base_dir = {directory}/run
state_dir = {directory}/state
log_path = /dev/stderr
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login_user}
first_valid_uid = 0
hostname = {name}
submission_relay_host = 127.0.0.1
ssl = {ssl}
ssl_cert = <{certificates}/fullchain.pem
ssl_key = <{certificates}/key.pem
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
service imap-login {{
  chroot =
  inet_listener imap {{ port = {imap} }}
  inet_listener imaps {{ port = 0 }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{ port = {pop3} }}
  inet_listener pop3s {{ port = 0 }}
}}
service submission-login {{
  chroot =
  inet_listener submission {{ port = {smtp} }}
}}
service managesieve-login {{
  chroot =
  inet_listener sieve {{ port = {sieve} }}
}}
service lmtp {{
  inet_listener lmtp {{ port = {lmtp} }}
}}
service anvil {{ chroot = }}
service stats {{ chroot = }}
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={directory}
}}
"""


def dovecot(test, directory, certificates, name, tls=True):
    """Dovecot for imap, pop3, smtp (as submission), sieve and lmtp."""
    os.makedirs(directory)
    user, group, login_user = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name, getpass.getuser()
    if os.getuid() == 0:  # what talks to strangers refuses to be root, and has to come by here
        user, group, login_user = "dovecot", "dovecot", "dovenull"
        os.chmod(test.directory, 0o711)
    ports = {protocol: free_port() for protocol in ("imap", "pop3", "smtp", "sieve", "lmtp")}
    text = DOVECOT.format(directory=directory, certificates=certificates, name=name, user=user, group=group,
                          login_user=login_user, ssl="yes" if tls else "no", **ports)
    # A value inside one line of braces is not Dovecot's grammar.
    text = text.replace("{ ", "{\n").replace(" }", "\n}")
    return Daemon(test, directory, "dovecot", ["-F", "-c", "CONFIGURATION"], text, ports)


NGINX_MODULE = "/usr/lib/nginx/modules/ngx_mail_module.so"


def nginx_mail(test, directory, certificates, name, tls=True):
    """nginx as a proxy of mail: smtp, imap and pop3, up to the login."""
    ports = {protocol: free_port() for protocol in ("imap", "pop3", "smtp")}
    servers = "".join(f"    server {{ listen 127.0.0.1:{port}; protocol {protocol}; starttls {'on' if tls else 'off'}; }}\n"
                      for protocol, port in ports.items())
    text = f"""
load_module {NGINX_MODULE};
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log stderr info;
events {{ worker_connections 64; }}
mail {{
    server_name {name};
    auth_http 127.0.0.1:1/nobody;
    ssl_certificate {certificates}/fullchain.pem;
    ssl_certificate_key {certificates}/key.pem;
{servers}}}
"""
    return Daemon(test, directory, "nginx", ["-p", directory, "-c", "CONFIGURATION", "-e", "stderr"], text, ports)


def slapd(test, directory, certificates, tls=True):
    """OpenLDAP's server without any database."""
    port = free_port()
    text = f"""
pidfile {directory}/slapd.pid
argsfile {directory}/slapd.args
"""
    if tls:
        text += f"""
TLSCACertificateFile {certificates}/chain.pem
TLSCertificateFile {certificates}/fullchain.pem
TLSCertificateKeyFile {certificates}/key.pem
"""
    return Daemon(test, directory, "slapd", ["-f", "CONFIGURATION", "-h", f"ldap://127.0.0.1:{port}/", "-d", "0"],
                  text, {"ldap": port})


def vsftpd(test, directory, certificates, tls=True):
    port = free_port()
    text = f"""listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
run_as_launching_user=YES
anonymous_enable=YES
local_enable=NO
vsftpd_log_file={directory}/vsftpd.log
secure_chroot_dir={directory}
anon_root={directory}
seccomp_sandbox=NO
ssl_enable={"YES" if tls else "NO"}
rsa_cert_file={certificates}/fullchain.pem
rsa_private_key_file={certificates}/key.pem
ssl_ciphers=HIGH
"""
    return Daemon(test, directory, "vsftpd", ["CONFIGURATION"], text, {"ftp": port})


def prosody(test, directory, certificates, name):
    """Prosody for streams of clients (xmpp) and of servers (xmpp-server)."""
    ports = {"xmpp": free_port(), "xmpp-server": free_port()}
    text = f"""
run_as_root = true
pidfile = "{directory}/prosody.pid"
data_path = "{directory}/data"
plugin_paths = {{}}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {ports["xmpp"]} }}
s2s_ports = {{ {ports["xmpp-server"]} }}
c2s_direct_tls_ports = {{}}
s2s_direct_tls_ports = {{}}
modules_enabled = {{ "tls", "saslauth", "dialback" }}
modules_disabled = {{ "offline", "posix" }}
authentication = "internal_plain"
log = {{ warn = "*console" }}
VirtualHost "{name}"
    ssl = {{ certificate = "{certificates}/fullchain.pem", key = "{certificates}/key.pem" }}
"""
    os.makedirs(os.path.join(directory, "data"))
    return Daemon(test, directory, "prosody", ["--config", "CONFIGURATION", "-F"], text, ports, name="prosody.cfg.lua")


LINE = ("\n",)
# Where real servers are heavy: what they say, as their protocols' documents give it. Turns: bytes that
# are said, a number of bytes that are read, or a tuple with the words up to which is read.
MYSQL_GREETING = (b"\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0saltsalt\0\xff\xff\xff\x02\0\xff\xdf\x15" + b"\0" * 10 +
                  b"moresaltmore\0caching_sha2_password\0")
SCRIPTS = {
    "mysql": [MYSQL_GREETING, 36],
    "postgres": [8, b"S"],
    "nntp": [b"200 news\r\n", LINE, b"382 go on\r\n"],
}


class Scripted(threading.Thread):
    """Plays turns with everyone who connects, then TLS (unless `certificates` is None). What is left of
    the talk is kept in `heard`."""

    def __init__(self, test, turns, certificates=None, family=socket.AF_INET):
        super().__init__(daemon=True)
        self.turns, self.heard, self.server_names = turns, [], []
        self.context = None
        if certificates is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.sni_callback = lambda _, name, __: self.server_names.append(name)
            self.context.load_cert_chain(os.path.join(certificates, "fullchain.pem"),
                                         os.path.join(certificates, "key.pem"))
        self.listener = socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family,
                                             backlog=64)
        self.port = self.listener.getsockname()[1]
        test.addCleanup(self.stop)
        self.start()

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            peer.settimeout(HANG_S)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _play(self, peer):
        for turn in self.turns:
            if isinstance(turn, int):
                self.heard.append(peer.recv(turn, socket.MSG_WAITALL))
            elif isinstance(turn, tuple):
                said = b""
                while not said.endswith(turn[0].encode()):
                    more = peer.recv(1)
                    if not more:
                        return
                    said += more
                self.heard.append(said)
            else:
                peer.sendall(turn)

    def _serve(self, peer):
        try:
            self._play(peer)
            if self.context is not None:
                peer = self.context.wrap_socket(peer, server_side=True, do_handshake_on_connect=False)
                peer.do_handshake()
            peer.recv(1)
        except (OSError, ValueError):
            pass
        finally:
            peer.close()

    def stop(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.join(5)
