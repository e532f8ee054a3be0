// What became of one session: why was this person logged out?

import { call, Refused } from "./api.js";
import { h, heading } from "./dom.js";
import { eventTable } from "./events.js";
import { link } from "./place.js";
import { time } from "./show.js";
import { end, reason } from "./words.js";

/** The end of a session in a sentence, and everything that bears on it. */
export async function session({ place }) {
  const [, id] = place.path;
  const { events } = await call("GET", "/audit", { query: { session: id, limit: 200 } });
  const user = events.find((event) => event.sessionId === id)?.userId;
  const ending = end(events, id);
  return [
    h("p", { class: "crumb" }, user ? h("a", { href: link(["users", user]) }, "Their user") : h("a", { href: link(["audit"]) }, "Audit")),
    heading("Why did this session end?"),
    h("p", {}, "Session ", h("code", {}, id)),
    h("p", { class: ending?.kind === "refresh_reused" ? "verdict alarm" : "verdict" }, ...await verdict(events, ending, id, user)),
    events.length > 0 && await eventTable("What bears on this session, the latest first", events),
  ];
}

async function verdict(events, ending, id, user) {
  if (!events.length) {
    return ["Nothing is known of it: there never was such a session, or its events are older than the server keeps them."];
  }
  if (ending) return [reason(ending), time(ending.at)];
  return [await isLive(id, user) ? "It has not ended: it goes on." : "It has expired: nobody ended it."];
}

async function isLive(id, user) {
  if (!user) return false;
  const { sessions } = await call("GET", `/users/${user}/sessions`).catch((error) => {
    if (error instanceof Refused && error.status === 404) return { sessions: [] };
    throw error;
  });
  return sessions.some((session) => session.id === id);
}
