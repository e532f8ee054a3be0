// The routes of the server, and the one access token.
//
// The token stands in this module's memory and nowhere else. The refresh token is a cookie that no
// script can read; the browser sends it to the server by itself.

const ATTEMPTS = 4;
const LONGEST_WAIT = 30;

let base = "";
let token = null;
let renewing = null;
let whenBusy = () => {};
let whenSignedOut = () => {};

/** The server said no, in a sentence; `wait` is in seconds where it says how long. */
export class Refused extends Error {
  constructor(status, sentence, wait) {
    super(sentence);
    this.status = status;
    this.wait = wait;
  }
}

/** Nobody is signed in, or no longer. */
export class SignedOut extends Error {
  constructor() {
    super("Your session has ended. Sign in again.");
  }
}

/** Where the routes are, and whom to tell that the server is busy, or that the session is over. */
export function connect(basePath, { busy, signedOut }) {
  base = basePath;
  whenBusy = busy;
  whenSignedOut = signedOut;
}

/** Forgets the access token. */
export function forget() {
  token = null;
}

/** Signs in; the answer says who that is. */
export async function signIn(email, password) {
  const answer = await said(await send("POST", "/login", { body: { email, password } }));
  token = answer.accessToken;
  return answer.user;
}

/** Ends the session of this browser. */
export async function signOut() {
  const response = await send("POST", "/logout");
  // 401: there was no cookie, so there is nothing to end.
  if (response.status !== 401) await said(response);
  forget();
}

/** Creates the first admin. */
export async function bootstrap({ email, name, password, bootstrapToken }) {
  const headers = bootstrapToken ? { "X-Bootstrap-Token": bootstrapToken } : {};
  return said(await send("POST", "/bootstrap", { body: { email, name, password }, headers }));
}

/** Asks a route as whoever is signed in, with a new access token where the old one has expired. */
export async function call(method, path, { query, body } = {}) {
  try {
    return await said(await authorizedTwice(method, path, { query, body }));
  } catch (error) {
    if (error instanceof SignedOut) whenSignedOut(error.message);
    throw error;
  }
}

async function authorizedTwice(method, path, parts) {
  const response = await authorized(method, path, parts);
  if (response.status !== 401) return response;
  forget();
  const again = await authorized(method, path, parts);
  if (again.status !== 401) return again;
  forget();
  throw new SignedOut();
}

async function authorized(method, path, { query, body }) {
  if (!token) await renewed();
  return send(method, path, { query, body, headers: { Authorization: `Bearer ${token}` } });
}

/** One refresh at a time in this tab; the server knows how to bear those of others. */
function renewed() {
  renewing ??= renew().finally(() => { renewing = null; });
  return renewing;
}

async function renew() {
  const response = await send("POST", "/refresh");
  if (response.status === 401) throw new SignedOut();
  token = (await said(response)).accessToken;
}

/** Sends, and sends again while the server is busy: then it has done nothing. */
async function send(method, path, { query = {}, body, headers = {} } = {}) {
  const given = Object.entries(query).filter(([, value]) => value);
  const url = base + path + (given.length ? `?${new URLSearchParams(given)}` : "");
  const init = { method, headers: { ...headers }, cache: "no-store", credentials: "same-origin" };
  if (body) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, init).catch(() => {
      throw new Refused(0, "The server cannot be reached. Check the connection, and try again.");
    });
    if (response.status !== 503 || attempt === ATTEMPTS) return response;
    const seconds = Math.min(waitOf(response) ?? 1, LONGEST_WAIT);
    whenBusy(seconds);
    await new Promise((over) => { setTimeout(over, seconds * 1000); });
  }
}

function waitOf(response) {
  const seconds = Number.parseInt(response.headers.get("Retry-After"), 10);
  return seconds > 0 ? seconds : undefined;
}

/** What the server said, or its refusal. */
async function said(response) {
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (response.status === 429) {
    const wait = waitOf(response);
    throw new Refused(429, wait ? `Too many attempts. You can try again in ${inWords(wait)}.` : answer.error, wait);
  }
  if (response.status === 503) {
    throw new Refused(503, "The server is busy, or its database is down. Nothing was changed; try again in a moment.");
  }
  throw new Refused(response.status, answer.error ? `${answer.error}.` : `The server answered with status ${response.status}.`);
}

function inWords(seconds) {
  if (seconds < 120) return `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
