/** Where the cookie and the access token are, and where they are not. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { ADMIN, atOrders, populate, startWorld, tokenOf, until } from "./world/index.mjs";

let world;
before(async () => {
  world = await startWorld();
  await populate(world);
});
after(async () => await world?.close());

async function visitEveryPage(page) {
  for (const [path, heading] of [["/", "Your orders"], ["/account", "Where you are signed in"], ["/admin", "Accounts"]]) {
    await page.goto(path);
    await page.getByRole("heading", { name: heading }).waitFor();
  }
}

test("the cookie is there, and no script can see it", async () => {
  const page = await world.signedIn(ADMIN);
  const [cookie] = (await page.context().cookies()).filter(({ name }) => name === "refresh_token");
  const { httpOnly, sameSite, path, domain } = cookie;
  assert.deepEqual({ httpOnly, sameSite, path, domain }, { httpOnly: true, sameSite: "Strict", path: "/api/auth", domain: "127.0.0.1" });
  // Below the cookie's own path, too, where `document.cookie` would show it were it not HttpOnly.
  for (const place of ["/", "/api/auth/me"]) {
    await page.goto(place);
    assert.equal(await page.evaluate(() => document.cookie), "");
  }
});

test("the cookie is sent below /api/auth and nowhere else", async () => {
  const page = await world.signedIn(ADMIN);
  const since = world.relay.seen.length;
  await visitEveryPage(page);
  const seen = world.relay.seen.slice(since);
  const withCookie = seen.filter(({ headers }) => headers.cookie?.includes("refresh_token="));
  assert.ok(withCookie.some(({ path }) => path === "/api/auth/refresh"));
  assert.deepEqual(withCookie.filter(({ path }) => !path.startsWith("/api/auth/")), []);
  const others = seen.filter(({ path }) => !path.startsWith("/api/auth/"));
  assert.ok(others.some(({ path }) => path === "/api/orders"));
  assert.ok(others.some(({ path }) => path.startsWith("/_next/")));
  assert.deepEqual(others.filter(({ headers }) => headers.cookie !== undefined), []);
});

test("the access token goes to the service, and is in no storage", async () => {
  const page = await world.signedIn(ADMIN);
  await visitEveryPage(page);
  await page.goto("/");
  await atOrders(page);
  const token = await tokenOf(page);
  assert.match(token, /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
  const stored = await page.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    cookie: document.cookie,
    name: window.name,
    history: history.state,
    address: location.href,
    page: document.documentElement.outerHTML,
  }));
  assert.deepEqual(stored.databases, []);
  assert.deepEqual(stored.caches, []);
  const everything = JSON.stringify([stored, await page.context().storageState({ indexedDB: true })]);
  for (const part of token.split(".")) assert.ok(!everything.includes(part), `${part} is in ${everything}`);
});

test("another site's page can send neither the cookie nor a request that counts", async () => {
  const page = await world.signedIn(ADMIN);
  // `localhost` is another site than `127.0.0.1`.
  const site = createServer((_, answer) => {
    answer.setHeader("Content-Type", "text/html");
    answer.end(`
      <iframe name="hidden"></iframe>
      <form method="post" target="hidden" action="${world.origin}/api/auth/logout?form"><button>Win</button></form>
      <form method="post" target="_blank" action="${world.origin}/api/auth/logout?page"><button>Win more</button></form>
      <a target="_blank" href="${world.origin}/api/auth/me?link">Read on</a>`);
  });
  await new Promise((listening) => site.listen(0, "localhost", listening));
  try {
    const since = world.relay.seen.length;
    const evil = await page.context().newPage();
    await evil.goto(`http://localhost:${site.address().port}/`);
    await evil.evaluate(async (origin) => {
      const ask = (path, init) => fetch(`${origin}/api/auth/${path}`, { mode: "no-cors", credentials: "include", ...init });
      await Promise.allSettled([ask("refresh", { method: "POST" }), ask("logout", { method: "POST" }), ask("me")]);
    }, world.origin);
    await evil.getByRole("button", { name: "Win", exact: true }).click();
    // As pages of their own, to which a `SameSite=Lax` cookie would go.
    await evil.getByRole("button", { name: "Win more" }).click();
    await evil.getByRole("link", { name: "Read on" }).click();
    const arrived = () => world.relay.seen.slice(since).filter(({ headers }) => headers["sec-fetch-site"] === "cross-site");
    await until(() => arrived().filter(({ status }) => status !== undefined).length === 6);
    assert.deepEqual(arrived().filter(({ headers }) => headers.cookie !== undefined), []);
    const posts = arrived().filter(({ method }) => method === "POST");
    assert.deepEqual(posts.map(({ path, status }) => `${path} ${status}`).sort(), [
      "/api/auth/logout 403",
      "/api/auth/logout?form 403",
      "/api/auth/logout?page 403",
      "/api/auth/refresh 403",
    ]);
    await page.reload();
    await atOrders(page);
  } finally {
    site.closeAllConnections();
    site.close();
  }
});

test("every page has a strict policy of its own, and the answers of the service keep theirs", async () => {
  const policies = new Set();
  for (const path of ["/", "/login", "/welcome", "/account", "/admin", "/login"]) {
    const answer = await fetch(world.origin + path);
    const policy = answer.headers.get("content-security-policy");
    assert.match(policy, /^default-src 'none'; script-src 'nonce-[\w+/]+=*' 'strict-dynamic'; style-src 'self'; /);
    assert.match(policy, /; base-uri 'none'; frame-ancestors 'none'$/);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.equal(answer.headers.get("x-frame-options"), "DENY");
    assert.equal(answer.headers.get("x-powered-by"), null);
    policies.add(policy);
  }
  assert.equal(policies.size, 6, "no nonce is used twice");
  const answer = await fetch(`${world.origin}/api/auth/me`);
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.equal(answer.headers.get("www-authenticate"), "Bearer");
  assert.deepEqual(await answer.json(), { error: "Access token required" });
});

test("no page broke its own policy or threw an error", () => assert.deepEqual(world.complaints, []));
