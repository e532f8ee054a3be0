// A browser whose every page is watched: an error or a violation of the policy fails the test.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";

import { afterwards } from "./afterwards.js";
import { ADMIN } from "./server.js";

const EXECUTABLE = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SCREENSHOTS = new URL("../screenshots/", import.meta.url).pathname;

/** One browser for all tests of a file; each gets a profile of its own from it. */
export async function launch(suite) {
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS, headless: true });
  suite.after(() => browser.close());
  return browser;
}

/** A profile, whose pages have to be without fault until the test is over. */
export async function profile(test, browser, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin", viewport: { width: 1200, height: 800 }, ...options });
  context.setDefaultTimeout(10_000);
  const faults = [];
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => console.error(`violated: ${event.violatedDirective} by ${event.blockedURI}`));
  });
  context.on("page", (page) => {
    page.on("pageerror", (error) => faults.push(`thrown: ${error.message}`));
    page.on("dialog", (dialog) => { faults.push(`a script of a stranger: ${dialog.message()}`); dialog.dismiss(); });
    page.on("console", (message) => {
      // A refusal is an answer; the browser calls each an error all the same.
      const isRefusal = message.text().startsWith("Failed to load resource") && message.location().url.includes("/api/auth/");
      if (["error", "warning"].includes(message.type()) && !isRefusal) faults.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
  });
  afterwards(test, async () => {
    await context.close();
    assert.deepEqual(faults, []);
  });
  return context;
}

/** A page of the console, at a place. */
export async function open(context, server, place = "") {
  const page = await context.newPage();
  await page.goto(`${server.origin}/console${place}`);
  return page;
}

/** Signs in by the form that is there. */
export async function signIn(page, { email, password } = ADMIN) {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** A page of the console with the admin signed in. */
export async function signedIn(context, server, place) {
  const page = await open(context, server, place);
  await signIn(page);
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  return page;
}

/** Waits for the heading of a view. */
export function headed(page, name) {
  return page.getByRole("heading", { level: 1, name }).waitFor();
}

/** Waits until the page has said something in passing. */
export function said(page, text) {
  return page.getByRole("status").filter({ hasText: text }).waitFor();
}

/** Loads the page anew until something is there: events are written a moment after the answer. */
export async function told(page, locator) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await locator.waitFor({ timeout: 2_000 });
    } catch (error) {
      if (attempt === 5) throw error;
      await page.reload();
    }
  }
}

/** Keeps what the page looks like. */
export async function picture(page, name) {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });
}

/** The cells of a table's rows, as text. */
export async function rows(page, caption) {
  const body = page.getByRole("table", { name: caption }).locator("tbody");
  return body.locator("tr").evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.innerText.replaceAll(/\s+/g, " "))));
}
