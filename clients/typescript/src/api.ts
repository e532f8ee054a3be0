import type { Request } from "./routes.js";
import type { Snapshot, User } from "./snapshot.js";
import type { Channel, Clock, Locks, Page, Timers } from "./surroundings.js";

/** What {@link createAuthClient} takes. Nothing is required. */
export interface AuthOptions {
  /** Where the routes are: a path of the page's own origin, or an absolute address. `/api/auth` unless set. */
  readonly baseUrl?: string;
  /** Origins besides the page's own and that of `baseUrl` to which `auth.fetch` sends the access token. */
  readonly origins?: readonly string[];
  /** Called when someone is signed in who was not before, in whichever tab that was done. */
  readonly onSignedIn?: (user: User) => void;
  /** Called when someone was signed in and is no more: signed out in some tab, or their session ended. */
  readonly onSignedOut?: () => void;
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** For tests: instead of the browser's clocks. */
  readonly clock?: Clock;
  /** For tests: instead of the browser's timers. */
  readonly timers?: Timers;
  /** For tests: instead of `navigator.locks`; null is a browser without. */
  readonly locks?: Locks | null;
  /** For tests: instead of `new BroadcastChannel(name)`; null is a browser without. */
  readonly channel?: ((name: string) => Channel) | null;
  /** For tests: instead of the page. */
  readonly page?: Page;
  /** For tests: instead of `Math.random`. Nothing secret is made of it. */
  readonly random?: () => number;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface FirstAdmin extends Credentials {
  readonly name: string;
}

/**
 * A browser's session, as {@link createAuthClient} makes it.
 *
 * All methods may be passed on by themselves; none needs `this`.
 */
export interface AuthClient {
  /**
   * Asks, on page load, whether the cookie still opens a session.
   *
   * @returns the user, or null when nobody is signed in
   * @throws AuthError when the server cannot be asked; nobody is signed out by that, and another call asks again
   */
  restore(): Promise<User | null>;

  /**
   * Signs in.
   *
   * @throws AuthError 401 for a wrong email or password, 429 with `retryAfter` after too many of them
   */
  login(credentials: Credentials): Promise<User>;

  /**
   * Creates the first user of a new system, who is an admin. Nobody is signed in by that.
   *
   * @param options `token`: the server's `BOOTSTRAP_TOKEN`, where it has one
   * @throws AuthError 409 as soon as there is any user, 403 where it is switched off
   */
  bootstrap(admin: FirstAdmin, options?: { readonly token?: string }): Promise<void>;

  /**
   * Signs out, in every tab.
   *
   * @throws AuthError when the server cannot be reached; the session is then as it was, because its cookie is
   */
  logout(): Promise<void>;

  /**
   * `fetch` with the access token, which is refreshed ahead of its end and once after a 401.
   *
   * The token goes to the page's own origin, to that of `baseUrl` and to those in `origins`; a request to
   * another, and one that has an `Authorization` already, is passed to `fetch` as it is. A 503 that says
   * `Retry-After` is waited out at most twice, where that is safe.
   *
   * A request is sent again only if its body can be: not a stream, and not the body of a `Request` object.
   *
   * @throws AuthError when a new token is needed and the server cannot be reached
   */
  fetch: typeof fetch;

  /**
   * Calls a documented route below `baseUrl`: `auth.request("GET", "/sessions")`.
   *
   * @returns the body of the answer
   * @throws AuthError with the server's sentence for every refusal
   */
  request: Request;

  /** Who is signed in, as far as is known. The same object until that changes. */
  getSnapshot(): Snapshot;

  /** The snapshot for pages that a server renders: always `loading`. */
  getServerSnapshot(): Snapshot;

  /** Calls back after each change of the snapshot. @returns a function that ends it */
  subscribe(listener: () => void): () => void;

  /** Lets go of timers, listeners and the other tabs. Signs nobody out; `restore` and `login` begin anew. */
  close(): void;
}
