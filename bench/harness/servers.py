"""Servers that are measured: each on a free port, with its log in `bench/results`."""

import os
import secrets
import socket
import subprocess
import time

from harness import machine, places
from harness.load import Failed
from harness.postgres import Missing, free_port

PATIENCE = 30


class Server:
    """A server that runs until it is stopped."""

    def __init__(self, name, command, environment, cwd=None):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        environment = {**kept, **environment, "PORT": str(self.port)}
        begun = time.monotonic()
        with open(places.RESULTS / f"{name}.log", "ab") as log:
            self._running = subprocess.Popen(command, env=environment, cwd=cwd, stdout=log, stderr=log)
        self.process = self._running.pid
        self._wait(name, begun)
        self.started_after = time.monotonic() - begun

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._running.terminate()
        try:
            self._running.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()

    def _wait(self, name, begun):
        """Until it answers, whatever it says."""
        while not self._answers():
            if self._running.poll() is not None or time.monotonic() - begun > PATIENCE:
                self._running.kill()
                raise Failed(f"{name} does not answer; see bench/results/{name}.log")
            time.sleep(0.0005)

    def _answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                host = self.address.encode()
                connection.sendall(b"GET /api/auth/me HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")
                return connection.recv(4096).startswith(b"HTTP/1.1 ")
        except OSError:
            return False


class Ours:
    """How our server is started: as in production, but that every refresh rotates, as with the peers."""

    def __init__(self, program, url, more):
        self.url = url
        self._command = [str(program)]
        self.environment = {
            "APP_ENV": "production",
            "DATABASE_URL": url,
            "JWT_ACCESS_SECRET": secrets.token_urlsafe(48),
            "JWT_REFRESH_SECRET": secrets.token_urlsafe(48),
            "REFRESH_REUSE_GRACE": "0s",
            "HASH_THREADS": str(os.cpu_count()),
            "RUST_LOG": "warn",
            **machine.allocator(),
            **more,
        }

    def start(self):
        return Server("ours", self._command, self.environment)

    def migrate(self):
        """Makes the tables."""
        command, environment = [*self._command, "migrate", "up"], {**os.environ, **self.environment}
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


class Express:
    """How Express with Prisma is started: one process for each of two cores."""

    def __init__(self, url):
        environment = {"NODE_ENV": "production", "WORKERS": "2", "DATABASE_URL": url}
        self._environment = {**environment, "JWT_SECRET": secrets.token_urlsafe(48)}

    @staticmethod
    def look_for():
        """Raises `Missing` where it is not installed."""
        client = places.EXPRESS / "node_modules" / ".prisma" / "client" / "index.js"
        if not client.exists():
            raise Missing("no Express: (cd bench/peers/express-prisma && npm ci && npm run generate)")

    def start(self):
        return Server("express", ["node", "server.mjs"], self._environment, cwd=places.EXPRESS)


class Hello:
    """A bare axum, or one behind our guard."""

    def __init__(self, *arguments):
        command = [places.PROGRAMS / "hello", *arguments]
        self._running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.process = self._running.pid
        port, _, self.token = self._running.stdout.readline().strip().partition(" ")
        self.address = f"127.0.0.1:{port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._running.terminate()
        self._running.wait()
        self._running.stdout.close()
