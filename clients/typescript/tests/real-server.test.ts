import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type AuthClient, createAuthClient } from "../src/index.js";
import { browserFetch, Proxy, RealServer } from "./world/process.js";

const binary = process.env["AUTH_SERVER_BIN"];
if (!binary && process.env["REQUIRE_SERVER"]) throw new Error("REQUIRE_SERVER is set, and AUTH_SERVER_BIN is not");
if (!binary) console.error("\n\x1b[1;31mSKIPPED: the tests against a real auth-server; set AUTH_SERVER_BIN\x1b[0m\n");

const admin = { email: "admin@example.com", password: "StrongPassword123!" };
const user = { id: expect.any(String) as string, email: admin.email, name: "Admin", role: "ADMIN" };

describe.skipIf(!binary)("against a real auth-server", () => {
  const server = new RealServer(binary ?? "");
  const proxy = new Proxy(server);
  let jar: Map<string, { value: string; path: string }>;
  const open: AuthClient[] = [];

  function tab(): AuthClient {
    const url = () => `${proxy.origin}/`;
    const page = { url, hidden: () => false, onWake: () => () => {} };
    const made = createAuthClient({ fetch: browserFetch(jar), locks: null, channel: null, page });
    open.push(made);
    return made;
  }

  beforeAll(async () => {
    await Promise.all([server.start(), proxy.start()]);
    jar = new Map();
    await tab().bootstrap({ ...admin, name: "Admin" });
  });
  beforeEach(() => {
    jar = new Map();
    proxy.retryAfter = "1";
  });
  afterAll(async () => {
    for (const client of open) client.close();
    proxy.stop();
    await server.remove();
  });

  test("there is one first admin", async () => {
    await expect(tab().bootstrap({ ...admin, name: "Admin" })).rejects.toMatchObject({
      status: 409,
      message: "Admin user already exists",
    });
  });

  test("someone signs in, is restored, and signs out", async () => {
    const first = tab();
    expect(await first.restore()).toBeNull();
    expect(await first.login(admin)).toEqual(user);
    expect(await first.request("GET", "/me")).toEqual(user);
    const cookie = jar.get("refresh_token")?.value;

    const second = tab();
    expect(await second.restore()).toEqual(user);
    expect(jar.get("refresh_token")?.value).not.toBe(cookie);
    const { sessions } = await second.request("GET", "/sessions");
    expect(sessions.filter(({ current }) => current)).toHaveLength(1);

    await second.logout();
    expect(jar.has("refresh_token")).toBe(false);
    expect(second.getSnapshot()).toEqual({ status: "signed-out", user: null });
    // This tab cannot hear the other one, and learns it from the server.
    await expect(first.request("GET", "/me")).rejects.toMatchObject({ status: 401, message: "Invalid or expired token" });
    expect(first.getSnapshot()).toEqual({ status: "signed-out", user: null });
  });

  test("a wrong password is told as such", async () => {
    await expect(tab().login({ ...admin, password: "wrong" })).rejects.toMatchObject({
      status: 401,
      message: "Invalid email or password",
    });
    await expect(tab().login({ ...admin, email: "nobody" })).rejects.toMatchObject({ status: 400 });
  });

  test("five clients with one cookie jar, and nothing else in common, refresh at once and stay signed in", async () => {
    await tab().login(admin);
    const cookie = jar.get("refresh_token")?.value;
    for (let rounds = 0; rounds < 5; rounds++) {
      const five = Array.from({ length: 5 }, tab);
      expect(await Promise.all(five.map((client) => client.restore()))).toEqual(Array(5).fill(user));
      for (const client of five) expect(await client.request("GET", "/me")).toEqual(user);
    }
    expect(jar.get("refresh_token")?.value).not.toBe(cookie);
  });

  test("an answer that is lost on the way is asked for again", async () => {
    await tab().login(admin);
    proxy.lose.set("/api/auth/refresh", 2);
    expect(await tab().restore()).toEqual(user);
    proxy.lose.set("/api/auth/logout", 1);
    await tab().logout();
    expect(jar.has("refresh_token")).toBe(false);
  });

  test("while the server is stopped nobody is signed out, and when it is back they go on", async () => {
    const client = tab();
    await client.login(admin);
    await server.stop();

    proxy.retryAfter = "60";
    const away = { name: "AuthError", status: 503, retryAfter: 60 };
    await expect(client.request("GET", "/me")).rejects.toMatchObject(away);
    await expect(client.logout()).rejects.toMatchObject(away);
    expect((await client.fetch("/api/auth/me")).status).toBe(503);
    expect(client.getSnapshot()).toEqual({ status: "signed-in", user });
    const reloaded = tab();
    await expect(reloaded.restore()).rejects.toMatchObject(away);
    expect(reloaded.getSnapshot()).toEqual({ status: "loading", user: null });

    proxy.retryAfter = "1";
    const refused = proxy.refused;
    const restored = reloaded.restore();
    while (proxy.refused === refused) await new Promise(setImmediate);
    await server.start();
    expect(await restored).toEqual(user);
    expect(await client.request("GET", "/me")).toEqual(user);
  });

  test("a token that the server no longer takes is replaced, and the request sent once more", async () => {
    const client = tab();
    await client.login(admin);
    const cookie = jar.get("refresh_token")?.value;
    await server.stop();
    server.replaceAccessKey();
    await server.start();
    expect(await client.request("PATCH", "/me", { body: { name: "Ann" } })).toEqual({ ...user, name: "Ann" });
    expect(client.getSnapshot().user?.name).toBe("Ann");
    expect(await client.request("PATCH", "/me", { body: { name: "Admin" } })).toEqual(user);
    expect(jar.get("refresh_token")?.value).not.toBe(cookie);
  });

  test("a path that has no such route is refused with the server's sentence", async () => {
    const client = tab();
    await client.login(admin);
    const id = "../../me";
    await expect(client.request("GET", "/users/{id}", { path: { id } })).rejects.toMatchObject({ status: 404, message: "Not found" });
  });
});
