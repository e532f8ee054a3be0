"""Where things are."""

import os
import pathlib

BENCH = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = BENCH.parent
SQL = BENCH / "harness" / "sql"
RESULTS = BENCH / "results"
EXPRESS = BENCH / "peers" / "express-prisma"
BOOK = REPOSITORY / "docs"
UNIT = REPOSITORY / "deploy" / "auth-server.service"

# Cargo puts all workspaces' programs into one folder where that is named.
_NAMED = os.environ.get("CARGO_TARGET_DIR")
PROGRAMS = pathlib.Path(_NAMED or BENCH / "target").resolve() / "release"
SERVER = pathlib.Path(_NAMED or REPOSITORY / "target").resolve() / "release" / "auth-server"
# The same server with the feature simd-argon2, built apart so that it does not take the other one's place.
SIMD_TARGET = pathlib.Path(_NAMED or REPOSITORY / "target").resolve() / "simd"
SIMD_SERVER = SIMD_TARGET / "release" / "auth-server"
