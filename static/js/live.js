/* The one socket of a page. It keeps itself open, counts the bell, and passes frames on as events of
   the document, so that no other script needs to know it:

     live:frame   { detail: frame }       from the server
     live:open    the socket is open; subscribe and send what waits
     live:closed  { detail: { signedOut } }
     live:send    { detail: frame }       to the server; dropped while the socket is closed
     live:hello   a script that came later asks whether the socket is open */

const SIGNED_OUT = 4003;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30000;
const BEAT = 25000; /* milliseconds between pings, so that a dead line is noticed */
const ANSWER = 10000;

let socket = null;
let pauses = 0;
let refusals = 0;
let timer = 0;
let beat = 0;
let deadline = 0;

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

function open() {
  clearTimeout(timer);
  if (socket) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const fresh = new WebSocket(`${scheme}//${location.host}/ws/live/`);
  socket = fresh;
  fresh.addEventListener("open", () => {
    beat = setInterval(ping, BEAT);
    tell("live:open");
  });
  fresh.addEventListener("message", (event) => {
    clearTimeout(deadline);
    pauses = 0;
    refusals = 0;
    heard(JSON.parse(event.data));
  });
  fresh.addEventListener("close", (event) => {
    if (socket === fresh) closed(event.code);
  });
}

/* A closed socket comes back by itself, each time a little later and never all pages at once. A
   session may have been renewed in another tab: only a second refusal in a row means signed out. */
function closed(code) {
  clearInterval(beat);
  clearTimeout(deadline);
  socket = null;
  if (code === SIGNED_OUT) refusals += 1;
  const signedOut = refusals > 1;
  tell("live:closed", { signedOut });
  if (signedOut) return;
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** pauses);
  pauses += 1;
  timer = setTimeout(open, pause * (0.5 + Math.random() / 2));
}

function ping() {
  send({ type: "ping" });
  clearTimeout(deadline);
  deadline = setTimeout(drop, ANSWER);
}

/* Without waiting for the other end to agree: it may be gone. */
function drop() {
  const old = socket;
  if (!old) return;
  closed(1006);
  old.close();
}

function send(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function heard(frame) {
  if (frame.type === "notification") ring(frame.unread);
  else if (frame.type !== "pong") tell("live:frame", frame);
}

function ring(count) {
  document.querySelectorAll("[data-bell-count]").forEach((bell) => {
    bell.hidden = !count;
    const number = bell.querySelector("[data-number]");
    if (number) {
      number.textContent = count;
      number.hidden = !count;
    }
  });
}

document.addEventListener("live:send", (event) => send(event.detail));
document.addEventListener("live:hello", () => {
  if (socket?.readyState === WebSocket.OPEN) tell("live:open");
});
window.addEventListener("online", () => {
  pauses = 0;
  if (refusals < 2) open();
});
window.addEventListener("offline", drop);
window.addEventListener("pagehide", () => {
  clearTimeout(timer);
  clearInterval(beat);
  clearTimeout(deadline);
  const old = socket;
  socket = null;
  old?.close();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted && refusals < 2) open();
});

/* On a computer that others use too, nothing that waits is left behind by signing out. */
document.querySelectorAll("form[data-sign-out]").forEach((form) => {
  form.addEventListener("submit", () => {
    try {
      Object.keys(localStorage).forEach((key) => {
        if (key.startsWith("outbox ") || key.startsWith("tus::")) localStorage.removeItem(key);
      });
    } catch {
      /* No store, nothing left behind. */
    }
  });
});

/* Strangers have no bell, and no socket. */
if (document.querySelector("[data-bell], [data-chat]")) open();
