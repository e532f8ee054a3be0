import type { User } from "../../src/index.js";

const GRACE = 10_000;
const TTL = 15 * 60_000;

export const ADMIN: User = { id: "u-admin", email: "admin@example.com", name: "Admin", role: "ADMIN" };
export const BOB: User = { id: "u-bob", email: "bob@example.com", name: "Bob", role: "USER" };
export const PASSWORD = "StrongPassword123!";

interface Row {
  user: User;
  current: number;
  parent: number | undefined;
  rotatedAt: number;
  ended: boolean;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly bearer: string | undefined;
  readonly body: string;
}

/** What the network does to one request: the server never sees it, or its answer never arrives. */
export type Mishap = "down" | "lost" | { status: number; retryAfter?: string; body?: string };

/** The server's rules, as far as a client can tell: one row per session, numbered tokens, a grace. */
export class Server {
  readonly calls: Call[] = [];
  readonly sessions = new Map<string, Row>();
  readonly users = new Map([ADMIN, BOB].map((user) => [user.email, user]));
  /** Taken one by one by the requests to a path. */
  readonly mishaps = new Map<string, Mishap[]>();
  /** Requests to a path wait for what stands here. */
  readonly gates = new Map<string, Promise<void>>();
  /** By how much the server's clock differs from the client's. */
  ahead = 0;
  lifetime = TTL;
  #made = 0;

  to(path: string): Call[] {
    return this.calls.filter((call) => call.path === path);
  }

  fail(path: string, ...mishaps: Mishap[]): void {
    this.mishaps.set(path, mishaps);
  }

  /** Holds the requests to a path up until the returned function is called. */
  hold(path: string): () => void {
    let release = () => {};
    this.gates.set(path, new Promise((resolve) => (release = resolve)));
    return () => {
      this.gates.delete(path);
      release();
    };
  }

  endAll(): void {
    for (const row of this.sessions.values()) row.ended = true;
  }

  answer(call: Call, cookie: string | undefined): { status: number; body: unknown; setCookie?: string } {
    const refused = (status: number, error: string) => ({ status, body: { error } });
    switch (`${call.method} ${call.path}`) {
      case "POST /login": {
        const { email, password } = JSON.parse(call.body) as { email: string; password: string };
        const user = this.users.get(email);
        if (!user || password !== PASSWORD) return refused(401, "Invalid email or password");
        const old = cookie === undefined ? undefined : this.sessions.get(cookie.split(".")[0] ?? "");
        if (old) old.ended = true;
        const id = `s-${++this.#made}`;
        this.sessions.set(id, { user, current: 0, parent: undefined, rotatedAt: -Infinity, ended: false });
        return { status: 200, body: { accessToken: this.#access(id), user }, setCookie: `${id}.0` };
      }
      case "POST /refresh":
        return this.#refresh(cookie);
      case "POST /logout": {
        if (cookie === undefined) return refused(401, "Refresh token required");
        const row = this.sessions.get(cookie.split(".")[0] ?? "");
        if (row) row.ended = true;
        return { status: 200, body: { message: "Logged out successfully" }, setCookie: "" };
      }
      case "POST /bootstrap":
        return refused(409, "Admin user already exists");
      default: {
        const user = this.#whose(call.bearer);
        if (!user) return refused(401, "Invalid or expired token");
        if (call.method === "PATCH") {
          const renamed = { ...user, name: (JSON.parse(call.body) as { name: string }).name };
          for (const row of this.sessions.values()) if (row.user.id === user.id) row.user = renamed;
          return { status: 200, body: renamed };
        }
        if (call.path === "/sessions") return { status: 200, body: { sessions: [] } };
        return { status: 200, body: call.path === "/me" ? user : { orders: [user.id] } };
      }
    }
  }

  #refresh(cookie: string | undefined): { status: number; body: unknown; setCookie?: string } {
    if (cookie === undefined) return { status: 401, body: { error: "Refresh token required" } };
    const ended = { status: 401, body: { error: "Invalid or expired token" }, setCookie: "" };
    const [id = "", text] = cookie.split(".");
    const row = this.sessions.get(id);
    if (!row || row.ended) return ended;
    const presented = Number(text);
    const young = Date.now() - row.rotatedAt < GRACE;
    const entry = () => ({ status: 200, body: { accessToken: this.#access(id) } });
    if (presented === row.current) {
      if (!young) Object.assign(row, { parent: row.current, current: row.current + 1, rotatedAt: Date.now() });
      return { ...entry(), setCookie: `${id}.${row.current}` };
    }
    if (presented === row.parent) {
      if (young) return entry();
      Object.assign(row, { current: row.current + 1, rotatedAt: Date.now() });
      return { ...entry(), setCookie: `${id}.${row.current}` };
    }
    row.ended = true;
    return ended;
  }

  #access(sid: string): string {
    const iat = Math.floor((Date.now() + this.ahead) / 1000);
    const claims = { sid, iat, exp: iat + this.lifetime / 1000, jti: `${++this.#made}` };
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${part({ typ: "at+jwt" })}.${part(claims)}.signature`;
  }

  #whose(token: string | undefined): User | undefined {
    if (token === undefined) return undefined;
    const { sid, exp } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as {
      sid: string;
      exp: number;
    };
    const row = this.sessions.get(sid);
    return row && !row.ended && exp * 1000 > Date.now() + this.ahead ? row.user : undefined;
  }
}
