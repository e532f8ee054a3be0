// One user: who they are, where they are signed in, and what can be done about it.

import { call } from "./api.js";
import { h, heading, table } from "./dom.js";
import { newPassword } from "./door.js";
import { eventTable } from "./events.js";
import { dialog, field } from "./form.js";
import { link } from "./place.js";
import { origin, time } from "./show.js";
import { roleField, stateOf } from "./users.js";

const RECENT = 10;

/** Everything about one user. */
export async function user({ place, settings, again, go }) {
  const [, id] = place.path;
  const at = `/users/${encodeURIComponent(id)}`;
  const [who, { sessions }] = await Promise.all([call("GET", at), call("GET", `${at}/sessions`)]);
  // Last, because events are written a moment after the answer to what they tell.
  const { events } = await call("GET", "/audit", { query: { user: who.id, limit: RECENT } });
  const act = (id, label, ask, danger) =>
    h("button", { type: "button", id, class: danger ? "danger quiet" : "quiet", onclick: ask }, label);
  const change = (title, action, parts, said, more) => () => dialog({
    title, action, parts,
    run: (values) => call("PATCH", at, { body: { ...values, ...more } }),
    done: () => again(said),
  });
  return [
    h("p", { class: "crumb" }, h("a", { href: link(["users"]) }, "Users")),
    h("div", { class: "title" }, heading(who.name), stateOf(who)),
    h("dl", { class: "facts" },
      fact("Email", who.email), fact("Role", who.role), fact("Created", time(who.createdAt)), fact("Id", h("code", {}, who.id))),
    h("div", { class: "actions", role: "group", "aria-label": "Change this user" },
      act("rename", "Rename", change("Rename", "Rename", [field("name", "Name", { value: who.name, required: true, maxlength: 200 })], "Renamed.")),
      act("role", "Change role", change("Change role", "Change role", [h("p", {}, `${who.email} is ${who.role} now.`), roleField(settings, who.role)], "The role was changed.")),
      act("password", "Set password", change("Set a password", "Set password", [h("p", {}, "All their sessions end, and the old password is worth nothing."), newPassword(settings, "New password")], "The password was set, and all sessions have ended.")),
      act("state", who.disabled ? "Enable" : "Disable", who.disabled
        ? change("Enable this user?", "Enable", [h("p", {}, `${who.email} can sign in again.`)], "The user is enabled.", { disabled: false })
        : change("Disable this user?", "Disable", [h("p", {}, `${who.email} can no longer sign in, and all their sessions end.`)], "The user is disabled, and all sessions have ended.", { disabled: true })),
      act("unlock", "Unlock", () => dialog({
        title: "Unlock", action: "Unlock",
        parts: [h("p", {}, `${who.email} can try to sign in again at once, however often the password was wrong.`)],
        run: () => call("POST", `${at}/unlock`),
        done: () => again("The user can try again at once."),
      })),
      act("delete", "Delete", () => dialog({
        title: "Delete this user?", action: "Delete", danger: true,
        parts: [h("p", {}, `${who.name} (${who.email}) is deleted, and all their sessions end. This cannot be undone.`)],
        run: () => call("DELETE", at),
        done: () => go(link(["users"]), `${who.email} was deleted.`),
      }), true)),
    h("section", { "aria-labelledby": "sessions" },
      h("div", { class: "title" }, h("h2", { id: "sessions", tabindex: "-1" }, "Sessions"),
        sessions.length > 0 && act("end-all", "End all sessions", () => dialog({
          title: "End all sessions?", action: "End all", danger: true,
          parts: [h("p", {}, `${who.email} is signed out everywhere.`)],
          run: () => call("DELETE", `${at}/sessions`),
          done: ({ ended }) => again(ended === 1 ? "One session has ended." : `${ended} sessions have ended.`),
        }), true)),
      sessions.length
        ? table("Live sessions, the latest first", ["Signed in", "Last used", "Expires", "From", "Actions"], sessions.map((session) => sessionRow(at, session, again)))
        : h("p", { class: "empty" }, "Not signed in anywhere.")),
    h("section", { "aria-labelledby": "events" },
      h("div", { class: "title" }, h("h2", { id: "events" }, "What happened lately"),
        h("a", { href: link(["audit"], { who: who.id }) }, "All of it")),
      events.length ? await eventTable("The latest events of this user", events, { user: false }) : h("p", { class: "empty" }, "Nothing yet.")),
  ];
}

function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

function sessionRow(at, session, again) {
  const from = session.current ? "this session, in which you are" : `the session of ${session.ipAddress ?? "an unknown address"}`;
  return [
    time(session.createdAt), time(session.lastUsedAt), time(session.expiresAt),
    [origin(session.ipAddress, session.userAgent), session.current && h("span", { class: "badge good" }, "this one")],
    h("div", { class: "row-actions" },
      h("a", { href: link(["sessions", session.id]), "aria-label": `History of ${from}` }, "History"),
      h("button", {
        type: "button", class: "danger quiet", id: `end-${session.id}`, "aria-label": `End ${from}`,
        onclick: () => dialog({
          title: "End this session?", action: "End session", danger: true,
          parts: [h("p", {}, session.current ? "It is the one you are using: you are signed out." : "Whoever uses it has to sign in again.")],
          run: () => call("DELETE", `${at}/sessions/${session.id}`),
          done: () => again("The session has ended.", "sessions"),
        }),
      }, "End")),
  ];
}
