"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { auth, useAuth } from "@/lib/auth";
import { useTask } from "@/lib/hooks";
import { Trouble } from "./trouble";

export function Header() {
  const { user } = useAuth();
  const page = usePathname();
  const leaving = useTask();
  const link = (to: string, text: string) => (
    <Link href={to} aria-current={page === to ? "page" : undefined}>
      {text}
    </Link>
  );
  return (
    <header className="top">
      <div className="bar">
        <Link href="/" className="brand">
          <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
            <path d="M3 7.5 12 3l9 4.5v9L12 21l-9-4.5z M3 7.5l9 4.5 9-4.5 M12 12v9" fill="none" stroke="currentColor" strokeWidth="2" strokeLinejoin="round" />
          </svg>
          Parcel
        </Link>
        {user && (
          <>
            <nav aria-label="Pages">
              {link("/", "Orders")}
              {link("/account", "Account")}
              {user.role === "ADMIN" && link("/admin", "Users")}
            </nav>
            <p className="who">
              <span className="name">{user.name}</span>
              {user.role === "ADMIN" && <span className="badge">Admin</span>}
            </p>
            <button type="button" aria-disabled={leaving.busy} onClick={() => leaving.run(auth.logout)}>
              Sign out
            </button>
          </>
        )}
      </div>
      <Trouble problem={leaving.problem} />
    </header>
  );
}
