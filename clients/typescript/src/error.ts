import type { Reply } from "./send.js";

/** Says no, or says that there was no answer. `message` is the server's own sentence where it gave one. */
export class AuthError extends Error {
  override readonly name = "AuthError";

  /** The HTTP status; 0 where no answer came, or one that nobody can read. */
  readonly status: number;

  /** How many seconds to wait before asking again, where the server said so (429 and 503). */
  readonly retryAfter?: number;

  constructor(status: number, message: string, details: { retryAfter?: number | undefined; cause?: unknown } = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.status = status;
    if (details.retryAfter !== undefined) this.retryAfter = details.retryAfter;
  }
}

/** What a refusal is thrown as. A proxy's answer has no sentence of the server's, so it is told by its status. */
export function refusal(reply: Reply): AuthError {
  const said = (reply.body as { error?: unknown } | null | undefined)?.error;
  const sentence = typeof said === "string" ? said : `The server answered with status ${reply.status}`;
  return new AuthError(reply.status, sentence, { retryAfter: reply.retryAfter });
}

/** An answer that is not what the contract says, such as a proxy's page. It changes nothing. */
export function unreadable(): AuthError {
  return new AuthError(0, "The server's answer could not be read");
}
