/** The routes and their bodies, in the shape in which openapi-typescript writes them. */

export interface paths {
  "/login": {
    post: operations["login"];
  };
  "/refresh": {
    post: operations["refresh"];
  };
  "/logout": {
    post: operations["logout"];
  };
  "/me": {
    get: operations["me"];
    patch: operations["rename"];
  };
  "/bootstrap": {
    post: operations["bootstrap"];
  };
  "/sessions": {
    get: operations["ownSessions"];
    delete: operations["endOwnSessions"];
  };
  "/sessions/{id}": {
    delete: operations["endOwnSession"];
  };
  "/password": {
    post: operations["changePassword"];
  };
  "/users": {
    get: operations["users"];
    post: operations["createUser"];
  };
  "/users/{id}": {
    get: operations["user"];
    patch: operations["changeUser"];
    delete: operations["deleteUser"];
  };
  "/users/{id}/sessions": {
    get: operations["sessionsOf"];
    delete: operations["endSessionsOf"];
  };
  "/users/{id}/sessions/{sid}": {
    delete: operations["endSessionOf"];
  };
  "/users/{id}/unlock": {
    post: operations["unlock"];
  };
  "/audit": {
    get: operations["audit"];
  };
}

export interface components {
  schemas: {
    User: { id: string; email: string; name: string; role: string };
    Entry: { accessToken: string; user: components["schemas"]["User"] };
    Renewal: { accessToken: string };
    Message: { message: string };
    Ended: { message: string; ended: number };
    Account: { id: string; email: string; name: string; role: string; disabled: boolean; createdAt: string };
    Accounts: { users: components["schemas"]["Account"][]; nextCursor: string | null };
    Session: { id: string; createdAt: string; lastUsedAt: string; expiresAt: string; userAgent: string | null; ipAddress: string | null; current: boolean };
    Sessions: { sessions: components["schemas"]["Session"][] };
    Event: { id: string; at: string; kind: string; cause: string | null; by: string | null; userId: string | null; emailDigest: string | null; sessionId: string | null; count: number | null; role: string | null; ipAddress: string | null; userAgent: string | null; requestId: string | null };
    Events: { events: components["schemas"]["Event"][]; nextCursor: string | null };
  };
}

export interface operations {
  login: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": { email: string; password: string } } };
    responses: { 200: { content: { "application/json": components["schemas"]["Entry"] } } };
  };
  refresh: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Renewal"] } } };
  };
  logout: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Message"] } } };
  };
  me: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["User"] } } };
  };
  rename: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": { name: string } } };
    responses: { 200: { content: { "application/json": components["schemas"]["User"] } } };
  };
  bootstrap: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": { email: string; password: string; name: string } } };
    responses: { 201: { content: { "application/json": components["schemas"]["Message"] } } };
  };
  ownSessions: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Sessions"] } } };
  };
  endOwnSessions: {
    parameters: { query?: { current?: boolean }; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Ended"] } } };
  };
  endOwnSession: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Message"] } } };
  };
  changePassword: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": { currentPassword: string; newPassword: string } } };
    responses: { 200: { content: { "application/json": components["schemas"]["Message"] } } };
  };
  users: {
    parameters: { query?: { limit?: number; cursor?: string; search?: string; role?: string; state?: "enabled" | "disabled" }; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Accounts"] } } };
  };
  createUser: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": { email: string; name: string; role: string; password: string } } };
    responses: { 201: { content: { "application/json": components["schemas"]["Account"] } } };
  };
  user: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Account"] } } };
  };
  changeUser: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: { content: { "application/json": { name?: string; role?: string; disabled?: boolean; password?: string } } };
    responses: { 200: { content: { "application/json": components["schemas"]["Account"] } } };
  };
  deleteUser: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Message"] } } };
  };
  sessionsOf: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Sessions"] } } };
  };
  endSessionsOf: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Ended"] } } };
  };
  endSessionOf: {
    parameters: { query?: never; header?: never; path: { id: string; sid: string }; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Message"] } } };
  };
  unlock: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Message"] } } };
  };
  audit: {
    parameters: { query?: { limit?: number; cursor?: string; user?: string; session?: string; email?: string; kind?: string; since?: string; until?: string }; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: { 200: { content: { "application/json": components["schemas"]["Events"] } } };
  };
}
