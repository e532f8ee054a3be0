"use client";

import { useSyncExternalStore } from "react";
import { createAuthClient } from "auth-server-client";

/** The session of this browser. It keeps the access token in memory and refreshes it. */
export const auth = createAuthClient();

/** Who is signed in, as far as is known. */
export function useAuth() {
  return useSyncExternalStore(auth.subscribe, auth.getSnapshot, auth.getServerSnapshot);
}
