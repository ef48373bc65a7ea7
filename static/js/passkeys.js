/* Passkeys need a browser that has them. Nearly all do, so that their buttons stand there from the first moment
   (without scripts the style sheet leaves them out); where there are none, the note in their place says so.
   They can be pressed once what they do is there: on a slow line a click before would be lost without a word. */

const able = Boolean(window.PublicKeyCredential);
document.querySelectorAll("[data-passkey]").forEach((element) => {
  element.hidden = !able;
});
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("button[data-passkey], [data-passkey] button").forEach((button) => {
    button.disabled = false;
  });
});
document.querySelectorAll("[data-passkey-missing]").forEach((element) => {
  element.dataset.passkeyMissing = able ? "" : "yes";
  element.hidden = able;
});

/* Cancelled, or none on this device: the page says so, and the other ways are still there. */
document.addEventListener("allauth.error", (event) => {
  const note = document.querySelector("[data-passkey-failed]");
  if (!note) return;
  event.preventDefault();
  note.hidden = false;
});
