import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AuthError } from "../src/index.js";
import { Browser, FakePage } from "./world/browser.js";
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
const signedIn = (user = ADMIN) => ({ status: "signed-in", user });
const signedOut = { status: "signed-out", user: null };
const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);
/** Lets the timers run until the promise is settled. */
async function meanwhile<T>(work: Promise<T>): Promise<T> {
  let settled = false;
  work.then(() => (settled = true), () => (settled = true));
  for (let steps = 0; !settled && steps < 1000; steps++) await vi.advanceTimersByTimeAsync(100);
  return work;
}

describe("restore", () => {
  test("without a cookie nobody is signed in", async () => {
    const tab = browser.tab();
    expect(tab.getSnapshot()).toEqual({ status: "loading", user: null });
    expect(await tab.restore()).toBeNull();
    expect(tab.getSnapshot()).toEqual(signedOut);
  });

  test("with a cookie the user is back after a refresh and a look at me", async () => {
    await browser.tab().login(admin);
    server.calls.length = 0;
    const tab = browser.tab();
    expect(await tab.restore()).toEqual(ADMIN);
    expect(tab.getSnapshot()).toEqual(signedIn());
    expect(server.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /refresh", "GET /me"]);
  });

  test("called twice it asks once", async () => {
    await browser.tab().login(admin);
    const tab = browser.tab();
    expect(await Promise.all([tab.restore(), tab.restore()])).toEqual([ADMIN, ADMIN]);
    expect(await tab.restore()).toEqual(ADMIN);
    expect(server.to("/refresh")).toHaveLength(1);
  });

  test("an outage is thrown, changes nothing, and passes", async () => {
    await browser.tab().login(admin);
    const tab = browser.tab();
    server.fail("/refresh", "down", "down", "down", "down");
    await expect(meanwhile(tab.restore())).rejects.toMatchObject({
      name: "AuthError",
      status: 0,
      message: "The server could not be reached",
    });
    expect(tab.getSnapshot()).toEqual({ status: "loading", user: null });
    server.fail("/refresh", "down", "down", "down", "down");
    const twice = meanwhile(Promise.allSettled([tab.restore(), tab.restore()]));
    expect((await twice).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(server.to("/refresh")).toHaveLength(8);
    expect(await tab.restore()).toEqual(ADMIN);
  });

  test.each([
    [1, [0, 500, 1_500, 3_500]],
    [0, [0, 250, 750, 1_750]],
  ])("pauses double, and are shorter by up to a half (%d)", async (random, times) => {
    const start = Date.now();
    const asked: number[] = [];
    const fetch = () => {
      asked.push(Date.now() - start);
      return Promise.reject(new TypeError("fetch failed"));
    };
    await expect(meanwhile(browser.tab({ fetch, random: () => random }).restore())).rejects.toBeInstanceOf(AuthError);
    expect(asked).toEqual(times);
  });

  test("a lost answer is asked for again and signs nobody out", async () => {
    await browser.tab().login(admin);
    server.fail("/refresh", "lost");
    expect(await meanwhile(browser.tab().restore())).toEqual(ADMIN);
  });

  test("a session that ends between the refresh and the look at me is no error", async () => {
    await browser.tab().login(admin);
    const release = server.hold("/me");
    const restored = browser.tab().restore();
    await minutes(0);
    server.endAll();
    release();
    expect(await meanwhile(restored)).toBeNull();
  });

  test("an outage of me after the refresh passes, too", async () => {
    await browser.tab().login(admin);
    server.fail("/me", { status: 503, retryAfter: "1" });
    expect(await meanwhile(browser.tab().restore())).toEqual(ADMIN);
  });
});

describe("login and logout", () => {
  test("a login gives the user and tells the page", async () => {
    const onSignedIn = vi.fn();
    const tab = browser.tab({ onSignedIn });
    const listener = vi.fn();
    tab.subscribe(listener);
    expect(await tab.login(admin)).toEqual(ADMIN);
    expect(tab.getSnapshot()).toEqual(signedIn());
    expect(tab.getSnapshot()).toBe(tab.getSnapshot());
    expect(onSignedIn).toHaveBeenCalledExactlyOnceWith(ADMIN);
    expect(listener).toHaveBeenCalledOnce();
  });

  test("a refusal is thrown with the server's sentence", async () => {
    const tab = browser.tab();
    const refused = tab.login({ ...admin, password: "wrong" });
    await expect(refused).rejects.toBeInstanceOf(AuthError);
    await expect(refused).rejects.toMatchObject({ status: 401, message: "Invalid email or password" });
    expect(tab.getSnapshot()).toEqual({ status: "loading", user: null });
  });

  test("too many attempts say how long to wait, and are not repeated", async () => {
    const body = '{"error":"Too many attempts, try again later"}';
    server.fail("/login", { status: 429, retryAfter: "7", body });
    await expect(browser.tab().login(admin)).rejects.toMatchObject({
      status: 429,
      retryAfter: 7,
      message: "Too many attempts, try again later",
    });
    expect(server.to("/login")).toHaveLength(1);
  });

  test("a busy server is asked again when it said", async () => {
    server.fail("/login", { status: 503, retryAfter: "2" });
    const login = browser.tab().login(admin);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(server.to("/login")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await login).toEqual(ADMIN);
  });

  test("a login whose answer was lost is not repeated by itself", async () => {
    server.fail("/login", "lost");
    await expect(browser.tab().login(admin)).rejects.toMatchObject({ status: 0 });
    expect(server.to("/login")).toHaveLength(1);
  });

  test("a logout ends the session and tells the page", async () => {
    const onSignedOut = vi.fn();
    const tab = browser.tab({ onSignedOut });
    await tab.login(admin);
    await tab.logout();
    expect(tab.getSnapshot()).toEqual(signedOut);
    expect(onSignedOut).toHaveBeenCalledOnce();
    expect(browser.cookie).toBeUndefined();
    expect(await browser.tab().restore()).toBeNull();
  });

  test("a logout without a session is no error", async () => {
    const tab = browser.tab();
    await tab.logout();
    expect(tab.getSnapshot()).toEqual(signedOut);
  });

  test("a logout that does not reach the server says so and leaves everything as it was", async () => {
    const tab = browser.tab();
    await tab.login(admin);
    server.fail("/logout", "down", "down", "down", "down");
    await expect(meanwhile(tab.logout())).rejects.toMatchObject({ status: 0 });
    expect(tab.getSnapshot()).toEqual(signedIn());
    await tab.logout();
    expect(tab.getSnapshot()).toEqual(signedOut);
  });

  const overtaken = { name: "AuthError", status: 0, message: "A later sign-in or sign-out came first" };

  test("a login that a logout overtook signs nobody in", async () => {
    const onSignedIn = vi.fn();
    const tab = browser.tab({ onSignedIn });
    const release = server.hold("/login");
    const login = tab.login(admin);
    await minutes(0);
    const logout = tab.logout();
    release();
    await expect(login).rejects.toMatchObject(overtaken);
    await logout;
    expect(tab.getSnapshot()).toEqual(signedOut);
    expect(onSignedIn).not.toHaveBeenCalled();
    expect(browser.cookie).toBeUndefined();
    expect([...server.sessions.values()].map(({ ended }) => ended)).toEqual([true]);
  });

  test("a login that waits for a busy server is given up by a logout", async () => {
    const tab = browser.tab();
    server.fail("/login", { status: 503, retryAfter: "5" });
    const login = tab.login(admin);
    await minutes(0);
    await tab.logout();
    await expect(meanwhile(login)).rejects.toMatchObject(overtaken);
    expect(server.to("/login")).toHaveLength(1);
    expect(tab.getSnapshot()).toEqual(signedOut);
  });

  test("a logout that waits for a busy server does not end the login that came after it", async () => {
    const tab = browser.tab();
    await tab.login(admin);
    server.fail("/logout", { status: 503, retryAfter: "5" });
    const logout = tab.logout();
    await minutes(0);
    await tab.login(bob);
    const asked = Date.now();
    await expect(meanwhile(logout)).rejects.toMatchObject(overtaken);
    expect(Date.now() - asked).toBeLessThanOrEqual(5_000);
    expect(tab.getSnapshot()).toEqual(signedIn(BOB));
    expect((await tab.request("GET", "/me")).id).toBe(BOB.id);
  });

  test("of two logins the later one counts, however slow the first is", async () => {
    const tab = browser.tab();
    const release = server.hold("/login");
    const first = tab.login(admin);
    await minutes(0);
    const second = tab.login(bob);
    release();
    await Promise.all([first, second]);
    expect(tab.getSnapshot()).toEqual(signedIn(BOB));
    expect((await tab.request("GET", "/me")).id).toBe(BOB.id);
  });

  test("bootstrap passes the server's refusal on", async () => {
    const refused = browser.tab().bootstrap({ ...admin, name: "Admin" }, { token: "let me in" });
    await expect(refused).rejects.toMatchObject({ status: 409, message: "Admin user already exists" });
    expect(browser.sent.at(-1)?.headers.get("x-bootstrap-token")).toBe("let me in");
  });
});

describe("refresh", () => {
  test("a page that is looked at has a new token a minute before the old one ends", async () => {
    const tab = browser.tab();
    await tab.login(admin);
    await minutes(13.9);
    expect(server.to("/refresh")).toHaveLength(0);
    await minutes(0.2);
    expect(server.to("/refresh")).toHaveLength(1);
    expect(server.to("/me")).toHaveLength(0);
    await minutes(60);
    expect(server.to("/refresh")).toHaveLength(5);
    expect(tab.getSnapshot()).toEqual(signedIn());
  });

  test("a hidden page asks for nothing until it is shown", async () => {
    const page = new FakePage();
    const tab = browser.tab({ page });
    await tab.login(admin);
    page.isHidden = true;
    await minutes(120);
    expect(server.to("/refresh")).toHaveLength(0);
    page.isHidden = false;
    page.wake("shown");
    await minutes(0);
    expect(server.to("/refresh")).toHaveLength(1);
    tab.close();
  });

  test.each([-400, -1, 1, 400])("a client whose clock is %i days off refreshes at the same moment", async (days) => {
    server.ahead = days * 86_400_000;
    await browser.tab().login(admin);
    await minutes(13.9);
    expect(server.to("/refresh")).toHaveLength(0);
    await minutes(0.2);
    expect(server.to("/refresh")).toHaveLength(1);
  });

  test("after a sleep in which timers and one clock stood still, the first request has a new token", async () => {
    const tab = browser.tab();
    await tab.login(admin);
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    expect((await tab.fetch("/api/orders")).status).toBe(200);
    expect(server.calls.map(({ path }) => path)).toEqual(["/login", "/refresh", "/api/orders"]);
  });

  test("a clock that is set back delays nothing", async () => {
    await browser.tab().login(admin);
    vi.setSystemTime(Date.now() - 8 * 3_600_000);
    await minutes(14.1);
    expect(server.to("/refresh")).toHaveLength(1);
  });

  test("an outage of half an hour signs nobody out", async () => {
    const onSignedOut = vi.fn();
    const tab = browser.tab({ onSignedOut });
    await tab.login(admin);
    server.fail("/refresh", ...Array<"down">(500).fill("down"));
    await minutes(44);
    expect(tab.getSnapshot()).toEqual(signedIn());
    const asked = server.to("/refresh").length;
    expect(asked).toBeGreaterThan(20);
    expect(asked).toBeLessThan(300);
    server.fail("/refresh");
    await minutes(1);
    expect((await tab.fetch("/api/orders")).status).toBe(200);
    expect(onSignedOut).not.toHaveBeenCalled();
  });

  test.each<[string, object]>([
    ["a proxy's page", { status: 502, body: "<h1>Bad gateway</h1>" }],
    ["a page instead of an answer", { status: 200, body: "<h1>Welcome to the hotel</h1>" }],
    ["an answer without a token", { status: 200, body: "{}" }],
    ["a list", { status: 200, body: "[]" }],
    ["null", { status: 200, body: "null" }],
    ["a refused origin", { status: 403, body: '{"error":"Cross-origin request refused"}' }],
    ["two cookies", { status: 400, body: '{"error":"…"}' }],
    ["a crash", { status: 500, body: '{"error":"Internal error"}' }],
  ])("%s signs nobody out", async (_, mishap) => {
    const tab = browser.tab();
    await tab.login(admin);
    server.fail("/refresh", ...Array(4).fill(mishap));
    vi.setSystemTime(Date.now() + 3_600_000);
    await expect(meanwhile(tab.fetch("/api/orders"))).rejects.toBeInstanceOf(AuthError);
    expect(tab.getSnapshot()).toEqual(signedIn());
  });

  test("an answer that never comes is given up, so that other tabs get their turn", async () => {
    await browser.tab().login(admin);
    server.hold("/refresh");
    const first = browser.tab().restore();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(server.to("/refresh")).toHaveLength(1);
    server.gates.clear();
    expect(await meanwhile(first)).toEqual(ADMIN);
  });

  test("a refresh that finds someone else's cookie shows them and not the user before", async () => {
    const onSignedIn = vi.fn();
    const tab = browser.tab({ onSignedIn });
    await tab.login(admin);
    // A page of another client, say, signs in on the same origin.
    await browser.tab({ channel: null }).login(bob);
    await minutes(15);
    expect(tab.getSnapshot()).toEqual(signedIn(BOB));
    expect(onSignedIn).toHaveBeenLastCalledWith(BOB);
  });

  test("a page out of the cache for going back asks at once whether its session still lives", async () => {
    const page = new FakePage();
    const tab = browser.tab({ page });
    await tab.login(admin);
    await browser.tab({ channel: null }).logout();
    page.wake("thawed");
    await minutes(0);
    expect(tab.getSnapshot()).toEqual(signedOut);
  });

  test("a session that has ended signs out", async () => {
    const onSignedOut = vi.fn();
    const tab = browser.tab({ onSignedOut });
    await tab.login(admin);
    server.endAll();
    await minutes(15);
    expect(tab.getSnapshot()).toEqual(signedOut);
    expect(onSignedOut).toHaveBeenCalledOnce();
    await minutes(60);
    expect(server.to("/refresh")).toHaveLength(1);
  });

  test("tokens that live a second do not make a storm", async () => {
    server.lifetime = 1_000;
    await browser.tab().login(admin);
    await minutes(1);
    expect(server.to("/refresh").length).toBeLessThanOrEqual(60);
  });

  test("tokens that live a year are no reason to ask at once", async () => {
    server.lifetime = 365 * 86_400_000;
    await browser.tab().login(admin);
    await minutes(60 * 24);
    expect(server.to("/refresh")).toHaveLength(0);
  });

  test("after close nothing runs any more, and restore begins anew", async () => {
    const page = new FakePage();
    const tab = browser.tab({ page });
    await tab.login(admin);
    tab.close();
    expect(vi.getTimerCount()).toBe(0);
    await minutes(60);
    page.wake("shown");
    page.wake("thawed");
    await minutes(0);
    expect(server.to("/refresh")).toHaveLength(0);
    // It heard nothing in between, so it asks.
    await browser.tab({ channel: null }).logout();
    expect(await tab.restore()).toBeNull();
    await browser.tab().login(bob);
    await minutes(0);
    expect(tab.getSnapshot()).toEqual(signedIn(BOB));
  });

  test("closed and opened again in the middle of a restore, it listens and renews", async () => {
    await browser.tab().login(admin);
    const tab = browser.tab();
    const first = tab.restore();
    tab.close();
    expect(await Promise.all([first, tab.restore()])).toEqual([ADMIN, ADMIN]);
    await minutes(14.1);
    expect(server.to("/refresh")).toHaveLength(2);
    await browser.tab().logout();
    await minutes(0);
    expect(tab.getSnapshot()).toEqual(signedOut);
  });

  test("closed in the middle of a restore, it sets no timer", async () => {
    await browser.tab({ channel: null }).login(admin);
    vi.clearAllTimers();
    const tab = browser.tab();
    const restored = tab.restore();
    tab.close();
    expect(await restored).toEqual(ADMIN);
    expect(vi.getTimerCount()).toBe(0);
  });
});
