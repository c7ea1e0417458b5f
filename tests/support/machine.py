"""Debian's servers as a machine of their own would have them: /etc, /run, /var and /usr/local are folders of
the test, everything listens on one loopback port, and what a reader of a remedy would type (`systemctl reload
nginx`, `a2enmod`) does here what it does there. So a remedy is applied as it is printed, paths excepted.
"""

import os
import re
import shutil
import signal
import subprocess
import time

from patience import HANG_S
from server import free_port, is_listening

# Paths of a remedy that are the test's own folders here.
SYSTEM_PATH = re.compile(r"(?<![\w./-])/(?=(?:etc|run|var|usr/local)/)")
PIECE = re.compile(r"^### (/\S+): (.*)\n", re.MULTILINE)
VERSIONS = re.compile(r"^##### (.*)\n", re.MULTILINE)

# What systemctl has to do is done by the test, after the command: it is the parent of the server.
SYSTEMCTL = '#!/bin/sh\necho "$*" >>"@ROOT@/systemctl"\n'


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def numbers(version):
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def for_version(text, version):
    """Of a text with several versions' remedies ("X 2.8 and newer", "X before 2.8") the one for a version."""
    parts = VERSIONS.split(text)
    if len(parts) == 1:
        return text
    fitting = []
    for title, body in zip(parts[1::2], parts[2::2]):
        least = re.search(r"([\d.]+) and newer", title)
        above = re.search(r"before ([\d.]+)", title)
        if least and numbers(version) < numbers(least[1]) or above and numbers(version) >= numbers(above[1]):
            continue
        fitting.append(body)
    assert len(fitting) == 1, f"{version}: {parts[1::2]}"
    return fitting[0]


class Site:
    """A server; `test` is the ProgramTest that it belongs to, certificates what the lab exported for name."""

    kind, unit = "", ""  # as revoscope and systemd call it
    binary = None  # where the unit has another name
    tools = {}  # what a remedy calls by name: script with @ROOT@ and @PROGRAM@ in it
    version_option = "-v"
    reload_signal = signal.SIGHUP
    log_file = "/var/log/none"

    def __init__(self, test, certificates, name, machine="machine"):
        self.test, self.name, self.port, self.process = test, name, free_port(), None
        self.root = test.path(machine)
        self.program = find(self.binary or self.unit)
        self.bin = os.path.join(self.root, "bin")
        os.makedirs(self.bin)
        # Workers run as another user, and mod_md's keep files.
        for folder in (test.directory, self.root):
            os.chmod(folder, 0o755)
        for folder in self.folders() + ["/etc/ssl/" + name, "/etc/systemd/system", "/usr/local/sbin", "/run",
                                        "/var/log"]:
            os.makedirs(self.path(folder), exist_ok=True)
        for tool, script in {"systemctl": SYSTEMCTL, **self.tools}.items():
            script = script.replace("@ROOT@", self.root).replace("@PROGRAM@", self.program)
            self.put_file(os.path.join(self.bin, tool), script, 0o755)
        self.environment = dict(test.environment, PATH=self.bin + ":" + test.environment["PATH"] + ":/usr/sbin")
        self.put("/etc/resolv.conf", "search example.org\n")
        self.install(certificates)

    def folders(self):
        return []

    def version(self):
        """As the program says: "2.6.12"."""
        said = self.test.run_program(self.program, self.version_option)
        return re.search(r"\d+(\.\d+)+", said.out + said.err)[0]

    def path(self, literal):
        return self.root + literal

    @staticmethod
    def put_file(path, text, mode=0o644):
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)

    def put(self, literal, text, mode=0o644):
        self.put_file(self.path(literal), self.here(text), mode)

    def here(self, text):
        """A text with the paths that it has on this machine."""
        return text if isinstance(text, bytes) else SYSTEM_PATH.sub(self.root + "/", text)

    def ssl(self, name):
        return self.path(f"/etc/ssl/{self.name}/{name}")

    def install(self, certificates):
        """Puts a certificate in place, or a renewed one in its place."""
        parts = {}
        for part in ("cert", "key", "chain", "fullchain", "root"):
            with open(os.path.join(certificates, part + ".pem"), "rb") as file:
                parts[part] = file.read()
        for part in ("cert", "key", "fullchain"):
            self.put_file(self.ssl(part + ".pem"), parts[part])
        self.put_file(self.ssl("chain.pem"), parts["chain"] + parts["root"])

    # The life of the process.

    def arguments(self):
        raise NotImplementedError

    def start(self):
        self.process = self.test.start(*self.arguments(), program=self.program, env=self.environment,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.test.addCleanup(self.stop)  # before ProgramTest's: who is killed leaves its children
        self.test.wait_until(lambda: is_listening(self.port) or self.process.poll() is not None,
                             self.unit + " listens")
        if self.process.poll() is not None:
            raise AssertionError(f"{self.unit} did not start: {self.log()}\n{self.check()}")

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            pass  # ProgramTest kills it

    def restart(self):
        self.stop()
        self.test.wait_until(lambda: not is_listening(self.port), "the port is free")
        self.start()

    def children(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return set(file.read().split())

    def reload(self):
        """Returns when no process from before is left."""
        before = self.children()
        self.process.send_signal(self.reload_signal)
        self.test.wait_until(lambda: self.process.poll() is not None or (now := self.children()) and not before & now, self.unit + " reloads")
        time.sleep(0.3)  # the new ones are there before they accept

    def log(self):
        path = self.path(self.log_file)
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()[-3000:]

    def forget_log(self):
        with open(self.path(self.log_file), "w", encoding="utf-8"):
            pass

    # What a reader of the remedy does.

    def run(self, command):
        result = self.test.run_program("/bin/sh", "-c", self.here(command), environment=self.environment, timeout=HANG_S)
        self.obey()
        return result

    def obey(self):
        """Does what systemctl had to do."""
        orders = os.path.join(self.root, "systemctl")
        if not os.path.exists(orders):
            return
        with open(orders, encoding="utf-8") as file:
            lines = file.read().splitlines()
        os.remove(orders)
        for line in dict.fromkeys(lines):
            words = line.split()
            if words in (["reload", self.unit], ["restart", self.unit], ["stop", self.unit], ["start", self.unit]):
                getattr(self, words[0])()
            elif words[:2] == ["enable", "--now"] and words[2].endswith(".timer"):
                self.run_timer(words[2])
            else:
                self.test.assertEqual(words, ["daemon-reload"])

    def run_timer(self, timer):
        """The service that the timer starts, once."""
        self.test.assertTrue(os.path.exists(self.path("/etc/systemd/system/" + timer)), timer)
        with open(self.path("/etc/systemd/system/" + timer.replace(".timer", ".service")), encoding="utf-8") as file:
            started = re.search(r"^ExecStart=(.*)$", file.read(), re.MULTILINE)
        result = self.run(started.group(1))
        self.test.assertEqual(result.status, 0, f"{result}\n{self.log()}")

    def place(self, literal, how, text):
        """A part of a file that the server has already."""
        self.put(literal, text)

    def apply(self, snippet, commands):
        """Puts every piece of a snippet where it says, and runs the commands."""
        snippet = for_version(snippet, self.version())
        pieces = PIECE.split(snippet)
        self.test.assertGreater(len(pieces), 1, snippet)
        for literal, how, text in zip(pieces[1::3], pieces[2::3], pieces[3::3]):
            if how.startswith("a new file"):
                self.put(literal, text, 0o644)
            else:
                self.place(literal, how, text)
        for command in for_version("\n".join(commands) + "\n", self.version()).splitlines():
            result = self.run(command)
            self.test.assertEqual(result.status, 0, f"{command}\n{result}\n{self.log()}")
        checked = self.check()
        self.test.assertEqual(checked.status, 0, str(checked))

    def check(self):
        """The server's own check of its configuration."""
        raise NotImplementedError

    def fetch(self, path):
        """An OCSP response about the certificate that is in place, of whatever kind, into a file."""
        url = self.test.run_program("openssl", "x509", "-in", self.ssl("cert.pem"), "-noout", "-ocsp_uri").out.strip()
        self.test.run_program("openssl", "ocsp", "-issuer", self.ssl("chain.pem"), "-cert", self.ssl("cert.pem"),
                              "-url", url, "-no_nonce", "-noverify", "-respout", path)
        self.test.assertTrue(os.path.exists(path), "the responder gave nothing to keep")


class NginxSite(Site):
    kind, unit = "nginx", "nginx"
    log_file = "/var/log/nginx/error.log"
    tools = {"nginx": """#!/bin/sh
exec @PROGRAM@ -p @ROOT@/run -e @ROOT@/var/log/nginx/error.log -c @ROOT@/etc/nginx/nginx.conf "$@"
"""}
    CONFIGURATION = """
daemon off;
worker_processes {workers};
pid /run/nginx.pid;
error_log /var/log/nginx/error.log info;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path /run/body;
    proxy_temp_path /run/proxy;
    fastcgi_temp_path /run/fastcgi;
    uwsgi_temp_path /run/uwsgi;
    scgi_temp_path /run/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name {name};
        location / {{ return 200 "ok\\n"; }}
        include /etc/nginx/sites-available/{name};
    }}
}}
"""

    def folders(self):
        return ["/etc/nginx/sites-available", "/var/log/nginx"]

    def configure(self, lines, workers=1):
        self.put("/etc/nginx/nginx.conf", self.CONFIGURATION.format(port=self.port, name=self.name, workers=workers))
        self.put(f"/etc/nginx/sites-available/{self.name}", lines.format(ssl=f"/etc/ssl/{self.name}"))

    def arguments(self):
        return ["-p", self.path("/run"), "-e", self.path(self.log_file), "-c", self.path("/etc/nginx/nginx.conf")]

    def check(self):
        return self.run("nginx -t")


class ApacheSite(Site):
    kind, unit = "apache", "apache2"
    log_file = "/var/log/apache2/error.log"
    reload_signal = signal.SIGUSR1
    MODULES = "/usr/lib/apache2/modules"
    tools = {
        "apache2ctl": '#!/bin/sh\n[ "$1" = configtest ] && exec @PROGRAM@ -t -f @ROOT@/etc/apache2/apache2.conf\n',
        "a2enconf": """#!/bin/sh
for name; do
    [ "$name" = -q ] || ln -sf "../conf-available/$name.conf" @ROOT@/etc/apache2/conf-enabled/
done
""",
        "a2enmod": """#!/bin/sh
for name; do
    [ "$name" = -q ] || {
        file=/usr/lib/apache2/modules/mod_$name.so
        [ -f "$file" ] && echo "LoadModule ${name}_module $file" >@ROOT@/etc/apache2/mods-enabled/$name.load
    } || exit 1
done
"""}
    CONFIGURATION = """
ServerRoot /etc/apache2
ServerName {name}
DefaultRuntimeDir /run/apache2
PidFile /run/apache2/apache2.pid
ErrorLog /var/log/apache2/error.log
LogLevel ssl:info
User www-data
Group www-data
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
IncludeOptional /etc/apache2/mods-enabled/*.load
<IfModule md_module>
    LogLevel ssl:info md:debug
</IfModule>
Listen 127.0.0.1:{port}
IncludeOptional /etc/apache2/conf-enabled/*.conf
<VirtualHost 127.0.0.1:{port}>
    ServerName {name}
    SSLEngine on
    Include /etc/apache2/sites-available/{name}.conf
</VirtualHost>
"""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.environment["APACHE_RUN_DIR"] = self.path("/run/apache2")

    def folders(self):
        return ["/etc/apache2/conf-available", "/etc/apache2/conf-enabled", "/etc/apache2/mods-enabled",
                "/etc/apache2/sites-available", "/var/log/apache2", "/run/apache2"]

    def configure(self, lines, conf=""):
        self.put("/etc/apache2/apache2.conf", self.CONFIGURATION.format(
            port=self.port, name=self.name, modules=self.MODULES))
        self.put("/etc/apache2/conf-available/stapling.conf", conf)
        self.put(f"/etc/apache2/sites-available/{self.name}.conf", lines.format(ssl=f"/etc/ssl/{self.name}"))
        self.test.assertEqual(self.run("a2enmod -q ssl socache_shmcb && a2enconf -q stapling").status, 0)

    def arguments(self):
        return ["-DFOREGROUND", "-f", self.path("/etc/apache2/apache2.conf")]

    def check(self):
        return self.run("apache2ctl configtest")


class HaproxySite(Site):
    kind, unit = "haproxy", "haproxy"
    reload_signal = signal.SIGUSR2
    tools = {}
    CONFIGURATION = """
global
    stats socket /run/haproxy/admin.sock mode 600 level admin
defaults
    mode http
    timeout connect 5s
    timeout client 10s
    timeout server 10s
frontend site
{lines}
    http-request return status 200
"""

    def folders(self):
        return ["/etc/haproxy", "/run/haproxy"]

    def configure(self, lines):
        self.place("/etc/haproxy/haproxy.cfg", "", lines.format(ssl=f"/etc/ssl/{self.name}"))

    def place(self, literal, how, text):
        self.put(literal, self.CONFIGURATION.format(lines=text.replace("bind :443 ", f"bind 127.0.0.1:{self.port} ")))

    def bundle(self, chain="fullchain"):
        with open(self.ssl("haproxy.pem"), "wb") as out:
            for part in (chain, "key"):
                with open(self.ssl(part + ".pem"), "rb") as file:
                    out.write(file.read())

    def arguments(self):
        return ["-W", "-db", "-f", self.path("/etc/haproxy/haproxy.cfg")]

    def check(self):
        return self.run("haproxy -c -f /etc/haproxy/haproxy.cfg")


class LighttpdSite(Site):
    kind, unit = "lighttpd", "lighttpd"
    log_file = "/var/log/lighttpd/error.log"
    CONFIGURATION = """
server.modules = ( "mod_openssl" )
server.document-root = "/var/www"
server.errorlog = "/var/log/lighttpd/error.log"
server.bind = "127.0.0.1"
server.port = {port}
$SERVER["socket"] == "127.0.0.1:{port}" {{
    ssl.engine = "enable"
    include "/etc/lighttpd/conf-available/10-ssl.conf"
}}
"""

    def folders(self):
        return ["/etc/lighttpd/conf-available", "/var/log/lighttpd", "/var/www"]

    def configure(self, lines):
        self.put("/etc/lighttpd/lighttpd.conf", self.CONFIGURATION.format(port=self.port))
        self.put("/etc/lighttpd/conf-available/10-ssl.conf", lines.format(ssl=f"/etc/ssl/{self.name}"))

    def arguments(self):
        return ["-D", "-f", self.path("/etc/lighttpd/lighttpd.conf")]

    def check(self):
        return self.run("lighttpd -tt -f /etc/lighttpd/lighttpd.conf")


class CaddySite(Site):
    kind, unit = "caddy", "caddy"
    version_option = "version"
    log_file = "/var/log/caddy.log"
    GLOBAL = """{{
    admin unix/{socket}
    auto_https off
    log {{
        output file /var/log/caddy.log
    }}
"""
    STORAGE = "    storage file_system /var/lib/caddy\n"

    def folders(self):
        return ["/etc/caddy", "/var/lib/caddy"]

    def configure(self, lines, options=""):
        self.options, self.lines = options, lines.format(ssl=f"/etc/ssl/{self.name}")
        self.write()

    def write(self):
        storage = "" if "storage" in self.options else self.STORAGE
        options = self.GLOBAL.format(socket=self.path("/run/caddy.sock")) + storage + self.options
        self.put("/etc/caddy/Caddyfile", options + "}\n"
                 f"https://{self.name}:{self.port} {{\n    bind 127.0.0.1\n    respond ok\n" + self.lines + "}\n")

    def place(self, literal, how, text):
        if not literal.endswith("/Caddyfile"):
            self.put(literal, text)
            return
        lines = text.split("{\n", 1)[1].rsplit("}\n", 1)[0]
        if how.startswith("the block of global options"):
            self.options = lines
        else:
            self.lines = lines
        self.write()

    def arguments(self):
        return ["run", "--config", self.path("/etc/caddy/Caddyfile"), "--adapter", "caddyfile"]

    def reload(self):
        raise AssertionError("Caddy is reloaded by itself")

    def check(self):
        return self.run("caddy validate --config /etc/caddy/Caddyfile")
