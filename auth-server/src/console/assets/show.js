// Times and origins, as a person reads them.

import { h } from "./dom.js";
import { distance, program } from "./spell.js";

const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** A time of the server in this browser's zone, with its distance from now. */
export function time(text, now = Date.now()) {
  return h("time", { datetime: text, title: text }, whole.format(new Date(text)), " ",
    h("span", { class: "aside" }, distance(Date.parse(text) - now)));
}

/** From where somebody came: the address and the program. */
export function origin(address, agent) {
  if (!address && !agent) return "–";
  return [h("span", { title: agent ?? undefined }, program(agent)), h("span", { class: "aside block" }, address ?? "no address")];
}
