"use client";

import { useAuth } from "@/lib/auth";
import { NewPassword } from "./new-password";
import { Sessions } from "./sessions";

export function Account() {
  const { user } = useAuth();
  return (
    <>
      <div className="heading">
        <h1>Account</h1>
        <p className="quiet">{user?.email}</p>
      </div>
      <Sessions />
      <NewPassword email={user?.email ?? ""} />
    </>
  );
}
