import { type ComponentProps, useId } from "react";

type Props = ComponentProps<"input"> & { label: string; hint?: string };

/** An input with its label and, maybe, a hint, which a screen reader reads as well. */
export function Field({ label, hint, ...input }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} required aria-describedby={hint && `${id}-hint`} {...input} />
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

/** What was typed into the input of that name. */
export function typed(form: HTMLFormElement, name: string): string {
  return String(new FormData(form).get(name) ?? "");
}
