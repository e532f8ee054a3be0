// What would be published: the compiled files, the README, both licences, and nothing else.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** @param {string} message */
function fail(message) {
  console.error(message);
  process.exit(1);
}

const compiled = readdirSync("src").flatMap((name) => {
  const stem = `dist/${name.replace(/\.ts$/, "")}`;
  return [`${stem}.d.ts`, `${stem}.js`];
});
const expected = [...compiled, "LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json"].sort();
const printed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { encoding: "utf8" });
// A list up to npm 11, an object by name after it.
const [packed] = Object.values(JSON.parse(printed));
const found = packed.files.map((/** @type {{ path: string }} */ file) => file.path).sort();
if (JSON.stringify(found) !== JSON.stringify(expected)) {
  fail(`the package would hold\n${found.join("\n")}\nand not\n${expected.join("\n")}`);
}

const { dependencies, peerDependencies, optionalDependencies, exports } = JSON.parse(readFileSync("package.json", "utf8"));
if (dependencies || peerDependencies || optionalDependencies) fail("the client has no dependencies, and now it names some");
for (const file of [exports["."].types, exports["."].default]) {
  if (!found.includes(file.replace("./", ""))) fail(`package.json exports ${file}, which is not in the package`);
}
for (const licence of ["LICENSE-APACHE", "LICENSE-MIT"]) {
  if (readFileSync(licence, "utf8") !== readFileSync(`../../${licence}`, "utf8")) fail(`${licence} is not the repository's`);
}
if (/"resolved"/.test(readFileSync("package-lock.json", "utf8"))) fail("package-lock.json names a registry");
console.log(`${found.length} files, ${packed.size} bytes packed`);
