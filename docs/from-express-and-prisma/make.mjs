// Makes users.csv and users.jsonl: the "User" table of an Express application with Prisma, with
// hashes as Express makes them. Each run draws new salts, so the files differ in their hashes.
//
//   npm install --no-save bcrypt@6
//   node make.mjs
//
// users.csv is what Postgres writes for `\copy "User" to users.csv csv header`, and users.jsonl
// what `JSON.stringify` makes of the rows that Prisma returns.

import { writeFileSync } from "node:fs";
import bcrypt from "bcrypt";

const COST = 10; // what most tutorials say

// Password, and the row without its hash. Dora came by "Log in with Google" and has none.
const people = [
  ["correct horse battery", { id: "3f2b8c1e-5d47-4a90-9b1c-7e6a2f0d8c11", email: "ann@example.com", name: "Ann Archer", role: "admin", createdAt: "2023-02-11T08:15:30.123Z" }],
  ["blue Tuesday 7", { id: "a81d03f4-2c6e-4f7b-8d55-90c3b6e7f122", email: "Ben@Example.com", name: "Ben O'Neill, Jr.", role: "user", createdAt: "2023-06-30T17:02:00.500Z" }],
  ["Straße-nach-Süden", { id: "5c9e7a20-8b13-4d6f-a2e4-1f0b9d8c7633", email: "cleo@example.com", name: "Cléo \"Cat\" Müller", role: "user", createdAt: "2024-01-05T00:00:00.000Z" }],
  [null, { id: "e07f6b95-4a3d-4c28-b1d9-6a5c4e3f2d44", email: "dora@example.com", name: null, role: "user", createdAt: "2024-03-19T12:34:56.789Z" }],
  ["support-me-2024", { id: "17b4d2c8-9e0f-4b5a-8c63-d2e1f0a9b855", email: "eli@example.com", name: "Eli", role: "support", createdAt: "2024-09-01T06:30:00.042Z" }],
];

const rows = [];
for (const [password, row] of people) {
  const { role, createdAt, ...rest } = row;
  const hash = password === null ? null : await bcrypt.hash(password, COST);
  rows.push({ ...rest, password: hash, role, createdAt, updatedAt: createdAt });
}

// In CSV, Postgres writes NULL as nothing, a `timestamp(3)` with a blank and without its zone, and
// quotes only what needs it.
const field = (name, value) => {
  if (value === null) return "";
  if (name.endsWith("At")) return value.replace("T", " ").replace("Z", "").replace(/\.?0+$/, "");
  return /[",\r\n]/.test(value) || value === "" ? `"${value.replaceAll('"', '""')}"` : value;
};
const names = Object.keys(rows[0]);
const csv = [names, ...rows.map((row) => names.map((name) => field(name, row[name])))];

const here = (name) => new URL(name, import.meta.url);
writeFileSync(here("users.csv"), csv.map((line) => line.join(",") + "\n").join(""));
writeFileSync(here("users.jsonl"), rows.map((row) => JSON.stringify(row) + "\n").join(""));
