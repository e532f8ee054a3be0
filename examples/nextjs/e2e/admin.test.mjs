/** What an admin does, and what others may not. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ADMIN, atSignIn, populate, signIn, startWorld, until } from "./world/index.mjs";

const ANN = { name: "Ann", email: "ann@example.com", password: "correct horse battery" };
const BOB = { name: "Bob", email: "bob@example.com", password: "correct horse battery" };

let world;
before(async () => {
  world = await startWorld();
  await populate(world, BOB);
});
after(async () => await world?.close());

async function admin() {
  const page = await world.signedIn(ADMIN);
  await page.getByRole("link", { name: "Users" }).click();
  await page.getByRole("heading", { name: "Accounts" }).waitFor();
  return page;
}
const refresh = (page) => page.getByRole("button", { name: "Refresh" }).click();

test("an admin creates someone, and disables them: their tab is signed out with its next call", async () => {
  const ada = await admin();
  await ada.getByText("New user").click();
  await ada.getByLabel("Name", { exact: true }).fill(ANN.name);
  await ada.getByLabel("Email", { exact: true }).fill(ANN.email);
  await ada.getByLabel("First password").fill(ANN.password);
  await ada.getByRole("button", { name: "Create user" }).click();
  await ada.getByText("Ann has an account now.").waitFor();
  await ada.getByText(ANN.email).waitFor();

  const ann = await world.signedIn(ANN);
  await ada.getByRole("button", { name: "Disable: Ann" }).click();
  await ada.getByText("Ann is disabled and signed out everywhere.").waitFor();
  await ann.getByRole("heading", { name: "Your orders" }).waitFor();
  await refresh(ann);
  await atSignIn(ann);

  await ann.getByLabel("Email").fill(ANN.email);
  await ann.getByLabel("Password").fill(ANN.password);
  await ann.getByRole("button", { name: "Sign in" }).click();
  await ann.getByText("Invalid email or password.").waitFor();
  await ada.getByRole("button", { name: "Enable: Ann" }).click();
  await ada.getByText("Ann can sign in again.").waitFor();
  await signIn(ann, ANN);
});

test("what cannot be is told: an address twice, and the last admin", async () => {
  const ada = await admin();
  await ada.getByText("New user").click();
  await ada.getByLabel("Name", { exact: true }).fill("Another Bob");
  await ada.getByLabel("Email", { exact: true }).fill(BOB.email);
  await ada.getByLabel("First password").fill(BOB.password);
  await ada.getByRole("button", { name: "Create user" }).click();
  await ada.getByText("Email already in use.").waitFor();
  await ada.getByRole("button", { name: `Disable: ${ADMIN.name}` }).click();
  await ada.getByText("The last admin cannot be demoted, disabled or deleted.").waitFor();
});

test("an admin finds someone by the beginning of their name", async () => {
  const ada = await admin();
  await ada.getByRole("searchbox").fill("bo");
  await ada.getByRole("button", { name: "Search" }).click();
  await ada.getByText(ADMIN.email).waitFor({ state: "detached" });
  assert.equal(await ada.getByRole("listitem").count(), 1);
  await ada.getByText(BOB.email).waitFor();
  await ada.getByRole("searchbox").fill("zzz");
  await ada.getByRole("searchbox").press("Enter");
  await ada.getByText("Nobody’s name or email begins with that.").waitFor();
});

test("an admin ends someone's sessions, and lets them try again", async () => {
  const bob = await world.signedIn(BOB);
  const ada = await admin();
  await ada.getByRole("button", { name: "End sessions: Bob" }).click();
  await ada.getByText("Bob: 1 session ended.").waitFor();
  await refresh(bob);
  await atSignIn(bob);
  await ada.getByRole("button", { name: "Unlock: Bob" }).click();
  await ada.getByText("Bob can try to sign in at once.").waitFor();
  assert.ok(world.relay.seen.some(({ path, status }) => /^\/api\/auth\/users\/[^/]+\/unlock$/.test(path) && status === 200));
});

test("a new role counts from the next call on", async () => {
  const bob = await world.signedIn(BOB);
  const ada = await admin();
  const role = ada.getByLabel("Role of Bob");
  await role.selectOption("ADMIN");
  await ada.getByText("Bob is an admin now.").waitFor();
  await bob.goto("/admin");
  await bob.getByRole("heading", { name: "Accounts" }).waitFor();
  await role.selectOption("USER");
  await ada.getByText("Bob is no admin any more.").waitFor();
  await bob.getByRole("button", { name: "Unlock: Ann" }).click();
  await bob.getByText("This is for admins only.").waitFor();
});

test("who is no admin is refused by the service, and the page says so", async () => {
  const bob = await world.signedIn(BOB);
  assert.equal(await bob.getByRole("link", { name: "Users" }).count(), 0);
  const since = world.relay.seen.length;
  await bob.goto("/admin");
  await bob.getByText("This is for admins only.").waitFor();
  assert.equal(await bob.getByRole("heading", { name: "Accounts" }).count(), 0);
  const asked = world.relay.seen.slice(since).find(({ path }) => path.startsWith("/api/auth/users"));
  await until(() => asked.status !== undefined);
  assert.equal(asked.status, 403);

  const { body } = await world.ask("POST", "/api/auth/login", BOB);
  for (const [method, route] of [["GET", "/api/auth/users"], ["GET", "/api/orders/all"]]) {
    const refused = await world.ask(method, route, undefined, body.accessToken);
    assert.deepEqual(refused, { status: 403, body: { error: "Insufficient permissions" } });
  }
});

test("no page broke its own policy or threw an error", () => assert.deepEqual(world.complaints, []));
