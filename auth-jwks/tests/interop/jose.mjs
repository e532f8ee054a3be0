// jose verifies our access tokens through our JWKS, and signs some that we shall accept.
// It reads what main.rs writes to standard input, and writes its own tokens to standard output.
import { readFileSync } from "node:fs";
import { createLocalJWKSet, importPKCS8, jwtVerify, SignJWT } from "jose";

const { issuer, audience, jwks, secret, tokens, keys, claims } = JSON.parse(readFileSync(0, "utf8"));
const bytes = new TextEncoder().encode(secret);
const published = createLocalJWKSet(jwks);
const ours = {};

for (const [alg, token] of Object.entries(tokens)) {
  const key = alg === "HS256" ? bytes : published;
  const options = { issuer, audience, algorithms: [alg], typ: "at+jwt", requiredClaims: ["sub", "sid", "jti", "role"] };
  const { payload, protectedHeader } = await jwtVerify(token, key, options);
  if (protectedHeader.alg !== alg || payload.role !== "ADMIN") throw new Error(`${alg} says something else`);

  const [header, , signature] = token.split(".");
  const forged = [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
  const refused = await jwtVerify(forged, key, options).then(() => false, (error) => error.code === "ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
  if (!refused) throw new Error(`${alg} takes a forged token`);

  const signing = alg === "HS256" ? bytes : await importPKCS8(keys[alg].pem, alg);
  const { kid } = keys[alg];
  ours[alg] = await new SignJWT(claims).setProtectedHeader({ alg, typ: "at+jwt", kid }).sign(signing);
}
process.stdout.write(JSON.stringify(ours));
