// The list of users.

import { call } from "./api.js";
import { announce, h, heading, table } from "./dom.js";
import { newPassword } from "./door.js";
import { dialog, field, form } from "./form.js";
import { link } from "./place.js";
import { pages } from "./pages.js";
import { time } from "./show.js";

const ROWS = 25;

export const title = "Users";

/** One page of the list, as the place asks for it. */
export async function users({ place, settings, go }) {
  const { search, role, state, cursor } = place.query;
  const page = await call("GET", "/users", { query: { search, role, state, cursor, limit: ROWS } });
  return [
    h("div", { class: "title" }, heading(title),
      h("button", { type: "button", id: "new-user", class: "primary", onclick: () => creating(settings, go) }, "New user")),
    filter({ search, role, state }, settings, go),
    page.users.length
      ? table("Users, the newest first", ["Name", "Email", "Role", "State", "Created"], page.users.map(row))
      : h("p", { class: "empty" }, "No user matches. ", h("a", { href: link(["users"]) }, "Show all")),
    pages(["users"], place.query, page.nextCursor),
  ];
}

function row(user) {
  return [
    h("a", { href: link(["users", user.id]), class: "name" }, user.name),
    user.email,
    user.role,
    stateOf(user),
    time(user.createdAt),
  ];
}

/** Whether an account may be used, as a word with a colour. */
export function stateOf(user) {
  return h("span", { class: user.disabled ? "badge refusal" : "badge good" }, user.disabled ? "disabled" : "enabled");
}

function filter({ search, role, state }, settings, go) {
  return form({
    class: "filter", role: "search", "aria-label": "Filter the users",
    parts: [
      field("search", "Search", { kind: "search", value: search, hint: "How a name or an address begins" }),
      field("role", "Role", { kind: "select", value: role, options: [["", "Any"], ...settings.roles.map((name) => [name, name])] }),
      field("state", "State", { kind: "select", value: state, options: [["", "Any"], ["enabled", "Enabled"], ["disabled", "Disabled"]] }),
    ],
    action: "Show",
    run: async (values) => go(link(["users"], values)),
  });
}

function creating(settings, go) {
  dialog({
    title: "New user",
    parts: [
      field("name", "Name", { required: true, maxlength: 200, autocomplete: "off" }),
      field("email", "Email", { kind: "email", required: true, autocomplete: "off" }),
      roleField(settings, "USER"),
      newPassword(settings),
    ],
    action: "Create user",
    run: (body) => call("POST", "/users", { body }),
    done(user) {
      announce(`${user.email} was created.`);
      go(link(["users", user.id]));
    },
  });
}

/** A field for one of the roles that there are. */
export function roleField(settings, value) {
  return field("role", "Role", { kind: "select", value, options: settings.roles.map((name) => [name, name]) });
}
