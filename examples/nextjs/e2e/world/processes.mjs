/** The Rust service and the Next.js application, each on a free port. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { until } from "./until.mjs";

const here = path.resolve(import.meta.dirname, "../..");

/** The service, on a database of its own in `folder`. */
export async function startService(folder, environment) {
  const program = process.env.ORDERS_BIN ?? path.resolve(here, "../../target/debug/example-orders");
  if (!existsSync(program)) throw new Error(`${program} is missing: cargo build -p example-orders`);
  const { PATH } = process.env;
  const database = { DATABASE_URL: `sqlite://${folder}/orders.db?mode=rwc` };
  const started = start(program, [], { PATH, PORT: "0", ...database, ...environment });
  const [, origin] = await started.ready(() => /listening on (http:\S+)/.exec(started.output()));
  return { origin, stop: started.stop };
}

/** The application as it was built, in front of the service. */
export async function startApplication(service) {
  if (!existsSync(path.join(here, ".next/BUILD_ID"))) throw new Error("the application is not built: npm run build");
  const port = await freePort();
  const next = path.join(here, "node_modules/next/dist/bin/next");
  const environment = { ...process.env, API_URL: service, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const started = start(process.execPath, [next, "start", "-H", "127.0.0.1", "-p", String(port)], environment);
  const origin = `http://127.0.0.1:${port}`;
  await started.ready(() => fetch(`${origin}/login`).then((page) => page.ok, () => false));
  return { origin, stop: started.stop };
}

function start(program, args, env) {
  const child = spawn(program, args, { cwd: here, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const over = new Promise((ended) => child.once("close", ended));
  const stop = async () => {
    child.kill();
    await over;
  };
  return {
    output: () => output,
    stop,
    /** Waits until it works; where it does not, it is stopped. */
    async ready(works) {
      try {
        return await until(works, () => `${program} ${args.join(" ")} says:\n${output}`);
      } catch (error) {
        await stop();
        throw error;
      }
    },
  };
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
