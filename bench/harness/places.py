"""Where things are."""

import os
import pathlib

BENCH = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = BENCH.parent
SQL = BENCH / "harness" / "sql"
RESULTS = BENCH / "results"
EXPRESS = BENCH / "peers" / "express-prisma"
BOOK = REPOSITORY / "docs"

# Cargo puts all workspaces' programs into one folder where that is named.
_NAMED = os.environ.get("CARGO_TARGET_DIR")
PROGRAMS = pathlib.Path(_NAMED or BENCH / "target").resolve() / "release"
SERVER = pathlib.Path(_NAMED or REPOSITORY / "target").resolve() / "release" / "auth-server"
