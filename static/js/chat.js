/* A room's chat while it happens. The page works without this file: it is then a list and a form.
   Every word that is shown stands in the page (chat_words.html); the server renders what is said. */

import { add, byId, draw, excerpt, follows, log, requote, reword, root, show, strike, toEnd, words } from "./chat-messages.js";
import { acknowledged, addReactions, count, press } from "./chat-reactions.js";
import { addPin, pin, unpinAll } from "./chat-pins.js";
import { put, refuse, settle, waiting } from "./chat-outbox.js";

const form = root.querySelector("#say-form");
const field = form?.querySelector("textarea");
const room = root.dataset.chat;
const REFRESH = 60000;
const CALM = 2000;

/* A part of the history that others follow gets no new messages, but what becomes of those that stand in it. */
const live = root.dataset.live !== undefined;
let cursor = Number(root.dataset.newest);
let open = false;
let lost = false;
let warning = 0;

function send(frame) {
  document.dispatchEvent(new CustomEvent("live:send", { detail: frame }));
}

function sendEntry(entry) {
  send({ type: "say", room, id: entry.id, body: entry.body, reply_to: entry.reply_to });
}

/* -- what is not sent yet -- */

function drawWaiting(entry) {
  const item = draw({ ...entry, author: { id: root.dataset.me, name: "" } });
  const foot = document.createElement("p");
  foot.className = "message-foot";
  item.append(foot);
  byId(entry.id)?.remove();
  add(item, true);
  mark(entry);
}

/* What state an unsent message is in stands below it, in words. */
function mark(entry) {
  const item = byId(entry.id);
  if (!item) return;
  const foot = item.querySelector(".message-foot");
  item.classList.toggle("message-failed", Boolean(entry.why));
  item.classList.toggle("message-waiting", !entry.why);
  if (!entry.why) {
    foot.textContent = open ? words.sending : words.waiting;
    return;
  }
  foot.replaceChildren(`${words.failed} ${entry.why} `, choice("again", entry), " ", choice("discard", entry));
}

function choice(name, entry) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet";
  button.textContent = words[name];
  button.addEventListener("click", () => {
    settle(entry.id);
    if (name === "again") post(entry.body, entry.reply_to, byId(entry.id));
    else takeBack(entry);
  });
  return button;
}

function takeBack(entry) {
  byId(entry.id)?.remove();
  if (!field.value.trim()) field.value = entry.body;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

/* -- what the server says -- */

const heard = {
  message(frame) {
    if (frame.seq <= cursor && document.getElementById(`message-${frame.seq}`)) return;
    cursor = Math.max(cursor, frame.seq);
    const old = byId(frame.id);
    if (!live) {
      /* Under a new number it stands among the newest. */
      if (old && Number(old.dataset.seq) !== frame.seq) old.remove();
      return;
    }
    const item = draw(frame);
    if (!frame.held && !frame.retracted) drawButtons(item, frame);
    const own = frame.author.id === root.dataset.me;
    if (own) settle(frame.id);
    if (old && old.nextElementSibling === null) old.replaceWith(item);
    else {
      old?.remove();
      add(item, own && Boolean(old));
    }
    /* It stood here under another number, and may be quoted under that. */
    if (old?.dataset.seq) requote(Number(old.dataset.seq), frame.seq);
  },
  ack(frame) {
    if (acknowledged(frame.id)) return;
    settle(frame.id);
    const item = byId(frame.id);
    if (!item || item.dataset.seq) return;
    item.classList.remove("message-waiting");
    item.querySelector(".message-foot").textContent = frame.held ? words.held : "";
  },
  error(frame) {
    if (!frame.id && frame.code === "not_found") heard.unsubscribed(frame);
    const entry = waiting().find((one) => one.id === frame.id);
    if (!entry) return;
    refuse(entry, frame.detail);
    mark(entry);
  },
  skipped(frame) {
    cursor = Math.max(cursor, frame.seq);
  },
  edited(frame) {
    cursor = Math.max(cursor, frame.seq);
    const item = document.getElementById(`message-${frame.target}`);
    if (!item || item.matches(".message-retracted")) {
      requote(frame.target, frame.target, frame.html);
      return;
    }
    reword(item, frame.html);
    requote(frame.target);
  },
  pinned(frame) {
    cursor = Math.max(cursor, frame.seq);
    pin(frame);
  },
  reactions(frame) {
    cursor = Math.max(cursor, frame.seq);
    const item = document.getElementById(`message-${frame.target}`);
    if (item) count(item, frame);
  },
  retracted(frame) {
    cursor = Math.max(cursor, frame.seq);
    const item = document.getElementById(`message-${frame.target}`);
    if (item) strike(item, frame.withdrawn);
    requote(frame.target);
    pin({ target: frame.target, pinned: false });
    if (Number(form?.elements.reply_to.value) === frame.target) answering(null);
  },
  reset: () => location.reload(),
  subscribed(frame) {
    cursor = Math.max(cursor, frame.seq);
    drawPresent(frame.present || []);
  },
  unsubscribed(frame) {
    if (!frame.code) return;
    lost = true;
    show("lost", true);
    if (form) form.hidden = true;
    forget(".message");
  },
};

/* Who may no longer read keeps nothing on the screen but what they have not sent yet. */
function forget(messages) {
  log.querySelectorAll(`${messages}, .chat-day`).forEach((part) => part.remove());
  root.querySelectorAll(".chat-earlier, [data-answers] span").forEach((part) => part.replaceChildren());
  unpinAll();
  ["newer", "answers"].forEach((name) => show(name, false));
  drawPresent([]);
}

function drawButtons(item, frame) {
  addReactions(item, frame);
  addPin(item, frame);
}

function drawPresent(people) {
  const part = document.querySelector("[data-present]");
  if (!part) return;
  part.hidden = !people.length;
  part.querySelector("ul").replaceChildren(
    ...people.map((one) => {
      const item = document.createElement("li");
      item.textContent = one.partner ? `${one.name}, ${one.partner}` : one.name;
      return item;
    }),
  );
}

function subscribe() {
  if (open && !lost) send({ type: "subscribe", room, after: cursor });
}

document.addEventListener("live:frame", ({ detail: frame }) => {
  const ours = frame.room === room || frame.type === "ack" || (frame.type === "error" && frame.id);
  if (ours && !lost) heard[frame.type]?.(frame);
});

document.addEventListener("live:open", () => {
  open = true;
  clearTimeout(warning);
  show("offline", false);
  show("signed-out", false);
  subscribe();
  const unsent = waiting(true).filter((entry) => !entry.why);
  unsent.forEach((entry) => {
    mark(entry);
    sendEntry(entry);
  });
});

document.addEventListener("live:closed", ({ detail }) => {
  open = false;
  clearTimeout(warning);
  /* A line that is back within a moment is not worth a word. */
  warning = setTimeout(() => show("offline", !detail.signedOut), navigator.onLine ? CALM : 0);
  show("signed-out", detail.signedOut);
  if (detail.signedOut) forget(".message:not(.message-waiting, .message-failed)");
  waiting().forEach(mark);
});

/* Who is here is asked for again now and then; what is missed comes along. */
setInterval(() => {
  if (document.visibilityState === "visible") subscribe();
}, REFRESH);

/* -- writing -- */

function post(body, answers, instead = null) {
  const entry = { id: crypto.randomUUID(), body, reply_to: answers || null, at: new Date().toISOString() };
  instead?.remove();
  put(entry);
  drawWaiting(entry);
  if (open) sendEntry(entry);
}

function answer(seq) {
  answering(seq);
  field.focus();
}

function answering(seq) {
  form.elements.reply_to.value = seq || "";
  const line = form.querySelector("[data-answers]");
  line.hidden = !seq;
  line.querySelector("span").textContent = seq ? excerpt(seq) : "";
}

/* While the line is down, a press goes the way it goes without this file. */
log.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-kind]");
  if (!button || !open || !window.isSecureContext) return;
  event.preventDefault();
  send(press(button, room));
});

if (form && live && window.isSecureContext) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    post(field.value.trim(), Number(form.elements.reply_to.value));
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    answer(null);
  });
  /* On a keyboard, Enter sends; on glass it begins a line, and while letters are being composed it
     belongs to them. */
  if (matchMedia("(pointer: fine)").matches) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-reply], [data-no-answer]");
    if (!link) return;
    event.preventDefault();
    answer(Number(link.dataset.reply) || null);
  });
}

root.querySelector("[data-newer] button").addEventListener("click", toEnd);
window.addEventListener("scroll", () => follows() && show("newer", false));

if (live) {
  waiting().forEach(drawWaiting);
  if (!location.hash && log.children.length) toEnd();
}
document.dispatchEvent(new Event("live:hello"));
