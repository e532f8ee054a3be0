import type { AuthClient, AuthOptions } from "./api.js";
import { refusal, unreadable } from "./error.js";
import { createFetch } from "./fetch.js";
import { persist, unavailable } from "./persist.js";
import { fill, originOf, resolve } from "./place.js";
import { read, requestInit, send, unreachable } from "./send.js";
import { createSession } from "./session.js";
import { createBoard, LOADING } from "./snapshot.js";
import * as browser from "./surroundings.js";
import { createTabs } from "./tabs.js";

/** What `request` takes, whatever the route. */
interface AnyArguments {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly headers?: HeadersInit;
  readonly signal?: AbortSignal | null;
}

/**
 * Makes a client. One for each page: keep it in a module.
 *
 * Nothing happens before a method is called, so that a server may make one while it renders.
 */
export function createAuthClient(options: AuthOptions = {}): AuthClient {
  const { clock = browser.clock, timers = browser.timers, page = browser.page, random = Math.random } = options;
  const base = (options.baseUrl ?? "/api/auth").replace(/\/+$/, "");
  const absolute = (url: string) => resolve(url, page.url());
  const url = (route: string) => absolute(base + route);
  const rawFetch: typeof fetch = (input, init) => (options.fetch ?? globalThis.fetch)(input, init);
  const sender = { fetch: rawFetch, clock, timers };

  const board = createBoard((before, after) => {
    if (after.user && after.user.id !== before.user?.id) options.onSignedIn?.(after.user);
    if (before.user && !after.user) options.onSignedOut?.();
  });
  const tabs = createTabs(
    () => `auth-server-client ${absolute(base)}`,
    () => (options.locks === undefined ? browser.browserLocks() : (options.locks ?? undefined)),
    (name) => (options.channel === undefined ? browser.browserChannel : options.channel)?.(name),
    timers,
    (message) => session.heard(message),
  );
  const session = createSession({ ...sender, url, tabs, page, board, random });
  const mayCarry = (target: string) => {
    const origin = originOf(target);
    const own = [page.url() ?? "", absolute(base), ...(options.origins ?? [])].map(originOf);
    return origin !== undefined && own.includes(origin);
  };
  const doesNothingWhenBusy = (target: string) => target.startsWith(`${absolute(base)}/`);
  const authFetch = createFetch({ ...sender, session, resolve: absolute, mayCarry, doesNothingWhenBusy });

  const request = async (
    method: string,
    path: string,
    { path: values, query, body, headers = {}, signal = null }: AnyArguments = {},
  ) => {
    const response = authFetch(base + fill(path, values, query), requestInit(method, body, headers, signal));
    const reply = await response.then(read(clock)).catch((cause: unknown) => {
      throw cause instanceof TypeError ? unreachable(cause) : cause;
    });
    if (reply.status < 200 || reply.status > 299) throw refusal(reply);
    session.learn(reply.body);
    return reply.body;
  };

  return {
    restore: session.restore,
    login: session.login,
    logout: session.logout,
    async bootstrap({ email, password, name }, { token } = {}) {
      const headers: Record<string, string> = token === undefined ? {} : { "X-Bootstrap-Token": token };
      const attempt = async () => {
        const reply = await send(sender, "POST", url("/bootstrap"), { body: { email, password, name }, headers });
        if (reply.status === 503) throw refusal(reply);
        return reply;
      };
      const reply = await persist(attempt, unavailable, timers, random);
      if (reply.status !== 201) throw reply.status < 300 ? unreadable() : refusal(reply);
    },
    fetch: authFetch,
    request: request as AuthClient["request"],
    getSnapshot: board.current,
    getServerSnapshot: () => LOADING,
    subscribe: board.subscribe,
    close: session.close,
  };
}
