/* Passkeys need a browser that has them; their buttons are hidden until it is known. allauth's scripts do the rest. */

if (window.PublicKeyCredential) {
  document.querySelectorAll("[data-passkey]").forEach((element) => {
    element.hidden = false;
  });
  document.querySelectorAll("[data-passkey-missing]").forEach((element) => {
    element.hidden = true;
  });
}

/* Cancelled, or none on this device: the page says so, and the other ways are still there. */
document.addEventListener("allauth.error", (event) => {
  const note = document.querySelector("[data-passkey-failed]");
  if (!note) return;
  event.preventDefault();
  note.hidden = false;
});
