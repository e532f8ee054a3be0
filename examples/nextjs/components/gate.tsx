"use client";

import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { useAuth } from "@/lib/auth";
import { signInFor } from "@/lib/pages";
import { Waiting } from "./waiting";

/**
 * Shows a page to those who are signed in, and the sign-in page to all others.
 *
 * That is for comfort. What may be seen and done is decided by the service, each time it is asked.
 */
export function Gate({ children }: { children: ReactNode }) {
  const { status } = useAuth();
  const router = useRouter();
  const page = usePathname();
  const turnedAway = status === "signed-out";

  useEffect(() => {
    if (turnedAway) router.replace(signInFor(page));
  }, [turnedAway, router, page]);

  return status === "signed-in" ? children : <Waiting />;
}
