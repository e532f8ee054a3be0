// A server of one's own: on a free port, with a database that is gone afterwards.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterwards } from "./afterwards.js";

const PROGRAM = process.env.AUTH_SERVER_BIN
  ?? new URL("../../../../target/debug/auth-server", import.meta.url).pathname;

export const ADMIN = { email: "admin@example.com", name: "Ada Admin", password: "a very fine morning" };
export const PASSWORD = "correct horse battery";

/** Starts a server, which stops when the test is over. */
export async function serve(test, variables = {}) {
  const folder = await mkdtemp(join(tmpdir(), "console-"));
  const child = spawn(PROGRAM, [], {
    cwd: folder,
    env: { NODE_ENV: "test", PORT: "0", LOG_FORMAT: "json", DATABASE_URL: "sqlite://auth.db?mode=rwc", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const over = new Promise((done) => { child.once("exit", done); child.once("error", done); });
  afterwards(test, async () => {
    child.kill("SIGKILL");
    await over;
    await rm(folder, { recursive: true, force: true });
  });
  return { origin: `http://${await listening(child)}` };
}

function listening(child) {
  return new Promise((found, failed) => {
    const log = [];
    child.once("error", failed);
    child.once("exit", () => failed(new Error(`the server stopped:\n${log.join("\n")}`)));
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on("line", (line) => {
        log.push(line);
        const address = /"message":"listening".*?"address":"([^"]+)"|"address":"([^"]+)".*?"message":"listening"/.exec(line);
        if (address) found(address[1] ?? address[2]);
      });
    }
  });
}

/** The routes, called from outside the browser: one person with a program of theirs. */
export class Person {
  constructor(origin, agent = "curl/8.0") {
    this.origin = origin;
    this.agent = agent;
  }

  async ask(method, path, body) {
    const response = await fetch(`${this.origin}/api/auth${path}`, {
      method,
      headers: {
        "User-Agent": this.agent,
        ...(body && { "Content-Type": "application/json" }),
        ...(this.token && { Authorization: `Bearer ${this.token}` }),
        ...(this.cookie && { Cookie: this.cookie }),
      },
      body: body && JSON.stringify(body),
    });
    const cookie = response.headers.getSetCookie().find((line) => line.startsWith("refresh_token="));
    if (cookie) this.cookie = cookie.split(";")[0];
    return { status: response.status, ...await response.json() };
  }

  async signIn(email, password) {
    const answer = await this.ask("POST", "/login", { email, password });
    this.token = answer.accessToken;
    return answer;
  }
}

/** A server with an admin, and that admin outside the browser. */
export async function withAdmin(test, variables) {
  const server = await serve(test, variables);
  const admin = new Person(server.origin);
  await admin.ask("POST", "/bootstrap", ADMIN);
  await admin.signIn(ADMIN.email, ADMIN.password);
  const create = (name, more = {}) => admin.ask("POST", "/users", {
    email: `${name.toLowerCase().replace(/\W+/g, ".")}@example.com`, name, role: "USER", password: PASSWORD, ...more,
  });
  return { ...server, admin, create };
}
