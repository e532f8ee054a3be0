import { AuthError } from "./error.js";
import type { Timers } from "./surroundings.js";
import { PATIENCE, sleep } from "./wait.js";

const ATTEMPTS = 4;

/**
 * Tries again while a failure passes by itself: after `Retry-After`, else after a pause that doubles.
 *
 * After four attempts, or when the server asks for more patience than there is, the last failure is thrown.
 */
export async function persist<T>(
  attempt: () => Promise<T>,
  passes: (error: AuthError) => boolean,
  timers: Timers,
  random: () => number,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      const mayPass = error instanceof AuthError && failures < ATTEMPTS && passes(error);
      if (!mayPass || (error.retryAfter ?? 0) > PATIENCE) throw error;
      // Between half of the pause and all of it, so that a thousand clients do not come back as one.
      const pause = 500 * 2 ** (failures - 1) * (0.5 + random() / 2);
      await sleep(error.retryAfter === undefined ? pause : error.retryAfter * 1000, timers);
    }
  }
}

/** The server is busy or down and has done nothing, as it says itself. */
export const unavailable = (error: AuthError): boolean => error.status === 503;

/** Besides that: no answer, a proxy without a server, too many at once. For what may well be done twice. */
export const passing = (error: AuthError): boolean =>
  error.status === 0 || error.status === 429 || error.status >= 500;
