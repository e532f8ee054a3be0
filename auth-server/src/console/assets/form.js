// Fields, forms and dialogs: one way to ask, to wait, and to say what was wrong.

import { announce, h, problemPlace } from "./dom.js";

let fields = 0;

/** A labelled field. `kind` is a type of `input`, or `select` with its `options`. */
export function field(name, label, { kind = "text", hint, options, value, ...attributes } = {}) {
  const id = `field-${++fields}`;
  const hintId = hint && `${id}-hint`;
  const common = { id, name, "aria-describedby": hintId, ...attributes };
  const control = kind === "select"
    ? h("select", common, options.map(([option, text]) => h("option", { value: option, selected: option === value }, text)))
    : h("input", { ...common, type: kind, value });
  return h("div", { class: "field" },
    h("label", { for: id }, label),
    kind === "password" ? h("div", { class: "with-button" }, control, revealing(control, label)) : control,
    hint && h("p", { id: hintId, class: "hint" }, hint));
}

function revealing(input, label) {
  return h("button", {
    type: "button", class: "quiet", "aria-pressed": "false", "aria-label": `Show ${label.toLowerCase()}`,
    onclick(event) {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      event.currentTarget.setAttribute("aria-pressed", String(shown));
      event.currentTarget.textContent = shown ? "Hide" : "Show";
    },
  }, "Show");
}

/**
 * A form that runs `run` with its values, and shows what is refused.
 *
 * The button is never disabled, which would drop the focus: it only does nothing while it waits.
 */
export function form({ parts, action, danger, others = [], run, ...attributes }) {
  const problem = problemPlace();
  const button = h("button", { type: "submit", class: danger ? "danger" : "primary" }, action);
  const rest = h("div", { class: "buttons" }, button, others);
  const element = h("form", {
    ...attributes,
    async onsubmit(event) {
      event.preventDefault();
      if (button.getAttribute("aria-disabled")) return;
      problem.clear();
      unmark(element);
      hold(button, "Please wait…");
      const values = Object.fromEntries(new FormData(element));
      try {
        await run(values);
        release(button, action);
      } catch (error) {
        problem.tell(error.message);
        mark(element, error.message);
        if (error.wait) countdown(button, action, error.wait);
        else release(button, action);
      }
    },
  }, parts, problem.element, rest);
  return element;
}

function hold(button, text) {
  button.setAttribute("aria-disabled", "true");
  button.textContent = text;
}

function release(button, text) {
  button.removeAttribute("aria-disabled");
  button.textContent = text;
}

/** Counts the seconds down on the button, for the eye alone; the ear is told when they are over. */
function countdown(button, action, seconds) {
  const until = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0 && button.isConnected) {
      hold(button, `Wait ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
      setTimeout(tick, 250);
    } else {
      release(button, action);
      if (button.isConnected) announce("You can try again now.");
    }
  };
  tick();
}

/** The server's sentence begins with the name of the field that it is about. */
function mark(element, sentence) {
  const named = [...element.elements].find((control) => control.name && sentence.toLowerCase().startsWith(`${control.name.toLowerCase()} `));
  named?.setAttribute("aria-invalid", "true");
  named?.focus();
}

function unmark(element) {
  for (const control of element.elements) control.removeAttribute("aria-invalid");
}

let dialogs = 0;

/**
 * Asks in a dialog. Closing it gives the focus back to whatever opened it; `done` gets the answer
 * after that, also where somebody closed it while the server was still at work.
 */
export function dialog({ title, parts, action, danger, run, done }) {
  const id = `dialog-${++dialogs}`;
  const cancel = h("button", { type: "button", class: "quiet", autofocus: danger, onclick: () => box.close() }, "Cancel");
  const asks = form({
    parts, action, danger, others: [cancel],
    async run(values) {
      const answer = await run(values);
      box.close();
      done(answer);
    },
  });
  const box = h("dialog", { "aria-labelledby": id, onclose: () => box.remove() }, h("h2", { id }, title), asks);
  document.body.append(box);
  box.showModal();
}
