/* What moderators have pinned, beside the chat; and their button below each message. */

import { addressOf, fillQuote, words } from "./chat-messages.js";

const part = document.querySelector("[data-pins]");
const list = part.querySelector("ul");

/* A message was pinned, or its pin was taken off, or it is gone. */
export function pin({ target, pinned, quote }) {
  list.querySelector(`[data-quote="${target}"]`)?.closest("li").remove();
  if (pinned) {
    const link = document.createElement("a");
    link.href = addressOf(target);
    link.dataset.quote = target;
    fillQuote(link, quote);
    const row = document.createElement("li");
    row.className = "row";
    row.append(link);
    list.prepend(row);
  }
  part.hidden = !list.children.length;
  const button = document.querySelector(`#message-${target} [data-pin]`);
  if (button) label(button, target, pinned);
}

export function unpinAll() {
  list.replaceChildren();
  part.hidden = true;
}

/* Below what was drawn here, for moderators. */
export function addPin(item, { seq }) {
  const foot = item.querySelector(".message-foot");
  if (!foot || !words.pin) return;
  const button = document.createElement("button");
  button.className = "reaction";
  button.setAttribute("form", "reacting");
  button.dataset.pin = "";
  label(button, seq, false);
  foot.append(" ", button);
}

function label(button, seq, pinned) {
  button.setAttribute("formaction", `${seq}/${pinned ? "unpin" : "pin"}/`);
  button.textContent = pinned ? words.unpin : words.pin;
}
