/** A world for the tests of one file: service, application, relay, browser; all of it gone afterwards. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { startApplication, startService } from "./processes.mjs";
import { startRelay } from "./relay.mjs";
import { until } from "./until.mjs";

export { until };

const ARGUMENTS = [
  "--no-sandbox --disable-gpu --disable-quic --no-first-run",
  "--disable-background-networking --disable-component-update --disable-sync",
].flatMap((line) => line.split(" "));

/** As whom the world asks by itself: a session of another device, for the list of them. */
const TELEPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";

export const ADMIN = { name: "Ada Admin", email: "ada@example.com", password: "StrongPassword123!" };

export async function startWorld(environment = {}) {
  // What has been started ends in the other direction, also where the next one does not start.
  const ends = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const folder = await mkdtemp(path.join(tmpdir(), "nextjs-example-"));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    const service = await startService(folder, environment);
    ends.push(service.stop);
    const application = await startApplication(service.origin);
    ends.push(application.stop);
    const relay = await startRelay(application.origin);
    ends.push(relay.close);
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
    ends.push(() => browser.close());
    return worldOf(service, relay, browser, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function worldOf(service, relay, browser, close) {
  const complaints = [];

  /** A browser of its own, with its own cookies. */
  async function visitor(options = {}) {
    const context = await browser.newContext({ baseURL: relay.origin, viewport: { width: 1100, height: 760 }, ...options });
    context.setDefaultTimeout(60_000);
    context.on("weberror", (error) => complaints.push(String(error.error())));
    context.on("console", (message) => {
      if (/content security policy|hydrat/i.test(message.text())) complaints.push(message.text());
    });
    return context;
  }

  return {
    origin: relay.origin,
    relay,
    /** What pages have complained of: errors of scripts, and what breaks the pages' own policy. */
    complaints,
    visitor,
    /** A page on which this person is signed in. */
    async signedIn(who, context) {
      const page = await (context ?? (await visitor())).newPage();
      await signIn(page, who);
      return page;
    },
    /** Asks the service without the application in between. */
    async ask(method, route, body, token) {
      const headers = { "Content-Type": "application/json", "User-Agent": TELEPHONE };
      if (token) headers.Authorization = `Bearer ${token}`;
      const answer = await fetch(service.origin + route, { method, headers, body: body && JSON.stringify(body) });
      return { status: answer.status, body: await answer.json() };
    },
    close,
  };
}

/** The first admin, and other people with the role `USER`; an access token of the admin. */
export async function populate(world, ...people) {
  await world.ask("POST", "/api/auth/bootstrap", ADMIN);
  const { body } = await world.ask("POST", "/api/auth/login", ADMIN);
  for (const person of people) {
    const created = await world.ask("POST", "/api/auth/users", { role: "USER", ...person }, body.accessToken);
    if (created.status !== 201) throw new Error(JSON.stringify(created));
  }
  return body.accessToken;
}

export async function signIn(page, { email, password }) {
  await page.goto("/login");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await atOrders(page);
}

export const atOrders = (page) => page.getByRole("heading", { name: "Your orders" }).waitFor();
export const atSignIn = (page) => page.getByRole("heading", { name: "Sign in" }).waitFor();

/** The access token that the page sends with its next request for orders. */
export async function tokenOf(page) {
  const sent = page.waitForRequest((request) => new URL(request.url()).pathname === "/api/orders");
  await page.getByRole("button", { name: "Refresh" }).click();
  const { authorization } = await (await sent).allHeaders();
  return authorization.replace(/^Bearer /, "");
}

/** Waits until the service no longer takes this token. */
export async function expiry(world, token) {
  await until(async () => (await world.ask("GET", "/api/auth/me", undefined, token)).status === 401);
}

/** Keeps a picture, in a folder that git ignores. */
export async function picture(page, name) {
  const folder = path.resolve(import.meta.dirname, "../../screenshots");
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
