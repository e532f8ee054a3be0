import { afterEach, describe, expect, test, vi } from "vitest";
import { createAuthClient } from "../src/index.js";
import { page, timers } from "../src/surroundings.js";

afterEach(() => void vi.unstubAllGlobals());

test("on a server, importing and creating a client touches nothing", () => {
  for (const name of ["window", "document", "location", "navigator", "BroadcastChannel", "fetch", "setTimeout"]) {
    vi.stubGlobal(name, undefined);
  }
  const auth = createAuthClient({ onSignedOut: () => {} });
  expect(auth.getSnapshot()).toEqual({ status: "loading", user: null });
  expect(auth.getServerSnapshot()).toBe(auth.getServerSnapshot());
  auth.subscribe(() => {})();
});

test("in Node, where a base address is absolute, the token goes there and to no relative address", async () => {
  const sent: [string, string | null][] = [];
  const auth = createAuthClient({
    baseUrl: "https://auth.example.com/api/auth/",
    fetch: async (input, init) => {
      sent.push([String(input), new Headers(init?.headers).get("authorization")]);
      const user = { id: "1", email: "a@example.com", name: "A", role: "USER" };
      return Response.json({ accessToken: "a.e30.c", user });
    },
  });
  await auth.login({ email: "a@example.com", password: "secret" });
  await auth.fetch("https://auth.example.com/orders");
  await auth.fetch("/orders");
  await auth.fetch("https://evil.example/orders");
  expect(sent).toEqual([
    ["https://auth.example.com/api/auth/login", null],
    ["https://auth.example.com/orders", "Bearer a.e30.c"],
    ["/orders", null],
    ["https://evil.example/orders", null],
  ]);
  auth.close();
});

describe("a page", () => {
  function stubPage(): { document: EventTarget & { visibilityState: string; baseURI: string }; window: EventTarget } {
    const document = Object.assign(new EventTarget(), { visibilityState: "visible", baseURI: "https://evil.example/" });
    const window = new EventTarget();
    vi.stubGlobal("document", document);
    vi.stubGlobal("window", window);
    vi.stubGlobal("location", { href: "https://app.example.com/orders" });
    return { document, window };
  }

  test("wakes when it is shown, when the network is back, and out of the cache for going back", () => {
    const { document, window } = stubPage();
    const woken: string[] = [];
    const stop = page.onWake((how) => woken.push(how));
    const persisted = (value: boolean) => Object.assign(new Event("pageshow"), { persisted: value });

    document.visibilityState = "hidden";
    expect(page.hidden()).toBe(true);
    document.dispatchEvent(new Event("visibilitychange"));
    window.dispatchEvent(new Event("online"));
    window.dispatchEvent(persisted(false));
    expect(woken).toEqual([]);

    document.visibilityState = "visible";
    document.dispatchEvent(new Event("visibilitychange"));
    window.dispatchEvent(new Event("online"));
    window.dispatchEvent(persisted(true));
    expect(woken).toEqual(["shown", "shown", "thawed"]);

    stop();
    document.dispatchEvent(new Event("visibilitychange"));
    window.dispatchEvent(persisted(true));
    expect(woken).toHaveLength(3);
  });

  test("resolves addresses by its own and not by a base element", async () => {
    stubPage();
    const fetched: string[] = [];
    const auth = createAuthClient({
      channel: null,
      fetch: async (input) => {
        fetched.push(String(input));
        return Response.json({ error: "Invalid email or password" }, { status: 401 });
      },
    });
    await expect(auth.login({ email: "a@example.com", password: "secret" })).rejects.toMatchObject({ status: 401 });
    await auth.fetch("/api/orders");
    expect(fetched).toEqual(["https://app.example.com/api/auth/login", "https://app.example.com/api/orders"]);
    auth.close();
  });

  test("of a browser talks to its other tabs over a BroadcastChannel of the client's name", async () => {
    stubPage();
    const user = { id: "1", email: "a@example.com", name: "A", role: "USER" };
    const tab = () => createAuthClient({ locks: null, fetch: async () => Response.json({ accessToken: "a.e30.c", user, ...user }) });
    const [first, second] = [tab(), tab()];
    await first.restore();
    const heard = new Promise<void>((resolve) => void first.subscribe(resolve));
    await second.restore();
    await second.request("GET", "/me");
    Object.assign(user, { name: "B" });
    await second.request("GET", "/me");
    await heard;
    expect(first.getSnapshot()).toEqual({ status: "signed-in", user });
    first.close();
    second.close();
  });
});

test("a listener or callback that throws is reported, and breaks nothing", async () => {
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  const user = { id: "1", email: "a@example.com", name: "A", role: "USER" };
  const onSignedIn = () => {
    throw new Error("in a callback");
  };
  const auth = createAuthClient({ onSignedIn, fetch: async () => Response.json({ accessToken: "a.e30.c", user }) });
  const second = vi.fn();
  auth.subscribe(() => {
    throw new Error("in a listener");
  });
  auth.subscribe(second);
  expect(await auth.login({ email: "a@example.com", password: "secret" })).toEqual(user);
  expect(second).toHaveBeenCalledOnce();
  expect(reported.mock.calls.map(([error]) => (error as Error).message)).toEqual(["in a listener", "in a callback"]);
  auth.close();
});

test("a listener may end its own subscription, and subscribing twice is two subscriptions", async () => {
  const user = { id: "1", email: "a@example.com", name: "A", role: "USER" };
  const auth = createAuthClient({ fetch: async () => Response.json({ accessToken: "a.e30.c", user }) });
  const listener = vi.fn();
  const stop = auth.subscribe(listener);
  auth.subscribe(listener);
  const once = auth.subscribe(() => once());
  stop();
  await auth.login({ email: "a@example.com", password: "secret" });
  expect(listener).toHaveBeenCalledOnce();
  auth.close();
});

test("a timer of the browser fires, and does not after it was cleared", async () => {
  vi.useFakeTimers();
  const [kept, cleared] = [vi.fn(), vi.fn()];
  timers.setTimeout(kept, 5);
  timers.clearTimeout(timers.setTimeout(cleared, 5));
  vi.advanceTimersByTime(5);
  expect(kept).toHaveBeenCalledOnce();
  expect(cleared).not.toHaveBeenCalled();
  vi.useRealTimers();
});
