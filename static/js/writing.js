/* Quoting what one has selected, and mentioning people while one writes. Without it there are a link for quoting on the
   page for a reply, and links to people that one types oneself.

   What is brought into a text goes through insert(): the text area gets "liaise:insert" with it in Markdown and in HTML,
   at its cursor. An editor that stands in its place takes it from there; where none does, the Markdown goes in here. */

function insert(area, detail) {
  const before = area.value;
  const event = new CustomEvent("liaise:insert", { bubbles: true, cancelable: true, detail });
  if (!area.dispatchEvent(event) || area.value !== before || area.getAttribute("aria-hidden") === "true") return;
  area.setRangeText(detail.markdown, area.selectionStart, area.selectionEnd, "end");
  area.focus();
  /* Drafts hear of it as of typing. */
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const plain = (words) => words.replace(/([\\`*_[\]<>&~|!])/g, "\\$1");

function safe(words) {
  const box = document.createElement("span");
  box.textContent = words;
  return box.innerHTML.replaceAll('"', "&quot;");
}

/* -- quoting -- */

function postOf(node) {
  const element = node instanceof Element ? node : node?.parentElement;
  return element?.closest(".prose") && element.closest("article.post[data-by]");
}

function quoteOf(post, words) {
  const address = new URL(post.querySelector(".post-head .meta a").href).pathname;
  const lines = words.split("\n").map((line) => line.trim());
  const wrote = quoting.dataset.wrote;
  const body = lines.map((line) => plain(line).replace(/^([#+\-]|\d+[.)])/, "\\$1"));
  return {
    markdown: [`**${plain(post.dataset.by)}** [${wrote}](${address}):`, "", ...body].map((line) => `> ${line}`.trimEnd()).join("\n") + "\n\n",
    html: `<blockquote><p><strong>${safe(post.dataset.by)}</strong> <a href="${safe(address)}">${safe(wrote)}</a>:</p>`
      + `${lines.filter(Boolean).map((line) => `<p>${safe(line)}</p>`).join("")}</blockquote><p></p>`,
  };
}

const composer = document.querySelector("form.composer[data-quote]");
const quoting = composer && document.createElement("button");

function selected() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.toString().trim()) return null;
  const post = postOf(selection.anchorNode);
  return post && post === postOf(selection.focusNode) ? { post, selection } : null;
}

function place() {
  const found = selected();
  quoting.hidden = !found;
  if (!found) return;
  const box = found.selection.getRangeAt(0).getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - quoting.offsetWidth - 8));
  quoting.style.insetInlineStart = `${left + scrollX}px`;
  quoting.style.insetBlockStart = `${box.bottom + scrollY + 6}px`;
}

function quote() {
  const found = selected();
  if (!found) return;
  const area = composer.elements.body;
  const words = found.selection.toString().trim();
  const before = area.value && !area.value.endsWith("\n") ? "\n\n" : "";
  const made = quoteOf(found.post, words);
  /* First, or the caret would go with it: one goes on writing below the quotation. */
  found.selection.removeAllRanges();
  area.setSelectionRange(area.value.length, area.value.length);
  insert(area, { markdown: before + made.markdown, html: made.html, end: true });
  /* Whoever quotes a post answers it, unless they are answering another one. */
  const parent = composer.elements.parent;
  if (parent && !parent.value) parent.value = found.post.id.replace("post-", "");
  quoting.hidden = true;
  composer.scrollIntoView({ block: "nearest" });
}

if (quoting) {
  quoting.type = "button";
  quoting.hidden = true;
  quoting.className = "button quote-selection";
  quoting.textContent = composer.dataset.quote;
  quoting.dataset.wrote = composer.dataset.wrote;
  document.body.append(quoting);
  document.addEventListener("selectionchange", place);
  /* The press would take the selection away. */
  quoting.addEventListener("pointerdown", (event) => event.preventDefault());
  quoting.addEventListener("click", quote);
}

/* -- mentioning -- */

const SIGN = /(?:^|[\s(])@([^\s@[\]()]{0,40}(?: [^\s@[\]()]{1,40})?)$/;
const PAUSE = 120;
const SURE = 3;

class Offer {
  constructor(area, number) {
    this.area = area;
    this.list = document.createElement("ul");
    this.list.id = `people-${number}`;
    this.list.className = "offer";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", area.dataset.peopleName);
    this.list.hidden = true;
    this.said = document.createElement("p");
    this.said.className = "visually-hidden";
    this.said.setAttribute("role", "status");
    area.after(this.list, this.said);
    area.autocomplete = "off";
    /* Around the text area, since an editor may stand in its place; before the editor hears of a key. */
    const around = area.parentElement;
    around.classList.add("offering");
    around.addEventListener("input", () => this.look());
    around.addEventListener("keydown", (event) => this.key(event), true);
    around.addEventListener("focusout", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take([...this.list.children].indexOf(option));
    });
  }

  /* Where one types: the text area, or the editor in its place. */
  get surface() {
    const editor = this.area.getAttribute("aria-hidden") === "true";
    return editor ? this.area.parentElement.querySelector("[contenteditable=true]") : this.area;
  }

  /* What stands before the caret, as far as a mention may reach back. */
  before() {
    if (this.surface === this.area) {
      const { selectionStart: from, selectionEnd: to, value } = this.area;
      return from === to ? value.slice(0, from) : "";
    }
    const selection = document.getSelection();
    const here = selection?.isCollapsed && selection.anchorNode instanceof Text && this.surface?.contains(selection.anchorNode);
    return here ? selection.anchorNode.data.slice(0, selection.anchorOffset).replaceAll("\u00a0", " ") : "";
  }

  /* What was typed since the last @ before the caret; null where nobody is being mentioned. */
  wanted() {
    const found = this.before().match(SIGN);
    return found ? found[1] : null;
  }

  /* Selects the @ and what was typed after it, for what comes in their place. */
  async select(length) {
    if (this.surface === this.area) {
      const to = this.area.selectionStart;
      this.area.setSelectionRange(to - length, to);
      return;
    }
    const { anchorNode, anchorOffset } = document.getSelection();
    document.getSelection().setBaseAndExtent(anchorNode, anchorOffset - length, anchorNode, anchorOffset);
    /* An editor learns of a selection a moment later. */
    await new Promise((done) => setTimeout(done, 50));
  }

  look() {
    clearTimeout(this.timer);
    /* A draft that is brought back types nothing. */
    const words = this.surface?.contains(document.activeElement) ? this.wanted() : null;
    if (words === null) this.left = false;
    if (this.missing && !(this.surface?.value ?? this.surface?.textContent ?? "").includes(`@${this.missing}`)) this.say("");
    if (words === null || this.left) this.close();
    else this.timer = setTimeout(() => this.ask(words), PAUSE);
  }

  /* In a form for something new, who reads it follows from what is chosen in it. */
  address(words) {
    const address = new URL(this.area.dataset.people, location.href);
    address.searchParams.set("q", words);
    const form = new FormData(this.area.form);
    for (const name of ["tlp", "partner", "named_partners", "named_people"]) {
      form.getAll(name).forEach((value) => address.searchParams.append(name, value));
    }
    return address;
  }

  async ask(words) {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    try {
      const answer = await fetch(this.address(words), { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return this.close();
      const { people } = await answer.json();
      if (this.wanted() === words) this.show(people, words);
    } catch {
      /* One that the next letter has overtaken must not take the next one with it. */
      if (this.asking === asking) this.close();
    }
  }

  show(people, words) {
    this.people = people;
    this.list.replaceChildren(...people.map((person, index) => {
      const option = document.createElement("li");
      option.id = `${this.list.id}-${index}`;
      option.setAttribute("role", "option");
      option.textContent = person.name;
      if (person.partner) {
        const partner = document.createElement("span");
        partner.className = "soft";
        partner.textContent = `, ${person.partner}`;
        option.append(partner);
      }
      return option;
    }));
    this.list.hidden = !people.length;
    this.place();
    this.say("");
    this.said.textContent = people.map((person) => person.name).join(", ");
    if (people.length) this.choose(0);
    else {
      this.close();
      /* Whoever is only named, and cannot read it, is not told: said while one can still write it otherwise. */
      if (words.length >= SURE) this.say(this.area.dataset.peopleNone.replace("…", words), words);
    }
  }

  /* Shown, too, for as long as the name that it is about stands there. */
  say(sentence, name = "") {
    this.missing = name;
    this.said.textContent = sentence;
    this.said.className = sentence ? "field-hint" : "visually-hidden";
  }

  /* Below the caret of an editor; of a text area nothing tells where its caret is, so that the list stands below all of it. */
  place() {
    const around = this.area.parentElement.getBoundingClientRect();
    const { surface } = this;
    const caret = surface === this.area ? surface.getBoundingClientRect() : document.getSelection().getRangeAt(0).getBoundingClientRect();
    const left = Math.max(0, Math.min(caret.left - around.left, around.width - this.list.offsetWidth));
    this.list.style.insetInlineStart = `${left}px`;
    this.list.style.insetBlockStart = `${caret.bottom - around.top + 4}px`;
  }

  choose(index) {
    this.chosen = (index + this.people.length) % this.people.length;
    [...this.list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === this.chosen)));
    const { surface } = this;
    surface.setAttribute("aria-autocomplete", "list");
    surface.setAttribute("aria-controls", this.list.id);
    surface.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
    this.list.children[this.chosen].scrollIntoView({ block: "nearest" });
  }

  async take(index) {
    const person = this.people[index];
    const words = this.wanted();
    this.close();
    if (words === null) return;
    await this.select(words.length + 1);
    const html = person.url ? `<a href="${safe(person.url)}">@${safe(person.name)}</a>&nbsp;` : `${safe(person.text)}&nbsp;`;
    insert(this.area, { markdown: `${person.text} `, html });
  }

  key(event) {
    if (this.list.hidden || event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) this.choose(this.chosen + steps[event.key]);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.chosen);
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /* Not offered again for this @. */
  leave() {
    this.left = true;
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.list.hidden = true;
    this.surface?.removeAttribute("aria-activedescendant");
  }
}

document.querySelectorAll("textarea[data-people]").forEach((area, number) => new Offer(area, number));

/* A preview is where its reader is. */
document.getElementById("preview")?.focus();
