"""Browsers that refresh and ask who they are without end, and keep the last cookie that was acknowledged."""

import base64
import http.client
import json
import threading
import time

EMAIL, PASSWORD = "admin@example.com", "correct horse battery staple"
RIGHT, UNAVAILABLE, BROKEN = "right", "503", "no answer"
PAUSE = 0.02


class Refused(Exception):
    """An answer that no accident excuses."""


def ask(connection, method, path, headers=None, body=None):
    """One request on a connection that is kept; raises OSError or HTTPException where there is no answer."""
    sent = dict(headers or {}, Host="localhost")
    if body is not None:
        body, sent["Content-Type"] = json.dumps(body), "application/json"
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read().decode()


def once(address, method, path, headers=None, body=None):
    connection = http.client.HTTPConnection(*address, timeout=20)
    try:
        return ask(connection, method, path, headers, body)
    finally:
        connection.close()


def cookie_of(headers):
    """The refresh token that an answer sets, if any."""
    line = headers.get("Set-Cookie")
    return line and line.split(";")[0].removeprefix("refresh_token=")


def log_in(address):
    status, headers, body = once(address, "POST", "/api/auth/login", body={"email": EMAIL, "password": PASSWORD})
    if status != 200:
        raise Refused(f"login: {status} {body}")
    cookies = [line.split(";")[0] for line in headers.get_all("Set-Cookie")]
    [cookie] = [line.removeprefix("refresh_token=") for line in cookies if line.startswith("refresh_token=")]
    return cookie, json.loads(body)["accessToken"]


def read(cookie):
    """The session and the generation that a refresh token names."""
    token = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
    return token[1:17].hex(), int.from_bytes(token[33:37], "big")


class Browser(threading.Thread):
    def __init__(self, number, servers):
        super().__init__(daemon=True)
        self.number, self.servers, self.over = number, servers, threading.Event()
        self.cookie, self.token = log_in(servers[0])
        self.entries = []  # (outcome, asked, answered)
        self.refused = None

    def run(self):
        connections = [http.client.HTTPConnection(*server, timeout=20) for server in self.servers]
        answered = 0
        for turn in range(self.number, 1 << 62):
            if self.over.wait(PAUSE):
                return
            connection = connections[turn % len(connections)]
            asked = time.monotonic()
            try:
                outcome = self.who_am_i(connection) if answered % 3 == 2 else self.refresh(connection)
            except (OSError, http.client.HTTPException):
                connection.close()
                outcome = BROKEN
            except Refused as refused:
                self.refused = str(refused)
                return
            self.entries.append((outcome, asked, time.monotonic()))
            answered += outcome == RIGHT

    def refresh(self, connection):
        status, headers, body = ask(connection, "POST", "/api/auth/refresh", {"Cookie": f"refresh_token={self.cookie}"})
        outcome = judged("refresh", status, headers, body)
        if outcome == RIGHT:
            # From here on it is acknowledged, and may not be lost.
            self.cookie = cookie_of(headers) or self.cookie
            self.token = json.loads(body)["accessToken"]
        return outcome

    def who_am_i(self, connection):
        return judged("me", *ask(connection, "GET", "/api/auth/me", {"Authorization": f"Bearer {self.token}"}))


def judged(what, status, headers, body):
    if status == 200:
        return RIGHT
    if status != 503 or body != '{"error":"Service unavailable"}' or headers["Retry-After"] != "1" or cookie_of(headers):
        raise Refused(f"{what}: {status} {body} {cookie_of(headers)!r}")
    return UNAVAILABLE


class Crowd:
    def __init__(self, servers, browsers=24):
        self.browsers = [Browser(number, servers) for number in range(browsers)]
        for browser in self.browsers:
            browser.start()

    def entries(self):
        return [entry for browser in self.browsers for entry in list(browser.entries)]

    def refused(self):
        return [browser.refused for browser in self.browsers if browser.refused]

    def firsts(self, since):
        """When each browser got its first right answer to something that it asked since."""
        firsts = []
        for browser in self.browsers:
            times = (end for outcome, asked, end in list(browser.entries) if outcome == RIGHT and asked >= since)
            firsts += [end for end in [next(times, None)] if end is not None]
        return firsts

    def until_all_are_served(self, since, patience=120):
        while len(self.firsts(since)) < len(self.browsers):
            if self.refused():
                raise Refused(self.refused())
            if time.monotonic() - since > patience:
                raise Refused(f"{len(self.browsers) - len(self.firsts(since))} are not served after {patience} s")
            time.sleep(0.05)

    def leave(self):
        for browser in self.browsers:
            browser.over.set()
        for browser in self.browsers:
            browser.join()

    def report(self, struck):
        """Of what was asked since an accident: how often what was met, and when it was over."""
        since = [entry for entry in self.entries() if entry[2] >= struck]
        counts = {outcome: sum(entry[0] == outcome for entry in since) for outcome in (RIGHT, UNAVAILABLE, BROKEN)}
        wrong = [end for outcome, _, end in since if outcome != RIGHT]
        after = max(wrong, default=struck)
        # The longest time in which nobody at all was answered.
        right = sorted([struck, *(end for outcome, _, end in since if outcome == RIGHT)])
        gap, back = max(((b - a, b) for a, b in zip(right, right[1:])), default=(0, struck))
        return {
            "counts": counts,
            "gap": gap,
            "first": back - struck,
            "last error": after - struck,
            "longest wait": max(end - asked for _, asked, end in since),
        }

    def settle(self, address, generations):
        """Everybody presents what they hold: each is let in, and the database knows no other generation."""
        held, out = {}, []
        for browser in self.browsers:
            status, headers, body = once(
                address, "POST", "/api/auth/refresh", {"Cookie": f"refresh_token={browser.cookie}"}
            )
            if status != 200:
                out.append(f"{status} {body}")
                continue
            session, generation = read(cookie_of(headers) or browser.cookie)
            held[session] = generation
        kept = generations()
        lost = [session for session in held if kept.get(session) != held[session]]
        return out, lost
