/** For everyone: with the keyboard alone, with a screen reader, in light and dark, and when something is wrong. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { ADMIN, atOrders, atSignIn, picture, populate, startWorld, until } from "./world/index.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const PEOPLE = [
  { name: "Grace Hopper", email: "grace@example.com", password: "correct horse battery" },
  { name: "Linus Pauling", email: "linus@example.com", password: "correct horse battery" },
  { name: "Mary Shelley", email: "mary@example.com", password: "correct horse battery" },
];

let world;
before(async () => {
  world = await startWorld();
  const token = await populate(world, ...PEOPLE);
  for (const [item, quantity] of [["Paper filters", 200], ["Oat milk", 6], ["Coffee beans", 3]]) {
    await world.ask("POST", "/api/orders", { item, quantity }, token);
  }
  const { body } = await world.ask("GET", "/api/auth/users?search=mary", undefined, token);
  await world.ask("PATCH", `/api/auth/users/${body.users[0].id}`, { disabled: true }, token);
});
after(async () => await world?.close());

test("the keyboard alone is enough to sign in, to place an order and to sign out", async () => {
  const page = await (await world.visitor()).newPage();
  await page.goto("/login");
  await atSignIn(page);
  /** Goes on with the tabulator until this has the focus. */
  async function reach(name) {
    for (let steps = 0; steps < 30; steps++) {
      await page.keyboard.press("Tab");
      const label = await page.evaluate(() => {
        const on = document.activeElement;
        return on?.labels?.[0]?.textContent ?? on?.textContent;
      });
      if (label === name) return;
    }
    throw new Error(`no way to ${name}`);
  }
  await reach("Email");
  await page.keyboard.type(ADMIN.email);
  await reach("Password");
  await page.keyboard.type(ADMIN.password);
  await page.keyboard.press("Enter");
  await atOrders(page);
  await reach("Item");
  await page.keyboard.type("Sugar");
  await reach("Place order");
  await page.keyboard.press("Space");
  await page.getByRole("cell", { name: "Sugar" }).waitFor();
  await page.reload();
  await atOrders(page);
  await reach("Sign out");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, "solid", "the focus can be seen");
  await page.keyboard.press("Enter");
  await atSignIn(page);
});

const PAGES = [
  ["sign-in", "/login", "Sign in", null],
  ["welcome", "/welcome", "Welcome", null],
  ["orders", "/", "Your orders", ADMIN],
  ["account", "/account", "Where you are signed in", ADMIN],
  ["users", "/admin", "Accounts", ADMIN],
  ["refused", "/admin", "Users", PEOPLE[0]],
];

for (const colorScheme of ["light", "dark"]) {
  test(`no page shuts anyone out, in ${colorScheme}`, async () => {
    const found = [];
    for (const [name, path, heading, who] of PAGES) {
      const context = await world.visitor({ colorScheme, locale: "en-GB", reducedMotion: "reduce" });
      const page = who ? await world.signedIn(who, context) : await context.newPage();
      await page.goto(path);
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();
      await settled(page);
      await picture(page, `${name}-${colorScheme}`);
      if (name === "users") await page.getByText("New user").click();
      if (name === "sign-in") await refuseOnce(page);
      // Over the debugger, which the page's policy does not stop.
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      found.push(...grave.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map(({ target }) => target).join(", ")}`));
      await context.close();
    }
    assert.deepEqual(found, []);
  });
}

test("the pages fit on a telephone", async () => {
  const context = await world.visitor({ viewport: { width: 360, height: 740 } });
  const page = await world.signedIn(ADMIN, context);
  for (const [name, path, heading] of PAGES.filter(([, , , who]) => who === ADMIN)) {
    await page.goto(path);
    await page.getByRole("heading", { name: heading, exact: true }).waitFor();
    await settled(page);
    await picture(page, `${name}-narrow`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide`);
  }
});

test("too many attempts: the page says how long to wait, and counts down", async () => {
  const page = await (await world.visitor()).newPage();
  await page.route("**/api/auth/login", (route) =>
    route.fulfill({ status: 429, headers: { "Retry-After": "65" }, json: { error: "Too many attempts, try again later" } }),
  );
  await fillIn(page);
  await page.getByRole("alert").getByText("Too many attempts. Try again in 1 minute 5 seconds.").waitFor();
  const button = page.getByRole("button", { name: /^Try again in \d+ s$/ });
  assert.equal(await button.getAttribute("aria-disabled"), "true");
  await until(async () => Number(/\d+/.exec(await button.textContent())[0]) < 65);
});

test("a service that is busy or down is told as that, and signs nobody out", async () => {
  const page = await world.signedIn(ADMIN);
  await page.route("**/api/orders", (route) =>
    route.fulfill({ status: 503, headers: { "Retry-After": "60" }, json: { error: "Service unavailable" } }),
  );
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByRole("alert").getByText("The service is not available right now. Try again in a moment.").waitFor();
  await page.unroute("**/api/orders");
  await page.route("**/api/auth/refresh", (route) =>
    route.fulfill({ status: 503, headers: { "Retry-After": "60" }, json: { error: "Service unavailable" } }),
  );
  await page.reload();
  await page.getByRole("heading", { name: "No answer" }).waitFor();
  await page.unroute("**/api/auth/refresh");
  await page.getByRole("button", { name: "Try again" }).click();
  await atOrders(page);
});

test("a wrong password is told in one sentence, and what was typed stays", async () => {
  const page = await (await world.visitor()).newPage();
  await fillIn(page, { ...ADMIN, password: "wrong" });
  await page.getByRole("alert").getByText("Invalid email or password.").waitFor();
  assert.equal(await page.getByLabel("Email").inputValue(), ADMIN.email);
});

test("no page broke its own policy or threw an error", () => assert.deepEqual(world.complaints, []));

async function fillIn(page, { email, password } = ADMIN) {
  await page.goto("/login");
  await atSignIn(page);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** So that there is a sentence in red to look at. */
async function refuseOnce(page) {
  await fillIn(page, { email: "nobody@example.com", password: "wrong" });
  await page.getByRole("alert").getByText("Invalid email or password.").waitFor();
}

/** Nothing is on its way any more. */
const settled = (page) => page.waitForLoadState("networkidle");
