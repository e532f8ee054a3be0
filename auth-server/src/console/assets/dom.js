// Elements, messages, and where the focus is.
//
// Text becomes text nodes and nothing else: what somebody stored under their name can be no markup.

/** An element with its attributes, listeners (`onclick`) and children. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const status = document.getElementById("status");
let fading;

/** Says something in passing: read aloud, and shown for a while. */
export function announce(text) {
  clearTimeout(fading);
  status.textContent = "";
  // A live region tells what changes: the same text twice is a change, too.
  requestAnimationFrame(() => { status.textContent = text; });
  fading = setTimeout(() => { status.textContent = ""; }, 10_000);
}

/** A place for what went wrong, read aloud as soon as something stands in it. */
export function problemPlace() {
  const place = h("p", { class: "problem", role: "alert", hidden: true });
  return {
    element: place,
    tell(text) {
      place.textContent = text;
      place.hidden = false;
    },
    clear() {
      place.hidden = true;
      place.textContent = "";
    },
  };
}

/** The heading of a view, which takes the focus when the view appears. */
export function heading(text) {
  return h("h1", { tabindex: "-1", id: "heading" }, text);
}

/** Puts the focus where it was by its id, or on the heading. */
export function focusOn(id) {
  const target = (id && document.getElementById(id)) || document.getElementById("heading");
  target?.focus({ preventScroll: Boolean(id) });
}

/** A table whose cells keep their meaning when a narrow window shows its rows as cards. */
export function table(caption, columns, rows) {
  const head = columns.map((column) => h("th", { role: "columnheader", scope: "col" }, column));
  const body = rows.map((cells) =>
    h("tr", { role: "row" }, cells.map((cell, at) =>
      h("td", { role: "cell", "data-column": columns[at] }, cell))));
  return h("table", { role: "table" },
    h("caption", { class: "unseen" }, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)),
    h("tbody", { role: "rowgroup" }, body));
}
