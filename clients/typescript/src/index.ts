/**
 * Sign in, stay signed in and sign out with auth-server.
 *
 * Start with {@link createAuthClient}; everything else is a type of what it takes or gives.
 *
 * @module
 */
export { createAuthClient } from "./client.js";
export { AuthError } from "./error.js";
export type { AuthClient, AuthOptions, Credentials, FirstAdmin } from "./api.js";
export type { Body, MethodOf, Request, RequestArguments, RoutePath } from "./routes.js";
export type { Snapshot, User } from "./snapshot.js";
export type { Channel, Clock, Locks, Page, Timers } from "./surroundings.js";
export type { components, operations, paths } from "./schema.js";
