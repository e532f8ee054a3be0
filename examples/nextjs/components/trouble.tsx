import type { Problem } from "@/lib/explain";

/** Says what went wrong; a screen reader says it at once. */
export function Trouble({ problem }: { problem: Problem | null }) {
  return (
    <div role="alert" className="trouble">
      {problem && <p>{problem.sentence}</p>}
    </div>
  );
}

/** Says what was done; a screen reader says it when it has finished what it is saying. */
export function Done({ children }: { children: string | null }) {
  return (
    <div role="status" className="done">
      {children && <p>{children}</p>}
    </div>
  );
}
