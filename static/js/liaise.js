/* What the browser adds to pages that work without it. No page depends on this file. */

/* A form is sent once. If the page is still here after a while, the answer did not come, and
   the person may try again; coming back to the page makes its buttons work at once. */
const PATIENCE = 8000;

function release(form) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  /* A form that is answered with a file stays where it is, and may be sent for another at once. */
  if (form.method !== "post" || form.matches("[hx-post], [data-file]") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), PATIENCE);
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach(release);
});

/* The zone of the device is the best first guess where the server knows none. */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
document.querySelectorAll("[name=time_zone]").forEach((field) => {
  const before = field.value;
  if (before && !("guess" in field.dataset)) return;
  field.value = zone;
  if (field.value !== zone) field.value = before;
});

/* Long texts, and the lines beside them, keep a draft in this tab, so that a closed lid, an expired session or a refused form
   loses nothing. A draft goes when the form it belongs to has been answered with another page. */
const PREFIX = "draft ";
const pending = "draft-sent";

function keyOf(field) {
  const form = field.form;
  return `${PREFIX}${form.getAttribute("action") || location.pathname} ${field.name}`;
}

function remember(key, text) {
  try {
    if (text.trim()) sessionStorage.setItem(key, text);
    else sessionStorage.removeItem(key);
  } catch {
    /* Private windows and full stores: the text still stands in the field. */
  }
}

/* What is chosen beside the words belongs to them: under which label, for whom, under which rule. */
const CHOICES = "select[name], input:is([type=radio], [type=checkbox], [type=date], [type=time], [type=number])[name]";

function choosersOf(form) {
  return [...form.elements].filter((field) => field.matches(CHOICES) && !field.matches("[data-no-draft]"));
}

function choicesOf(form) {
  const found = {};
  choosersOf(form).forEach((field) => {
    found[field.name] ??= [];
    if (field.matches("select")) found[field.name].push(...[...field.selectedOptions].map((option) => option.value));
    else if (!field.matches("[type=radio], [type=checkbox]") || field.checked) found[field.name].push(field.value);
  });
  return found;
}

/* Whether all of it could be chosen again: what was offered then may be gone by now. */
function choose(form, choices) {
  const there = new Set();
  choosersOf(form).forEach((field) => {
    const wanted = choices[field.name];
    if (!wanted) return;
    const before = JSON.stringify([field.value, field.checked, [...(field.selectedOptions ?? [])].map((one) => one.value)]);
    if (field.matches("select")) {
      const has = [...field.options].some((option) => wanted.includes(option.value));
      if (has || field.multiple) [...field.options].forEach((option) => (option.selected = wanted.includes(option.value)));
      [...field.options].forEach((option) => there.add(`${field.name} ${option.value}`));
    } else if (field.matches("[type=radio], [type=checkbox]")) {
      const offered = [...form.elements].some((one) => one.name === field.name && wanted.includes(one.value));
      // Where what was chosen is gone, what stands is better than nothing.
      if (offered || field.type === "checkbox") field.checked = wanted.includes(field.value);
      there.add(`${field.name} ${field.value}`);
    } else {
      field.value = wanted[0] ?? "";
      wanted.forEach((value) => there.add(`${field.name} ${value}`));
    }
    const after = JSON.stringify([field.value, field.checked, [...(field.selectedOptions ?? [])].map((one) => one.value)]);
    if (before !== after) field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  return Object.entries(choices).every(([name, values]) => values.every((value) => there.has(`${name} ${value}`)));
}

function keyOfChoices(form) {
  return `${PREFIX}${form.getAttribute("action") || location.pathname} (chosen)`;
}

function recallChoices(form) {
  const chosen = sessionStorage.getItem(keyOfChoices(form));
  if (chosen) choose(form, JSON.parse(chosen));
}

function recall(field) {
  const text = sessionStorage.getItem(keyOf(field));
  if (text && !field.value.trim()) {
    field.value = text;
    const note = field.form.querySelector("[data-draft-note]");
    if (note) note.hidden = false;
    recalled.add(field.form);
  }
}

const recalled = new Set();

/* The server redirects after success, so a fresh page without refused fields means: it has arrived.
   The pages for signing in and for errors carry data-refused, so the text outlives them. */
function forgetWhatArrived() {
  const keys = JSON.parse(sessionStorage.getItem(pending) || "[]");
  sessionStorage.removeItem(pending);
  const came = performance.getEntriesByType("navigation")[0]?.type;
  if (came === "back_forward" || came === "reload") return;
  if (document.querySelector("[aria-invalid=true], [data-refused]")) return;
  keys.forEach((key) => sessionStorage.removeItem(key));
}

const KEPT = "form[method=post] textarea[name]:not([data-no-draft]), form[method=post]:has(textarea[name]) input[type=text][name]:not([data-no-draft])";

function keptFields(root) {
  return root.querySelectorAll(KEPT);
}

try {
  forgetWhatArrived();
  keptFields(document).forEach(recall);
  recalled.forEach(recallChoices);
} catch {
  /* No store, no drafts; the forms work all the same. */
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.matches?.(KEPT)) {
    remember(keyOf(field), field.value);
  }
  if (field.form && [...field.form.elements].some((one) => one.matches(KEPT))) {
    remember(keyOfChoices(field.form), JSON.stringify(choicesOf(field.form)));
  }
});

document.addEventListener("submit", (event) => {
  const keys = [...keptFields(document)].filter((field) => field.form === event.target).map(keyOf);
  if (keys.length) {
    keys.push(keyOfChoices(event.target));
    try {
      sessionStorage.setItem(pending, JSON.stringify(keys));
    } catch {
      /* As above. */
    }
  }
});

/* Signing out ends with nothing of it left on a shared computer. */
document.querySelectorAll("form[data-sign-out]").forEach((form) => {
  form.addEventListener("submit", () => {
    Object.keys(sessionStorage).forEach((key) => {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
    });
  });
});

/* The rich text editor comes once the page can be read and used, and only where there is something to write. */
function bringEditor(root) {
  const field = root.querySelector?.("textarea[data-rich]");
  if (field) import(field.dataset.rich).then((editor) => editor.begin(root), () => {});
}

/* So do the drafts on the server. */
function bringDrafts() {
  const { drafts, draftsAt } = document.body.dataset;
  if (drafts && document.querySelector("form[method=post] textarea[name]")) import(drafts).then((kept) => kept.begin(draftsAt, { choicesOf, choose }), () => {});
}

const whenIdle = window.requestIdleCallback ?? ((act) => setTimeout(act, 200));
whenIdle(() => {
  bringEditor(document);
  bringDrafts();
});
document.addEventListener("htmx:load", (event) => bringEditor(event.detail.elt));

/* The menu closes as menus do: by Escape, and by a click elsewhere. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

/* What is wrong with a form is said where the reader is, however long the page. */
document.getElementById("errors")?.focus();

/* Offline is a state, not an error. Pages with words of their own for it (chat) carry data-own-offline. */
const offline = document.querySelector("[data-offline]");
if (offline && !document.querySelector("[data-own-offline]")) {
  const tell = () => {
    offline.hidden = navigator.onLine;
  };
  window.addEventListener("online", tell);
  window.addEventListener("offline", tell);
  tell();
}

/* The current tab of a room is in sight on a narrow screen. */
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
