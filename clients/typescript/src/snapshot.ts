/** Who is signed in, as the server tells it. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
}

/** What a page shows. The same object as long as nothing in it changes. */
export type Snapshot =
  | { readonly status: "loading" | "signed-out"; readonly user: null }
  | { readonly status: "signed-in"; readonly user: User };

/** What is shown until `restore` or `login` has answered, and by a server that renders pages. */
export const LOADING: Snapshot = Object.freeze({ status: "loading", user: null });

/** What is shown when nobody is signed in. */
export const SIGNED_OUT: Snapshot = Object.freeze({ status: "signed-out", user: null });

/** Holds the snapshot, and tells whoever subscribed that there is another. */
export interface Board {
  current(): Snapshot;
  show(next: Snapshot): void;
  subscribe(listener: () => void): () => void;
}

export function createBoard(changed: (before: Snapshot, after: Snapshot) => void): Board {
  let shown = LOADING;
  const listeners = new Set<() => void>();
  return {
    current: () => shown,
    show(next) {
      if (same(shown, next)) return;
      const before = shown;
      shown = next;
      for (const listener of [...listeners]) guarded(listener);
      guarded(() => changed(before, next));
    },
    subscribe(listener) {
      // A function of its own for each call, so that one listener may subscribe twice.
      const entry = () => listener();
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
  };
}

/** A user out of an answer or a message, field by field; nothing else that is in there comes along. */
export function readUser(value: unknown): User | undefined {
  const { id, email, name, role } = Object(value) as Record<string, unknown>;
  return [id, email, name, role].every((field) => typeof field === "string")
    ? ({ id, email, name, role } as User)
    : undefined;
}

function same(a: Snapshot, b: Snapshot): boolean {
  return a.status === b.status && JSON.stringify(a.user) === JSON.stringify(b.user);
}

// What a page does in its own callback must not make a login fail that has succeeded.
function guarded(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    (globalThis.reportError ?? console.error)(error);
  }
}
