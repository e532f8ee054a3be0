/** Resolves against the page; without a page the address stays as it is. */
export function resolve(url: string, page: string | undefined): string {
  return page === undefined ? url : new URL(url, page).href;
}

/** The origin of an address that the web's own protocols go to; else undefined. */
export function originOf(url: string): string | undefined {
  try {
    const { protocol, origin } = new URL(url);
    return protocol === "https:" || protocol === "http:" ? origin : undefined;
  } catch {
    return undefined;
  }
}

/** Puts values into `/users/{id}`, and the query behind it. */
export function fill(
  path: string,
  values: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, unknown>> = {},
): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? String(values[name]) : "";
    // Encoded or not, these are steps in a path (and "" is none): another route would be asked.
    if (/^\.{0,2}$/.test(value)) throw new TypeError(`A value of ${path} is missing or unusable: ${name}`);
    return encodeURIComponent(value);
  });
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const search = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return search ? `${filled}?${search}` : filled;
}
