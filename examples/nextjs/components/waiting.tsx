/** Shown until it is known who is signed in. */
export function Waiting() {
  return <p className="quiet">One moment…</p>;
}
