// Events as a table, with the people in them by their addresses.

import { call, Refused } from "./api.js";
import { h, table } from "./dom.js";
import { link } from "./place.js";
import { origin, time } from "./show.js";
import { CAUSES, KINDS, tone } from "./words.js";

const AT_ONCE = 6;
const addresses = new Map();

/** The events in their order; `user: false` leaves out whom they are about, where that is the same in each row. */
export async function eventTable(caption, events, { user = true } = {}) {
  await learn(events);
  const columns = ["When", "What", user ? "Who" : "By", "From", "Session"];
  const rows = events.map((event) => [
    time(event.at),
    what(event),
    user ? [whom(event), event.by && h("span", { class: "aside block" }, "by ", actor(event.by))] : actor(event.by),
    origin(event.ipAddress, event.userAgent),
    event.sessionId
      ? h("a", { href: link(["sessions", event.sessionId]), "aria-label": `History of session ${event.sessionId}` }, "History")
      : "–",
  ]);
  return table(caption, columns, rows);
}

function what({ kind, cause, role, count }) {
  const why = kind === "refresh_reused" ? undefined : CAUSES[cause] ?? cause;
  const more = [why, role && `now ${role}`, count && number(count, kind === "users_imported" ? "user" : "session")].filter(Boolean).join("; ");
  return [
    h("span", { class: `badge ${tone(kind)}`, title: kind }, KINDS[kind] ?? kind),
    more && h("span", { class: "aside block" }, more),
  ];
}

function number(count, thing) {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

function whom({ userId, emailDigest }) {
  return person(userId) ?? (emailDigest ? "an address without an account" : "–");
}

function actor(by) {
  return by === "operator" ? "the operator" : person(by) ?? "–";
}

function person(id) {
  if (!id) return undefined;
  const known = addresses.get(id);
  return known
    ? h("a", { href: link(["users", id]) }, known)
    : h("span", { title: id }, "a deleted user ", h("span", { class: "aside" }, id.slice(-8)));
}

/** Asks for the addresses that are not known yet, a few at a time. */
async function learn(events) {
  const ids = new Set(events.flatMap(({ userId, by }) => [userId, by]));
  const open = [...ids].filter((id) => id && id !== "operator" && !addresses.has(id));
  const ask = async () => {
    for (let id = open.pop(); id; id = open.pop()) {
      const user = await call("GET", `/users/${id}`).catch((error) => {
        if (error instanceof Refused && error.status === 404) return {};
        throw error;
      });
      addresses.set(id, user.email);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
}
