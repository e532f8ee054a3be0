#!/bin/sh
# Makes the known answers anew: hashes by other people's implementations, as JSON lines.
# Needs Node with npm, and Python 3 with venv; installs into a temporary folder and removes it.
#
#     auth-core/tests/known_answers/make.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
echo '{"private": true}' >package.json
npm install --silent --no-fund --no-audit bcrypt bcryptjs argon2
node "$here/make.mjs" "$here/passwords.json" >node.jsonl

python3 -m venv modern
modern/bin/pip install --quiet --disable-pip-version-check argon2-cffi bcrypt Django
modern/bin/python "$here/make.py" "$here/passwords.json" modern >python.jsonl

# passlib's last release cannot use a bcrypt of 4.1 or later.
python3 -m venv passlib
passlib/bin/pip install --quiet --disable-pip-version-check passlib argon2-cffi 'bcrypt<4.1'
passlib/bin/python "$here/make.py" "$here/passwords.json" passlib >passlib.jsonl

mv node.jsonl python.jsonl passlib.jsonl "$here"
