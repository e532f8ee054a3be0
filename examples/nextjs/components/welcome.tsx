"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect } from "react";
import { auth, useAuth } from "@/lib/auth";
import { useTask } from "@/lib/hooks";
import { Field, typed } from "./field";
import { Submit } from "./submit";
import { Trouble } from "./trouble";
import { Waiting } from "./waiting";

/** The first run: whoever is first becomes the admin, and is signed in. */
export function Welcome() {
  const { status } = useAuth();
  const router = useRouter();
  const task = useTask();

  useEffect(() => {
    if (status === "signed-in") router.replace("/");
  }, [status, router]);

  const create = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const credentials = { email: typed(form, "email"), password: typed(form, "password") };
    void task.run(async () => {
      await auth.bootstrap({ ...credentials, name: typed(form, "name") });
      await auth.login(credentials);
    });
  };

  // Not before scripts run: a browser would send the form by itself, and the password to the wrong place.
  if (status !== "signed-out") return <Waiting />;
  return (
    <section className="card narrow">
      <h1>Welcome</h1>
      <p>The first account of a new installation is an admin’s. It creates all others.</p>
      <form method="post" onSubmit={create}>
        <Field label="Name" name="name" autoComplete="name" maxLength={200} />
        <Field label="Email" name="email" type="email" autoComplete="username" />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters. Long is better than complicated."
        />
        <Trouble problem={task.problem} />
        <Submit task={task}>Create the first admin</Submit>
      </form>
      <p className="quiet">
        You have an account? <Link href="/login">Sign in</Link>
      </p>
    </section>
  );
}
