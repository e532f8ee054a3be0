// Not run: the compiler is the test. Each expected error must be one.
import { createAuthClient } from "../src/index.js";

const auth = createAuthClient();

export async function whatCompiles(): Promise<void> {
  const { sessions } = await auth.request("GET", "/sessions");
  sessions.map(({ current }) => current) satisfies boolean[];
  (await auth.request("GET", "/me")).role satisfies string;
  (await auth.request("GET", "/users")).users[0]?.disabled satisfies boolean | undefined;
  await auth.request("GET", "/users", { query: { search: "ann" }, signal: AbortSignal.timeout(1) });
  await auth.request("PATCH", "/me", { body: { name: "Ann" } });
  await auth.request("GET", "/users", { query: { role: "EDITOR" } });
  await auth.request("PATCH", "/users/{id}", { path: { id: "a" }, body: { role: "EDITOR" } });
  await auth.request("DELETE", "/sessions", { query: { current: true } });
  (await auth.request("GET", "/audit", { query: { kind: "login_failed" } })).nextCursor satisfies string | null;
  (await auth.request("POST", "/users/{id}/unlock", { path: { id: "a" } })).message satisfies string;
  await auth.request("DELETE", "/users/{id}/sessions/{sid}", { path: { id: "a", sid: "b" } });
}

export async function whatDoesNot(): Promise<void> {
  // @ts-expect-error no such route
  await auth.request("GET", "/nowhere");
  // @ts-expect-error no such method
  await auth.request("PUT", "/me");
  // @ts-expect-error it has a body
  await auth.request("PATCH", "/me");
  // @ts-expect-error with a name in it
  await auth.request("PATCH", "/me", { body: { nom: "Ann" } });
  // @ts-expect-error and an id in its path
  await auth.request("DELETE", "/users/{id}");
  // @ts-expect-error no such kind of event
  await auth.request("GET", "/audit", { query: { kind: "tea_time" } });
  // @ts-expect-error no query
  await auth.request("GET", "/sessions", { query: { limit: 1 } });
  // @ts-expect-error signing in is auth.login
  await auth.request("POST", "/login", { body: { email: "a", password: "b" } });
}
