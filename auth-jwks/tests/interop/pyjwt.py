"""PyJWT verifies our access tokens through our JWKS, and signs some that we shall accept.

It reads what main.rs writes to standard input, and writes its own tokens to standard output.
"""

import base64
import json
import sys

import jwt

given = json.load(sys.stdin)
published = jwt.PyJWKSet.from_dict(given["jwks"])
ours = {}

for alg, token in given["tokens"].items():
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["typ"]) == (alg, "at+jwt"), header
    key = given["secret"] if alg == "HS256" else published[header["kid"]].key
    options = {
        "algorithms": [alg],
        "issuer": given["issuer"],
        "audience": given["audience"],
        "options": {"require": ["iss", "aud", "sub", "sid", "jti", "role", "iat", "nbf", "exp"]},
    }
    assert jwt.decode(token, key, **options)["role"] == "ADMIN", alg

    head, _, signature = token.split(".")
    other = base64.urlsafe_b64encode(json.dumps(given["claims"]).encode()).rstrip(b"=").decode()
    try:
        jwt.decode(f"{head}.{other}.{signature}", key, **options)
    except jwt.InvalidSignatureError:
        pass
    else:
        raise AssertionError(f"{alg} takes a forged token")

    signing = given["secret"] if alg == "HS256" else given["keys"][alg]["pem"]
    headers = {"typ": "at+jwt", "kid": given["keys"][alg]["kid"]}
    ours[alg] = jwt.encode(given["claims"], signing, algorithm=alg, headers=headers)

json.dump(ours, sys.stdout)
