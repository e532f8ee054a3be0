// Coming in and going out.

import assert from "node:assert/strict";
import test, { after } from "node:test";

import { headed, launch, open, profile, said, signIn, signedIn } from "./support/browser.js";
import { ADMIN, PASSWORD, Person, serve, withAdmin } from "./support/server.js";

const TOKEN = "w8Qx2Zr6Lm0Vt4Kp9Hs3Yd7Nb1Jf5GcA";
const browser = await launch({ after });

async function fillIn(page, person) {
  for (const [label, value] of Object.entries(person)) await page.getByLabel(label, { exact: true }).fill(value);
}

test("the first admin is created, signed in, and stays so when the page is loaded anew", async (t) => {
  const server = await serve(t);
  const page = await open(await profile(t, browser), server);
  await headed(page, "Sign in");
  await page.getByRole("link", { name: "Create the first admin" }).click();
  await headed(page, "Create the first admin");
  assert.equal(await page.getByLabel("Bootstrap token", { exact: true }).count(), 0);
  await fillIn(page, { Name: ADMIN.name, Email: ADMIN.email, Password: "password" });
  await page.getByRole("button", { name: "Create admin" }).click();
  await page.getByRole("alert").filter({ hasText: "password is too common" }).waitFor();
  assert.equal(await page.getByLabel("Password", { exact: true }).getAttribute("aria-invalid"), "true");
  assert.ok(await page.getByLabel("Password", { exact: true }).evaluate((field) => field === document.activeElement));
  await fillIn(page, { Password: ADMIN.password });
  await page.getByRole("button", { name: "Create admin" }).click();
  await headed(page, "Users");
  assert.equal(await page.locator("#who").textContent(), ADMIN.name);
  await page.goto(`${server.origin}/console#/bootstrap`);
  await page.waitForURL((url) => url.hash === "#/users");
  await page.reload();
  await headed(page, "Users");
  assert.deepEqual(await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]), ["", 0, 0]);
});

test("once there is a user, nobody is the first admin", async (t) => {
  const server = await withAdmin(t);
  const page = await open(await profile(t, browser), server, "#/bootstrap");
  await fillIn(page, { Name: "Eve", Email: "eve@example.com", Password: PASSWORD });
  await page.getByRole("button", { name: "Create admin" }).click();
  await page.getByRole("alert").filter({ hasText: "Admin user already exists." }).waitFor();
});

test("the token is asked for where the server asks for it", async (t) => {
  const server = await serve(t, { BOOTSTRAP_TOKEN: TOKEN });
  const page = await open(await profile(t, browser), server, "#/bootstrap");
  await fillIn(page, { Name: ADMIN.name, Email: ADMIN.email, Password: ADMIN.password, "Bootstrap token": "nonsense" });
  await page.getByRole("button", { name: "Create admin" }).click();
  await page.getByRole("alert").filter({ hasText: "Bootstrap token required." }).waitFor();
  await fillIn(page, { "Bootstrap token": TOKEN });
  await page.getByRole("button", { name: "Create admin" }).click();
  await headed(page, "Users");
});

test("where bootstrap is closed, it is not offered", async (t) => {
  const secrets = { JWT_ACCESS_SECRET: "Vx8Qm2Lr5Tn9Kc3Hd7Bw1Zs6Yj4Gf0Pa", JWT_REFRESH_SECRET: "e1R7uN3iW9oL5pX2qC8sD4vF6bG0hJkM" };
  const server = await serve(t, { NODE_ENV: "production", ...secrets });
  const page = await open(await profile(t, browser), server, "#/bootstrap");
  await headed(page, "Sign in");
  assert.equal(await page.getByRole("link", { name: "first admin" }).count(), 0);
});

test("who is no admin is told so and can sign out", async (t) => {
  const server = await withAdmin(t);
  await server.create("Uma User");
  const page = await open(await profile(t, browser), server);
  await signIn(page, { email: "uma.user@example.com", password: PASSWORD });
  await headed(page, "Not for this account");
  await page.getByText("You are signed in as uma.user@example.com").waitFor();
  assert.ok(await page.getByRole("navigation").isHidden());
  await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
  await headed(page, "Sign in");
});

test("an admin who is demoted meanwhile is told so", async (t) => {
  const server = await withAdmin(t);
  const other = await server.create("Olga Other", { role: "ADMIN" });
  const page = await open(await profile(t, browser), server);
  await signIn(page, { email: "olga.other@example.com", password: PASSWORD });
  await headed(page, "Users");
  await server.admin.ask("PATCH", `/users/${other.id}`, { role: "USER" });
  await page.getByRole("link", { name: "Audit" }).click();
  await headed(page, "Not for this account");
});

test("a session that was ended elsewhere shows the form again, and the same place after it", async (t) => {
  const server = await withAdmin(t);
  const page = await signedIn(await profile(t, browser), server, "#/audit?kind=bootstrap");
  await headed(page, "Audit");
  const { id } = await server.admin.ask("GET", "/me");
  await server.admin.ask("DELETE", `/users/${id}/sessions`);
  await page.getByRole("button", { name: "Reload" }).click();
  await headed(page, "Sign in");
  await page.getByRole("alert").filter({ hasText: "Your session has ended. Sign in again." }).waitFor();
  await signIn(page);
  await headed(page, "Audit");
  assert.equal(new URL(page.url()).hash, "#/audit?kind=bootstrap");
});

test("an access token that has expired is renewed in silence", async (t) => {
  const server = await withAdmin(t);
  const page = await signedIn(await profile(t, browser), server);
  await headed(page, "Users");
  const tokens = [];
  await page.route("**/api/auth/audit?*", (route) => {
    tokens.push(route.request().headers().authorization);
    return tokens.length > 1 ? route.continue() : route.fulfill({ status: 401, json: { error: "Invalid or expired token" } });
  });
  const renewed = page.waitForResponse("**/api/auth/refresh");
  await page.getByRole("link", { name: "Audit" }).click();
  assert.equal((await renewed).status(), 200);
  await headed(page, "Audit");
  assert.equal(tokens.length, 2);
  assert.notEqual(tokens[0], tokens[1]);
});

test("another tab learns of signing out, and of signing in", async (t) => {
  const server = await withAdmin(t);
  const context = await profile(t, browser);
  const one = await signedIn(context, server);
  const other = await open(context, server, "#/audit");
  await headed(other, "Audit");
  await one.getByRole("button", { name: "Sign out" }).click();
  await headed(one, "Sign in");
  await headed(other, "Sign in");
  await other.getByRole("alert").filter({ hasText: "You have signed out in another tab." }).waitFor();
  await signIn(one);
  await headed(one, "Users");
  await headed(other, "Audit");
});

test("signing out ends the session at the server", async (t) => {
  const server = await withAdmin(t);
  const context = await profile(t, browser);
  const page = await signedIn(context, server);
  const [cookie] = (await context.cookies(`${server.origin}/api/auth`)).filter(({ name }) => name === "refresh_token");
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, "Strict", "/api/auth"]);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("alert").filter({ hasText: "You have signed out." }).waitFor();
  const thief = new Person(server.origin);
  thief.cookie = `refresh_token=${cookie.value}`;
  assert.equal((await thief.ask("POST", "/refresh")).status, 401);
});

test("who guessed too often sees how long to wait", async (t) => {
  const server = await withAdmin(t, { LOGIN_FREE_FAILURES: "1" });
  const page = await open(await profile(t, browser), server);
  await headed(page, "Sign in");
  await page.clock.install();
  await signIn(page, { email: ADMIN.email, password: "wrong" });
  await page.getByRole("alert").filter({ hasText: "Invalid email or password." }).waitFor();
  for (let guess = 0; guess < 3; guess += 1) await new Person(server.origin).signIn(ADMIN.email, "wrong");
  await signIn(page, { email: ADMIN.email, password: "wrong" });
  await page.getByRole("alert").filter({ hasText: /Too many attempts\. You can try again in \d+ seconds?\./ }).waitFor();
  await page.getByRole("button", { name: /Wait 0:\d\d/ }).waitFor();
  await page.clock.runFor(60_000);
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
});

test("a busy server is asked again after the wait it names", async (t) => {
  const server = await withAdmin(t);
  const page = await signedIn(await profile(t, browser), server);
  await headed(page, "Users");
  let busy = 1;
  await page.route("**/api/auth/audit?*", (route) => {
    busy -= 1;
    return busy < 0 ? route.continue() : route.fulfill({ status: 503, headers: { "Retry-After": "1" }, json: { error: "Service unavailable" } });
  });
  await page.getByRole("link", { name: "Audit" }).click();
  await said(page, "The server is busy. Trying again in 1 s.");
  await headed(page, "Audit");
  assert.equal(busy, -1);
});

test("a server that stays busy or is gone is told, with a way to try again", async (t) => {
  const server = await withAdmin(t);
  const page = await signedIn(await profile(t, browser), server);
  await headed(page, "Users");
  await page.clock.install();
  const unavailable = (route) => route.fulfill({ status: 503, headers: { "Retry-After": "7" }, json: { error: "Service unavailable" } });
  await page.route("**/api/auth/audit?*", unavailable);
  const asked = () => page.waitForResponse((response) => response.status() === 503);
  let answer = asked();
  await page.getByRole("link", { name: "Audit" }).click();
  for (let attempt = 1; attempt < 4; attempt += 1) {
    await answer;
    await said(page, "Trying again in 7 s.");
    answer = asked();
    await page.clock.runFor(7_000);
  }
  await headed(page, "That did not work");
  await page.getByRole("alert").filter({ hasText: "The server is busy, or its database is down." }).waitFor();
  await page.unroute("**/api/auth/audit?*", unavailable);
  await page.getByRole("button", { name: "Try again" }).click();
  await headed(page, "Audit");

  await page.route("**/api/auth/users?*", (route) => route.abort("connectionrefused"));
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("alert").filter({ hasText: "The server cannot be reached." }).waitFor();
});
