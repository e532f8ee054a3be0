// Before the door: signing in, becoming the first admin, and being told that one is none.

import * as api from "./api.js";
import { h, heading } from "./dom.js";
import { field, form } from "./form.js";

/** The form to sign in; `told` says why it is shown, if there is a reason. */
export function signingIn({ settings, told, entered }) {
  return h("section", { class: "door" },
    heading("Sign in"),
    told && h("p", { class: "told", role: "alert" }, told),
    form({
      parts: [
        field("email", "Email", { kind: "email", autocomplete: "username", required: true }),
        field("password", "Password", { kind: "password", autocomplete: "current-password", required: true }),
      ],
      action: "Sign in",
      run: async ({ email, password }) => entered(await api.signIn(email, password)),
    }),
    settings.bootstrap !== "closed" && h("p", { class: "aside" }, "A new system, without users? ", h("a", { href: "#/bootstrap" }, "Create the first admin")));
}

/** The form that creates the first admin, and signs them in. */
export function bootstrapping({ settings, entered }) {
  const token = settings.bootstrap === "token" && field("bootstrapToken", "Bootstrap token", {
    kind: "password", autocomplete: "off", required: true, pattern: "[!-~]+",
    hint: "The value of BOOTSTRAP_TOKEN in the server's configuration.",
  });
  return h("section", { class: "door" },
    heading("Create the first admin"),
    h("p", {}, "Once, while there are no users. Further ones are created by an admin."),
    form({
      parts: [
        field("name", "Name", { autocomplete: "name", required: true, maxlength: 200 }),
        field("email", "Email", { kind: "email", autocomplete: "username", required: true }),
        newPassword(settings),
        token,
      ],
      action: "Create admin",
      async run(values) {
        await api.bootstrap(values);
        entered(await api.signIn(values.email, values.password));
      },
    }),
    h("p", { class: "aside" }, "There is an admin already? ", h("a", { href: "#/users" }, "Sign in")));
}

/** What somebody sees who may not manage anything. */
export function notForYou({ identity, leave }) {
  return h("section", { class: "door" },
    heading("Not for this account"),
    h("p", { role: "alert" }, `You are signed in as ${identity.email}. The console is for admins, and this account has the role ${identity.role}.`),
    h("div", { class: "buttons" }, h("button", { type: "button", class: "primary", onclick: leave }, "Sign out")));
}

/** A field for a password that is being chosen. */
export function newPassword(settings, label = "Password") {
  return field("password", label, {
    kind: "password", autocomplete: "new-password", required: true,
    hint: `At least ${settings.passwordMinLength} characters; nothing common, and neither the email nor the name.`,
  });
}
