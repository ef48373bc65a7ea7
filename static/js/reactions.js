/* Thanking and agreeing without leaving the place: the buttons of a post are replaced by what the server answers.
   Where that fails, the form is sent as it is without this file, and the page says why. */

const form = document.querySelector("form[data-reacting]");

form?.addEventListener("submit", async (event) => {
  const button = event.submitter;
  const place = button?.closest("[data-reactions]");
  if (!place) return;
  event.preventDefault();
  if (place.getAttribute("aria-busy")) return;
  place.setAttribute("aria-busy", "true");
  const body = new FormData(form);
  body.set("kind", button.value);
  const number = [...place.querySelectorAll("button")].indexOf(button);
  try {
    const answer = await fetch(button.formAction, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    place.innerHTML = await answer.text();
    place.removeAttribute("aria-busy");
    place.querySelectorAll("button")[number]?.focus();
  } catch {
    const kind = document.createElement("input");
    kind.type = "hidden";
    kind.name = "kind";
    kind.value = button.value;
    form.append(kind);
    form.action = button.formAction;
    form.submit();
  }
});
