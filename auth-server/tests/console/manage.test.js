// What an admin sees and does.

import assert from "node:assert/strict";
import test, { after } from "node:test";

import { afterwards } from "./support/afterwards.js";
import { headed, launch, profile, rows, said, signedIn, told } from "./support/browser.js";
import { ADMIN, PASSWORD, Person, withAdmin } from "./support/server.js";

const MARKUP = `<img src=x onerror=alert(1)>`;
const browser = await launch({ after });

/** Clicks a button, then the one of the same or another name in the dialog that it opens. */
async function confirmed(page, button, { fields = {}, role, answer = button } = {}) {
  await page.getByRole("button", { name: button, exact: true }).click();
  const dialog = page.getByRole("dialog");
  for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label, { exact: true }).fill(value);
  if (role) await dialog.getByLabel("Role").selectOption(role);
  await dialog.getByRole("button", { name: answer, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
}

test("a user is created, changed in every way, and deleted", async (t) => {
  const server = await withAdmin(t, { ROLES: "SUPPORT" });
  const page = await signedIn(await profile(t, browser), server);
  const facts = page.locator(".facts");
  const ann = () => new Person(server.origin).signIn("ann@example.com", PASSWORD);

  await confirmed(page, "New user", {
    fields: { Name: "Ann", Email: "ann@example.com", Password: PASSWORD }, role: "SUPPORT", answer: "Create user",
  });
  await headed(page, "Ann");
  await facts.getByText("SUPPORT").waitFor();
  assert.equal((await ann()).status, 200);

  await confirmed(page, "Rename", { fields: { Name: "Ann Example" } });
  await headed(page, "Ann Example");
  assert.equal(await page.evaluate(() => document.activeElement.id), "rename", "the focus is where it was");

  await confirmed(page, "Change role", { role: "USER" });
  await facts.getByText("USER", { exact: true }).waitFor();

  await confirmed(page, "Disable");
  await said(page, "The user is disabled");
  await page.getByText("Not signed in anywhere.").waitFor();
  assert.equal((await ann()).status, 401);
  await confirmed(page, "Enable");
  await said(page, "The user is enabled.");
  assert.equal((await ann()).status, 200);

  await confirmed(page, "Set password", { fields: { "New password": "another horse battery" } });
  await said(page, "The password was set");
  assert.equal((await ann()).status, 401);

  await confirmed(page, "Delete", { answer: "Cancel" });
  await headed(page, "Ann Example");
  await confirmed(page, "Delete");
  await headed(page, "Users");
  await said(page, "ann@example.com was deleted.");
  assert.deepEqual((await rows(page, "Users")).map(([name]) => name), [ADMIN.name]);
});

test("what the server refuses is shown where it was asked", async (t) => {
  const server = await withAdmin(t);
  const page = await signedIn(await profile(t, browser), server);
  await page.getByRole("button", { name: "New user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Another");
  await dialog.getByLabel("Email").fill(ADMIN.email);
  await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "Create user" }).click();
  await dialog.getByRole("alert").filter({ hasText: "Email already in use." }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await page.getByRole("link", { name: ADMIN.name }).click();
  await page.getByRole("button", { name: "Disable" }).click();
  await dialog.getByRole("button", { name: "Disable" }).click();
  await dialog.getByRole("alert").filter({ hasText: "The last admin cannot be demoted, disabled or deleted." }).waitFor();
});

test("an account that was guessed at is unlocked", async (t) => {
  const server = await withAdmin(t, { LOGIN_FREE_FAILURES: "1", LOGIN_MOST_FAILURES: "1" });
  const { id } = await server.create("Ann");
  const page = await signedIn(await profile(t, browser), server, `#/users/${id}`);
  await new Person(server.origin).signIn("ann@example.com", "wrong");
  assert.equal((await new Person(server.origin).signIn("ann@example.com", PASSWORD)).status, 429);
  await confirmed(page, "Unlock");
  await said(page, "The user can try again at once.");
  await told(page, page.getByRole("table", { name: "latest events" }).getByText("Unlocked"));
});

test("a session is ended, and its history says why", async (t) => {
  const server = await withAdmin(t);
  const { id } = await server.create("Ann");
  const [phone, laptop] = ["Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Spreadsheet/3.1"].map((agent) => new Person(server.origin, agent));
  await phone.signIn("ann@example.com", PASSWORD);
  await laptop.signIn("ann@example.com", PASSWORD);
  const page = await signedIn(await profile(t, browser), server, `#/users/${id}`);
  await headed(page, "Ann");
  assert.deepEqual((await rows(page, "Live sessions")).map((cells) => cells[3]), ["Spreadsheet/3.1 127.0.0.1", "Firefox 140 on Android 127.0.0.1"]);

  const row = page.getByRole("row").filter({ hasText: "Firefox 140 on Android" }).filter({ has: page.getByRole("button") });
  const history = await row.getByRole("link", { name: "History" }).getAttribute("href");
  await row.getByRole("button", { name: "End" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End session" }).click();
  await said(page, "The session has ended.");
  assert.deepEqual((await rows(page, "Live sessions")).map((cells) => cells[3]), ["Spreadsheet/3.1 127.0.0.1"]);
  assert.equal((await phone.ask("POST", "/refresh")).status, 401);
  assert.equal((await laptop.ask("POST", "/refresh")).status, 200);

  await page.goto(`${server.origin}/console${history}`);
  await headed(page, "Why did this session end?");
  await told(page, page.getByText("An admin, or the operator, ended it."));
  assert.deepEqual((await rows(page, "What bears on this session")).map((cells) => cells[1]), ["Session ended by an admin, or the operator", "Signed in"]);

  await page.getByRole("link", { name: "Their user" }).click();
  await headed(page, "Ann");
  await page.getByRole("link", { name: "History of the session of 127.0.0.1" }).click();
  await page.getByText("It has not ended: it goes on.").waitFor();
  await page.goBack();
  await confirmed(page, "End all sessions", { answer: "End all" });
  await said(page, "One session has ended.");
  await page.getByText("Not signed in anywhere.").waitFor();
});

test("a stolen session is told as one", async (t) => {
  const server = await withAdmin(t, { REFRESH_REUSE_GRACE: "0" });
  await server.create("Ann");
  const owner = new Person(server.origin, "Owner/1");
  const thief = new Person(server.origin, "Thief/1");
  await owner.signIn("ann@example.com", PASSWORD);
  await owner.ask("POST", "/refresh");
  thief.cookie = owner.cookie;
  for (const holder of [thief, thief, owner, owner]) await holder.ask("POST", "/refresh");
  assert.equal((await thief.ask("POST", "/refresh")).status, 401);
  const page = await signedIn(await profile(t, browser), server, "#/audit");
  await page.getByLabel("What", { exact: true }).selectOption("Spent token presented");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.waitForURL((url) => url.hash === "#/audit?kind=refresh_reused");
  await page.locator("main:not([aria-busy])").waitFor();
  await told(page, page.getByRole("table", { name: "Events" }).getByText("Spent token presented"));
  await page.getByRole("link", { name: /History of session/ }).click();
  await page.getByText("two held the session, and one of them may be a thief").waitFor();
});

test("the audit stream is filtered by user, kind and time", async (t) => {
  const server = await withAdmin(t);
  await server.create("Ann");
  await new Person(server.origin, "Right/1").signIn("ann@example.com", PASSWORD);
  await new Person(server.origin, "Wrong/1").signIn("ann@example.com", "wrong");
  await new Person(server.origin, "Stranger/1").signIn("nobody@example.com", "wrong");
  const page = await signedIn(await profile(t, browser), server, "#/audit");
  const what = async () => (await rows(page, "Events")).map((cells) => cells.slice(1, 3).join(" | "));
  const filtered = async (fields, hash) => {
    for (const [label, value] of Object.entries(fields)) {
      const field = page.getByLabel(label, { exact: true });
      await (label === "What" ? field.selectOption(value) : field.fill(value));
    }
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await page.waitForURL((url) => url.hash === hash);
    await page.locator("main:not([aria-busy])").waitFor();
  };
  const fresh = { User: "", What: "", Since: "", Until: "" };

  await filtered({ ...fresh, User: " Ann@Example.com " }, "#/audit?who=Ann%40Example.com");
  await told(page, page.getByText("Wrong/1"));
  assert.deepEqual(await what(), ["Sign-in refused wrong password | ann@example.com", "Signed in | ann@example.com", "User created now USER | ann@example.com by admin@example.com"]);

  await filtered({ What: "Signed in" }, "#/audit?who=Ann%40Example.com&kind=login_succeeded");
  await page.getByText("Wrong/1").waitFor({ state: "detached" });
  assert.deepEqual(await what(), ["Signed in | ann@example.com"]);

  await filtered({ ...fresh, User: "nobody@example.com" }, "#/audit?who=nobody%40example.com");
  await page.getByText("No account has the address nobody@example.com").waitFor();
  assert.deepEqual(await what(), ["Sign-in refused no such account | an address without an account"]);

  await filtered({ ...fresh, Until: "2020-01-01T00:00" }, "#/audit?until=2020-01-01T00%3A00");
  await page.getByText("No event matches.").waitFor();
  await filtered({ ...fresh, Since: "2020-01-01T00:00" }, "#/audit?since=2020-01-01T00%3A00");
  await page.getByRole("table", { name: "Events" }).getByText("First admin created").waitFor();

  await filtered({ ...fresh, User: "ann" }, "#/audit?who=ann");
  await page.getByRole("alert").filter({ hasText: /email must/i }).waitFor();
});

test("lists go from page to page, and back", async (t) => {
  const server = await withAdmin(t);
  await Promise.all(Array.from({ length: 60 }, (_, at) => server.create(`Person ${String(at).padStart(2, "0")}`, at % 30 ? {} : { role: "ADMIN" })));
  const page = await signedIn(await profile(t, browser), server);
  const emails = async () => (await rows(page, "Users")).map((cells) => cells[1]);
  await page.getByRole("link", { name: "Next page" }).waitFor();
  const first = await emails();
  const turn = async (name) => {
    const [before] = await emails();
    await page.getByRole("link", { name }).click();
    await page.getByRole("cell", { name: before, exact: true }).waitFor({ state: "detached" });
  };
  await turn("Next page");
  const second = await emails();
  await turn("Next page");
  const third = await emails();
  assert.deepEqual([first.length, second.length, third.length, new Set([...first, ...second, ...third]).size], [25, 25, 11, 61]);
  assert.equal(await page.getByRole("link", { name: "Next page" }).count(), 0);
  await turn("Previous page");
  assert.deepEqual(await emails(), second);
  await turn("First page");
  assert.deepEqual(await emails(), first);

  await page.getByLabel("Search", { exact: true }).fill("person 0");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByRole("link", { name: "Next page" }).waitFor({ state: "detached" });
  assert.equal((await emails()).length, 10);
  await page.getByLabel("Role").selectOption("ADMIN");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByRole("link", { name: "Person 01" }).waitFor({ state: "detached" });
  assert.deepEqual(await emails(), ["person.00@example.com"]);
  await page.getByLabel("State").selectOption("disabled");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByText("No user matches.").waitFor();

  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByRole("link", { name: "First page" }).waitFor();
  assert.equal((await rows(page, "Events")).length, 25);
});

test("what somebody stored stays text", async (t) => {
  const server = await withAdmin(t);
  const { id } = await server.create("Mallory", { name: MARKUP });
  await new Person(server.origin, MARKUP).signIn("mallory@example.com", PASSWORD);
  const page = await signedIn(await profile(t, browser), server);
  await page.getByRole("link", { name: MARKUP }).click();
  await headed(page, MARKUP);
  assert.deepEqual((await rows(page, "Live sessions")).map((cells) => cells[3]), [`${MARKUP} 127.0.0.1`]);
  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByText(MARKUP).first().waitFor();
  await page.goto(`${server.origin}/console#/users/${encodeURIComponent(MARKUP)}`);
  await page.getByRole("alert").filter({ hasText: "Not found." }).waitFor();
  await page.goto(`${server.origin}/console#/users/${id}`);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByText(`${MARKUP} (mallory@example.com)`).waitFor();
  assert.equal(await page.locator("main img, dialog img").count(), 0);
});

test("a script that gets in all the same may not run, and nothing may be sent elsewhere", async (t) => {
  const server = await withAdmin(t);
  const context = await browser.newContext();
  afterwards(t, () => context.close());
  const page = await signedIn(context, server);
  const tried = await page.evaluate(async () => {
    const attempt = async (what) => {
      try {
        await what();
        return "done";
      } catch (error) {
        return error.name;
      }
    };
    const violated = [];
    const all = new Promise((done) => {
      addEventListener("securitypolicyviolation", (event) => {
        violated.push(event.effectiveDirective);
        if (violated.length === 4) done();
      });
    });
    const outcomes = [
      await attempt(() => { document.querySelector("main").innerHTML = "<b>x</b>"; }),
      await attempt(() => window.trustedTypes.createPolicy("default", { createHTML: (text) => text })),
      await attempt(() => fetch("http://elsewhere.invalid/")),
      await attempt(() => { document.body.append(Object.assign(document.createElement("iframe"), { src: "/console" })); }),
    ];
    await Promise.race([all, new Promise((done) => { setTimeout(done, 5_000); })]);
    return { outcomes, violated };
  });
  assert.equal(tried.outcomes.length, 4);
  assert.deepEqual(tried.outcomes.slice(0, 3), ["TypeError", "TypeError", "TypeError"]);
  for (const directive of ["require-trusted-types-for", "trusted-types", "connect-src", "frame-src"]) {
    assert.ok(tried.violated.includes(directive), `${directive}: ${tried.violated}`);
  }
});
