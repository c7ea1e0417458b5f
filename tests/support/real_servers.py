"""Real server programs on a port of 127.0.0.1 with the certificate of a situation, each with the least of a
configuration: stapling off, fetched by the server, or out of a file."""

import os
import re
import shutil
import time

import starttls
from server import free_port

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/lib/trafficserver"


def find(program):
    return shutil.which(program, path=PATH)


def version(site, program, option="-v"):
    """Of a server that does not say what it is, as its operator knows it."""
    said = site.test.run_program(find(program), option)
    return re.search(r"\d+(\.\d+)+", said.out + said.err)[0]


def nginx(site, staple, port, workers=1, lines="", **_):
    stapling = {"off": "", "fetch": "ssl_stapling on; ssl_stapling_verify on; "
                f"ssl_trusted_certificate {site.path('chain.pem')};"}
    config = site.write("nginx.conf", f"""
daemon off; worker_processes {workers}; pid {site.path('nginx.pid')}; error_log {site.path('error.log')} info;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {site.path('t1')}; proxy_temp_path {site.path('t2')}; fastcgi_temp_path {site.path('t3')};
    uwsgi_temp_path {site.path('t4')}; scgi_temp_path {site.path('t5')};
    server {{
        listen 127.0.0.1:{port} ssl; server_name www.example.test;
        ssl_certificate {site.path('fullchain.pem')}; ssl_certificate_key {site.path('key.pem')};
        ssl_protocols TLSv1.2 TLSv1.3; ssl_session_tickets off;
        {stapling.get(staple, f'ssl_stapling on; ssl_stapling_file {staple};')}
        {lines}
        location / {{ return 200 "ok"; }}
    }}
}}
""")
    site.start(find("nginx"), "-c", config, "-e", site.path("error.log"), port=port)


APACHE_MODULES = "/usr/lib/apache2/modules"


def apache(site, staple, port, lines="", **_):
    os.makedirs(site.path("run"), exist_ok=True)
    modules = "\n".join(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so" for name in
                        ("mpm_event", "authn_core", "authz_core", "socache_shmcb", "ssl"))
    stapling = "" if staple == "off" else \
        f"SSLUseStapling on\nSSLStaplingCache shmcb:{site.path('run')}/stapling(128000)"
    config = site.write("apache.conf", f"""
ServerRoot {site.folder}
ServerName www.example.test
DefaultRuntimeDir {site.path('run')}
PidFile {site.path('run')}/pid
ErrorLog {site.path('error.log')}
{modules}
User www-data
Group www-data
Listen 127.0.0.1:{port}
{stapling}
{lines}
<VirtualHost 127.0.0.1:{port}>
    ServerName www.example.test
    SSLEngine on
    SSLCertificateFile {site.path('fullchain.pem')}
    SSLCertificateKeyFile {site.path('key.pem')}
</VirtualHost>
""")
    site.start(find("apache2"), "-DFOREGROUND", "-f", config, port=port)


def haproxy(site, staple, port, **_):
    if staple != "off":
        shutil.copy(staple, site.path("bundle.pem.ocsp"))
    config = site.write("haproxy.cfg", f"""
defaults
    mode http
    timeout connect 5s
    timeout client 10s
    timeout server 10s
frontend site
    bind 127.0.0.1:{port} ssl crt {site.path('bundle.pem')}
    http-request return status 200
""")
    site.start(find("haproxy"), "-db", "-f", config, port=port)
    site.arguments += ["--server", "haproxy/" + version(site, "haproxy")]


def lighttpd(site, staple, port, **_):
    line = "" if staple == "off" else f'ssl.stapling-file = "{staple}"'
    os.makedirs(site.path("www"), exist_ok=True)
    config = site.write("lighttpd.conf", f"""
server.modules = ( "mod_openssl" )
server.document-root = "{site.path('www')}"
server.errorlog = "{site.path('error.log')}"
server.bind = "127.0.0.1"
server.port = {port}
$SERVER["socket"] == "127.0.0.1:{port}" {{
    ssl.engine = "enable"
    ssl.pemfile = "{site.path('fullchain.pem')}"
    ssl.privkey = "{site.path('key.pem')}"
    {line}
}}
""")
    site.start(find("lighttpd"), "-D", "-f", config, port=port)


def caddy(site, staple, port, **_):
    off = "ocsp_stapling off" if staple == "off" else ""
    config = site.write("Caddyfile", f"""
{{
    admin off
    auto_https off
    storage file_system {site.path('caddy')}
    {off}
}}
https://www.example.test:{port} {{
    bind 127.0.0.1
    tls {site.path('fullchain.pem')} {site.path('key.pem')}
    respond ok
}}
""")
    site.start(find("caddy"), "run", "--config", config, "--adapter", "caddyfile", port=port)


def backend(site):
    """A web server in plain HTTP, for those that pass on."""
    return site.web(lambda *_: (200, {}, b"ok")).port


def stunnel(site, staple, port, **_):
    assert staple == "off", "stunnel before 5.71 cannot staple"
    config = site.write("stunnel.conf", f"""
foreground = yes
pid =
[site]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{backend(site)}
cert = {site.path('fullchain.pem')}
key = {site.path('key.pem')}
""")
    site.start(find("stunnel4"), config, port=port)
    site.arguments += ["--server", "stunnel/" + version(site, "stunnel4", "-version")]


def gnutls_serv(site, staple, port, **_):
    more = [] if staple == "off" else ["--ocsp-response", staple]
    site.start(find("gnutls-serv"), "--http", "--quiet", "--port", str(port), "--x509certfile",
               site.path("fullchain.pem"), "--x509keyfile", site.path("key.pem"), *more)
    site.wait(port)


def openssl(site, staple, port, **_):
    more = [] if staple == "off" else ["-status_file", staple]
    if os.path.getsize(site.path("above.pem")) > 0:
        more += ["-cert_chain", site.path("above.pem")]
    site.start("openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", site.path("cert.pem"), "-key",
               site.path("key.pem"), "-quiet", "-www", *more, port=port)


NODE = """
const fs = require('fs'), https = require('https'), f = '%s/';
const server = https.createServer({cert: fs.readFileSync(f + 'fullchain.pem'), key: fs.readFileSync(f + 'key.pem')},
                                  (request, response) => response.end('ok'));
const staple = '%s';
if (staple !== 'off')
	server.on('OCSPRequest', (cert, issuer, done) => {
		if (staple === 'error') done(new Error('no status'));
		else if (staple !== 'never') done(null, fs.readFileSync(staple));
	});
server.listen(%d, '127.0.0.1');
"""


def node(site, staple, port, **_):
    """The staple may be `error` and `never` as well: what the callback does."""
    site.start(find("node"), site.write("server.js", NODE % (site.folder, staple, port)), port=port)


JAVA = """
import java.io.*; import java.net.*; import java.security.*; import javax.net.ssl.*; import com.sun.net.httpserver.*;
public class Server {
	public static void main(String[] a) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(new FileInputStream(a[0]), "secret".toCharArray());
		KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
		keys.init(store, "secret".toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), null, null);
		HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(a[1])), 0);
		server.setHttpsConfigurator(new HttpsConfigurator(context));
		server.createContext("/", e -> { e.sendResponseHeaders(200, -1); e.close(); });
		server.setExecutor(java.util.concurrent.Executors.newCachedThreadPool());
		server.start();
	}
}
"""


def java(site, staple, port, **_):
    more = [] if staple == "off" else ["-Djdk.tls.server.enableStatusRequestExtension=true"]
    site.test.run_program("openssl", "pkcs12", "-export", "-in", site.path("cert.pem"), "-inkey", site.path("key.pem"),
                          "-certfile", site.path("above.pem"), "-name", "site", "-passout", "pass:secret", "-out",
                          site.path("store.p12"))
    site.start(find("java"), "-XX:-UsePerfData", *more, site.write("Server.java", JAVA), site.path("store.p12"), str(port))
    site.wait(port)


def nghttpx(site, staple, port, **_):
    more = ["--no-ocsp"] if staple == "off" else [f"--cacert={site.path('chain.pem')}"]
    site.start(find("nghttpx"), f"--frontend=127.0.0.1,{port}", f"--backend=127.0.0.1,{backend(site)}",
               "--conf=/dev/null", "--no-http2-cipher-block-list", "--errorlog-file=/dev/stderr", *more,
               site.path("key.pem"), site.path("fullchain.pem"), port=port)


def h2o(site, staple, port, **_):
    config = site.write("h2o.conf", f"""
user: root
listen:
  host: 127.0.0.1
  port: {port}
  ssl:
    certificate-file: {site.path('fullchain.pem')}
    key-file: {site.path('key.pem')}
    {'ocsp-update-interval: 0' if staple == 'off' else ''}
hosts:
  default:
    paths:
      /:
        file.dir: {site.folder}
""")
    site.start(find("h2o"), "-c", config, port=port)


def hitch(site, staple, port, **_):
    more = ""
    if staple == "fetch":
        os.makedirs(site.path("ocsp"), exist_ok=True)
        os.chmod(site.path("ocsp"), 0o777)
        more = f'ocsp-dir = "{site.path("ocsp")}"'
    elif staple != "off":
        more = 'ocsp-dir = ""'
    file = f'pem-file = {{ cert = "{site.path("bundle.pem")}"\n ocsp-resp-file = "{staple}" }}' \
        if staple not in ("off", "fetch") else f'pem-file = "{site.path("bundle.pem")}"'
    config = site.write("hitch.conf", f"""
frontend = {{ host = "127.0.0.1" port = "{port}" }}
backend = "[127.0.0.1]:{backend(site)}"
{file}
{more}
daemon = off
workers = 1
user = "nobody"
group = "nogroup"
""")
    process = site.start(find("hitch"), "--config=" + config, port=port)
    if staple == "fetch":
        # It staples what is in its folder when it starts.
        time.sleep(1)
        process.terminate()
        process.wait(10)
        site.start(find("hitch"), "--config=" + config, port=port)


def traffic_server(site, staple, port, **_):
    os.makedirs(site.path("ts/etc"), exist_ok=True)
    for name in ("var", "run", "log", "cache"):
        os.makedirs(site.path("ts", name), exist_ok=True)
        os.chmod(site.path("ts", name), 0o777)
    more = f" ssl_ocsp_name={staple}" if staple not in ("off", "fetch") else ""
    site.write("ts/etc/ssl_multicert.config",
               f"dest_ip=* ssl_cert_name={site.path('fullchain.pem')} ssl_key_name={site.path('key.pem')}{more}\n")
    site.write("ts/etc/remap.config", f"map / http://127.0.0.1:{backend(site)}/\n")
    site.write("ts/etc/storage.config", f"{site.path('ts/cache')} 16M\n")
    for name in ("plugin.config", "ip_allow.yaml", "logging.yaml", "parent.config", "volume.config", "hosting.config",
                 "cache.config", "splitdns.config", "socks.config", "sni.yaml", "strategies.yaml", "jsonrpc.yaml"):
        site.write("ts/etc/" + name, "")
    site.write("ts/etc/records.config", f"""
CONFIG proxy.config.http.server_ports STRING {port}:ssl
CONFIG proxy.config.ssl.ocsp.enabled INT {0 if staple == "off" else 1}
CONFIG proxy.config.admin.user_id STRING nobody
CONFIG proxy.config.exec_thread.autoconfig INT 0
CONFIG proxy.config.exec_thread.limit INT 2
CONFIG proxy.config.ssl.server.cert.path STRING /
CONFIG proxy.config.ssl.server.private_key.path STRING /
CONFIG proxy.config.log.logging_enabled INT 0
""")
    site.write("ts/runroot.yaml", f"""prefix: {site.path('ts')}
exec_prefix: /usr
bindir: /usr/bin
sbindir: /usr/sbin
sysconfdir: {site.path('ts/etc')}
localstatedir: {site.path('ts/var')}
runtimedir: {site.path('ts/run')}
logdir: {site.path('ts/log')}
cachedir: {site.path('ts/cache')}
libexecdir: /usr/lib/trafficserver/modules
""")
    site.start(find("traffic_server"), "--run-root=" + site.path("ts/runroot.yaml"))
    site.wait(port)


def exim(site, staple, port, **_):
    more = "" if staple == "off" else f"tls_ocsp_file = {staple}"
    os.makedirs(site.path("spool"), exist_ok=True)
    shutil.chown(site.path("spool"), "Debian-exim", "Debian-exim")
    shutil.chown(site.path("key.pem"), "Debian-exim")
    config = site.write("exim.conf", f"""
spool_directory = {site.path('spool')}
log_file_path = {site.path('spool')}/%slog
pid_file_path = {site.path('spool')}/pid
primary_hostname = www.example.test
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
tls_advertise_hosts = *
tls_certificate = {site.path('fullchain.pem')}
tls_privatekey = {site.path('key.pem')}
{more}
exim_user = Debian-exim
never_users =
begin acl
begin routers
begin transports
""")
    site.start(find("exim4"), "-C", config, "-bdf", port=port)
    site.arguments += ["--starttls", "smtp"]


def dovecot(site, staple, _, **__):
    assert staple == "off", "Dovecot cannot staple"
    site.port = starttls.dovecot(site.test, site.path("dovecot"), site.folder, "www.example.test").ports["imap"]
    site.arguments += ["--starttls", "imap"]


def proftpd(site, staple, port, **_):
    more = f"\n    TLSCertificateChainFile {site.path('above.pem')}" if staple == "off" else f"""
    TLSStapling on
    TLSStaplingCache shm:/file={site.path('stapling.shm')}
    TLSStaplingTimeout 2
    TLSCACertificateFile {site.path('above.pem')}"""
    config = site.write("proftpd.conf", f"""
LoadModule mod_tls.c
LoadModule mod_tls_shmcache.c
ServerName "www.example.test"
ServerType standalone
DefaultAddress 127.0.0.1
Port {port}
SocketBindTight on
UseIPv6 off
User nobody
Group nogroup
PidFile {site.path('pid')}
ScoreboardFile {site.path('scoreboard')}
DelayEngine off
SystemLog {site.path('error.log')}
<IfModule mod_tls.c>
    TLSEngine on
    TLSLog {site.path('tls.log')}
    TLSProtocol TLSv1.2 TLSv1.3
    TLSRSACertificateFile {site.path('fullchain.pem')}
    TLSRSACertificateKeyFile {site.path('key.pem')}{more}
</IfModule>
""")
    site.start(find("proftpd"), "-n", "-c", config, port=port)
    site.arguments += ["--starttls", "ftp"]


# By name: what starts it, and the program that it needs.
SERVERS = {
    "nginx": (nginx, "nginx"), "apache": (apache, "apache2"), "haproxy": (haproxy, "haproxy"),
    "lighttpd": (lighttpd, "lighttpd"), "caddy": (caddy, "caddy"), "stunnel": (stunnel, "stunnel4"),
    "gnutls-serv": (gnutls_serv, "gnutls-serv"), "openssl": (openssl, "openssl"), "node": (node, "node"),
    "java": (java, "java"), "nghttpx": (nghttpx, "nghttpx"), "h2o": (h2o, "h2o"), "hitch": (hitch, "hitch"),
    "traffic-server": (traffic_server, "traffic_server"), "exim": (exim, "exim4"), "dovecot": (dovecot, "dovecot"),
    "proftpd": (proftpd, "proftpd"), "scripted": (None, "python3"),
}


def serve(site, server, staple="off", **options):
    """Starts a server for the files of the situation. The staple is `off`, `fetch` or the path of a file."""
    site.port = free_port()
    SERVERS[server][0](site, staple, site.port, **options)
