/* What comes from elsewhere, before the editor reads it: no styles and handlers, which the policy of the page would report,
   but what they mean. Word pastes lists as paragraphs with a bullet in front, and says so in their style alone. */
export function pasted(html) {
  const bare = html
    .replace(/<(style|script|xml)\b[\s\S]*?<\/\1>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/(\s)style(\s*=)/gi, "$1data-style$2").replace(/\son[a-z]+(\s*=)/gi, " data-off$1"));
  const page = new DOMParser().parseFromString(bare, "text/html");
  page.querySelectorAll("style, script, meta, link, title").forEach((one) => one.remove());
  page.querySelectorAll("[data-style]").forEach((one) => {
    const style = one.dataset.style;
    if (/^(b|strong)$/.test(one.localName) && /(?<![\w-])font-weight:\s*(normal|400)/i.test(style)) one.replaceWith(...one.childNodes);
    else if (one.localName === "span") {
      if (/(?<![\w-])font-weight:\s*(bold|[6-9]00)/i.test(style)) enclose(one, "strong");
      if (/font-style:\s*italic/i.test(style)) enclose(one, "em");
    }
  });
  listed(page);
  /* Word makes room with paragraphs that hold a space. */
  page.querySelectorAll("p[class*='Mso']").forEach((line) => {
    if (!line.textContent.trim() && !line.querySelector("img, table") && line.parentElement === page.body) line.remove();
  });
  return page.body.innerHTML;
}

function enclose(element, name) {
  const around = element.ownerDocument.createElement(name);
  around.append(...element.childNodes);
  element.append(around);
}

function listed(page) {
  const lists = [];
  page.querySelectorAll("p").forEach((line) => {
    const level = Number(/mso-list:[^;]*level(\d)/i.exec(line.dataset.style ?? "")?.[1] ?? 0);
    // Something else stood between this line and the list before it.
    if (!level || line.previousElementSibling !== lists[0]) lists.length = 0;
    if (!level) return;
    const sign = line.querySelector("[data-style*='mso-list:Ignore' i]");
    const name = /^\s*(?:\d+|[a-z])[.)]/i.test(sign?.textContent ?? "") ? "ol" : "ul";
    sign?.remove();
    lists.length = Math.min(lists.length, level);
    if (lists.length === level && lists.at(-1).localName !== name) lists.pop();
    while (lists.length < level) {
      const list = page.createElement(name);
      if (!lists.length) line.before(list);
      else (lists.at(-1).lastElementChild ?? lists.at(-1).appendChild(page.createElement("li"))).append(list);
      lists.push(list);
    }
    const entry = page.createElement("li");
    entry.append(...line.childNodes);
    lists.at(-1).append(entry);
    line.remove();
  });
}
