/* How the messages of a chat look on the page: built from the templates of chat_words.html, put where they belong. */

export const root = document.querySelector("[data-chat]");
export const log = root.querySelector("[data-log]");
export const words = Object.fromEntries(
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

function format(options) {
  const language = root.dataset.language === "en" ? "en-GB" : root.dataset.language;
  return new Intl.DateTimeFormat(language, { ...options, timeZone: root.dataset.zone });
}

export function show(name, on) {
  root.querySelectorAll(`[data-${name}]`).forEach((part) => part.toggleAttribute("hidden", !on));
}

export function byId(id) {
  return log.querySelector(`[data-id="${CSS.escape(id)}"]`);
}

export function follows() {
  return window.innerHeight + window.scrollY > document.documentElement.scrollHeight - NEAR;
}

export function toEnd() {
  window.scrollTo(0, document.documentElement.scrollHeight);
  show("newer", false);
}

/* New messages move the page only for who was at its end; others are told, and go when they like. */
export function add(item, own = false) {
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

export function draw({ id, seq, author, at, html, body, reply_to: answers, retracted, held }) {
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
  const { seq } = item.dataset;
  if (seq) time.parentElement.href = addressOf(seq);
  else time.parentElement.replaceWith(time);
  time.dateTime = at;
  time.textContent = clock.format(new Date(at));
}

function addressOf(seq) {
  return `?message=${seq}#message-${seq}`;
}

function drawQuote(quote, seq) {
  if (!seq) {
    quote.remove();
    return;
  }
  quote.hidden = false;
  quote.href = document.getElementById(`message-${seq}`) ? `#message-${seq}` : addressOf(seq);
  quote.textContent = excerpt(seq) || `#${seq}`;
}

export function excerpt(seq) {
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
