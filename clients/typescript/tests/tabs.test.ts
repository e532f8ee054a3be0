import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AuthClient, Channel } from "../src/index.js";
import { Browser, type TabOptions } from "./world/browser.js";
import { ADMIN, BOB, PASSWORD, Server } from "./world/server.js";

let server: Server;
let browser: Browser;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-01-01T12:00:00Z") });
  server = new Server();
  browser = new Browser(server);
});
afterEach(() => void vi.useRealTimers());

const admin = { email: ADMIN.email, password: PASSWORD };
const bob = { email: BOB.email, password: PASSWORD };
/** Time for what is under way, and for the next thing to be later than it. */
const soon = () => vi.advanceTimersByTimeAsync(1);
const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);
const five = (options?: TabOptions) => Array.from({ length: 5 }, () => browser.tab(options));
const bearers = () => new Set(server.to("/api/orders").map(({ bearer }) => bearer));

async function signedInTabs(options?: TabOptions): Promise<AuthClient[]> {
  const tabs = five(options);
  await tabs[0]?.login(admin);
  await Promise.all(tabs.map((tab) => tab.restore()));
  server.calls.length = 0;
  return tabs;
}

describe.each<[string, TabOptions]>([
  ["with locks", {}],
  ["without locks", { locks: null }],
])("five tabs %s", (_, options) => {
  test("that are opened at once are all signed in", async () => {
    await browser.tab(options).login(admin);
    server.calls.length = 0;
    expect(await Promise.all(five(options).map((tab) => tab.restore()))).toEqual(Array(5).fill(ADMIN));
    // Without locks, tabs that have just been opened have not heard of each other.
    if (!("locks" in options)) expect(server.calls.map(({ path }) => path)).toEqual(["/refresh", "/me"]);
  });

  test("share a token and refresh once for all, again and again", async () => {
    const tabs = await signedInTabs(options);
    for (let hours = 1; hours <= 3; hours++) {
      await minutes(60);
      await Promise.all(tabs.map((tab) => tab.fetch("/api/orders")));
      expect(bearers().size).toBe(hours);
    }
    expect(tabs.map((tab) => tab.getSnapshot().status)).toEqual(Array(5).fill("signed-in"));
    // Every 14 minutes, and from five tabs at once at worst where there are no locks.
    expect(server.to("/refresh").length).toBeLessThanOrEqual("locks" in options ? 5 * 13 : 13);
  });

  test("that are all told 401 refresh once", async () => {
    const tabs = await signedInTabs(options);
    await soon();
    server.ahead = 3_600_000;
    const release = server.hold("/refresh");
    const [first, ...others] = tabs.map((tab) => () => tab.fetch("/api/orders"));
    const answers = [first?.()];
    await soon();
    answers.push(...others.map((ask) => ask()));
    await soon();
    release();
    expect((await Promise.all(answers)).map((answer) => answer?.status)).toEqual(Array(5).fill(200));
    expect(server.to("/refresh")).toHaveLength(1);
  });

  test("are all signed out by one", async () => {
    const onSignedOut = vi.fn();
    const tabs = await signedInTabs({ ...options, onSignedOut });
    await tabs[3]?.logout();
    await soon();
    expect(tabs.map((tab) => tab.getSnapshot().status)).toEqual(Array(5).fill("signed-out"));
    expect(onSignedOut).toHaveBeenCalledTimes(5);
    expect(server.calls.map(({ path }) => path)).toEqual(["/logout"]);
  });

  test("are all signed out when one learns that the session has ended", async () => {
    const tabs = await signedInTabs(options);
    server.endAll();
    expect((await tabs[2]?.fetch("/api/orders"))?.status).toBe(401);
    await soon();
    expect(tabs.map((tab) => tab.getSnapshot().status)).toEqual(Array(5).fill("signed-out"));
    expect(server.to("/refresh")).toHaveLength(1);
  });

  test("all follow a login as someone else", async () => {
    const tabs = await signedInTabs(options);
    await tabs[4]?.login(bob);
    await soon();
    expect(tabs.map((tab) => tab.getSnapshot().user)).toEqual(Array(5).fill(BOB));
  });

  test("all show a new name", async () => {
    const onSignedIn = vi.fn();
    const tabs = await signedInTabs({ ...options, onSignedIn });
    await tabs[1]?.request("PATCH", "/me", { body: { name: "Ann" } });
    await soon();
    expect(tabs.map((tab) => tab.getSnapshot().user?.name)).toEqual(Array(5).fill("Ann"));
    expect(onSignedIn).toHaveBeenCalledTimes(5);
  });

  test("come through an outage together", async () => {
    const tabs = await signedInTabs(options);
    server.fail("/refresh", ...Array<"lost" | "down">(40).fill("down"), "lost", "lost");
    await minutes(60);
    const answers = await Promise.all(tabs.map((tab) => tab.fetch("/api/orders")));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
  });

  test("do without one that was closed in the middle of a refresh", async () => {
    const tabs = await signedInTabs(options);
    server.hold("/refresh");
    server.ahead = 3_600_000;
    const stuck = tabs[0]?.fetch("/api/orders");
    await soon();
    server.gates.clear();
    tabs[0]?.close();
    const answers = Promise.all(tabs.slice(1).map((tab) => tab.fetch("/api/orders")));
    await minutes(1);
    expect((await answers).map(({ status }) => status)).toEqual(Array(4).fill(200));
    await stuck;
  });
});

test("five tabs without locks and channels stay signed in by the server's grace", async () => {
  const tabs = await signedInTabs({ locks: null, channel: null });
  await Promise.all(tabs.map((tab) => tab.restore()));
  await minutes(120);
  const answers = await Promise.all(tabs.map((tab) => tab.fetch("/api/orders")));
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
});

test("a tab that is closed waits for no other", async () => {
  const [first, second] = [browser.tab({ locks: null }), browser.tab({ locks: null })];
  await first.restore();
  server.hold("/login");
  second.login(admin).catch(() => undefined);
  await soon();
  const timers = vi.getTimerCount();
  first.close();
  expect(vi.getTimerCount()).toBe(timers - 1);
});

test("a lock that a sleeping tab does not let go of is waited for twenty seconds, and then done without", async () => {
  await browser.tab().login(admin);
  const request = <T>(_: string, { signal }: { signal: AbortSignal }) =>
    new Promise<T>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const restored = browser.tab({ locks: { request } }).restore();
  await vi.advanceTimersByTimeAsync(19_999);
  expect(server.to("/refresh")).toHaveLength(0);
  await soon();
  expect(await restored).toEqual(ADMIN);
});

test("locks that the browser refuses are done without", async () => {
  const tab = browser.tab({ locks: { request: () => Promise.reject(new DOMException("no", "SecurityError")) } });
  expect(await tab.login(admin)).toEqual(ADMIN);
  await expect(tab.login({ ...admin, password: "wrong" })).rejects.toMatchObject({ status: 401 });
  expect(server.to("/login")).toHaveLength(2);
});

test("a clock that is set back keeps nobody from signing in and out", async () => {
  const [first, second] = [browser.tab(), browser.tab()];
  await second.restore();
  await minutes(60);
  await first.login(admin);
  await soon();
  vi.setSystemTime(Date.now() - 30 * 60_000);
  await second.login(bob);
  await soon();
  expect([first, second].map((tab) => tab.getSnapshot().user)).toEqual([BOB, BOB]);
  await first.logout();
  await soon();
  expect([first, second].map((tab) => tab.getSnapshot().status)).toEqual(["signed-out", "signed-out"]);
});

test("a tab that is signed out is signed in by another", async () => {
  const onSignedIn = vi.fn();
  const tab = browser.tab({ onSignedIn });
  expect(await tab.restore()).toBeNull();
  await browser.tab().login(bob);
  await soon();
  expect(tab.getSnapshot()).toEqual({ status: "signed-in", user: BOB });
  expect(onSignedIn).toHaveBeenCalledExactlyOnceWith(BOB);
});

test("a late answer to an old refresh does not undo a sign-out elsewhere", async () => {
  const options = { locks: null };
  const slow = browser.tab(options);
  const other = browser.tab({ ...options, locks: browser.locks });
  await slow.login(admin);
  await other.restore();
  await minutes(1);
  // The server has answered, and the answer is on its way.
  const answered = server.hold("answer /refresh");
  server.ahead = 3_600_000;
  const fetched = slow.fetch("/api/orders");
  await soon();
  await other.logout();
  await soon();
  answered();
  expect((await fetched).status).toBe(401);
  expect(slow.getSnapshot().status).toBe("signed-out");
});

test("a late answer to an old refresh does not undo a login as someone else", async () => {
  const slow = browser.tab({ locks: null });
  const other = browser.tab();
  await slow.login(admin);
  await other.restore();
  await minutes(1);
  const answered = server.hold("answer /refresh");
  server.ahead = 3_600_000;
  const fetched = slow.fetch("/api/orders", { method: "POST", body: "a lot" });
  await soon();
  server.ahead = 0;
  await other.login(bob);
  await soon();
  answered();
  await expect(fetched).rejects.toMatchObject({ name: "AuthError", status: 0 });
  expect(slow.getSnapshot().user).toEqual(BOB);
  expect(other.getSnapshot().user).toEqual(BOB);
});

test.each<unknown>([
  null,
  "out",
  42,
  {},
  { kind: "out" },
  { kind: "out", at: "9" },
  { kind: "out", at: Infinity },
  { kind: "out", at: 1, session: "another" },
  { kind: "in", at: 9e15, asked: 9e15, token: 7, user: BOB },
  { kind: "in", at: 9e15, asked: 9e15, token: "t", user: { id: 1 } },
  { kind: "in", at: 1, asked: 1, token: "t", user: BOB },
  { kind: "in", at: 9e15, token: "t", user: BOB },
])("a message that makes no sense, or is old, changes nothing: %j", async (message) => {
  const channels: Channel[] = [];
  const channel = (): Channel => {
    const made: Channel = { onmessage: null, postMessage: () => {}, close: () => {} };
    channels.push(made);
    return made;
  };
  const tab = browser.tab({ channel });
  await tab.login(admin);
  const shown = tab.getSnapshot();
  channels[0]?.onmessage?.({ data: message });
  expect(tab.getSnapshot()).toBe(shown);
  expect((await tab.fetch("/api/orders")).status).toBe(200);
});

test("what a message brings along besides the user's four fields stays outside", async () => {
  const tab = browser.tab({ channel: (name) => (named = name, made) });
  let named = "";
  const made: Channel = { onmessage: null, postMessage: () => {}, close: () => {} };
  await tab.restore();
  const user = JSON.parse(`{"__proto__":{"isAdmin":true},"extra":1,"id":"x","email":"x","name":"x","role":"USER"}`) as object;
  made.onmessage?.({ data: { kind: "in", at: 9e15, asked: 9e15, token: "t", user } });
  expect(Object.keys(tab.getSnapshot().user ?? {})).toEqual(["id", "email", "name", "role"]);
  expect(Object.getPrototypeOf(tab.getSnapshot().user)).toBe(Object.prototype);
  expect(named).toBe("auth-server-client https://app.example.com/api/auth");
});
