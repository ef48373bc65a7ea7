/* Drafts on the server: what is typed into a form is kept a while after the typing stops, and found again when the form
   is opened, also on another device. The draft of this tab (liaise.js) stays what it is, for where there is no line.

   The server is asked when a form comes into sight, so that whoever only reads asks nothing. */

const FORMS = "form[method=post]:has(textarea[name]:not([data-no-draft])):not([data-no-draft], [data-tab-draft], [hx-post])";
const FIELDS = "textarea[name]:not([data-no-draft]), input[type=text][name]:not([data-no-draft])";
const PAUSE = 2500;

/* What belongs to the words: label, audience, rule. How forms tell and take it is liaise.js's. */
let choices;

export function begin(address, told) {
  choices = told;
  const waiting = new Set();
  const watch = new IntersectionObserver(
    (entries) => {
      const seen = entries.filter((entry) => entry.isIntersecting && waiting.delete(entry.target)).map((entry) => entry.target);
      seen.forEach((form) => watch.unobserve(form));
      if (seen.length) ask(address, seen);
    },
    { rootMargin: "200px" },
  );
  document.querySelectorAll(FORMS).forEach((form) => {
    const save = keepUp(address, form);
    if (repeats(form)) return save();
    waiting.add(form);
    watch.observe(form);
  });
}

/* What was sent and stands here again, to be looked at or mended, is newer than what was kept of it. */
function repeats(form) {
  return document.querySelector("[data-refused]") && fieldsOf(form).some((field) => field.defaultValue.trim());
}

/* Where a form is sent, and which post it answers. */
function keyOf(form) {
  const parent = form.querySelector("input[type=hidden][name=parent]")?.value;
  const from = new URLSearchParams(location.search).get("from");
  const path = form.getAttribute("action") || location.pathname + (from ? `?from=${from}` : "");
  return parent ? `${path}?parent=${parent}` : path;
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.matches(FIELDS));
}

function textsOf(form) {
  return Object.fromEntries(fieldsOf(form).map((field) => [field.name, field.value]));
}

async function ask(address, forms) {
  const query = new URLSearchParams(forms.map((form) => ["for", keyOf(form)]));
  const answer = await fetch(`${address}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  // A session that ended meanwhile leads to signing in; what is not ours is answered with a page.
  if (!answer?.ok || answer.redirected || !answer.headers.get("Content-Type")?.startsWith("application/json")) return;
  const { drafts, words } = await answer.json();
  forms.forEach((form) => {
    const draft = drafts[keyOf(form)];
    if (draft) bringBack(address, form, draft, words);
  });
}

/* Only what is empty is filled; where something else stands, the reader chooses. */
function bringBack(address, form, draft, words) {
  const fields = fieldsOf(form).filter((field) => draft.fields[field.name] && draft.fields[field.name] !== field.defaultValue);
  if (!fields.length) return;
  const note = document.createElement("p");
  note.className = "meta draft-note";
  note.setAttribute("role", "status");
  const warn = document.createElement("strong");
  const put = (some) => some.forEach((field) => write(field, draft.fields[field.name]));
  const chooseAgain = () => {
    bringing = true;
    if (!choices.choose(form, draft.choices)) warn.textContent = `${words.again} `;
    bringing = false;
  };
  const filled = fields.filter((field) => field.value.trim() && field.value !== draft.fields[field.name]);
  put(fields.filter((field) => !field.value.trim()));
  // Never the words without what was chosen for them: they might reach whom they were not meant for.
  if (!filled.length) chooseAgain();
  note.append(filled.length ? `${draft.told} ${words.other} ` : `${draft.told} `, warn);
  const putAll = () => {
    put(filled);
    chooseAgain();
  };
  const acts = filled.length ? [[words.put, putAll]] : [];
  acts.push([words.discard, () => discard(address, form, draft, fields)]);
  acts.forEach(([word, act]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button-quiet";
    button.textContent = word;
    button.addEventListener("click", () => {
      act();
      if (warn.textContent) note.replaceChildren(warn);
      else note.remove();
    });
    note.append(button, " ");
  });
  const field = form.querySelector(FIELDS).closest(".field") ?? form.querySelector(FIELDS);
  field.before(note);
  form.querySelectorAll("[data-draft-note]").forEach((one) => (one.hidden = true));
}

/* Tells the editor and the draft of this tab; for the server it is nothing new. */
let bringing = false;

function write(field, text) {
  bringing = true;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  bringing = false;
}

async function discard(address, form, draft, fields) {
  fields.forEach((field) => {
    if (field.value === draft.fields[field.name]) write(field, field.defaultValue);
  });
  clearTimeout(form.draftTimer);
  form.draftTimer = null;
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  await fetch(`${address}${draft.uid}/discard/`, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
}

/* Keeps a form's words some seconds after the last key, and at once when the page is left unsent. */
function keepUp(address, form) {
  const save = () => {
    clearTimeout(form.draftTimer);
    form.draftTimer = null;
    const body = new URLSearchParams({
      key: keyOf(form),
      page: location.pathname + location.search,
      fields: JSON.stringify(textsOf(form)),
      choices: JSON.stringify(choices.choicesOf(form)),
      csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
    });
    // What is kept alive while a page goes may have 64 kB; longer texts were saved at the last pause.
    fetch(address, { method: "POST", body, keepalive: body.toString().length < 60_000 }).catch(() => null);
  };
  form.addEventListener("input", (event) => {
    const chosen = event.target.matches("select, input") && fieldsOf(form).some((field) => field.value.trim());
    if (bringing || !(chosen || event.target.matches(FIELDS))) return;
    clearTimeout(form.draftTimer);
    form.draftTimer = setTimeout(save, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    clearTimeout(form.draftTimer);
    form.draftTimer = null;
    const name = "_draft";
    const mark = form.elements[name] ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
    mark.value = keyOf(form);
  });
  const leave = () => {
    if (form.draftTimer && !form.dataset.sent) save();
  };
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
  return save;
}
