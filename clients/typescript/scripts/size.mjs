// What a page has to load for the client: everything it exports, bundled, minified and gzipped.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const LIMIT = 5_000;

const { outputFiles } = await build({
  entryPoints: ["dist/index.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  write: false,
});
const size = gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).byteLength;
console.log(`${size} bytes minified and gzipped, of ${LIMIT}`);
if (size === 0 || size > LIMIT) process.exit(1);
