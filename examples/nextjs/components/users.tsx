"use client";

import { type FormEvent, useCallback, useState } from "react";
import { useLoaded, useTask } from "@/lib/hooks";
import { type Account, listUsers } from "@/lib/users";
import { NewUser } from "./new-user";
import { Done, Trouble } from "./trouble";
import { UserRow } from "./user-row";

export function Users() {
  const [search, setSearch] = useState("");
  const [more, setMore] = useState<{ after: unknown; users: readonly Account[]; next: string | null }>();
  const [done, setDone] = useState<string | null>(null);
  const first = useLoaded(useCallback(() => listUsers(search), [search]));
  const task = useTask();

  const further = more && more.after === first.data ? more : undefined;
  const users = [...(first.data?.users ?? []), ...(further?.users ?? [])];
  const next = further ? further.next : first.data?.nextCursor;

  const show = async (sentence: string) => {
    setDone(sentence);
    await first.reload();
  };
  /** Does the work that was asked for, says what it says, and shows what has become of the list. */
  const act = (work: () => Promise<string>) => {
    setDone(null);
    void task.run(async () => show(await work()));
  };
  const showMore = (cursor: string) =>
    task.run(async () => {
      const page = await listUsers(search, cursor);
      const shown = [...(further?.users ?? []), ...page.users];
      setMore({ after: first.data, users: shown, next: page.nextCursor });
    });
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setSearch(String(new FormData(event.currentTarget).get("search") ?? "").trim());
  };

  // The service has said no: there is nothing to show but that.
  if (first.problem && !first.data) {
    return (
      <section className="card narrow">
        <h1>Users</h1>
        <Trouble problem={first.problem} />
      </section>
    );
  }
  return (
    <>
      <div className="heading">
        <h1>Users</h1>
        <form role="search" className="search" onSubmit={find}>
          <input type="search" name="search" aria-label="Name or email begins with" placeholder="Name or email begins with" />
          <button type="submit">Search</button>
        </form>
      </div>
      <NewUser created={show} />
      <section className="card" aria-labelledby="accounts">
        <h2 id="accounts">Accounts</h2>
        <Trouble problem={task.problem ?? first.problem} />
        <Done>{done}</Done>
        {first.data && users.length === 0 && <p className="quiet">Nobody’s name or email begins with that.</p>}
        <ul className="list">
          {users.map((user) => (
            <UserRow key={user.id} user={user} act={act} />
          ))}
        </ul>
        {next && (
          <button type="button" onClick={() => showMore(next)}>
            Show more
          </button>
        )}
      </section>
    </>
  );
}
