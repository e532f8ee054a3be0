// The stream of events.

import { call } from "./api.js";
import { h, heading } from "./dom.js";
import { eventTable } from "./events.js";
import { field, form } from "./form.js";
import { pages } from "./pages.js";
import { link } from "./place.js";
import { KINDS } from "./words.js";

const ROWS = 25;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const title = "Audit";

/** One page of events, as the place asks for it. */
export async function audit({ place, go, again }) {
  const { who, kind, since, until, cursor } = place.query;
  const query = { ...await whom(who), kind, since: instant(since), until: instant(until), cursor, limit: ROWS };
  const page = await call("GET", "/audit", { query });
  return [
    h("div", { class: "title" }, heading(title),
      h("button", { type: "button", id: "reload", class: "quiet", onclick: () => again("Up to date.") }, "Reload")),
    filter({ who, kind, since, until }, go),
    query.email && h("p", { class: "told" }, `No account has the address ${who}: this is what was tried with it.`),
    page.events.length
      ? await eventTable("Events, the latest first", page.events)
      : h("p", { class: "empty" }, "No event matches. ", h("a", { href: link(["audit"]) }, "Show all")),
    pages(["audit"], place.query, page.nextCursor),
  ];
}

function filter({ who, kind, since, until }, go) {
  const kinds = Object.entries(KINDS).sort(([, one], [, other]) => one.localeCompare(other));
  return form({
    class: "filter", role: "search", "aria-label": "Filter the events",
    parts: [
      field("who", "User", { value: who, hint: "A whole address, or an id", autocomplete: "off", spellcheck: "false" }),
      field("kind", "What", { kind: "select", value: kind, options: [["", "Anything"], ...kinds] }),
      field("since", "Since", { kind: "datetime-local", value: since }),
      field("until", "Until", { kind: "datetime-local", value: until }),
    ],
    action: "Show",
    run: async (values) => go(link(["audit"], { ...values, who: values.who.trim() })),
  });
}

/** The user with this id or address; where nobody has the address, what was tried with it. */
async function whom(who) {
  if (!who) return {};
  if (ID.test(who)) return { user: who };
  const address = who.toLowerCase();
  const { users } = await call("GET", "/users", { query: { search: address, limit: 200 } });
  const found = users.find(({ email }) => email === address);
  return found ? { user: found.id } : { email: who };
}

/** A time of this browser's zone as the server spells it; what is no time it may judge itself. */
function instant(local) {
  if (!local) return undefined;
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? local : time.toISOString();
}
