"""Hashes made by Python's libraries, one JSON line each, to standard output. See make.sh.

    make.py passwords.json modern     argon2-cffi, bcrypt, Django
    make.py passwords.json passlib    passlib, which needs an older bcrypt
"""

import hashlib
import json
import sys
from importlib.metadata import version


def write(maker, kind, password, hashed):
    package = maker.removeprefix("python ")
    line = {"maker": maker, "version": version(package), "kind": kind, "password": password, "hash": hashed}
    print(json.dumps(line, ensure_ascii=False))


def make_modern(passwords):
    make_argon2_cffi(passwords)
    make_bcrypt(passwords)
    make_django(passwords)


def make_argon2_cffi(passwords):
    import argon2
    from argon2.low_level import Type, hash_secret

    for password in passwords:
        for name, kind, memory, passes, lanes, bytes_out, number in [
            ("argon2id", Type.ID, 64, 2, 1, 32, 19),
            ("argon2i", Type.I, 256, 3, 2, 16, 19),
            ("argon2id 0x10", Type.ID, 64, 1, 4, 32, 16),
            ("argon2i 0x10", Type.I, 64, 3, 1, 24, 16),
        ]:
            salt = hashlib.sha256(f"{name} {password}".encode()).digest()[: 8 + 4 * lanes]
            hashed = hash_secret(password.encode(), salt, passes, memory, lanes, bytes_out, kind, number)
            write("python argon2-cffi", name, password, hashed.decode())
    write("python argon2-cffi", "argon2id as it comes", passwords[0], argon2.PasswordHasher().hash(passwords[0]))


def make_bcrypt(passwords):
    import bcrypt

    for nth, password in enumerate(passwords):
        # From 5.0 on it refuses what bcrypt would cut off.
        if len(password.encode()) > 72:
            continue
        for prefix in ["2a", "2b"]:
            salt = bcrypt.gensalt(10 if nth == 0 else 4 + nth % 2, prefix.encode())
            write("python bcrypt", f"bcrypt {prefix}", password, bcrypt.hashpw(password.encode(), salt).decode())


def make_django(passwords):
    from django.conf import settings

    settings.configure()
    from django.contrib.auth import hashers

    class Bcrypt(hashers.BCryptPasswordHasher):
        rounds = 5

    class BcryptSha256(hashers.BCryptSHA256PasswordHasher):
        rounds = 4

    class Argon2(hashers.Argon2PasswordHasher):
        memory_cost = 512

    for password in passwords:
        for name, hasher, how in [
            ("pbkdf2_sha256", hashers.PBKDF2PasswordHasher(), {"iterations": 1000}),
            ("pbkdf2_sha1", hashers.PBKDF2SHA1PasswordHasher(), {"iterations": 700}),
            ("scrypt", hashers.ScryptPasswordHasher(), {"n": 1024, "r": 4, "p": 2}),
            ("argon2", Argon2(), {}),
            ("bcrypt", Bcrypt(), {}),
            ("bcrypt_sha256", BcryptSha256(), {}),
        ]:
            if name == "bcrypt" and len(password.encode()) > 72:
                continue
            write("python Django", name, password, hasher.encode(password, hasher.salt(), **how))
    # PBKDF2 as it comes has a million iterations, which takes seconds where nothing is optimised.
    for hasher in [hashers.ScryptPasswordHasher(), hashers.Argon2PasswordHasher()]:
        hashed = hasher.encode(passwords[0], hasher.salt())
        write("python Django", f"{hasher.algorithm} as it comes", passwords[0], hashed)


def make_passlib(passwords):
    from passlib import hash as schemes

    for nth, password in enumerate(passwords):
        for name, scheme in [
            ("bcrypt 2a", schemes.bcrypt.using(rounds=10 if nth == 0 else 4, ident="2a")),
            ("bcrypt 2b", schemes.bcrypt.using(rounds=5, ident="2b")),
            ("bcrypt 2y", schemes.bcrypt.using(rounds=4, ident="2y")),
            ("scrypt", schemes.scrypt.using(rounds=8, block_size=4, parallelism=3)),
            ("pbkdf2-sha1", schemes.pbkdf2_sha1.using(rounds=500)),
            ("pbkdf2-sha256", schemes.pbkdf2_sha256.using(rounds=600, salt_size=24)),
            ("pbkdf2-sha512", schemes.pbkdf2_sha512.using(rounds=400)),
            ("argon2id", schemes.argon2.using(type="ID", rounds=2, memory_cost=64, parallelism=2)),
            ("argon2i", schemes.argon2.using(type="I", rounds=2, memory_cost=64, parallelism=1)),
            ("django_pbkdf2_sha256", schemes.django_pbkdf2_sha256.using(rounds=300)),
            ("django_bcrypt_sha256", schemes.django_bcrypt_sha256.using(rounds=4)),
        ]:
            write("python passlib", name, password, scheme.hash(password))
    write("python passlib", "scrypt as it comes", passwords[0], schemes.scrypt.hash(passwords[0]))


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        chosen = json.load(file)
    {"modern": make_modern, "passlib": make_passlib}[sys.argv[2]](chosen)
