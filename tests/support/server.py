"""Debian's nginx as a real endpoint: its own process on a loopback port, in a directory of its own."""

import os
import shutil
import signal
import socket
import subprocess
import time

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log info;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name {name};
        ssl_certificate {certificates}/fullchain.pem;
        ssl_certificate_key {certificates}/key.pem;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_session_tickets off;
        ssl_stapling on;
        ssl_stapling_verify on;
        ssl_trusted_certificate {directory}/trusted.pem;
        location / {{ return 200 "ok\\n"; }}
    }}
}}
"""


def nginx_program():
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_listening(port):
    """Looks into the kernel's table: to connect would use up the first connection."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        return any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A" for line in list(file)[1:])


class Nginx:
    """nginx with the certificates that the lab exported; `test` is the ProgramTest that it belongs to."""

    def __init__(self, test, directory, certificates, name):
        self.test, self.directory, self.name = test, directory, name
        self.port = free_port()
        os.makedirs(directory)
        with open(os.path.join(directory, "trusted.pem"), "wb") as trusted:
            for part in ("chain.pem", "root.pem"):
                with open(os.path.join(certificates, part), "rb") as file:
                    trusted.write(file.read())
        configuration = os.path.join(directory, "nginx.conf")
        with open(configuration, "w", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(directory=directory, certificates=certificates, name=name, port=self.port))
        self.process = test.start("-p", directory, "-c", configuration, "-e", os.path.join(directory, "error.log"),
                                  program=nginx_program(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        test.addCleanup(self.stop)
        test.wait_until(lambda: is_listening(self.port) or self.process.poll() is not None, "nginx listens")
        if self.process.poll() is not None:
            raise AssertionError("nginx did not start: " + self.log())

    def log(self):
        path = os.path.join(self.directory, "error.log")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def workers(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return file.read().split()

    def reload(self):
        """Returns when the new worker is alone."""
        before = set(self.workers())
        self.process.send_signal(signal.SIGHUP)
        self.test.wait_until(lambda: len(self.workers()) == 1 and not before & set(self.workers()),
                             "nginx reloads")
        time.sleep(0.2)  # the worker is there before it accepts

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                pass  # ProgramTest kills it
