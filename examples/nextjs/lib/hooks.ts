"use client";

import { useCallback, useEffect, useState } from "react";
import { explain, type Problem } from "./explain";

/** Something that a person has asked for, one at a time. */
export interface Task {
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** Does the work, unless some is being done. */
  run(work: () => Promise<void>): Promise<void>;
}

export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (work: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run };
}

/** What a page shows from the service. */
export interface Loaded<T> {
  /** The latest answer; undefined until there is one. */
  readonly data: T | undefined;
  readonly problem: Problem | null;
  /** Asks again, and goes on showing what there is meanwhile. */
  reload(): Promise<void>;
}

/** Asks when the page is shown, and again whenever `load` is another function. */
export function useLoaded<T>(load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ of: () => Promise<T>; data?: T; problem: Problem | null }>();
  const reload = useCallback(async () => {
    const loaded = await load().then(
      (data) => ({ of: load, data, problem: null }),
      (error: unknown) => ({ of: load, problem: explain(error) }),
    );
    setState((before) => ({ ...before, ...loaded }));
  }, [load]);

  useEffect(() => {
    let shown = true;
    load().then(
      (data) => shown && setState({ of: load, data, problem: null }),
      (error: unknown) => shown && setState({ of: load, problem: explain(error) }),
    );
    return () => {
      shown = false;
    };
  }, [load]);

  return { data: state?.data, problem: state?.of === load ? state.problem : null, reload };
}
