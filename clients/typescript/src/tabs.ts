import { readUser, type User } from "./snapshot.js";
import type { Channel, Locks, Timers } from "./surroundings.js";

/** What one tab tells the others. `at` orders events over all tabs of a browser; `asked` is the token's age. */
export type Message =
  | { readonly kind: "in"; readonly at: number; readonly asked: number; readonly token: string; readonly user: User }
  | { readonly kind: "out"; readonly at: number; readonly session: string | undefined };

/** The other tabs of this browser on this origin. */
export interface Tabs {
  tell(message: Message): void;
  /** Runs one thing at a time over all tabs, in the order in which each tab asked. */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  /** Begins to listen; again and again does no harm. */
  open(): void;
  close(): void;
}

/** How long another tab is waited for: it may have been closed, or put to sleep in the middle of something. */
const PATIENCE = 20_000;

export function createTabs(
  name: () => string,
  locks: () => Locks | undefined,
  openChannel: (name: string) => Channel | undefined,
  timers: Timers,
  heard: (message: Message) => void,
): Tabs {
  let channel: Channel | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  let free: (() => void) | undefined;
  let othersAreFree: Promise<void> = Promise.resolve();

  function othersAreBusy(): void {
    free?.();
    othersAreFree = new Promise((resolve) => {
      const timer = timers.setTimeout(resolve, PATIENCE);
      free = () => {
        timers.clearTimeout(timer);
        resolve();
      };
    });
  }

  function receive(data: unknown): void {
    const { kind } = Object(data) as { kind?: unknown };
    if (kind === "busy") return othersAreBusy();
    if (kind === "free") return free?.();
    const message = readMessage(data);
    if (message) heard(message);
  }

  // Without locks, tabs say when they begin and end. Two that begin in the same instant both go
  // ahead; the server answers both, because that is what its grace is for.
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    await othersAreFree;
    channel?.postMessage({ kind: "busy" });
    try {
      return await work();
    } finally {
      channel?.postMessage({ kind: "free" });
    }
  }

  function queued<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(() => inTurn(work));
    queue = turn.catch(() => undefined);
    return turn;
  }

  async function locked<T>(shared: Locks, work: () => Promise<T>): Promise<T> {
    const patience = new AbortController();
    const timer = timers.setTimeout(() => patience.abort(), PATIENCE);
    let mine = false;
    try {
      return await shared.request(name(), { signal: patience.signal }, () => {
        mine = true;
        timers.clearTimeout(timer);
        return work();
      });
    } catch (error) {
      if (mine) throw error;
      timers.clearTimeout(timer);
      return queued(work);
    }
  }

  return {
    tell: (message) => channel?.postMessage(message),
    exclusive(work) {
      const shared = locks();
      return shared ? locked(shared, work) : queued(work);
    },
    open() {
      channel ??= openChannel(name());
      if (channel) channel.onmessage = ({ data }) => receive(data);
    },
    close() {
      channel?.close();
      channel = undefined;
      free?.();
    },
  };
}

// Only pages of this origin can write to the channel. What they write is looked at all the same:
// another version of this client may be among them.
function readMessage(data: unknown): Message | undefined {
  const { kind, at, asked, token, user, session } = Object(data) as Record<string, unknown>;
  if (typeof at !== "number" || !Number.isFinite(at)) return undefined;
  if (kind === "out") return { kind, at, session: typeof session === "string" ? session : undefined };
  const who = readUser(user);
  const whole = kind === "in" && typeof token === "string" && typeof asked === "number" && who;
  return whole ? { kind, at, asked, token, user: who } : undefined;
}
