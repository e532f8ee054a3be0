"use client";

import { useState } from "react";
import { auth } from "@/lib/auth";
import { count } from "@/lib/explain";
import { device, moment } from "@/lib/format";
import { useLoaded, useTask } from "@/lib/hooks";
import { Done, Trouble } from "./trouble";

const load = () => auth.request("GET", "/sessions");

/** Where one is signed in, and the end of it. */
export function Sessions() {
  const list = useLoaded(load);
  const ending = useTask();
  const [done, setDone] = useState<string | null>(null);
  const sessions = list.data?.sessions ?? [];

  const end = (work: () => Promise<string>) => {
    setDone(null);
    void ending.run(async () => {
      setDone(await work());
      await list.reload();
    });
  };
  const endOne = (sid: string, name: string) =>
    end(async () => {
      await auth.request("DELETE", "/sessions/{sid}", { path: { sid } });
      return `The session on ${name} has ended.`;
    });
  const endOthers = () =>
    end(async () => {
      const { ended } = await auth.request("DELETE", "/sessions");
      return ended === 0 ? "There was no other session." : `${count(ended, "other session")} ended.`;
    });

  return (
    <section className="card" aria-labelledby="sessions">
      <div className="heading">
        <h2 id="sessions">Where you are signed in</h2>
        <button type="button" className="danger" aria-disabled={ending.busy} onClick={endOthers}>
          End all others
        </button>
      </div>
      <Trouble problem={list.problem ?? ending.problem} />
      <Done>{done}</Done>
      <ul className="list">
        {sessions.map((session) => {
          const name = device(session.userAgent);
          return (
            <li key={session.id}>
              <div>
                <p>
                  {name} {session.current && <span className="badge">This one</span>}
                </p>
                <p className="quiet">
                  {session.ipAddress ?? "Unknown address"} · since {moment(session.createdAt)} · last used{" "}
                  {moment(session.lastUsedAt)}
                </p>
              </div>
              {!session.current && (
                <button type="button" aria-label={`End the session on ${name}`} onClick={() => endOne(session.id, name)}>
                  End
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
