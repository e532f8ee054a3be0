/** Signing in, staying signed in, signing out. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN, atOrders, atSignIn, expiry, populate, signIn, startWorld, tokenOf, until } from "./world/index.mjs";

const ANN = { name: "Ann", email: "ann@example.com", password: "correct horse battery" };

/** Short, so that a test can see tokens expire; long enough for a page to load. */
const ACCESS_TTL = "3s";

let world;
before(async () => (world = await startWorld({ ACCESS_TTL })));
after(async () => await world?.close());

const refreshes = () => world.relay.seen.filter(({ path }) => path === "/api/auth/refresh");
const troubles = (page) => page.locator(".trouble p").count();

test("the first run: the first admin, an order, out and in again", async () => {
  const page = await (await world.visitor()).newPage();
  await page.goto("/");
  await atSignIn(page);
  await page.getByRole("link", { name: "Create the first admin" }).click();
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Create the first admin" }).click();
  await atOrders(page);

  await page.getByLabel("Item").fill("Coffee beans");
  await page.getByLabel("Quantity").fill("3");
  await page.getByRole("button", { name: "Place order" }).click();
  await page.getByText("Ordered: 3 × Coffee beans.").waitFor();
  await page.getByRole("cell", { name: "Coffee beans" }).waitFor();

  await page.getByRole("button", { name: "Sign out" }).click();
  await atSignIn(page);
  await page.goto("/account");
  await atSignIn(page);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Account" }).waitFor();

  await populate(world, ANN);
});

test("a second first admin is refused, and the page says why", async () => {
  const page = await (await world.visitor()).newPage();
  await page.goto("/welcome");
  await page.getByLabel("Name").fill("Eve");
  await page.getByLabel("Email").fill("eve@example.com");
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Create the first admin" }).click();
  await page.getByRole("alert").getByText("Admin user already exists.").waitFor();
});

test("everyone sees their own orders, and an admin everyone's", async () => {
  const ann = await world.signedIn(ANN);
  await ann.getByText("No orders yet.").waitFor();
  assert.equal(await ann.getByLabel("Everyone’s").count(), 0);
  const ada = await world.signedIn(ADMIN);
  await ada.getByLabel("Everyone’s").check();
  await ada.getByRole("cell", { name: ADMIN.email }).first().waitFor();
});

test("a reload keeps the session", async () => {
  const page = await world.signedIn(ANN);
  await page.reload();
  await atOrders(page);
  assert.equal(await troubles(page), 0);
});

test("the session outlasts the access token, and nobody sees it", async () => {
  const page = await world.signedIn(ANN);
  const first = await tokenOf(page);
  await expiry(world, first);
  const since = world.relay.seen.length;
  await page.getByRole("button", { name: "Refresh" }).click();
  const orders = ({ path, status }) => path === "/api/orders" && status === 200;
  const { headers } = await until(() => world.relay.seen.slice(since).find(orders));
  assert.match(headers.authorization, /^Bearer eyJ/);
  assert.notEqual(headers.authorization, `Bearer ${first}`);
  await atOrders(page);
  assert.equal(await troubles(page), 0);
});

test("an access token that the service refuses is renewed once, and nobody sees it", async () => {
  const page = await world.signedIn(ANN);
  const before = refreshes().length;
  let refused = 0;
  await page.route("**/api/orders", async (route) => {
    if (refused++ > 0) return await route.continue();
    return await route.fulfill({ status: 401, json: { error: "Invalid or expired token" } });
  });
  await page.getByRole("button", { name: "Refresh" }).click();
  await until(() => refused === 2);
  await atOrders(page);
  assert.ok(refreshes().length > before, "the token was renewed");
  assert.equal(await troubles(page), 0);
});

const alone = () => {
  delete Navigator.prototype.locks;
  delete globalThis.BroadcastChannel;
};
for (const [kind, prepare, least] of [
  ["that know of each other", () => undefined, 1],
  ["that know nothing of each other", alone, 5],
]) {
  test(`five tabs ${kind} refresh at once and stay signed in`, async () => {
    const context = await world.visitor();
    await context.addInitScript(prepare);
    const pages = [await world.signedIn(ANN, context)];
    for (let more = 0; more < 4; more++) {
      const page = await context.newPage();
      await page.goto("/");
      await atOrders(page);
      pages.push(page);
    }
    await expiry(world, await tokenOf(pages[0]));
    const before = refreshes().length;
    await Promise.all(pages.map((page) => page.reload()));
    await Promise.all(pages.map(atOrders));
    // What a page had begun by itself goes down with the reload; nobody has waited for its answer.
    const answers = refreshes().slice(before).filter(({ status }) => status !== undefined);
    assert.ok(answers.length >= least, `${answers.length} refreshes`);
    assert.deepEqual(answers.filter(({ status }) => status !== 200), []);
    // And they still are: each on its own, once more.
    for (const page of pages) {
      await page.reload();
      await atOrders(page);
      assert.equal(await troubles(page), 0);
    }
    await context.close();
  });
}

test("a lost answer to a refresh signs nobody out", async () => {
  const page = await world.signedIn(ANN);
  const before = refreshes().length;
  world.relay.loseNext(({ path }) => path === "/api/auth/refresh");
  await page.reload();
  await atOrders(page);
  await until(() => refreshes().slice(before).every(({ status }) => status !== undefined));
  const [lost, ...later] = refreshes().slice(before);
  assert.equal(lost.lost, true);
  assert.equal(lost.status, 200);
  assert.match(lost.setCookie[0], /^refresh_token=[^;]+; /, "the service had moved on to another token");
  const answers = later.map(({ status }) => status);
  assert.ok(answers.length >= 1 && answers.every((status) => status === 200), `answered with ${answers}`);
  assert.equal(await troubles(page), 0);
  await page.reload();
  await atOrders(page);
});

test("signing out in one tab signs out the others, and the cookie is gone", async () => {
  const context = await world.visitor();
  const one = await world.signedIn(ANN, context);
  const other = await context.newPage();
  await other.goto("/account");
  await other.getByRole("heading", { name: "Account" }).waitFor();
  await one.getByRole("button", { name: "Sign out" }).click();
  await atSignIn(one);
  await atSignIn(other);
  assert.deepEqual((await context.cookies()).filter(({ name }) => name === "refresh_token"), []);
});

test("someone ends one of their sessions, then all others, and changes their password", async () => {
  const here = await world.signedIn(ANN);
  const there = await world.signedIn(ANN);
  await here.goto("/account");
  const first = here.getByRole("button", { name: "End the session on Chrome on Linux" }).first();
  await first.click();
  await here.getByText("The session on Chrome on Linux has ended.").waitFor();
  await there.getByRole("button", { name: "Refresh" }).click();
  await atSignIn(there);

  await signIn(there, ANN);
  await here.getByRole("button", { name: "End all others" }).click();
  await here.getByText(/other sessions? ended\./).waitFor();
  await there.getByRole("button", { name: "Refresh" }).click();
  await atSignIn(there);
  assert.equal(await here.getByRole("listitem").count(), 1);

  await here.getByLabel("Current password").fill("wrong");
  await here.getByLabel("New password").fill("another horse battery");
  await here.getByRole("button", { name: "Change password" }).click();
  await here.getByText("Current password is incorrect.").waitFor();
  await here.getByLabel("Current password").fill(ANN.password);
  await here.getByRole("button", { name: "Change password" }).click();
  await here.getByText("Your password has changed").waitFor();
  await signIn(there, { ...ANN, password: "another horse battery" });
});

test("no page broke its own policy or threw an error", () => assert.deepEqual(world.complaints, []));
