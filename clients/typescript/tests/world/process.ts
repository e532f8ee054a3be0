import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request as ask, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The real auth-server with a database of its own, which can be stopped and started again. */
export class RealServer {
  address = "";
  #process: ChildProcess | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), "auth-server-client-"));
  readonly #binary: string;
  readonly #environment = {
    PATH: process.env["PATH"],
    PORT: "0",
    LOG_FORMAT: "json",
    DATABASE_URL: `sqlite://${join(this.#folder, "auth.db")}?mode=rwc`,
    JWT_ACCESS_SECRET: randomBytes(48).toString("base64"),
    JWT_REFRESH_SECRET: randomBytes(48).toString("base64"),
  };

  constructor(binary: string) {
    this.#binary = binary;
  }

  async start(): Promise<void> {
    const child = spawn(this.#binary, { env: this.#environment, cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    const log: string[] = [];
    this.address = await new Promise((resolve, reject) => {
      for (const output of [child.stdout, child.stderr]) {
        createInterface(output).on("line", (line) => {
          log.push(line);
          const found = /"address":"([^"]+)"/.exec(line)?.[1];
          if (found) resolve(found);
        });
      }
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`auth-server stopped with ${code}:\n${log.join("\n")}`)));
    });
  }

  /** From the next start on, no access token that was made before is good. */
  replaceAccessKey(): void {
    this.#environment.JWT_ACCESS_SECRET = randomBytes(48).toString("base64");
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child) return;
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * A proxy before it, whose origin stays while the server comes and goes. It answers 503 while there is none,
 * and can lose the answers to a path.
 */
export class Proxy {
  origin = "";
  /** What it says about when to come back. */
  retryAfter = "1";
  /** How many requests it has answered with 503. */
  refused = 0;
  /** How many answers to a path it throws away, after the server has given them. */
  readonly lose = new Map<string, number>();
  readonly #server: RealServer;
  readonly #listener: HttpServer;

  constructor(server: RealServer) {
    this.#server = server;
    this.#listener = createServer((incoming, outgoing) => this.#pass(incoming, outgoing));
  }

  async start(): Promise<void> {
    this.#listener.listen(0, "127.0.0.1");
    await once(this.#listener, "listening");
    this.origin = `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#listener.closeAllConnections();
    this.#listener.close();
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const [host, port] = this.#server.address.split(":");
    const { method, url = "/", headers } = incoming;
    const upstream = ask({ host, port, method, path: url, headers }, (answer) => {
      const left = this.lose.get(url) ?? 0;
      this.lose.set(url, left - 1);
      if (left > 0) return void answer.resume().on("end", () => outgoing.destroy());
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    upstream.on("error", () => {
      this.refused++;
      outgoing.writeHead(503, { "Retry-After": this.retryAfter }).end("<h1>Service unavailable</h1>");
    });
    incoming.pipe(upstream);
  }
}

/** Node's `fetch` with what a browser adds: a cookie jar, and its own word on where a request comes from. */
export function browserFetch(jar: Map<string, { value: string; path: string }>): typeof fetch {
  return async (input, init = {}) => {
    const request = new Request(input, init as RequestInit);
    const { pathname } = new URL(request.url);
    const fitting = [...jar].filter(([, { path }]) => pathname === path || pathname.startsWith(`${path}/`));
    request.headers.set("Sec-Fetch-Site", "same-origin");
    if (fitting.length > 0) request.headers.set("Cookie", fitting.map(([name, { value }]) => `${name}=${value}`).join("; "));
    const response = await fetch(request);
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0/.test(line)) jar.delete(name);
      else jar.set(name, { value, path: /Path=([^;]+)/.exec(line)?.[1] ?? "/" });
    }
    return response;
  };
}
