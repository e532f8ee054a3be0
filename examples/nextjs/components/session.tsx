"use client";

import { type ReactNode, useCallback, useEffect, useState } from "react";
import { auth } from "@/lib/auth";
import { explain, type Problem } from "@/lib/explain";
import { Trouble } from "./trouble";

/** Finds out, once for each page load, whether someone is signed in. */
export function Session({ children }: { children: ReactNode }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const restore = useCallback(async () => {
    setProblem(await auth.restore().then(() => null, explain));
  }, []);

  useEffect(() => {
    auth.restore().catch((error: unknown) => setProblem(explain(error)));
  }, []);

  if (!problem) return children;
  return (
    <section className="card narrow">
      <h1>No answer</h1>
      <Trouble problem={problem} />
      <button type="button" className="primary" onClick={restore}>
        Try again
      </button>
    </section>
  );
}
