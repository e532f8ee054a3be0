"use client";

import { type FormEvent, useState } from "react";
import { auth } from "@/lib/auth";
import { useTask } from "@/lib/hooks";
import { Field, typed } from "./field";
import { Submit } from "./submit";
import { Done, Trouble } from "./trouble";

export function NewPassword({ email }: { email: string }) {
  const task = useTask();
  const [done, setDone] = useState<string | null>(null);

  const change = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const body = { currentPassword: typed(form, "current"), newPassword: typed(form, "new") };
    setDone(null);
    void task.run(async () => {
      await auth.request("POST", "/password", { body });
      form.reset();
      setDone("Your password has changed, and you are signed out everywhere else.");
    });
  };

  return (
    <section className="card" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <form method="post" className="grid" onSubmit={change}>
        {/* So that a password manager knows whose password it is. */}
        <input hidden readOnly name="email" autoComplete="username" value={email} />
        <Field label="Current password" name="current" type="password" autoComplete="current-password" />
        <Field
          label="New password"
          name="new"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters. All your other sessions end."
        />
        <div className="whole">
          <Trouble problem={task.problem} />
          <Done>{done}</Done>
          <Submit task={task}>Change password</Submit>
        </div>
      </form>
    </section>
  );
}
