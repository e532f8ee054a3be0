"use client";

import { type FormEvent, useId } from "react";
import { useTask } from "@/lib/hooks";
import { createUser } from "@/lib/users";
import { Field, typed } from "./field";
import { Submit } from "./submit";
import { Trouble } from "./trouble";

export function NewUser({ created }: { created: (sentence: string) => Promise<void> }) {
  const task = useTask();
  const role = useId();

  const create = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    void task.run(async () => {
      const user = await createUser({
        name: typed(form, "name"),
        email: typed(form, "email"),
        role: typed(form, "role"),
        password: typed(form, "password"),
      });
      form.reset();
      await created(`${user.name} has an account now.`);
    });
  };

  return (
    <details className="card">
      <summary>
        <h2>New user</h2>
      </summary>
      <form method="post" className="grid" onSubmit={create}>
        <Field label="Name" name="name" autoComplete="off" maxLength={200} />
        <Field label="Email" name="email" type="email" autoComplete="off" />
        <Field label="First password" name="password" type="password" autoComplete="new-password" />
        <div className="field">
          <label htmlFor={role}>Role</label>
          <select id={role} name="role" defaultValue="USER">
            <option>USER</option>
            <option>ADMIN</option>
          </select>
        </div>
        <div className="whole">
          <Trouble problem={task.problem} />
          <Submit task={task}>Create user</Submit>
        </div>
      </form>
    </details>
  );
}
