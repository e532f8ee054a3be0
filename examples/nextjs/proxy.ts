import { type NextRequest, NextResponse } from "next/server";

/**
 * Runs before every request: `/api` goes to the service, and every page gets its own policy.
 *
 * The pages and the service so share one origin, and the cookie needs no CORS. `rewrites` in
 * next.config would do the same with an address that is fixed when the application is built; here
 * it is read when the application starts.
 */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  if (pathname.startsWith("/api/")) {
    const service = process.env.API_URL ?? "http://127.0.0.1:4000";
    return NextResponse.rewrite(new URL(pathname + search, service));
  }

  // Next.js finds the nonce in the policy of the request and puts it on each of its own scripts.
  const policy = contentSecurityPolicy(btoa(crypto.randomUUID()));
  const headers = new Headers(request.headers);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

export const config = {
  matcher: ["/((?!_next/static|_next/image).*)"],
};

function contentSecurityPolicy(nonce: string): string {
  // The development server compiles in the browser and puts its styles into the page.
  const inDevelopment = process.env.NODE_ENV === "development";
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${inDevelopment ? " 'unsafe-eval'" : ""}`,
    `style-src 'self'${inDevelopment ? " 'unsafe-inline'" : ""}`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
