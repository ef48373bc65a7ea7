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
const QUOTE = 90; /* characters of what is answered */
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

/* On a phone what belongs to the chat stands below it: its end is not that of the page. */
export function follows() {
  return root.getBoundingClientRect().bottom < window.innerHeight + NEAR;
}

export function toEnd() {
  root.scrollIntoView({ block: "end" });
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

export function draw({ id, seq, author, at, html, body, reply_to: answers, quote, retracted, withdrawn, edited, held }) {
  const item = blank.cloneNode(true);
  const own = author.id === root.dataset.me;
  item.dataset.id = id;
  item.dataset.name = author.name;
  item.dataset.at = at;
  if (seq) {
    item.id = `message-${seq}`;
    item.dataset.seq = seq;
  }
  item.classList.toggle("message-own", own);
  item.classList.toggle("message-retracted", Boolean(retracted));
  drawHead(item, own, author, at);
  const text = item.querySelector(".message-words");
  if (retracted) text.textContent = withdrawn ? words.withdrawn : words.retracted;
  else if (html) text.innerHTML = html; /* cleaned on the server, as in the page */
  else text.textContent = body;
  drawQuote(item.querySelector(".message-quote"), retracted ? null : answers, quote);
  item.querySelector("[data-edited]").hidden = !edited;
  const foot = item.querySelector(".message-foot");
  if (held) foot.textContent = words.held;
  else if (seq && !retracted) drawFoot(foot, seq, author.name, own && clock.format(new Date(at)));
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

export function addressOf(seq) {
  return `?message=${seq}#message-${seq}`;
}

/* What a message of this page says, and who said it, as an answer shows it; null where it says nothing any more. */
function quoted(seq) {
  const answered = document.getElementById(`message-${seq}`);
  const text = answered && !answered.matches(".message-retracted") ? answered.querySelector(".message-words") : null;
  return text && { name: answered.dataset.name, text: shorten(text.textContent) };
}

function shorten(text) {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > QUOTE ? `${line.slice(0, QUOTE - 1)}…` : line;
}

export function excerpt(seq) {
  const found = quoted(seq);
  return found ? `${found.name}: ${found.text}` : words.gone;
}

function drawQuote(link, seq, quote) {
  if (!seq) {
    link.remove();
    return;
  }
  link.hidden = false;
  link.dataset.quote = seq;
  link.href = document.getElementById(`message-${seq}`) ? `#message-${seq}` : addressOf(seq);
  fillQuote(link, quote || quoted(seq));
}

export function fillQuote(link, quote) {
  if (!quote?.name) {
    link.textContent = words.gone;
    return;
  }
  const [name, text] = [document.createElement("span"), document.createElement("span")];
  name.textContent = quote.name;
  text.textContent = quote.text;
  text.dataset.quoted = "";
  text.dir = "auto";
  link.replaceChildren(name, ": ", text);
}

/* Answers show what they answer as it is now: with other words, under another number, or with none. */
export function requote(seq, now = seq, html = null) {
  document.querySelectorAll(`[data-quote="${seq}"]`).forEach((link) => {
    const name = link.firstElementChild?.textContent;
    drawQuote(link, now, html && name ? { name, text: shorten(textOf(html)) } : quoted(now));
  });
}

function textOf(html) {
  const box = document.createElement("template");
  box.innerHTML = html; /* nothing in a template runs or loads */
  return box.content.textContent;
}

/* Read aloud, links tell the messages apart: by author, one's own by time. */
function drawFoot(foot, seq, name, when) {
  if (words.reply) {
    const reply = footLink("reply", `?reply_to=${seq}#say`, `${words["reply-to"]} ${name}`);
    reply.dataset.reply = seq;
    foot.append(reply);
  }
  if (when && words.change) foot.append(" ", footLink("change", `${seq}/edit/`, `${words["change-of"]} ${when}`));
  if (when) foot.append(" ", footLink("take-back", `${seq}/retract/`, `${words["take-back-of"]} ${when}`));
  else foot.append(" ", footLink("report", `?report=${seq}`, `${words["report-of"]} ${name}`));
}

function footLink(word, href, spoken) {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = words[word];
  link.setAttribute("aria-label", spoken);
  return link;
}

/* Its words are gone, for good or until it is put back. */
export function strike(item, withdrawn) {
  item.classList.add("message-retracted");
  item.querySelector(".message-body").textContent = withdrawn ? words.withdrawn : words.retracted;
  item.querySelectorAll(".message-foot, [data-edited]").forEach((part) => part.remove());
}

export function reword(item, html) {
  item.querySelector(".message-words").innerHTML = html; /* cleaned on the server, as in the page */
  const mark = item.querySelector("[data-edited]") || blank.querySelector("[data-edited]").cloneNode(true);
  mark.hidden = false;
  item.querySelector(".message-head").append(" ", mark);
}

function monogram(name) {
  const parts = name.split(/\s+/).filter((part) => /^[\p{L}\p{N}]/u.test(part));
  if (!parts.length) return "?";
  return (parts[0][0] + (parts.length > 1 ? parts.at(-1)[0] : "")).toUpperCase();
}
