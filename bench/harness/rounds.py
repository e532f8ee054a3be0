"""One round: each thing once, what is compared right after what it is compared with."""

import contextlib
import statistics
import time

from harness import load, machine
from harness.machine import Foreign
from harness.servers import Hello

STARTS = 5
# What is offered beside the logins: this many users, each every 40 ms.
STEADY = 8
# How long a server that has started is left alone before its memory is looked at, in seconds.
SETTLED = 1


class Round:
    """The measurements of one round, each a record that `note` is given."""

    def __init__(self, bench, seconds, note):
        self._bench, self._seconds, self._note = bench, seconds, note
        self._watch = {}

    def run(self, wanted):
        bench = self._bench
        if "start" in wanted:
            self._start()
        if not set(wanted) - {"start", "size"}:
            return
        with contextlib.ExitStack() as running:
            ours = running.enter_context(bench.ours.start())
            express = running.enter_context(bench.express.start()) if bench.express else None
            self._watch = {"server": ours.process, "postgres": bench.postgres.process}
            if "memory" in wanted:
                self._idle(ours)
            if "login" in wanted:
                self._logins(ours, express)
            for scenario in ("refresh", "me"):
                if scenario in wanted:
                    self._load(ours, express, scenario)
            if "guard" in wanted:
                self._guard()
            if "storm" in wanted or "memory" in wanted:
                self._storm(ours)

    def _start(self):
        def starts():
            for _ in range(STARTS):
                with self._bench.ours.start() as server:
                    yield server.started_after * 1000

        self._alone("start", "ours", lambda: statistics.median(starts()))

    def _idle(self, ours):
        time.sleep(SETTLED)
        self._note("memory", "idle", machine.resident(ours.process), 0.0)

    def _logins(self, ours, express):
        bench = self._bench
        for kernel in bench.kernels:
            self._alone("login", kernel, lambda: load.hashes(kernel, self._seconds / 2))
        self._login(ours, "ours", "ours", "limit")
        if express:
            self._measure(express, "express", "login", {**self._watch, "server": express.process})
        if bench.simd:
            with bench.simd.start() as simd:
                self._login(simd, "simd", "simd", "simd limit")

    def _login(self, server, who, kernel, limit):
        """With the kernel's own limit before and after: how fast a machine is that others share wanders within
        seconds by more than what is to be told apart."""
        self._bench.postgres.ask("CHECKPOINT")
        foreign = Foreign(self._bench.postgres.process)
        before = load.hashes(kernel, self._seconds / 2)
        beside = foreign.cores()
        self._measure(server, who, "login", {**self._watch, "server": server.process})
        foreign = Foreign(self._bench.postgres.process)
        after = load.hashes(kernel, self._seconds / 2)
        self._note("login", limit, (before + after) / 2, max(beside, foreign.cores()))

    def _load(self, ours, express, scenario):
        self._bench.postgres.ask("CHECKPOINT")
        self._measure(ours, "ours", scenario, self._watch)
        if scenario == "refresh":
            self._alone("refresh", "limit", lambda: self._bench.rotation.per_second(self._seconds))
        if express:
            watch = {**self._watch, "server": express.process}
            self._measure(express, "express", scenario, watch)

    def _measure(self, server, who, scenario, watch):
        # Logins are answered in groups, one of which at the edge of a short time would be a good part of them.
        seconds = self._seconds * (2 if scenario == "login" else 1)
        result = load.generate(server, scenario, seconds, watch)
        action, cpu = result["actions"].get(scenario), result["cpu"]
        if action:
            self._note(scenario, who, action["per_second"], cpu["foreign"]["cores"], latency=action, cpu=cpu)
        elif who in ("ours", "simd"):
            raise load.Failed(f"no {scenario} was answered within {seconds} s")

    def _alone(self, what, who, measured, **details):
        foreign = Foreign(self._bench.postgres.process)
        value = measured()
        self._note(what, who, value, foreign.cores(), **details)

    def _guard(self):
        """Both are asked with the same bytes: what a longer head costs is no cost of the guard."""
        with Hello() as bare, Hello("--guarded") as guarded:
            for who, server in (("limit", bare), ("ours", guarded)):
                foreign = Foreign(server.process)
                value, by = load.saturate(server, self._seconds, guarded.token)
                self._note("guard", who, value, foreign.cores(), by=by)

    def _storm(self, ours):
        self._bench.postgres.ask("CHECKPOINT")
        # A quarter of what is offered are refreshes: of those of 16 s, the slowest hundredth is eight.
        result = load.generate(ours, "storm", 4 * self._seconds, self._watch, parallel=STEADY)
        alone, storm = result["alone"], result["storm"]
        foreign = storm["cpu"]["foreign"]["cores"]
        for action in ("me", "refresh"):
            for who, phase in (("alone", alone), ("storm", storm)):
                tally = phase["actions"][action]
                load_beside = phase["cpu"]["foreign"]["cores"]
                self._note(f"{action} in storm", who, tally["p99_ms"], load_beside, latency=tally)
        tallies = [storm["actions"][action] for action in ("me", "refresh")]
        served = sum(tally["answered"] for tally in tallies) / sum(tally["offered"] for tally in tallies)
        self._note("served in storm", "ours", served, foreign)
        login = storm["actions"]["login"]
        self._note("login in storm", "ours", login["per_second"], foreign, latency=login)
        self._note("memory", "after", machine.resident(ours.process), foreign)
