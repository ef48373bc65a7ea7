/* The rich text editor over every text area with data-rich. The text area stays: it is what is sent, what drafts are
   kept of, and what stands there without this file. While the editor is open it holds the same text as HTML.

   Others may write into the text area (and dispatch "input"), or ask for an insertion at the cursor, or at the end:
   field.dispatchEvent(new CustomEvent("liaise:insert", { detail: { html, markdown, end } })). */

const PLAIN = "plain-text"; // this browser's wish, kept from page to page
const BLOCK = /^\s*<(?:p|h[1-6]|ul|ol|blockquote|table|pre|hr|div)[\s>/]/i;
const HELD = "p,h1,h2,h3,h4,h5,h6,a,strong,b,em,i,u,s,del,sub,sup,code,pre,blockquote,ul,ol,li,br,hr,table,thead,tbody,tr,th,td,span,div";
const NEAR = "400px";

export function begin(root) {
  root.querySelectorAll("textarea[data-rich]:not([data-begun])").forEach((field) => {
    field.dataset.begun = "";
    new Writing(field);
  });
}

function plainWanted(wish) {
  try {
    if (wish === true) localStorage.setItem(PLAIN, "1");
    if (wish === false) localStorage.removeItem(PLAIN);
    return localStorage.getItem(PLAIN) === "1";
  } catch {
    return false; // no store: each page begins with the editor
  }
}

/* As network/rendering.py has it: HTML from end to end, in which Markdown means nothing. */
function isHtml(text) {
  return BLOCK.test(text) && !/\n[ \t]*\n/.test(text.trim().replace(/<pre[\s>][\s\S]*?<\/pre>/gi, ""));
}

function fragmentOf(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  return box.content;
}

class Writing {
  constructor(field) {
    this.field = field;
    this.box = field.closest(".editor");
    this.id = field.id;
    this.label = field.labels[0];
    this.tools = this.box.querySelector("template").content;
    this.editor = null;
    this.own = false;
    this.strip = this.tools.querySelector(".editor-strip").cloneNode(true);
    this.toPlain = this.tools.querySelector("[data-to=plain]").cloneNode(true);
    [this.strip, this.toPlain].forEach((one) => one.addEventListener("click", (event) => this.switched(event.target.dataset.to)));
    this.box.querySelector(".editor-foot").append(this.toPlain);
    field.before(this.strip);
    this.say({ rich: !plainWanted() });
    field.addEventListener("input", () => {
      if (this.editor && !this.own) this.follow();
    });
    field.addEventListener("liaise:insert", (event) => this.insert(event.detail));
    if (!plainWanted()) this.openWhenNear();
  }

  /* Which of the two ways is offered. While the editor is on its way its place is kept, so that nothing moves. */
  say({ rich }) {
    this.box.classList.toggle("editor-plain", !rich);
    this.strip.hidden = Boolean(this.editor);
    this.strip.firstElementChild.hidden = rich;
    this.toPlain.hidden = !this.editor;
  }

  openWhenNear() {
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watch.disconnect();
        this.open();
      },
      { rootMargin: NEAR },
    );
    watch.observe(this.box);
  }

  async switched(to) {
    if (!to) return;
    plainWanted(to === "plain");
    if (to === "plain") this.close();
    else await this.open({ asked: true });
    (this.editor ? this.editor.view.dom : this.field).focus();
  }

  /* Not over words that somebody is typing at this moment, and not where the editor could not hold what stands there. */
  async open({ asked = false } = {}) {
    if (this.editor || this.opening) return this.opening;
    this.opening = (async () => {
      const modules = [this.field.dataset.tiptap, this.field.dataset.pasting].map((address) => import(address));
      const [kit, { pasted }] = await Promise.all(modules).catch(() => [null, {}]);
      if (kit === null) return this.say({ rich: false });
      let text, html, writing;
      do {
        text = this.field.value;
        html = await this.understood(text);
        writing = document.activeElement === this.field;
        if (writing && !asked && this.field.value !== this.field.defaultValue) return this.say({ rich: false });
        // A draft was brought back meanwhile.
      } while (this.field.value !== text);
      if (html !== null) this.mount(kit, html, { focus: writing, pasted });
      else this.say({ rich: false });
    })();
    await this.opening;
    this.opening = null;
  }

  /* The text as HTML that the editor can hold; null where something would be lost. */
  async understood(text) {
    if (!text.trim()) return "";
    if (isHtml(text)) return [...fragmentOf(text).querySelectorAll("*")].every((one) => one.matches(HELD)) ? text : null;
    if (/<[a-z!/]/i.test(text)) return null;
    const token = this.field.form.elements.csrfmiddlewaretoken?.value ?? "";
    const body = new URLSearchParams({ text, csrfmiddlewaretoken: token });
    const answer = await fetch(this.field.dataset.rendered, { method: "POST", body }).catch(() => null);
    return answer?.ok && !answer.redirected ? answer.text() : null;
  }

  mount(kit, html, { focus, pasted }) {
    const { field } = this;
    this.surface = document.createElement("div");
    this.surface.className = "editor-surface";
    this.bar = this.tools.querySelector(".editor-tools").cloneNode(true);
    // As high as what it lies over, until somebody writes in it.
    this.surface.style.setProperty("--height", `${field.offsetHeight}px`);
    field.before(this.bar, this.surface);
    if (this.label) this.label.id ||= `${this.id}-label`;
    const words = { id: this.id, role: "textbox", "aria-multiline": "true", class: "input prose editor-text" };
    words["aria-describedby"] = [field.getAttribute("aria-describedby"), `${this.id}-keys`].filter(Boolean).join(" ");
    if (this.label) words["aria-labelledby"] = this.label.id;
    if (field.required) words["aria-required"] = "true";
    if (field.getAttribute("aria-invalid")) words["aria-invalid"] = "true";
    this.bar.querySelector(".editor-keys").id = `${this.id}-keys`;
    field.removeAttribute("id");
    field.classList.add("editor-source");
    field.setAttribute("aria-hidden", "true");
    field.tabIndex = -1;
    field.required = false;
    this.editor = new kit.Editor({
      element: this.surface,
      injectCSS: false,
      extensions: extensions(kit, this),
      content: html,
      // Only what word processors do as well; a name_with_lines stays as it is typed.
      enableInputRules: ["bulletList", "orderedList"],
      enablePasteRules: false,
      editorProps: { attributes: words, transformPastedHTML: pasted },
      onUpdate: () => this.write(),
      onFocus: () => this.surface?.classList.add("editor-grown"),
      onTransaction: () => this.bar && mark(this.bar, this.editor),
    });
    this.last = written(this.editor);
    this.required = words["aria-required"];
    furnish(this.bar, this);
    this.toEditor = () => this.editor?.commands.focus();
    this.label?.addEventListener("click", this.toEditor);
    this.say({ rich: true });
    if (focus) this.editor.commands.focus("end");
  }

  close() {
    if (!this.editor) return;
    this.editor.destroy();
    this.editor = null;
    this.bar.remove();
    this.surface.remove();
    this.bar = null;
    this.label?.removeEventListener("click", this.toEditor);
    const { field } = this;
    field.id = this.id;
    field.classList.remove("editor-source");
    field.removeAttribute("aria-hidden");
    field.removeAttribute("tabindex");
    field.required = Boolean(this.required);
    this.say({ rich: false });
  }

  write() {
    const html = this.editor ? written(this.editor) : this.last;
    // That the editor takes a text in is no change of it.
    if (html === this.last) return;
    this.last = html;
    this.own = true;
    this.field.value = html;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.own = false;
  }

  /* Somebody else wrote into the text area. What they wrote is what is sent; the editor shows it. */
  async follow() {
    const text = this.field.value;
    const html = await this.understood(text);
    if (!this.editor || this.field.value !== text) return;
    if (html === null) this.close();
    else {
      this.editor.commands.setContent(html, { emitUpdate: false });
      this.last = written(this.editor);
    }
  }

  async insert({ html, markdown, end = false }) {
    if (!this.editor && !plainWanted()) await this.open();
    if (this.editor) {
      this.editor.chain().focus(end ? "end" : null).insertContent(html).run();
      return;
    }
    const { field } = this;
    field.setRangeText(isHtml(field.value) ? html : markdown, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function extensions(kit, writing) {
  const kept = (name) => ({
    default: null,
    parseHTML: (element) => element.getAttribute(name),
    renderHTML: (given) => (given[name] ? { [name]: given[name] } : {}),
  });
  const types = ["paragraph", "heading", "listItem", "blockquote"];
  const Spoken = kit.Extension.create({
    name: "spoken",
    addGlobalAttributes: () => [{ types, attributes: { lang: kept("lang"), dir: kept("dir") } }],
  });
  const Keys = kit.Extension.create({
    name: "keys",
    priority: 1000,
    addKeyboardShortcuts: () => ({
      "Mod-k": () => askForLink(writing),
      "Alt-F10": () => toTools(writing),
      Escape: () => toTools(writing),
    }),
  });
  const plain = ["Document", "Paragraph", "Text", "Bold", "Italic", "Underline", "Strike", "Subscript", "Superscript", "Code", "CodeBlock"];
  const blocks = ["Heading", "BulletList", "OrderedList", "ListItem", "Blockquote", "HorizontalRule", "HardBreak", "History", "Gapcursor", "TrailingNode"];
  const table = ["TableRow", "TableHeader", "TableCell"];
  const Link = kit.Link.configure({ openOnClick: false, autolink: true, shouldAutoLink: (typed) => /^(https?:\/\/|www\.|mailto:)/i.test(typed), linkOnPaste: true, enableTarget: false });
  return [
    ...[...plain, ...blocks, ...table].map((name) => kit[name]),
    kit.Table.configure({ resizable: false }),
    Link.extend({ inclusive: false, addKeyboardShortcuts: () => ({}) }),
    Spoken,
    Keys,
  ];
}

/* The HTML that is sent: what the server would leave of it, as short as Markdown would make it. */
function written(editor) {
  if (editor.isEmpty) return "";
  const content = fragmentOf(editor.getHTML());
  content.querySelectorAll("colgroup").forEach((one) => one.remove());
  content.querySelectorAll("*").forEach((one) => {
    ["style", "class", "target", "rel", "data-type"].forEach((name) => one.removeAttribute(name));
    ["colspan", "rowspan"].forEach((name) => one.getAttribute(name) === "1" && one.removeAttribute(name));
  });
  content.querySelectorAll("th").forEach((one) => {
    // An empty one heads nothing.
    if (!one.textContent.trim()) one.replaceWith(Object.assign(document.createElement("td"), { innerHTML: one.innerHTML }));
  });
  content.querySelectorAll("li, td, th").forEach((one) => {
    const paragraphs = [...one.children].filter((child) => child.localName === "p");
    if (paragraphs.length === 1 && !paragraphs[0].attributes.length) paragraphs[0].replaceWith(...paragraphs[0].childNodes);
  });
  while (content.lastElementChild?.localName === "p" && !content.lastElementChild.hasChildNodes()) content.lastElementChild.remove();
  const texts = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    // Several spaces are meant; HTML would show one.
    const node = texts.currentNode;
    if (!node.parentElement?.closest("pre")) node.data = node.data.replace(/ {2,}/g, (run) => `${"\u00a0".repeat(run.length - 1)} `);
  }
  const whole = document.createElement("div");
  whole.append(content);
  return whole.innerHTML;
}

/* -- the tools -- */

const ACTS = {
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  bulletList: (chain) => chain.toggleBulletList(),
  orderedList: (chain) => chain.toggleOrderedList(),
  blockquote: (chain) => chain.toggleBlockquote(),
  table: (chain) => chain.insertTable({ rows: 3, cols: 2, withHeaderRow: true }),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
  rowAfter: (chain) => chain.addRowAfter(),
  columnAfter: (chain) => chain.addColumnAfter(),
  dropRow: (chain) => chain.deleteRow(),
  dropColumn: (chain) => chain.deleteColumn(),
  dropTable: (chain) => chain.deleteTable(),
};
const STATES = ["bold", "italic", "bulletList", "orderedList", "blockquote", "link"];

function furnish(bar, writing) {
  const style = bar.querySelector("select");
  style.addEventListener("change", () => {
    const chain = writing.editor.chain().focus();
    (style.value === "0" ? chain.setParagraph() : chain.setHeading({ level: Number(style.value) })).run();
  });
  // The selection stays where it is while a tool is pressed.
  bar.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
  bar.addEventListener("click", (event) => {
    const act = event.target.closest("[data-do]")?.dataset.do;
    if (act === "link") askForLink(writing);
    else if (ACTS[act]) ACTS[act](writing.editor.chain().focus()).run();
  });
  bar.querySelectorAll("[role=toolbar]").forEach(arrows);
  const asks = bar.querySelector(".editor-link");
  asks.addEventListener("click", (event) => {
    const answer = event.target.closest("[data-link]")?.dataset.link;
    if (answer) setLink(writing, answer);
  });
  asks.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.localName === "input") {
      event.preventDefault();
      setLink(writing, "set");
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      setLink(writing, "leave");
    }
  });
  mark(bar, writing.editor);
}

/* One stop of the Tab key for each row of tools; the arrows go along it. */
function arrows(row) {
  const all = [...row.querySelectorAll("button, select")];
  const stop = (one) => all.forEach((other) => (other.tabIndex = other === one ? 0 : -1));
  stop(all[0]);
  row.addEventListener("focusin", (event) => stop(event.target));
  row.addEventListener("keydown", (event) => {
    const at = all.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    all.at(to % all.length).focus();
  });
}

function toTools(writing) {
  writing.bar.querySelector("[role=toolbar] [tabindex='0']").focus();
  return true;
}

function mark(bar, editor) {
  if (!editor) return;
  STATES.forEach((name) => bar.querySelector(`[data-do=${name}]`).setAttribute("aria-pressed", editor.isActive(name)));
  const level = editor.isActive("heading") ? editor.getAttributes("heading").level : 0;
  bar.querySelector("select").value = level === 0 ? "0" : level <= 3 ? "3" : "4";
  bar.querySelector(".editor-table").hidden = !editor.isActive("table");
}

function askForLink(writing) {
  const asks = writing.bar.querySelector(".editor-link");
  asks.hidden = false;
  const where = asks.querySelector("input");
  where.value = writing.editor.getAttributes("link").href ?? "";
  asks.querySelector("[data-link=drop]").hidden = !where.value;
  asks.querySelector(".field-error").hidden = true;
  where.removeAttribute("aria-invalid");
  where.focus();
  return true;
}

function setLink(writing, answer) {
  const { editor } = writing;
  const asks = writing.bar.querySelector(".editor-link");
  const field = asks.querySelector("input");
  const href = answer === "set" ? addressOf(field.value) : "";
  if (answer === "set" && !href) {
    asks.querySelector(".field-error").hidden = false;
    field.setAttribute("aria-invalid", "true");
    field.focus();
    return;
  }
  asks.hidden = true;
  editor.view.focus(); // at once, since what is typed next belongs to the text
  const text = { type: "text", text: field.value.trim(), marks: [{ type: "link", attrs: { href } }] };
  if (answer === "drop") editor.chain().extendMarkRange("link").unsetMark("link").run();
  else if (href && editor.state.selection.empty && !editor.isActive("link")) editor.commands.insertContent(text);
  else if (href) editor.chain().extendMarkRange("link").setMark("link", { href }).run();
}

/* What may be linked to, as a full address; nothing for anything else. */
function addressOf(typed) {
  const text = typed.trim();
  if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(text)) return `mailto:${text}`;
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
    return ["https:", "http:", "mailto:"].includes(url.protocol) && (url.host.includes(".") || url.host === location.host || url.protocol === "mailto:") ? url.href : "";
  } catch {
    return "";
  }
}
