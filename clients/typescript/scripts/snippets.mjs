// Writes each block of TypeScript in the READMEs to a file, so that the compiler reads them, too.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

rmSync("tests/snippets", { recursive: true, force: true });
mkdirSync("tests/snippets");
for (const [name, file] of Object.entries({ client: "README.md", repository: "../../README.md" })) {
  const blocks = [...readFileSync(file, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)];
  if (blocks.length === 0) throw new Error(`${file} has no block of TypeScript`);
  blocks.forEach(([, code = ""], index) => writeFileSync(`tests/snippets/${name}-${index + 1}.ts`, code));
}
