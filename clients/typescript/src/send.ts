import { AuthError, unreadable } from "./error.js";
import type { Clock, Timers } from "./surroundings.js";
import { retryAfter, unlessAborted } from "./wait.js";

/** An answer that has been read to its end. */
export interface Reply {
  readonly status: number;
  readonly retryAfter: number | undefined;
  /** The JSON; undefined where there was none. */
  readonly body: unknown;
}

/** How long an answer may take before it counts as lost. No tab may keep the others waiting for ever. */
const DEADLINE = 10_000;

export interface Sender {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly timers: Timers;
}

/**
 * Asks one of the routes that deal in cookies, and reads the whole answer.
 *
 * No answer, half an answer and one that takes too long are all the same: an `AuthError` of status 0.
 */
export async function send(
  { fetch, clock, timers }: Sender,
  method: string,
  url: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const deadline = new AbortController();
  const timer = timers.setTimeout(() => deadline.abort(new Error("no answer in time")), DEADLINE);
  const { signal } = deadline;
  try {
    return await unlessAborted(fetch(url, requestInit(method, body, headers, signal)).then(read(clock)), signal);
  } catch (cause) {
    throw cause instanceof AuthError ? cause : unreachable(cause);
  } finally {
    timers.clearTimeout(timer);
  }
}

/** What goes to fetch for a route below the base: the cookie comes along, and no redirect is followed. */
export function requestInit(
  method: string,
  body: unknown,
  headers: HeadersInit,
  signal: AbortSignal | null,
): RequestInit {
  const init: RequestInit = { method, signal, credentials: "include", redirect: "error", cache: "no-store" };
  const all = new Headers(headers);
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    all.set("Content-Type", "application/json");
  }
  return { ...init, headers: all };
}

/** Reads an answer. One that succeeds must be JSON, if it is anything; one that fails may be a proxy's page. */
export function read(clock: Clock): (response: Response) => Promise<Reply> {
  return async (response) => {
    const text = await response.text();
    const reply = { status: response.status, retryAfter: retryAfter(response.headers, clock) };
    try {
      return { ...reply, body: text ? (JSON.parse(text) as unknown) : undefined };
    } catch {
      if (response.ok) throw unreadable();
      return { ...reply, body: undefined };
    }
  };
}

export function unreachable(cause: unknown): AuthError {
  return new AuthError(0, "The server could not be reached", { cause });
}
