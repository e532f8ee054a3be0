import type { Clock } from "./surroundings.js";

/** An access token, and what is known about its age. It lives in memory and nowhere else. */
export interface Access {
  readonly token: string;
  /** The session it belongs to, the claim `sid`. */
  readonly session: string | undefined;
  /** How long it was good when it was made, in milliseconds; infinite where it does not say. */
  readonly lifetime: number;
  /** When it was asked for, by the clock that all tabs share. */
  readonly asked: number;
  /** When this tab heard of it, by the clock that nobody can set. */
  readonly heard: number;
}

/** `due`: good, and time for another. `stale`: so near its end that it may expire on the way. */
export type Phase = "fresh" | "due" | "stale";

/**
 * Reads a token's lifetime. Nothing is verified: that is the server's work, and what is read here
 * decides only when another is asked for.
 */
export function read(token: string, asked: number, heard: number): Access {
  const { sid, iat, exp } = claims(token);
  const lifetime = typeof iat === "number" && typeof exp === "number" ? (exp - iat) * 1000 : Infinity;
  return { token, session: typeof sid === "string" ? sid : undefined, lifetime, asked, heard };
}

/** How near its end a token is. */
export function phase(access: Access, clock: Clock): Phase {
  const left = access.lifetime - age(access, clock);
  const early = lead(access);
  return left > early ? "fresh" : left > early / 4 ? "due" : "stale";
}

/** In how many milliseconds it is time for another. */
export function untilDue(access: Access, clock: Clock): number {
  return access.lifetime - lead(access) - age(access, clock);
}

// `exp` is the server's time, and a client's clock may be wrong by years. So only `exp - iat`
// counts, from when the token was asked for. One clock stands still while the machine sleeps, the
// other may be set back: the one that says more is believed.
function age(access: Access, clock: Clock): number {
  return Math.max(clock.now() - access.asked, clock.elapsed() - access.heard);
}

function lead(access: Access): number {
  return Math.min(60_000, access.lifetime / 4);
}

function claims(token: string): { sid?: unknown; iat?: unknown; exp?: unknown } {
  try {
    const part = token.split(".")[1] ?? "";
    return Object(JSON.parse(atob(part.replace(/-/g, "+").replace(/_/g, "/"))));
  } catch {
    return {};
  }
}
