/* Files are sent as soon as they are chosen or dropped, in pieces (tus.io), each in a row of its own. The form then
   says which; it waits until all have arrived. Where the line breaks, or the server stops, a file goes on from what
   was acknowledged, also when it is chosen again after the page was closed.
   Without tus the field sends its files with the form, and one that is too large is named before it is sent. */

const PIECE = 4 * 1024 * 1024;
const PAUSES = [0, 1000, 2000, 4000, 8000, 16000, 30000, 30000];
const HIDDEN_FILES = /^\.|^Thumbs\.db$|^desktop\.ini$/;

const size = (bytes) => {
  const steps = ["B", "kB", "MB", "GB"];
  let step = 0;
  let value = bytes;
  while (value >= 1000 && step < 3) {
    value /= 1000;
    step += 1;
  }
  return `${value < 10 && step > 1 ? value.toFixed(1) : Math.round(value)} ${steps[step]}`;
};

/* In which folders a dropped or chosen file lies, from the outside in: it is shared into the same. */
const places = new WeakMap();
const foldersOf = (file) => places.get(file) ?? (file.webkitRelativePath || "").split("/").slice(0, -1);
const pathOf = (file) => [...foldersOf(file), file.name].join("/");

/* Everything in what was dropped; of a folder all its files, whatever lies how deep. Entries must be asked for at once. */
async function dropped(data) {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...data.files];
  const files = [];
  const look = async (entry) => {
    if (entry.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      places.set(file, entry.fullPath.split("/").slice(1, -1));
      if (!HIDDEN_FILES.test(file.name)) files.push(file);
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length) return;
      for (const one of some) await look(one);
    }
  };
  for (const entry of entries) await look(entry);
  return files;
}

class Arriving {
  constructor(area) {
    this.area = area;
    this.words = area.dataset;
    this.form = area.closest("form");
    this.field = area.querySelector("input[type=file]");
    this.many = "many" in area.dataset;
    this.list = area.querySelector("[data-rows]");
    this.rows = new Set();
    this.headers = { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value };
    this.list.querySelectorAll("[data-kept]").forEach((line) => this.keep(line));
    this.field.addEventListener("change", () => {
      const files = [...this.field.files];
      this.field.value = "";
      this.take(files);
    });
    this.welcome();
    this.form.addEventListener("submit", (event) => this.hold(event), { capture: true });
    window.addEventListener("online", () => this.rows.forEach((row) => row.state === "broken" && this.send(row)));
    this.count();
  }

  welcome() {
    const place = this.area.querySelector("[data-drop]");
    place.hidden = false;
    const carries = (event) => event.dataTransfer?.types.includes("Files");
    this.area.addEventListener("dragover", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      this.area.classList.add("arriving-over");
    });
    this.area.addEventListener("dragleave", (event) => {
      if (!this.area.contains(event.relatedTarget)) this.area.classList.remove("arriving-over");
    });
    this.area.addEventListener("drop", async (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      this.area.classList.remove("arriving-over");
      this.take(await dropped(event.dataTransfer));
    });
    /* A file that misses the place does not take the page away. */
    ["dragover", "drop"].forEach((kind) => this.form.addEventListener(kind, (event) => carries(event) && event.preventDefault()));
  }

  say(words, name = "") {
    this.area.querySelector("[data-said]").textContent = words.replace("{name}", name);
  }

  keep(line) {
    const row = { line, state: "come", name: line.querySelector(".arriving-name").textContent, key: line.dataset.kept };
    const out = line.querySelector("[data-out]");
    out.hidden = false;
    out.addEventListener("click", () => this.takeOut(row));
    this.rows.add(row);
  }

  take(files) {
    if (!this.many && files.length) this.rows.forEach((row) => this.takeOut(row));
    (this.many ? files : files.slice(0, 1)).forEach((file) => this.add(file));
  }

  add(file) {
    const same = (row) => row.file && pathOf(row.file) === pathOf(file) && row.file.size === file.size && row.file.lastModified === file.lastModified;
    if ([...this.rows].some(same)) {
      this.say(this.words.twice, file.name);
      return;
    }
    const line = this.area.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
    const row = { file, line, name: file.name, bar: line.querySelector("progress"), told: line.querySelector("[data-state]") };
    line.querySelector("[data-name]").textContent = pathOf(file);
    line.querySelectorAll("[data-whose]").forEach((whose) => { whose.textContent = ` ${file.name}`; });
    row.bar.setAttribute("aria-label", file.name);
    row.retry = line.querySelector("[data-retry]");
    row.retry.addEventListener("click", () => {
      row.line.querySelector("[data-out]").focus();
      this.send(row);
    });
    line.querySelector("[data-out]").addEventListener("click", () => this.takeOut(row));
    this.list.append(line);
    this.rows.add(row);
    this.count();
    if (file.size > Number(this.field.dataset.largest)) {
      this.fail(row, this.field.dataset.tooLarge, "refused");
      return;
    }
    this.say(this.words.begun, file.name);
    this.send(row);
  }

  async send(row) {
    row.state = "sending";
    row.retry.hidden = true;
    row.line.classList.remove("arriving-stopped");
    this.show(row, 0);
    if (!row.upload) {
      row.upload = new window.tus.Upload(row.file, {
        endpoint: this.words.uploads,
        chunkSize: PIECE,
        retryDelays: PAUSES,
        removeFingerprintOnSuccess: true,
        metadata: { filename: row.file.name, ...(foldersOf(row.file).length && { folders: foldersOf(row.file).join("/") }), ...(this.words.archive && { archive: this.words.archive }) },
        fingerprint: async (file, options) => [await window.tus.defaultOptions.fingerprint(file, options), ...foldersOf(row.file)].join("/"),
        headers: this.headers,
        onProgress: (sent) => this.show(row, sent),
        onShouldRetry: (error) => this.worthAnotherTry(row, error),
        onError: (error) => this.stopped(row, error),
        onSuccess: () => this.come(row),
      });
      const before = await row.upload.findPreviousUploads();
      if (before.length) row.upload.resumeFromPreviousUpload(before[0]);
      if (!this.rows.has(row)) return;
    }
    row.upload.start();
  }

  show(row, sent) {
    if (row.state !== "sending") return;
    const share = row.file.size ? sent / row.file.size : 0;
    row.bar.value = share;
    row.told.textContent = this.words.part.replace("{share}", Math.floor(share * 100)).replace("{size}", size(row.file.size));
  }

  worthAnotherTry(row, error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    const again = status === 0 || status === 409 || status === 423 || (status >= 500 && status !== 507);
    if (again && row.state === "sending") row.told.textContent = this.words.again;
    return again;
  }

  stopped(row, error) {
    const answer = error.originalResponse;
    const plain = answer?.getHeader("Content-Type")?.startsWith("text/plain") && answer.getBody();
    /* What is not taken at all is not worth another try. */
    this.fail(row, plain || this.words.failed, answer ? "refused" : "broken", ![403, 413, 422].includes(answer?.getStatus()));
  }

  fail(row, words, state, again = false) {
    row.state = state;
    row.line.classList.add("arriving-stopped");
    row.told.textContent = words;
    row.retry.hidden = !again;
    row.bar.hidden = !again;
    this.say(`${this.words.stopped} ${words}`, row.name);
  }

  come(row) {
    row.state = "come";
    row.bar.remove();
    row.told.textContent = this.words.whole.replace("{size}", size(row.file.size));
    const key = document.createElement("input");
    key.type = "hidden";
    key.name = "upload";
    key.value = row.upload.url.replace(/\/$/, "").split("/").pop();
    row.line.append(key);
    const title = this.form.elements.title;
    if (title && this.rows.size === 1 && !title.value.trim()) title.value = row.name.replace(/\.[^.]*$/, "").replaceAll("_", " ").slice(0, 200);
    this.say(this.words.come, row.name);
    this.goOn();
  }

  takeOut(row) {
    this.rows.delete(row);
    /* It goes on our side at once; where that cannot be said now, it goes after some days. */
    if (row.upload) row.upload.abort(true).catch(() => {});
    else if (row.key) fetch(`${this.words.uploads}${row.key}/`, { method: "DELETE", headers: { ...this.headers, "Tus-Resumable": "1.0.0" } }).catch(() => {});
    const focused = row.line.contains(document.activeElement);
    row.line.remove();
    if (focused) this.field.focus();
    this.say(this.words.gone, row.name);
    this.count();
    this.goOn();
  }

  count() {
    const several = this.rows.size > 1;
    this.form.querySelectorAll("[data-one-title]").forEach((one) => { one.hidden = several; });
    this.form.querySelectorAll("[data-many-titles]").forEach((one) => { one.hidden = !several; });
  }

  hold(event) {
    const open = [...this.rows].filter((row) => row.state !== "come");
    if (!open.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const stopped = open.find((row) => row.state !== "sending");
    this.waiting = stopped ? null : { submitter: event.submitter };
    this.say(stopped ? this.words.mend : this.words.wait);
    if (stopped) (stopped.retry.hidden ? stopped.line.querySelector("[data-out]") : stopped.retry).focus();
  }

  goOn() {
    if (!this.waiting || [...this.rows].some((row) => row.state !== "come")) return;
    const { submitter } = this.waiting;
    this.waiting = null;
    if (this.rows.size) this.form.requestSubmit(submitter);
  }
}

const area = document.querySelector("[data-uploads]");
if (area && window.tus?.isSupported) {
  new Arriving(area);
} else {
  document.querySelectorAll("input[type=file][data-largest]").forEach((field) => {
    field.addEventListener("change", () => {
      const tooLarge = [...field.files].reduce((sum, file) => sum + file.size, 0) > Number(field.dataset.largest);
      field.setCustomValidity(tooLarge ? field.dataset.tooLarge : "");
      if (tooLarge) field.reportValidity();
    });

    /* The form itself is not validated by the browser, so that all messages look alike; this one is,
       since sending half a gigabyte to be told so would help nobody. */
    field.form.addEventListener("submit", (event) => {
      if (field.checkValidity() || !field.validity.customError) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      field.reportValidity();
    }, { capture: true });
  });
}
