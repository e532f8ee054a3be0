/** The pages for those who are signed in. Nobody is sent anywhere else after signing in. */
const PAGES = ["/", "/account", "/admin"];

/** The page to show after signing in: the one that was asked for, if it is one of ours. */
export function wanted(search: string): string {
  const next = new URLSearchParams(search).get("next");
  return next !== null && PAGES.includes(next) ? next : "/";
}

/** The sign-in page, which leads back to `page`. */
export function signInFor(page: string): string {
  return page === "/" || !PAGES.includes(page) ? "/login" : `/login?next=${encodeURIComponent(page)}`;
}
