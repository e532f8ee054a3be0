// Hashes made by Node's bcrypt, bcryptjs and argon2, one JSON line each, to standard output.
// See make.sh.

import { createRequire } from "node:module";
import { join } from "node:path";
import { readFileSync } from "node:fs";

// The packages live beside this script's copy of node_modules, in a temporary folder.
const require = createRequire(join(process.cwd(), "package.json"));
const bcrypt = require("bcrypt");
const bcryptjs = require("bcryptjs");
const argon2 = require("argon2");

const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;
const passwords = JSON.parse(readFileSync(process.argv[2], "utf8"));
const write = (maker, kind, password, hash) =>
  console.log(JSON.stringify({ maker, version: version(maker.slice("npm ".length)), kind, password, hash }));

for (const [nth, password] of passwords.entries()) {
  const cost = nth === 0 ? 10 : 4 + (nth % 2);
  for (const minor of ["a", "b"]) {
    write("npm bcrypt", `bcrypt 2${minor}`, password, bcrypt.hashSync(password, bcrypt.genSaltSync(cost, minor)));
  }
  for (const minor of ["a", "b", "y"]) {
    const salt = bcryptjs.genSaltSync(cost).replace(/^\$2.\$/, `$2${minor}$`);
    write("npm bcryptjs", `bcrypt 2${minor}`, password, bcryptjs.hashSync(password, salt));
  }
}

const argon2s = [
  ["argon2id", { type: argon2.argon2id, memoryCost: 64, timeCost: 3, parallelism: 4 }],
  ["argon2i", { type: argon2.argon2i, memoryCost: 128, timeCost: 3, parallelism: 1 }],
  ["argon2id 0x10", { type: argon2.argon2id, version: 0x10, memoryCost: 64, timeCost: 2, parallelism: 2 }],
  ["argon2i 0x10", { type: argon2.argon2i, version: 0x10, memoryCost: 64, timeCost: 2, parallelism: 1 }],
  ["argon2id 64", { type: argon2.argon2id, hashLength: 64, memoryCost: 64, timeCost: 2, parallelism: 1 }],
];
for (const password of passwords) {
  for (const [kind, options] of argon2s) {
    write("npm argon2", kind, password, await argon2.hash(password, options));
  }
}
write("npm argon2", "argon2id as it comes", passwords[0], await argon2.hash(passwords[0]));
