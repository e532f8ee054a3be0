import { AuthError } from "auth-server-client";
import { auth } from "./auth";

export interface Order {
  readonly id: number;
  readonly item: string;
  readonly quantity: number;
  readonly placedAt: number;
  /** The buyer's email, in the list of everyone's orders. */
  readonly buyer?: string;
}

/** Whose orders: the service decides whether one may see them. */
export type Whose = "own" | "everyone";

export async function listOrders(whose: Whose): Promise<readonly Order[]> {
  const path = whose === "own" ? "/api/orders" : "/api/orders/all";
  const { orders } = await answer<{ orders: Order[] }>(auth.fetch(path));
  return orders;
}

export async function placeOrder(item: string, quantity: number): Promise<Order> {
  const init = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ item, quantity }),
  };
  return await answer<Order>(auth.fetch("/api/orders", init));
}

/** The JSON of an answer; a refusal is thrown with the service's own sentence. */
async function answer<T>(asked: Promise<Response>): Promise<T> {
  const response = await asked.catch((cause: unknown) => {
    throw cause instanceof AuthError ? cause : new AuthError(0, "The service could not be reached", { cause });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body as T;
  const said = (body as { error?: unknown } | undefined)?.error;
  const wait = Number(response.headers.get("Retry-After") ?? Number.NaN);
  throw new AuthError(response.status, typeof said === "string" ? said : `Status ${response.status}`, {
    retryAfter: Number.isFinite(wait) ? wait : undefined,
  });
}
