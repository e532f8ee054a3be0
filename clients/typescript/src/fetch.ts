import { AuthError } from "./error.js";
import type { Session } from "./session.js";
import type { Clock, Timers } from "./surroundings.js";
import { phase } from "./token.js";
import { PATIENCE, retryAfter, sleep, unlessAborted } from "./wait.js";

/** How often a 503 that says `Retry-After` is waited out. */
const RETRIES = 2;

export interface Route {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly session: Session;
  /** An absolute address, as far as that is possible here. */
  readonly resolve: (url: string) => string;
  /** Whether the token may go there. */
  readonly mayCarry: (url: string) => boolean;
  /** Whether a 503 from there means that nothing has been done. */
  readonly doesNothingWhenBusy: (url: string) => boolean;
}

/** `fetch` with the access token, for the origins that may see it; for all others, `fetch` as it is. */
export function createFetch(route: Route): typeof fetch {
  const { clock, timers, session } = route;

  /** The token to send; undefined when nobody is signed in. */
  async function token(signal: AbortSignal | null | undefined): Promise<string | undefined> {
    const access = session.access();
    if (!access) {
      const restoring = session.renewing();
      if (restoring) await unlessAborted(restoring, signal);
    } else if (phase(access, clock) === "stale") {
      await unlessAborted(session.renew(), signal);
    } else if (phase(access, clock) === "due") {
      session.renew().catch(() => undefined);
    }
    return session.access()?.token;
  }

  return async (input, init = {}) => {
    const request = input instanceof Request ? input : undefined;
    const url = route.resolve(request ? request.url : String(input));
    const headers = new Headers(init.headers ?? request?.headers);
    if (!route.mayCarry(url) || headers.has("authorization")) return route.fetch(request ?? url, init);

    const signal = init.signal === undefined ? request?.signal : init.signal;
    const method = (init.method ?? request?.method ?? "GET").toUpperCase();
    const again = mayGoTwice(request, init, method);
    const patient = again && (/^(GET|HEAD|OPTIONS|PUT|DELETE)$/.test(method) || route.doesNothingWhenBusy(url));
    const asking = session.user()?.id;

    let sent = await token(signal);
    let renewed = false;
    for (let waits = 0; ; ) {
      if (asking !== undefined && session.user() && session.user()?.id !== asking) throw someoneElse();
      // Whoever has signed out while this waited asks as nobody.
      if (sent === undefined) headers.delete("Authorization");
      else headers.set("Authorization", `Bearer ${sent}`);
      const response = await route.fetch(request ?? url, { ...init, headers });

      if (response.status === 401 && sent !== undefined && !renewed) {
        renewed = true;
        const fresh = sent === session.access()?.token ? session.renew() : Promise.resolve();
        if (!again) {
          fresh.catch(() => undefined);
          return response;
        }
        await unlessAborted(fresh, signal);
        sent = session.access()?.token;
        if (sent === undefined) return response;
      } else if (response.status === 503 && patient && waits < RETRIES) {
        const seconds = retryAfter(response.headers, clock);
        if (seconds === undefined || seconds > PATIENCE) return response;
        waits++;
        await sleep(seconds * 1000, timers, signal);
        sent = await token(signal);
      } else {
        return response;
      }
      await response.body?.cancel();
    }
  };
}

// A stream is gone once it has been sent, and so is the body of a Request.
function mayGoTwice(request: Request | undefined, init: RequestInit, method: string): boolean {
  const body: unknown = init.body;
  if (body !== undefined && body !== null) {
    return typeof body !== "object" || !("getReader" in body || Symbol.asyncIterator in body);
  }
  return !request || request.body === null || method === "GET" || method === "HEAD";
}

function someoneElse(): AuthError {
  return new AuthError(0, "Someone else has signed in, and this was not asked for by them");
}
