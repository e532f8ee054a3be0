import { AuthError, refusal, unreadable } from "./error.js";
import { passing, persist, unavailable } from "./persist.js";
import { type Reply, send, type Sender } from "./send.js";
import { type Board, readUser, SIGNED_OUT, type User } from "./snapshot.js";
import type { Page } from "./surroundings.js";
import type { Message, Tabs } from "./tabs.js";
import { type Access, phase, read, untilDue } from "./token.js";

/** How often a page that is looked at asks itself whether it is time, in milliseconds. A sleeping machine stops timers. */
const GLANCE = 30_000;

/** Between two refreshes that nobody asked for, at least this long, however short the tokens live. */
const PAUSE = 1_000;

/** The session of this browser: the one place that holds the access token. */
export interface Session {
  access(): Access | undefined;
  user(): User | null;
  /** Gets a token that is newer than the one there was at the call; tabs and callers share the work. */
  renew(): Promise<void>;
  /** The work that others have begun, if there is any. */
  renewing(): Promise<void> | undefined;
  restore(): Promise<User | null>;
  login(credentials: { email: string; password: string }): Promise<User>;
  logout(): Promise<void>;
  /** An answer that may tell something new about the user; one about anybody or anything else is passed over. */
  learn(answer: unknown): void;
  /** What another tab has said. */
  heard(message: Message): void;
  close(): void;
}

export interface Means extends Sender {
  readonly url: (route: string) => string;
  readonly tabs: Tabs;
  readonly page: Page;
  readonly board: Board;
  readonly random: () => number;
}

/**
 * How it is kept in order. Each event has a time: a login, a logout and an ended session that of the answer,
 * a refresh that of the question, because it speaks of the cookie as it was then. What is older than the
 * latest event is dropped, whether it comes from a slow answer or from another tab.
 */
export function createSession(means: Means): Session {
  const { clock, timers, tabs, page, board, random, url } = means;
  let access: Access | undefined;
  let latest = 0; // the time of the latest event
  let ticked = 0; // the latest time that was given out
  let wanted = 0; // when login or logout was last called
  let leaving = 0; // when logout was
  let flight: Promise<void> | undefined;
  let timer: unknown;
  let stopWaking: (() => void) | undefined;

  // The time of day, but never the same twice and never back.
  const tick = () => (ticked = Math.max(clock.now(), ticked + 1));
  const user = () => board.current().user;

  function enter(next: Access, who: User, at: number): boolean {
    if (at < latest) return false;
    latest = at;
    access = next;
    glance();
    board.show({ status: "signed-in", user: who });
    return true;
  }

  function leave(session: string | undefined, at: number): boolean {
    const mine = session !== undefined && session === access?.session;
    if (at < latest && !mine) return false;
    latest = Math.max(latest, at);
    access = undefined;
    timers.clearTimeout(timer);
    board.show(SIGNED_OUT);
    return true;
  }

  function enterAndTell(next: Access, who: User, at: number): void {
    const { token, asked } = next;
    if (enter(next, who, at)) tabs.tell({ kind: "in", at, asked, token, user: who });
  }

  function leaveAndTell(at: number): void {
    const session = access?.session;
    if (leave(session, at)) tabs.tell({ kind: "out", at, session });
  }

  // A token counts only together with the user it belongs to: another tab may have signed in
  // someone else, and a page must not act for one user while it shows another.
  async function refresh(seen: number): Promise<void> {
    if (latest !== seen) return; // another tab was faster
    const asked = tick();
    const reply = await send(means, "POST", url("/refresh"));
    if (asked < latest) return; // it speaks of a cookie that has been replaced since
    if (reply.status === 401) return leaveAndTell(asked);
    const next = read(tokenOf(reply), asked, clock.elapsed());
    const known = next.session !== undefined && next.session === access?.session ? user() : null;
    enterAndTell(next, known ?? (await whose(next.token)), asked);
  }

  async function whose(token: string): Promise<User> {
    const reply = await send(means, "GET", url("/me"), { headers: { Authorization: `Bearer ${token}` } });
    // Signed out elsewhere just now; the next refresh will say so.
    if (reply.status === 401) throw unreadable();
    return userOf(succeeded(reply).body);
  }

  function renew(): Promise<void> {
    open();
    if (flight) return flight;
    const seen = latest;
    const attempt = () => tabs.exclusive(() => refresh(seen));
    flight = persist(attempt, passing, timers, random).finally(() => (flight = undefined));
    return flight;
  }

  // A page that nobody looks at asks for nothing; it does when it is shown, or used.
  function glance(): void {
    timers.clearTimeout(timer);
    if (!access || !stopWaking) return;
    const left = untilDue(access, clock);
    // Past its time another has been asked for in vain, so that is no hurry.
    const pause = left > 0 ? Math.min(Math.max(left, PAUSE), GLANCE) : GLANCE;
    timer = timers.setTimeout(() => {
      if (!page.hidden()) renewIfDue();
      glance();
    }, pause);
  }

  function renewIfDue(): void {
    if (access && phase(access, clock) !== "fresh") renew().catch(later);
  }

  /** Whether it was closed before, so that what other tabs said may have been missed. */
  function open(): boolean {
    if (stopWaking) return false;
    tabs.open();
    stopWaking = page.onWake((how) => {
      if (how === "shown") renewIfDue();
      else if (user()) renew().catch(later);
    });
    glance();
    return true;
  }

  return {
    access: () => access,
    user,
    renew,
    renewing: () => flight,
    async restore() {
      if (open() || !user()) await renew();
      return user();
    },
    async login({ email, password }) {
      open();
      const called = (wanted = tick());
      return persist(
        () =>
          tabs.exclusive(async () => {
            if (wanted > called) throw overtaken();
            const reply = succeeded(await send(means, "POST", url("/login"), { body: { email, password } }));
            const token = tokenOf(reply);
            const who = userOf(Object(reply.body).user);
            // The logout stands in the queue, and will end this session.
            if (leaving > called) throw overtaken();
            const at = tick();
            enterAndTell(read(token, at, clock.elapsed()), who, at);
            return who;
          }),
        (error) => wanted === called && unavailable(error),
        timers,
        random,
      );
    },
    async logout() {
      open();
      const called = (leaving = wanted = tick());
      return persist(
        () =>
          tabs.exclusive(async () => {
            if (wanted > called) throw overtaken();
            const reply = await send(means, "POST", url("/logout"));
            // Without a cookie there is nothing to end.
            if (reply.status !== 401) succeeded(reply);
            leaveAndTell(tick());
          }),
        (error) => wanted === called && passing(error),
        timers,
        random,
      );
    },
    learn(answer) {
      const who = readUser(answer);
      if (access && who && who.id === user()?.id) enterAndTell(access, who, tick());
    },
    heard(message) {
      ticked = Math.max(ticked, message.at);
      if (message.kind === "in") enter(read(message.token, message.asked, clock.elapsed()), message.user, message.at);
      else leave(message.session, message.at);
    },
    close() {
      timers.clearTimeout(timer);
      stopWaking?.();
      stopWaking = undefined;
      tabs.close();
    },
  };
}

// Whoever needs the token next asks again, and is told why there is none.
const later = () => undefined;

function succeeded(reply: Reply): Reply {
  if (reply.status < 200 || reply.status > 299) throw refusal(reply);
  return reply;
}

function overtaken(): AuthError {
  return new AuthError(0, "A later sign-in or sign-out came first");
}

function tokenOf(reply: Reply): string {
  const token: unknown = Object(succeeded(reply).body).accessToken;
  if (typeof token !== "string") throw unreadable();
  return token;
}

function userOf(value: unknown): User {
  const who = readUser(value);
  if (!who) throw unreadable();
  return who;
}
