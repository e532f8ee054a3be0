"use client";

import { useEffect, useState } from "react";
import type { Task } from "@/lib/hooks";

/** The button of a form. It shows that work is done, and how long one has to wait. */
export function Submit({ children, task }: { children: string; task: Task }) {
  const left = useCountdown(task.problem?.wait, task.problem);
  const idle = !task.busy && left === 0;
  return (
    // Disabled for a pointer, but not for the keyboard, which would lose its place.
    <button type="submit" className="primary" aria-disabled={!idle} onClick={(event) => !idle && event.preventDefault()}>
      {task.busy ? "One moment…" : left > 0 ? `Try again in ${left} s` : children}
    </button>
  );
}

function useCountdown(seconds: number | undefined, since: unknown): number {
  const [over, setOver] = useState<{ since: unknown; passed: number }>({ since, passed: 0 });
  useEffect(() => {
    if (seconds === undefined) return undefined;
    const began = Date.now();
    const timer = setInterval(() => setOver({ since, passed: Math.floor((Date.now() - began) / 1000) }), 250);
    return () => clearInterval(timer);
  }, [seconds, since]);
  if (seconds === undefined) return 0;
  return Math.max(0, seconds - (over.since === since ? over.passed : 0));
}
