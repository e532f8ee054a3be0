// The console: who is signed in, which place is shown, and what other tabs say.

import * as api from "./api.js";
import { audit, title as auditTitle } from "./audit.js";
import { bootstrapping, notForYou, signingIn } from "./door.js";
import { announce, focusOn, h, heading } from "./dom.js";
import { read } from "./place.js";
import { session } from "./session.js";
import { user } from "./user.js";
import { title as usersTitle, users } from "./users.js";

const main = document.getElementById("main");
const nav = document.getElementById("nav");
const self = document.getElementById("self");
const tabs = new BroadcastChannel("auth-console");

let settings;
let identity = null;
let told = "";
let turn = 0;

/** The view of a place, and its name. */
function view({ path }) {
  if (path[0] === "audit" && path.length === 1) return [audit, auditTitle];
  if (path[0] === "sessions" && path.length === 2) return [session, "Session"];
  if (path[0] === "users" && path.length === 2) return [user, "User"];
  if (path[0] === "users" && path.length === 1) return [users, usersTitle];
  return [nowhere, "Not found"];
}

async function nowhere() {
  return [heading("Nothing is here"), h("p", {}, h("a", { href: "#/users" }, "To the users"))];
}

/** Shows what the address names, as far as whoever looks may see it. */
async function show({ focus, message } = {}) {
  const mine = ++turn;
  const place = read(location.hash || "#/users");
  frame(place);
  if (!identity) {
    const door = place.path[0] === "bootstrap" && settings.bootstrap !== "closed" ? bootstrapping : signingIn;
    return put("Sign in", door({ settings, told, entered }));
  }
  // Whoever is signed in has come past the first admin.
  if (place.path[0] === "bootstrap") return go("#/users");
  if (identity.role !== "ADMIN") return put("Not for this account", notForYou({ identity, leave }));
  const [draw, title] = view(place);
  main.setAttribute("aria-busy", "true");
  try {
    const content = await draw({ place, settings, go, again });
    if (mine === turn) put(title, content, focus);
  } catch (error) {
    if (mine === turn) await failed(error, show);
  }
  if (message) announce(message);
}

function put(title, content, focus) {
  main.removeAttribute("aria-busy");
  main.replaceChildren(...[content].flat().filter(Boolean));
  document.title = `${title} – Console`;
  if (!focus) scrollTo(0, 0);
  focusOn(focus);
}

/** What is around the view: where one may go, and who one is. */
function frame(place) {
  const isAdmin = identity?.role === "ADMIN";
  nav.hidden = !isAdmin;
  self.hidden = !identity;
  document.getElementById("who").textContent = identity ? identity.name : "";
  for (const link of nav.querySelectorAll("a")) {
    if (link.dataset.place === place.path[0]) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

async function failed(error, retry) {
  if (error instanceof api.SignedOut) return undefined;
  if (error.status === 403 && identity) {
    // Demoted meanwhile: the server says who one is now.
    const now = await api.call("GET", "/me").catch(() => null);
    if (now && now.role !== identity.role) {
      identity = now;
      return show();
    }
  }
  if (!(error instanceof api.Refused)) console.error(error);
  put("Trouble", [
    heading("That did not work"),
    h("p", { class: "problem", role: "alert" }, error.message),
    h("div", { class: "buttons" }, h("button", { type: "button", class: "primary", onclick: () => retry().catch((error) => failed(error, retry)) }, "Try again")),
  ]);
}

/** The session is over, whoever ended it. */
function ended(why) {
  api.forget();
  for (const open of document.querySelectorAll("dialog")) open.close();
  identity = null;
  told = why;
  return show();
}

function entered(who) {
  identity = who;
  told = "";
  tabs.postMessage("signed in");
  show();
}

async function leave() {
  try {
    await api.signOut();
    tabs.postMessage("signed out");
    ended("You have signed out.");
  } catch (error) {
    announce(error.message);
  }
}

/** Goes to a place; going where one is shows it anew. */
function go(fragment, message) {
  if (location.hash === fragment) return show({ message });
  location.hash = fragment;
  if (message) announce(message);
}

/** Shows the same place anew, with the focus where it was. */
function again(message, focus = document.activeElement?.id) {
  return show({ message, focus: focus || "heading" });
}

/** Finds out who is signed in, by the cookie. */
async function recognise() {
  try {
    identity = await api.call("GET", "/me");
    told = "";
  } catch (error) {
    if (!(error instanceof api.SignedOut)) throw error;
  }
}

tabs.addEventListener("message", async ({ data }) => {
  if (data === "signed out" && identity) ended("You have signed out in another tab.");
  if (data === "signed in") {
    api.forget();
    const newcomer = () => recognise().then(show);
    await newcomer().catch((error) => failed(error, newcomer));
  }
});

addEventListener("hashchange", () => show());

// A tab that was away may have missed that its session ended.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && identity) recognise().catch(() => {});
});

// The fragment of the address names a place, so it cannot name an element as well.
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

document.getElementById("sign-out").addEventListener("click", leave);

async function start() {
  const response = await fetch("/console/settings.json").catch(() => {
    throw new api.Refused(0, "The server cannot be reached. Check the connection, and try again.");
  });
  settings = await response.json();
  api.connect(settings.basePath, {
    busy: (seconds) => announce(`The server is busy. Trying again in ${seconds} s.`),
    signedOut(why) {
      if (identity) ended(why);
    },
  });
  await recognise();
  await show();
}

start().catch((error) => failed(error, start));
