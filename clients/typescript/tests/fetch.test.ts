import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { AuthClient } from "../src/index.js";
import { Browser, ORIGIN } from "./world/browser.js";
import { ADMIN, BOB, PASSWORD, Server } from "./world/server.js";

let server: Server;
let browser: Browser;
let tab: AuthClient;

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.parse("2026-01-01T12:00:00Z") });
  server = new Server();
  browser = new Browser(server);
  tab = browser.tab({ origins: ["https://orders.example.com"] });
  await tab.login({ email: ADMIN.email, password: PASSWORD });
  server.calls.length = browser.sent.length = 0;
});
afterEach(() => {
  tab.close();
  vi.useRealTimers();
});

const soon = () => vi.advanceTimersByTimeAsync(1);
const asked = () => server.calls.map(({ method, path }) => `${method} ${path}`);
const tokens = () => browser.sent.map(({ headers }) => headers.get("authorization"));
/** The token is good by all that the client knows, and the server says no. */
const expireAtTheServer = () => (server.ahead = 3_600_000);

describe("the token", () => {
  test.each([
    "/api/orders",
    "orders",
    `${ORIGIN}/api/orders`,
    "https://APP.example.com:443/x",
    "https://orders.example.com/today",
    "https://app.example.com/@evil.example",
  ])("goes to %s", async (url) => {
    for (const input of [url, new URL(url, ORIGIN), new Request(new URL(url, ORIGIN))]) await tab.fetch(input);
    expect(tokens()).toEqual(Array(3).fill(expect.stringMatching(/^Bearer \S+$/)));
  });

  test.each([
    "https://evil.example/api/orders",
    "//evil.example/api/orders",
    "/\\evil.example/api/orders",
    "\t//evil.example/",
    "https:\\\\evil.example",
    "blob:https://app.example.com/0b1f-4f5a",
    "http://app.example.com/api/orders",
    "https://app.example.com:8443/",
    "https://sub.app.example.com/",
    "https://app.example.com.evil.example/",
    "https://evil.example/https://app.example.com/",
    "https://orders.example.com.evil.example/",
  ])("does not go to %s", async (url) => {
    for (const input of [url, new URL(url, ORIGIN), new Request(new URL(url, ORIGIN))]) await tab.fetch(input);
    expect(tokens()).toEqual([null, null, null]);
  });

  test("does not go where an object says another address the second time", async () => {
    const answers = ["/api/orders", "https://evil.example/"];
    const shifty = { toString: () => answers.shift() ?? "https://evil.example/" };
    await tab.fetch(shifty as unknown as URL);
    expect(browser.sent.map(({ url }) => url)).toEqual([`${ORIGIN}/api/orders`]);
  });

  test("is nowhere but in the Authorization header", async () => {
    await tab.fetch("/api/orders", { headers: { "X-Mine": "1" } });
    const [{ url, headers, init } = { url: "", headers: new Headers(), init: {} }] = browser.sent;
    const token = headers.get("authorization")?.slice("Bearer ".length) ?? "";
    expect(token.length).toBeGreaterThan(20);
    expect([...headers.keys()]).toEqual(["authorization", "x-mine"]);
    expect(url).toBe(`${ORIGIN}/api/orders`);
    expect(init.body ?? null).toBeNull();
    expect(JSON.stringify(tab) + JSON.stringify(tab.getSnapshot())).not.toContain(token);
  });

  test("does not replace an Authorization that is there, and no refresh follows its 401", async () => {
    for (const input of ["/api/orders", new Request(`${ORIGIN}/api/orders`, { headers: { Authorization: "Bearer x.e30.x" } })]) {
      const init = typeof input === "string" ? { headers: { authorization: "Bearer x.e30.x" } } : undefined;
      expect((await tab.fetch(input, init)).status).toBe(401);
    }
    expect(tokens()).toEqual(["Bearer x.e30.x", "Bearer x.e30.x"]);
  });

  test("is not sent when nobody is signed in, and the 401 is the caller's", async () => {
    await tab.logout();
    server.calls.length = browser.sent.length = 0;
    expect((await tab.fetch("/api/orders")).status).toBe(401);
    expect(tokens()).toEqual([null]);
  });

  test("is waited for while a page is being restored", async () => {
    const page = browser.tab();
    const restored = page.restore();
    expect((await page.fetch("/api/orders")).status).toBe(200);
    await restored;
    expect(asked()).toEqual(["POST /refresh", "GET /me", "GET /api/orders"]);
  });
});

describe("a 401", () => {
  test("is answered by one refresh and the same request once more", async () => {
    expireAtTheServer();
    const init = { method: "POST", body: "two of them", headers: { "X-Mine": "1" } };
    expect((await tab.fetch("/api/orders", init)).status).toBe(200);
    expect(asked()).toEqual(["POST /api/orders", "POST /refresh", "POST /api/orders"]);
    expect(server.to("/api/orders").map(({ body }) => body)).toEqual(["two of them", "two of them"]);
    expect(new Set(tokens()).size).toBe(3);
    expect(browser.sent.at(-1)?.headers.get("x-mine")).toBe("1");
  });

  test("that stays is given back after one refresh, and signs nobody out", async () => {
    const no = { status: 401, body: '{"error":"Not yours"}' };
    server.fail("/api/orders", no, no);
    const answer = await tab.fetch("/api/orders");
    expect([answer.status, await answer.text()]).toEqual([401, '{"error":"Not yours"}']);
    expect(asked()).toEqual(["GET /api/orders", "POST /refresh", "GET /api/orders"]);
    expect(tab.getSnapshot().status).toBe("signed-in");
  });

  test("to many requests at once is answered by one refresh", async () => {
    expireAtTheServer();
    const answers = await Promise.all(Array.from({ length: 20 }, () => tab.fetch("/api/orders")));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(server.to("/refresh")).toHaveLength(1);
  });

  test("to a request that was sent before the last refresh needs no other", async () => {
    const release = server.hold("/slow");
    server.fail("/slow", { status: 401 });
    const slow = tab.fetch("/slow");
    expireAtTheServer();
    await tab.fetch("/api/orders");
    release();
    expect((await slow).status).toBe(200);
    expect(server.to("/refresh")).toHaveLength(1);
  });

  test("of an ended session is given back, and nobody is signed in any more", async () => {
    server.endAll();
    expect((await tab.fetch("/api/orders")).status).toBe(401);
    expect(tab.getSnapshot().status).toBe("signed-out");
  });

  test("during an outage of the refresh is thrown as what it is, and signs nobody out", async () => {
    expireAtTheServer();
    server.fail("/refresh", ...Array(4).fill({ status: 503, retryAfter: "30" }));
    await expect(tab.fetch("/api/orders")).rejects.toMatchObject({
      name: "AuthError",
      status: 503,
      retryAfter: 30,
      message: "Service unavailable",
    });
    expect(tab.getSnapshot().status).toBe("signed-in");
    expect(server.to("/refresh")).toHaveLength(1);
  });

  const stream = () => new ReadableStream({ start: (controller) => controller.close() });
  test.each<[string, () => Parameters<typeof fetch>]>([
    ["a stream", () => ["/api/orders", { method: "POST", body: stream(), duplex: "half" } as RequestInit]],
    ["a Request's body", () => [new Request(`${ORIGIN}/api/orders`, { method: "POST", body: "once" })]],
  ])("to %s is given back, because that can be sent only once; the next request has a new token", async (_, request) => {
    expireAtTheServer();
    expect((await tab.fetch(...request())).status).toBe(401);
    await soon();
    expect((await tab.fetch(...request())).status).toBe(200);
    expect(asked()).toEqual(["POST /api/orders", "POST /refresh", "POST /api/orders"]);
  });

  test.each<[string, BodyInit]>([
    ["text", "text"],
    ["bytes", new Uint8Array([1, 2])],
    ["a blob", new Blob(["blob"])],
    ["a form", new URLSearchParams({ a: "b" })],
  ])("to %s is answered by the same once more", async (_, body) => {
    expireAtTheServer();
    expect((await tab.fetch("/api/orders", { method: "POST", body })).status).toBe(200);
    const [first, second] = server.to("/api/orders").map((call) => call.body);
    expect(first).toBe(second);
    expect(first).not.toBe("");
  });

  test("is not answered in the name of someone who has signed in meanwhile", async () => {
    const release = server.hold("/api/orders");
    server.fail("/api/orders", { status: 401 });
    const order = tab.fetch("/api/orders", { method: "POST", body: "the admin's order" });
    await soon();
    await tab.login({ email: BOB.email, password: PASSWORD });
    release();
    await expect(order).rejects.toMatchObject({ name: "AuthError", status: 0 });
    expect(server.to("/api/orders")).toHaveLength(1);
  });
});

describe("a token near its end", () => {
  test("that is still good is used while another is asked for", async () => {
    await vi.advanceTimersByTimeAsync(13.5 * 60_000);
    vi.setSystemTime(Date.now() + 45_000);
    server.hold("/refresh");
    expect((await tab.fetch("/api/orders")).status).toBe(200);
    await soon();
    expect(asked()).toEqual(["POST /refresh", "GET /api/orders"]);
  });

  test("is replaced first when it might expire on the way", async () => {
    vi.setSystemTime(Date.now() + 14 * 60_000 + 50_000);
    const release = server.hold("/refresh");
    const answer = tab.fetch(new Request(`${ORIGIN}/api/orders`, { method: "POST", body: "once" }));
    await soon();
    expect(asked()).toEqual(["POST /refresh"]);
    release();
    expect((await answer).status).toBe(200);
    expect(asked()).toEqual(["POST /refresh", "POST /api/orders"]);
  });
});

describe("a 503", () => {
  const busy = { status: 503, retryAfter: "3" };

  test("that says when is waited out", async () => {
    server.fail("/api/orders", busy);
    const answer = tab.fetch("/api/orders");
    await vi.advanceTimersByTimeAsync(2_999);
    expect(server.to("/api/orders")).toHaveLength(1);
    await soon();
    expect((await answer).status).toBe(200);
  });

  test("that outlasts the session is not asked again with the token of who left", async () => {
    server.fail("/api/orders", busy);
    const answer = tab.fetch("/api/orders");
    await vi.advanceTimersByTimeAsync(1_000);
    await tab.logout();
    await vi.advanceTimersByTimeAsync(2_000);
    await answer;
    expect(server.to("/api/orders")).toHaveLength(2);
    expect(tokens().at(-1)).toBeNull();
  });

  test("may say it with a date", async () => {
    server.fail("/api/orders", { status: 503, retryAfter: new Date(Date.now() + 4_000).toUTCString() });
    const answer = tab.fetch("/api/orders");
    await vi.advanceTimersByTimeAsync(4_000);
    expect((await answer).status).toBe(200);
  });

  test("is given back after the third", async () => {
    server.fail("/api/orders", busy, busy, busy);
    const answer = tab.fetch("/api/orders");
    await vi.advanceTimersByTimeAsync(6_000);
    expect((await answer).status).toBe(503);
    expect(server.to("/api/orders")).toHaveLength(3);
  });

  test.each<[string, object]>([
    ["asks for too much patience", { status: 503, retryAfter: "3600" }],
    ["says nothing", { status: 503 }],
    ["says nonsense", { status: 503, retryAfter: "soon" }],
  ])("that %s is given back at once", async (_, mishap) => {
    server.fail("/api/orders", mishap as typeof busy);
    expect((await tab.fetch("/api/orders")).status).toBe(503);
  });

  test("to a POST elsewhere is given back: who knows what has been done", async () => {
    server.fail("/api/orders", busy);
    expect((await tab.fetch("/api/orders", { method: "POST", body: "one" })).status).toBe(503);
    expect(server.to("/api/orders")).toHaveLength(1);
  });

  test("to a POST of auth-server's own is waited out: it has done nothing then", async () => {
    server.fail("/password", busy);
    const changed = tab.request("POST", "/password", { body: { currentPassword: "a", newPassword: "b" } });
    await vi.advanceTimersByTimeAsync(3_000);
    await changed;
    expect(server.to("/password")).toHaveLength(2);
  });
});

describe("an abort", () => {
  test("reaches fetch", async () => {
    server.hold("/api/orders");
    const stop = new AbortController();
    const answer = tab.fetch("/api/orders", { signal: stop.signal });
    await soon();
    stop.abort();
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    expect(tab.getSnapshot().status).toBe("signed-in");
  });

  test("ends the waiting for a refresh that others wait for, too, and not the refresh", async () => {
    expireAtTheServer();
    const release = server.hold("/refresh");
    const stop = new AbortController();
    const given = tab.fetch("/api/orders", { signal: stop.signal });
    const kept = tab.fetch("/api/orders");
    await soon();
    stop.abort();
    await expect(given).rejects.toMatchObject({ name: "AbortError" });
    release();
    expect((await kept).status).toBe(200);
    expect(server.to("/refresh")).toHaveLength(1);
  });

  test("that came before the call ends it, whatever it would have waited for", async () => {
    vi.setSystemTime(Date.now() + 3_600_000);
    server.hold("/refresh");
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(tab.fetch("/api/orders", { signal })).rejects.toThrow("too late");
    expect(server.to("/api/orders")).toHaveLength(0);
  });

  test("ends the waiting for a busy server", async () => {
    server.fail("/api/orders", { status: 503, retryAfter: "9" });
    const stop = new AbortController();
    const answer = tab.fetch(new Request(`${ORIGIN}/api/orders`, { signal: stop.signal }));
    await soon();
    stop.abort(new Error("enough"));
    await expect(answer).rejects.toThrow("enough");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.to("/api/orders")).toHaveLength(1);
  });
});

describe("request", () => {
  test("gives the body, and says where it went", async () => {
    expect(await tab.request("GET", "/sessions")).toEqual({ sessions: [] });
    await tab.request("GET", "/users", { query: { search: "a&b", limit: 3 } });
    expect(browser.sent.map(({ url }) => url)).toEqual([
      `${ORIGIN}/api/auth/sessions`,
      `${ORIGIN}/api/auth/users?search=a%26b&limit=3`,
    ]);
    expect(browser.sent[0]?.init).toMatchObject({ method: "GET", credentials: "include", redirect: "error" });
  });

  test("throws a refusal with the server's sentence", async () => {
    server.fail("/users/x", { status: 409, body: '{"error":"The last admin cannot be demoted, disabled or deleted"}' });
    await expect(tab.request("DELETE", "/users/{id}", { path: { id: "x" } })).rejects.toMatchObject({
      status: 409,
      message: "The last admin cannot be demoted, disabled or deleted",
    });
  });

  test("tells a proxy's page by its status", async () => {
    server.fail("/sessions", { status: 502, body: "<h1>Bad gateway</h1>" });
    await expect(tab.request("GET", "/sessions")).rejects.toMatchObject({
      status: 502,
      message: "The server answered with status 502",
    });
  });

  test("takes no page for an answer", async () => {
    server.fail("/sessions", { status: 200, body: "<h1>Welcome to the hotel</h1>" });
    await expect(tab.request("GET", "/sessions")).rejects.toMatchObject({
      status: 0,
      message: "The server's answer could not be read",
    });
  });

  test("throws an AuthError when there is no answer", async () => {
    server.fail("/sessions", "down");
    await expect(tab.request("GET", "/sessions")).rejects.toMatchObject({ name: "AuthError", status: 0 });
  });

  test.each(["a/b?c#d", "../audit", "%2e%2e", "..;", "ä"])("keeps the value %j in its place", async (id) => {
    await tab.request("DELETE", "/users/{id}", { path: { id } });
    expect(browser.sent[0]?.url).toBe(`${ORIGIN}/api/auth/users/${encodeURIComponent(id)}`);
    expect(server.calls[0]?.path.split("/")).toHaveLength(3);
  });

  test.each(["", ".", ".."])("refuses the value %j, with which it would be another route", async (id) => {
    await expect(tab.request("DELETE", "/users/{id}", { path: { id } })).rejects.toThrow(/id/);
    expect(server.calls).toEqual([]);
  });

  test("does not take what every object has for a value", async () => {
    const call = tab.request("DELETE", "/users/{constructor}" as "/users/{id}", { path: {} as { id: string } });
    await expect(call).rejects.toThrow(/constructor/);
  });

  test("of me does not show someone who is not signed in any more", async () => {
    const release = server.hold("answer /me");
    const renamed = tab.request("PATCH", "/me", { body: { name: "Ann" } });
    await soon();
    await tab.login({ email: BOB.email, password: PASSWORD });
    release();
    expect(await renamed).toEqual({ ...ADMIN, name: "Ann" });
    expect(tab.getSnapshot().user).toEqual(BOB);
  });

  test("that tells something new about the user updates the snapshot", async () => {
    await tab.request("PATCH", "/me", { body: { name: "Ann" } });
    expect(tab.getSnapshot().user).toEqual({ ...ADMIN, name: "Ann" });
    await tab.request("PATCH", "/users/{id}", { path: { id: ADMIN.id }, body: { name: "Eve" } });
    expect(tab.getSnapshot().user).toEqual({ ...ADMIN, name: "Eve" });
    const shown = tab.getSnapshot();
    await tab.request("GET", "/me");
    server.fail("/users/u-bob", { status: 200, body: JSON.stringify(BOB) });
    await tab.request("GET", "/users/{id}", { path: { id: BOB.id } });
    expect(tab.getSnapshot()).toBe(shown);
  });
});
