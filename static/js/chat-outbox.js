/* What one has written in a chat and the server has not acknowledged yet: kept on this device, sent again under the same id. */

import { root } from "./chat-messages.js";

const BOX = `outbox ${root.dataset.me} ${root.dataset.chat}`;

function read() {
  try {
    return JSON.parse(localStorage.getItem(BOX) || "[]");
  } catch {
    return [];
  }
}

let box = read();

function keep() {
  try {
    if (box.length) localStorage.setItem(BOX, JSON.stringify(box));
    else localStorage.removeItem(BOX);
  } catch {
    /* Private windows and full stores: what waits lives as long as this page. */
  }
}

/* What waits, as this page knows it; `again` looks whether another page has written or settled something. */
export function waiting(again = false) {
  if (again) box = read();
  return box;
}

export function put(entry) {
  box = [...read(), entry];
  keep();
}

/* It was refused; why stands beside it from now on. */
export function refuse(entry, why) {
  entry.why = why;
  keep();
}

export function settle(id) {
  box = read().filter((entry) => entry.id !== id);
  keep();
}
