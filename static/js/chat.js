/* A room's chat while it happens. The page works without this file: it is then a list and a form.
   Every word that is shown stands in the page (chat_words.html); the server renders what is said. */

const root = document.querySelector("[data-chat]");
const log = root.querySelector("[data-log]");
const form = root.querySelector("#say-form");
const field = form?.querySelector("textarea");
const room = root.dataset.chat;
const words = Object.fromEntries(
  [...root.querySelector("template[data-words]").content.querySelectorAll("[data-word]")].map((one) => [
    one.dataset.word,
    one.textContent,
  ]),
);
const blank = root.querySelector("template[data-message]").content.firstElementChild;
const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const longDay = format({ weekday: "long", day: "numeric", month: "long" });
const isoDay = new Intl.DateTimeFormat("sv-SE", { timeZone: root.dataset.zone });
const NEAR = 160; /* pixels from the end: who reads there follows along */
const REFRESH = 60000;
const CALM = 2000;

/* On a page of older messages there is nothing to follow but that its reader may no longer read them. */
const live = root.dataset.newest !== undefined;
let cursor = Number(root.dataset.newest);
let open = false;
let lost = false;
let warning = 0;

function format(options) {
  const language = root.dataset.language === "en" ? "en-GB" : root.dataset.language;
  return new Intl.DateTimeFormat(language, { ...options, timeZone: root.dataset.zone });
}

function send(frame) {
  document.dispatchEvent(new CustomEvent("live:send", { detail: frame }));
}

function show(name, on) {
  root.querySelectorAll(`[data-${name}]`).forEach((part) => part.toggleAttribute("hidden", !on));
}

/* -- what waits on this device: kept until it is acknowledged, sent again under the same id -- */

const BOX = `outbox ${root.dataset.me} ${room}`;

function readBox() {
  try {
    return JSON.parse(localStorage.getItem(BOX) || "[]");
  } catch {
    return [];
  }
}

let box = readBox();

function keep() {
  try {
    if (box.length) localStorage.setItem(BOX, JSON.stringify(box));
    else localStorage.removeItem(BOX);
  } catch {
    /* Private windows and full stores: what waits lives as long as this page. */
  }
}

function settle(id) {
  box = readBox().filter((entry) => entry.id !== id);
  keep();
}

function sendEntry(entry) {
  send({ type: "say", room, id: entry.id, body: entry.body, reply_to: entry.reply_to });
}

/* -- messages on the page -- */

function byId(id) {
  return log.querySelector(`[data-id="${CSS.escape(id)}"]`);
}

function follows() {
  return window.innerHeight + window.scrollY > document.documentElement.scrollHeight - NEAR;
}

function toEnd() {
  window.scrollTo(0, document.documentElement.scrollHeight);
  show("newer", false);
}

/* New messages move the page only for who was at its end; others are told, and go when they like. */
function add(item, own = false) {
  const there = follows();
  const at = item.dataset.at ? new Date(item.dataset.at) : new Date();
  root.querySelector("[data-empty]")?.remove();
  listOf(isoDay.format(at), at).append(item);
  if (there || own) toEnd();
  else show("newer", true);
}

function listOf(day, at) {
  const last = [...log.querySelectorAll("ol.chat")].at(-1);
  if (last && last.dataset.day >= day) return last;
  const heading = document.createElement("h2");
  heading.className = "chat-day";
  heading.textContent = day === isoDay.format(new Date()) ? words.today : longDay.format(at);
  const list = document.createElement("ol");
  list.className = "chat";
  list.dataset.day = day;
  log.append(heading, list);
  return list;
}

function draw({ id, seq, author, at, html, body, reply_to: answers, retracted, held }) {
  const item = blank.cloneNode(true);
  const own = author.id === root.dataset.me;
  item.dataset.id = id;
  item.dataset.at = at;
  if (seq) {
    item.id = `message-${seq}`;
    item.dataset.seq = seq;
  }
  item.classList.toggle("message-own", own);
  item.classList.toggle("message-retracted", Boolean(retracted));
  drawHead(item, own, author, at);
  const text = item.querySelector(".message-words");
  if (retracted) text.textContent = words.retracted;
  else if (html) text.innerHTML = html; /* cleaned on the server, as in the page */
  else text.textContent = body;
  drawQuote(item.querySelector(".message-quote"), answers);
  const foot = item.querySelector(".message-foot");
  if (held) foot.textContent = words.held;
  else if (seq && !retracted) drawFoot(foot, seq, author.name, own);
  else foot.remove();
  return item;
}

function drawHead(item, own, author, at) {
  const name = item.querySelector(".person-name");
  if (own) {
    item.querySelector(".monogram").remove();
    const you = document.createElement("span");
    you.className = "person-name";
    you.textContent = words.you;
    item.querySelector(".person").replaceWith(you);
  } else {
    item.querySelector(".monogram").textContent = monogram(author.name);
    name.textContent = author.name;
    name.href = name.getAttribute("href").replace(/0{8}-(0{4}-){3}0{12}/, author.id);
    item.querySelector(".person-partner").textContent = author.partner;
    if (!author.partner) item.querySelector("[data-partner]").remove();
  }
  const time = item.querySelector("time");
  time.dateTime = at;
  time.textContent = clock.format(new Date(at));
}

function drawQuote(quote, seq) {
  if (!seq) {
    quote.remove();
    return;
  }
  quote.hidden = false;
  quote.href = `#message-${seq}`;
  quote.textContent = excerpt(seq) || `#${seq}`;
}

function excerpt(seq) {
  const answered = document.getElementById(`message-${seq}`);
  if (!answered) return "";
  const text = answered.querySelector(".message-words")?.textContent.trim().replace(/\s+/g, " ") || "";
  const name = answered.querySelector(".person-name").textContent;
  return `${name}: ${text.length > 90 ? `${text.slice(0, 89)}…` : text}`;
}

function drawFoot(foot, seq, name, own) {
  if (words.reply) foot.append(replyLink(seq, name));
  if (!own) foot.append(" ", reportLink(seq, name));
  if (!foot.hasChildNodes()) foot.remove();
}

function reportLink(seq, name) {
  const link = document.createElement("a");
  link.href = `?report=${seq}`;
  link.textContent = words.report;
  link.setAttribute("aria-label", `${words["report-of"]} ${name}`);
  return link;
}

function replyLink(seq, name) {
  const link = document.createElement("a");
  link.href = `?reply_to=${seq}#say`;
  link.dataset.reply = seq;
  link.textContent = words.reply;
  link.setAttribute("aria-label", `${words["reply-to"]} ${name}`);
  return link;
}

function monogram(name) {
  const parts = name.split(/\s+/).filter((part) => /^[\p{L}\p{N}]/u.test(part));
  if (!parts.length) return "?";
  return (parts[0][0] + (parts.length > 1 ? parts.at(-1)[0] : "")).toUpperCase();
}

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
    const item = draw(frame);
    const old = byId(frame.id);
    const own = frame.author.id === root.dataset.me;
    if (own) settle(frame.id);
    if (old && old.nextElementSibling === null) old.replaceWith(item);
    else {
      old?.remove();
      add(item, own && Boolean(old));
    }
  },
  ack(frame) {
    settle(frame.id);
    const item = byId(frame.id);
    if (!item || item.dataset.seq) return;
    item.classList.remove("message-waiting");
    item.querySelector(".message-foot").textContent = frame.held ? words.held : "";
  },
  error(frame) {
    if (!frame.id && frame.code === "not_found") heard.unsubscribed(frame);
    const entry = box.find((one) => one.id === frame.id);
    if (!entry) return;
    entry.why = frame.detail;
    keep();
    mark(entry);
  },
  skipped(frame) {
    cursor = Math.max(cursor, frame.seq);
  },
  retracted(frame) {
    cursor = Math.max(cursor, frame.seq);
    const item = document.getElementById(`message-${frame.target}`);
    if (!item) return;
    item.classList.add("message-retracted");
    item.querySelector(".message-body").textContent = words.retracted;
    item.querySelector(".message-foot")?.remove();
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
  ["newer", "answers"].forEach((name) => show(name, false));
  drawPresent([]);
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
  if (open && !lost) send({ type: "subscribe", room, after: live ? cursor : undefined });
}

document.addEventListener("live:frame", ({ detail: frame }) => {
  const ours = frame.room === room || frame.type === "ack" || (frame.type === "error" && frame.id);
  if (ours && !lost && (live || frame.code)) heard[frame.type]?.(frame);
});

document.addEventListener("live:open", () => {
  open = true;
  clearTimeout(warning);
  show("offline", false);
  show("signed-out", false);
  subscribe();
  box = readBox();
  box.filter((entry) => !entry.why).forEach((entry) => {
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
  box.forEach(mark);
});

/* Who is here is asked for again now and then; what is missed comes along. */
setInterval(() => {
  if (document.visibilityState === "visible") subscribe();
}, REFRESH);

/* -- writing -- */

function post(body, answers, instead = null) {
  const entry = { id: crypto.randomUUID(), body, reply_to: answers || null, at: new Date().toISOString() };
  instead?.remove();
  box = [...readBox(), entry];
  keep();
  drawWaiting(entry);
  if (open) sendEntry(entry);
}

function answer(seq) {
  form.elements.reply_to.value = seq || "";
  const line = form.querySelector("[data-answers]");
  line.hidden = !seq;
  line.querySelector("span").textContent = seq ? excerpt(seq) : "";
  field.focus();
}

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
  box.forEach(drawWaiting);
  if (!location.hash && log.children.length) toEnd();
}
document.dispatchEvent(new Event("live:hello"));
