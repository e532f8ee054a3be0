import { useAuth } from "@/lib/auth";
import { count } from "@/lib/explain";
import { moment } from "@/lib/format";
import { type Account, changeUser, endSessionsOf, unlock } from "@/lib/users";

type Props = {
  user: Account;
  /** Does the work, and shows the sentence that it gives. */
  act: (work: () => Promise<string>) => void;
};

export function UserRow({ user, act }: Props) {
  const { user: me } = useAuth();
  const { id, name, disabled } = user;

  const setRole = (role: string) =>
    act(async () => {
      await changeUser(id, { role });
      return role === "ADMIN" ? `${name} is an admin now.` : `${name} is no admin any more.`;
    });
  const setDisabled = (disabled: boolean) =>
    act(async () => {
      await changeUser(id, { disabled });
      return disabled ? `${name} is disabled and signed out everywhere.` : `${name} can sign in again.`;
    });
  const endSessions = () =>
    act(async () => `${name}: ${count(await endSessionsOf(id), "session")} ended.`);
  const letIn = () =>
    act(async () => {
      await unlock(id);
      return `${name} can try to sign in at once.`;
    });
  const button = (text: string, onClick: () => void, className?: string) => (
    <button type="button" className={className} aria-label={`${text}: ${name}`} onClick={onClick}>
      {text}
    </button>
  );

  return (
    <li className={disabled ? "off" : undefined}>
      <div>
        <p>
          {name} {id === me?.id && <span className="badge">You</span>}
          {disabled && <span className="badge warn">Disabled</span>}
        </p>
        <p className="quiet">
          {user.email} · since {moment(user.createdAt)}
        </p>
      </div>
      <div className="actions">
        <select aria-label={`Role of ${name}`} value={user.role} onChange={(event) => setRole(event.currentTarget.value)}>
          {[...new Set(["USER", "ADMIN", user.role])].map((role) => (
            <option key={role} value={role}>
              {role}
            </option>
          ))}
        </select>
        {button("End sessions", endSessions)}
        {button("Unlock", letIn)}
        {disabled ? button("Enable", () => setDisabled(false)) : button("Disable", () => setDisabled(true), "danger")}
      </div>
    </li>
  );
}
