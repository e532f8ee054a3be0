import type { components } from "auth-server-client";
import { auth } from "./auth";

export type Account = components["schemas"]["Account"];

/** What an admin may change about an account. */
export type Change = { readonly role: string } | { readonly disabled: boolean };

/** One page of accounts, the newest first. */
export async function listUsers(search: string, cursor?: string) {
  const query = { limit: 20, ...(search && { search }), ...(cursor && { cursor }) };
  return await auth.request("GET", "/users", { query });
}

export async function createUser(body: { email: string; name: string; role: string; password: string }) {
  return await auth.request("POST", "/users", { body });
}

export async function changeUser(id: string, body: Change) {
  return await auth.request("PATCH", "/users/{id}", { path: { id }, body });
}

export async function endSessionsOf(id: string): Promise<number> {
  const { ended } = await auth.request("DELETE", "/users/{id}/sessions", { path: { id } });
  return ended;
}

/** Lets someone sign in at once whose password was guessed too often. */
export async function unlock(id: string): Promise<void> {
  await auth.request("POST", "/users/{id}/unlock", { path: { id } });
}
