import { AuthError } from "auth-server-client";

/** What went wrong, in words for the person in front of the screen. */
export interface Problem {
  readonly sentence: string;
  /** How many seconds to wait, where the server said so. */
  readonly wait?: number;
}

export function explain(error: unknown): Problem {
  if (!(error instanceof AuthError)) return { sentence: "That did not work. Try again." };
  const { status, retryAfter: wait } = error;
  if (status === 429) {
    return wait === undefined
      ? { sentence: "Too many attempts. Try again later." }
      : { sentence: `Too many attempts. Try again in ${duration(wait)}.`, wait };
  }
  if (status === 0) return { sentence: "The service cannot be reached. Check your connection and try again." };
  if (status >= 500) return { sentence: "The service is not available right now. Try again in a moment." };
  if (error.message === "Insufficient permissions") return { sentence: "This is for admins only." };
  return { sentence: `${error.message}.` };
}

/** `65` is "1 minute 5 seconds". */
export function duration(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const parts = [count(minutes, "minute"), count(rest, "second")].filter((part) => !part.startsWith("0 "));
  return parts.join(" ") || "a moment";
}

/** `2, "session"` is "2 sessions". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
