// The place in the console that the address names: `#/users?role=ADMIN`. The server never sees it.

/** What a fragment names. */
export function read(fragment) {
  const [path, query = ""] = fragment.replace(/^#\/?/, "").split(/\?(.*)/s);
  return {
    path: path.split("/").filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** The fragment that names a place; what is empty is left out. */
export function link(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value);
  const places = path.map(encodeURIComponent).join("/");
  return `#/${places}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
