/** Two clocks, in milliseconds. */
export interface Clock {
  /** The time of day, the same in all tabs; someone may set it. */
  now(): number;
  /** Time that only goes forward; it may stand still while the machine sleeps. */
  elapsed(): number;
}

export interface Timers {
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** What is needed of `navigator.locks`. */
export interface Locks {
  request<T>(name: string, options: { readonly signal: AbortSignal }, callback: () => Promise<T>): Promise<T>;
}

/** What is needed of a `BroadcastChannel`. */
export interface Channel {
  postMessage(message: unknown): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  close(): void;
}

/** The page that this runs in, if it runs in one. */
export interface Page {
  /** The address that relative ones are resolved against; unset on a server. */
  url(): string | undefined;
  hidden(): boolean;
  /** Calls back when the page is looked at again, or comes back from the network's or the browser's freezer. */
  onWake(callback: (how: "shown" | "thawed") => void): () => void;
}

/** The browser, or as much of it as there is. Nothing is touched before it is asked for. */
export const clock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
};

export const timers: Timers = {
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as number),
};

export const page: Page = {
  // Not document.baseURI: markup that somebody smuggles in must not decide where passwords go.
  url: () => globalThis.location?.href,
  hidden: () => globalThis.document?.visibilityState === "hidden",
  onWake(callback) {
    const shown = () => page.hidden() || callback("shown");
    // A page that comes back from the cache for "back" and "forward" has missed every message.
    const thawed = (event: Event) => (event as PageTransitionEvent).persisted && callback("thawed");
    const heard = [
      [globalThis.document, "visibilitychange", shown],
      [globalThis.window, "online", shown],
      [globalThis.window, "pageshow", thawed],
    ] as const;
    for (const [target, name, listener] of heard) target?.addEventListener(name, listener);
    return () => {
      for (const [target, name, listener] of heard) target?.removeEventListener(name, listener);
    };
  },
};

export function browserLocks(): Locks | undefined {
  return globalThis.navigator?.locks as Locks | undefined;
}

/** On a server each request is someone else's, so tabs are talked to only where there is a window or a worker. */
export function browserChannel(name: string): Channel | undefined {
  return globalThis.location && globalThis.BroadcastChannel ? (new BroadcastChannel(name) as Channel) : undefined;
}
