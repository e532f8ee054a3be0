import { type AuthClient, type AuthOptions, type Channel, createAuthClient, type Locks, type Page } from "../../src/index.js";
import type { Server } from "./server.js";

export const ORIGIN = "https://app.example.com";

/** A browser on one machine: tabs that share a cookie jar, locks and channels. */
export class Browser {
  cookie: string | undefined;
  readonly sent: { url: string; headers: Headers; init: RequestInit }[] = [];
  readonly #channels = new Map<string, Set<FakeChannel>>();
  readonly #queues = new Map<string, Promise<unknown>>();

  readonly server: Server;

  constructor(server: Server) {
    this.server = server;
  }

  tab(options: TabOptions = {}): AuthClient {
    return createAuthClient({
      fetch: this.fetch,
      locks: this.locks,
      channel: (name) => new FakeChannel(name, this.#channels),
      page: new FakePage(),
      random: () => 1,
      ...options,
    });
  }

  readonly locks: Locks = {
    request: <T>(name: string, _: object, work: () => Promise<T>) => {
      const turn = (this.#queues.get(name) ?? Promise.resolve()).then(work);
      this.#queues.set(name, turn.catch(() => undefined));
      return turn;
    },
  };

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const request = new Request(input, init as RequestInit);
    const url = new URL(request.url);
    const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined));
    this.sent.push({ url: url.href, headers, init });
    const path = url.origin === ORIGIN ? url.pathname.replace(/^\/api\/auth/, "") : url.href;
    const withCookie = init.credentials === "include" && url.pathname.startsWith("/api/auth/");
    const bearer = headers.get("authorization")?.replace(/^Bearer /, "");
    const call = { method: request.method, path, bearer, body: await request.text() };
    this.server.calls.push(call);

    const { signal } = request;
    const aborted = new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    aborted.catch(() => undefined);
    await Promise.race([this.server.gates.get(path), aborted]);

    const mishap = this.server.mishaps.get(path)?.shift();
    if (mishap === "down") throw new TypeError("fetch failed");
    if (typeof mishap === "object") {
      const more: Record<string, string> = mishap.retryAfter === undefined ? {} : { "Retry-After": mishap.retryAfter };
      return new Response(mishap.body ?? '{"error":"Service unavailable"}', { status: mishap.status, headers: more });
    }
    const { status, body, setCookie } = this.server.answer(call, withCookie ? this.cookie : undefined);
    await Promise.race([this.server.gates.get(`answer ${path}`), aborted]);
    if (mishap === "lost") throw new TypeError("terminated");
    if (withCookie && setCookie !== undefined) this.cookie = setCookie === "" ? undefined : setCookie;
    return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
  };
}

class FakeChannel implements Channel {
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  readonly #peers: Set<FakeChannel>;

  constructor(name: string, all: Map<string, Set<FakeChannel>>) {
    this.#peers = all.get(name) ?? new Set();
    all.set(name, this.#peers.add(this));
  }

  postMessage(message: unknown): void {
    const data: unknown = structuredClone(message);
    for (const peer of this.#peers) if (peer !== this) queueMicrotask(() => peer.onmessage?.({ data }));
  }

  close(): void {
    this.#peers.delete(this);
    this.onmessage = null;
  }
}

/** What a tab is made of, its page a fake one. */
export type TabOptions = Omit<AuthOptions, "page"> & { page?: FakePage };

export class FakePage implements Page {
  isHidden = false;
  readonly #wakes = new Set<(how: "shown" | "thawed") => void>();

  url(): string {
    return `${ORIGIN}/orders/today`;
  }

  hidden(): boolean {
    return this.isHidden;
  }

  onWake(callback: (how: "shown" | "thawed") => void): () => void {
    this.#wakes.add(callback);
    return () => void this.#wakes.delete(callback);
  }

  wake(how: "shown" | "thawed"): void {
    for (const callback of this.#wakes) callback(how);
  }
}
