"""The statement of a refresh, as pgbench runs it: read from the store, so that it is the same one."""

import re
import time

from harness import places
from harness.load import Failed

CLIENTS = 32

# Each client rotates a session of its own again and again, as a user of the load generator does.
_TABLES = """
INSERT INTO users (id, email, name, name_folded, role, created_at)
SELECT lpad(n::text, 32, '0')::uuid, 'rotating' || n || '@example.com', 'User', 'user', 'USER', 0
  FROM generate_series(0, :clients - 1) AS n;
INSERT INTO sessions (id, user_id, secret_hash, generation, created_at, expires_at, ends_at)
SELECT lpad(n::text, 32, '0')::uuid, lpad(n::text, 32, '0')::uuid, sha256(n::text::bytea), 0, 0, :soon, :late
  FROM generate_series(0, :clients - 1) AS n;
"""
_ROTATED = "SELECT sum(generation) FROM sessions WHERE user_id IN (SELECT id FROM users WHERE name_folded = 'user')"
_PARAMETERS = [
    ":generation",                             # $1 the parent
    ":now",                                    # $2
    ":soon",                                   # $3 when it expires
    "lpad(:client_id::text, 32, '0')::uuid",   # $4 the session
    "sha256(:client_id::text::bytea)",         # $5 its secret's hash
    ":generation",                             # $6
    ":now",                                    # $7 the grace, which is none
]


class Rotation:
    """Sessions to rotate in a database that has the tables."""

    def __init__(self, postgres, url):
        self._postgres, self._url = postgres, url
        now = round(time.time() * 1000)
        self._times = {"now": now, "soon": now + 604_800_000, "late": now + 2_592_000_000}
        postgres.ask(_TABLES, url, clients=CLIENTS, soon=self._times["soon"], late=self._times["late"])
        self._script = statement() + ";\n\\set generation :generation + 1\n"

    def per_second(self, seconds):
        reset = "UPDATE sessions SET generation = 0 WHERE created_at = 0"
        self._postgres.ask(reset, self._url)
        given = {"generation": 0, **self._times}
        rate, count = self._postgres.pgbench(self._script, self._url, CLIENTS, seconds, **given)
        rotated = int(self._postgres.ask(_ROTATED, self._url))
        # The last of each client may be under way when pgbench stops counting.
        if not count <= rotated <= count + CLIENTS:
            raise Failed(f"pgbench: {count} statements rotated {rotated} times")
        return rate


def statement():
    """ROTATE_POSTGRES with its parameters filled in."""
    for file in sorted((places.REPOSITORY / "auth-sea-orm" / "src").rglob("*.rs")):
        found = re.search(r'const ROTATE_POSTGRES: &str = "\\\n(.*?)";', file.read_text(), re.DOTALL)
        if found:
            numbers = re.compile(r"\$(\d)\b")
            return numbers.sub(lambda number: _PARAMETERS[int(number[1]) - 1], found[1])
    raise Failed("auth-sea-orm has no ROTATE_POSTGRES any more")
