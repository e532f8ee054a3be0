// From one page of a list to the next. A cursor leads on and never back, so the way is remembered.

import { h } from "./dom.js";
import { link } from "./place.js";

const before = new Map();

/** The links below a list; nothing where all of it is shown. */
export function pages(path, query, next) {
  const { cursor } = query;
  if (!cursor && !next) return undefined;
  if (next) before.set(next, cursor ?? "");
  const to = (cursor) => link(path, { ...query, cursor });
  return h("nav", { class: "pages", "aria-label": "Pages" },
    cursor && h("a", { href: to(""), id: "first-page" }, "First page"),
    cursor && before.get(cursor) && h("a", { href: to(before.get(cursor)), id: "previous-page" }, "Previous page"),
    next && h("a", { href: to(next), id: "next-page" }, "Next page"));
}
