// What happened, in words. A test holds these lists against the server's own.

/** Each kind of event. */
export const KINDS = {
  login_succeeded: "Signed in",
  login_failed: "Sign-in refused",
  throttled: "Sign-in held up",
  throttle_reset: "Unlocked",
  refresh_reused: "Spent token presented",
  session_ended: "Session ended",
  sessions_ended: "Sessions ended",
  password_changed: "Password changed",
  password_refused: "Wrong current password",
  password_reset: "Password set",
  password_strengthened: "Password hash strengthened",
  password_not_strengthened: "Password hash not strengthened",
  hash_unusable: "Password hash unusable",
  bootstrap: "First admin created",
  bootstrap_refused: "First admin refused",
  user_created: "User created",
  users_imported: "Users imported",
  user_renamed: "User renamed",
  role_changed: "Role changed",
  user_disabled: "User disabled",
  user_enabled: "User enabled",
  user_deleted: "User deleted",
  permission_denied: "Permission denied",
};

/** Each cause of an event. */
export const CAUSES = {
  unknown_account: "no such account",
  wrong_password: "wrong password",
  account_disabled: "the account is disabled",
  no_password: "no usable password",
  given_up: "the client went away",
  account_limit: "too many wrong passwords for the account",
  attempts_exhausted: "too many in a row: only an admin can unlock it",
  address_limit: "too many wrong passwords from the address",
  logout: "signed out",
  replaced: "the same browser signed in anew",
  reuse: "a spent refresh token was presented",
  password_replaced: "the password was replaced",
  disabled: "the account was disabled",
  revoked: "by its user",
  revoked_by_admin: "by an admin, or the operator",
  session_limit: "one session too many",
};

const ALARMING = new Set(["refresh_reused", "hash_unusable", "bootstrap_refused", "password_not_strengthened"]);
const REFUSED = new Set(["login_failed", "throttled", "password_refused", "permission_denied"]);

/** How an event looks: an alarm, a refusal, or what happens all day. */
export function tone(kind) {
  if (ALARMING.has(kind)) return "alarm";
  return REFUSED.has(kind) ? "refusal" : "plain";
}

const ENDS_MANY = new Set(["sessions_ended", "password_changed", "password_reset", "user_disabled", "user_deleted"]);
const ENDS_ONE = new Set(["session_ended", "refresh_reused"]);

/** The event that ended a session: what names the session comes before what ended its user's others. */
export function end(events, session) {
  return events.find((event) => event.sessionId === session && ENDS_ONE.has(event.kind))
    ?? events.findLast((event) => event.sessionId !== session && ENDS_MANY.has(event.kind));
}

/** Why that event ended it, as a sentence. */
export function reason({ kind, cause }) {
  const byKind = {
    refresh_reused: "A refresh token that had been replaced was presented again: two held the session, and one of them may be a thief.",
    password_changed: "Its user changed their password in another session.",
    password_reset: "Its user was given another password.",
    user_disabled: "The account was disabled.",
    user_deleted: "The account was deleted.",
  };
  const byCause = {
    logout: "Its user signed out.",
    replaced: "The same browser signed in anew.",
    revoked: "Its user ended it, from this session or another.",
    revoked_by_admin: "An admin, or the operator, ended it.",
    session_limit: "Its user signed in once more than the limit of sessions allows, and it was the oldest.",
  };
  return byKind[kind] ?? byCause[cause] ?? "See below.";
}
