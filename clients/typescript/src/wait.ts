import type { Clock, Timers } from "./surroundings.js";

/** The longest that anything waits by itself because a server said `Retry-After`, in seconds. */
export const PATIENCE = 10;

/** The seconds of a `Retry-After` header (RFC 9110 §10.2.3): a number, or a date. */
export function retryAfter(headers: Headers, clock: Clock): number | undefined {
  const said = headers.get("retry-after")?.trim();
  if (!said) return undefined;
  if (/^\d+$/.test(said)) return Number(said);
  // Engines find a date in almost anything; HTTP's end in GMT.
  const seconds = Math.ceil((Date.parse(said.endsWith(" GMT") ? said : "") - clock.now()) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** Waits, and rejects with the signal's reason as soon as it is aborted. */
export function sleep(milliseconds: number, timers: Timers, signal?: AbortSignal | null): Promise<void> {
  let timer: unknown;
  const waited = new Promise<void>((resolve) => {
    timer = timers.setTimeout(resolve, milliseconds);
  });
  return unlessAborted(waited, signal).finally(() => timers.clearTimeout(timer));
}

/** Waits for what others wait for, too: the signal ends the waiting, not the work. */
export function unlessAborted<T>(work: Promise<T>, signal?: AbortSignal | null): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
