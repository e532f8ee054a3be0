"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect } from "react";
import { auth, useAuth } from "@/lib/auth";
import { useTask } from "@/lib/hooks";
import { wanted } from "@/lib/pages";
import { Field, typed } from "./field";
import { Submit } from "./submit";
import { Trouble } from "./trouble";
import { Waiting } from "./waiting";

export function SignIn() {
  const { status } = useAuth();
  const router = useRouter();
  const task = useTask();

  // Here, or in another tab.
  useEffect(() => {
    if (status === "signed-in") router.replace(wanted(location.search));
  }, [status, router]);

  const signIn = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    void task.run(async () => {
      await auth.login({ email: typed(form, "email"), password: typed(form, "password") });
    });
  };

  // Not before scripts run: a browser would send the form by itself, and the password to the wrong place.
  if (status !== "signed-out") return <Waiting />;
  return (
    <section className="card narrow">
      <h1>Sign in</h1>
      <form method="post" onSubmit={signIn}>
        <Field label="Email" name="email" type="email" autoComplete="username" />
        <Field label="Password" name="password" type="password" autoComplete="current-password" />
        <Trouble problem={task.problem} />
        <Submit task={task}>Sign in</Submit>
      </form>
      <p className="quiet">
        A new installation? <Link href="/welcome">Create the first admin</Link>
      </p>
    </section>
  );
}
