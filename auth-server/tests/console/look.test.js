// By the keyboard alone; in the light, in the dark, in a narrow window; for those who hear it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import test, { after } from "node:test";

import { headed, launch, open, picture, profile, said, signIn, signedIn } from "./support/browser.js";
import { ADMIN, PASSWORD, Person, serve, withAdmin } from "./support/server.js";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AGENTS = [
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
];
const PEOPLE = ["Ann Example", "Bob Builder", "Chiara Rossi", "Dieter Lang", "Emeka Obi", "Fatima Zahra", "Grace Hopper"];
const browser = await launch({ after });

/** Presses Tab until something has the focus that is called so, and says how often that was. */
async function tabTo(page, name) {
  for (let presses = 1; presses <= 40; presses += 1) {
    await page.keyboard.press("Tab");
    const called = await page.evaluate(() => {
      const element = document.activeElement;
      return (element.labels?.[0]?.textContent ?? element.getAttribute("aria-label") ?? element.textContent).trim();
    });
    if (called === name) return presses;
  }
  throw new Error(`Tab does not lead to ${name}`);
}

const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);

test("everything is done by the keyboard alone", async (t) => {
  const server = await serve(t);
  const page = await open(await profile(t, browser), server);
  const keys = page.keyboard;
  await headed(page, "Sign in");
  assert.equal(await focused(page), "heading");
  await tabTo(page, "Create the first admin");
  await keys.press("Enter");
  await headed(page, "Create the first admin");
  for (const [name, value] of [["Name", ADMIN.name], ["Email", ADMIN.email], ["Password", ADMIN.password]]) {
    await tabTo(page, name);
    await keys.type(value);
  }
  await tabTo(page, "Show password");
  await keys.press("Space");
  assert.equal(await page.getByLabel("Password", { exact: true }).getAttribute("type"), "text");
  await tabTo(page, "Create admin");
  await keys.press("Enter");
  await headed(page, "Users");
  assert.equal(await focused(page), "heading");

  await tabTo(page, "New user");
  await keys.press("Enter");
  await page.getByRole("dialog").waitFor();
  assert.match(await focused(page), /^field-/, "the first field of the dialog");
  await keys.type("Ann");
  await tabTo(page, "Email");
  await keys.type("ann@example.com");
  await tabTo(page, "Role");
  await keys.press("Home");
  await tabTo(page, "Password");
  await keys.type(PASSWORD);
  await keys.press("Enter");
  await headed(page, "Ann");

  await tabTo(page, "Disable");
  await keys.press("Enter");
  await page.getByRole("dialog").waitFor();
  await keys.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await focused(page), "state", "the focus is back where it was");
  await tabTo(page, "Delete");
  await keys.press("Enter");
  await page.getByRole("dialog").waitFor();
  assert.equal(await focused(page), "Cancel", "what destroys nothing has the focus");
  await tabTo(page, "Delete");
  await keys.press("Enter");
  await headed(page, "Users");
  await said(page, "ann@example.com was deleted.");

  // From the top: past the navigation, then through it.
  await page.reload();
  await headed(page, "Users");
  await page.locator("#skip").focus();
  await keys.press("Enter");
  assert.equal(await focused(page), "main");
  await page.locator("#skip").focus();
  await tabTo(page, "Audit");
  await keys.press("Enter");
  await headed(page, "Audit");
  await page.locator("#skip").focus();
  await tabTo(page, "Sign out");
  await keys.press("Enter");
  await headed(page, "Sign in");
});

/** What axe finds in the page as it is. */
async function flaws(page, options) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((options) => window.axe.run(document, { resultTypes: ["violations"], ...options }), options);
  return violations.map(({ id, impact, nodes }) => `${impact}: ${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

for (const viewport of [{ width: 1200, height: 800 }, { width: 340, height: 720 }]) {
  test(`nothing keeps anybody out, in the light and in the dark, ${viewport.width} pixels wide`, async (t) => {
    const server = await withAdmin(t, { REFRESH_REUSE_GRACE: "0" });
    const [ann] = await Promise.all(PEOPLE.map((person) => server.create(person)));
    const devices = AGENTS.map((agent) => new Person(server.origin, agent));
    for (const device of devices) await device.signIn(ann.email, PASSWORD);
    const stolen = devices[0].cookie;
    await devices[0].ask("POST", "/refresh");
    await devices[0].ask("POST", "/refresh");
    await new Person(server.origin, AGENTS[1]).signIn("bob.builder@example.com", "wrong");
    await server.admin.ask("PATCH", `/users/${(await server.admin.ask("GET", "/users?search=grace")).users[0].id}`, { disabled: true });

    const context = await profile(t, browser, { reducedMotion: "reduce", viewport });
    const page = await open(context, server);
    const look = async (view) => {
      await page.locator("main:not([aria-busy])").waitFor();
      // Only the colours differ between the two.
      for (const [colorScheme, options] of [["dark", { runOnly: ["color-contrast"] }], ["light", {}]]) {
        await page.emulateMedia({ colorScheme });
        await picture(page, `${view}-${viewport.width}-${colorScheme}`);
        assert.deepEqual(await flaws(page, options), [], `${view} ${colorScheme}`);
      }
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wider, 0, `${view} does not scroll sideways`);
    };
    await headed(page, "Sign in");
    await look("sign-in");
    await signIn(page, { email: ADMIN.email, password: "wrong" });
    await page.getByRole("alert").waitFor();
    await look("refused");
    await page.getByRole("link", { name: "Create the first admin" }).click();
    await headed(page, "Create the first admin");
    await look("bootstrap");
    await page.goto(`${server.origin}/console#/users`);
    await headed(page, "Sign in");
    await signIn(page);
    await headed(page, "Users");
    await look("users");
    await page.getByRole("button", { name: "New user" }).click();
    await look("new-user");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Ann Example" }).click();
    await headed(page, "Ann Example");
    await look("user");
    await page.getByRole("button", { name: "Delete" }).click();
    await look("delete");
    await page.keyboard.press("Escape");
    const thief = new Person(server.origin, "Thief/1");
    thief.cookie = stolen;
    await thief.ask("POST", "/refresh");
    await page.getByRole("link", { name: "Audit" }).click();
    await headed(page, "Audit");
    await look("audit");
    await page.getByRole("row").filter({ hasText: "Sign-in refused" }).first().waitFor();
    await page.getByRole("button", { name: "Reload" }).click();
    await said(page, "Up to date.");
    const spent = page.getByRole("row").filter({ hasText: "Spent token" }).getByRole("link", { name: /History/ });
    await spent.click();
    await headed(page, "Why did this session end?");
    await look("session");
  });
}

test("with more contrast, larger text or no motion it stays usable", async (t) => {
  const server = await withAdmin(t);
  const page = await signedIn(await profile(t, browser, { forcedColors: "active", reducedMotion: "reduce", viewport: { width: 600, height: 400 }, deviceScaleFactor: 2 }), server);
  await headed(page, "Users");
  await picture(page, "forced-colors");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
});
