/* One press below a message: the buttons, the numbers beside them, and what is sent. */

import { root } from "./chat-messages.js";

const [buttons, numbers] = ["data-reacting", "data-reacted"].map(
  (name) => root.querySelector(`template[${name}]`).content.firstElementChild,
);
const pressed = new Map(); /* what was sent, by its id, until it is acknowledged */

/* Below what was drawn here; others press, its author sees how many did. */
export function addReactions(item, { seq, thanks = 0, agreed = 0 }) {
  const foot = item.querySelector(".message-foot");
  if (!foot || item.querySelector("[data-reactions]")) return;
  const part = (item.matches(".message-own") ? numbers : buttons).cloneNode(true);
  part.querySelectorAll("button").forEach((button) => button.setAttribute("formaction", `${seq}/react/`));
  foot.append(" ", part);
  count(item, { thanks, agreed });
}

export function count(item, amounts) {
  item.querySelectorAll("[data-count]").forEach((number) => {
    const amount = amounts[number.dataset.count];
    number.textContent = ` ${amount}`;
    const shown = number.closest("button") ? number : number.parentElement;
    shown.hidden = !amount;
  });
}

/* The frame that a press is. */
export function press(button, room) {
  const on = button.getAttribute("aria-pressed") !== "true";
  const id = crypto.randomUUID();
  pressed.set(id, [button, on]);
  const seq = Number(button.closest(".message").dataset.seq);
  return { type: "react", room, seq, kind: button.dataset.kind, on, id };
}

/* Whether this acknowledges a press. */
export function acknowledged(id) {
  const [button, on] = pressed.get(id) || [];
  if (!button) return false;
  pressed.delete(id);
  button.setAttribute("aria-pressed", String(on));
  button.value = `${on ? "not-" : ""}${button.dataset.kind}`;
  return true;
}
