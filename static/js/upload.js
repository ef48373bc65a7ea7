/* A file that is too large is named before it is sent; the server refuses it all the same. */

document.querySelectorAll("input[type=file][data-largest]").forEach((field) => {
  field.addEventListener("change", () => {
    const file = field.files[0];
    const tooLarge = file && file.size > Number(field.dataset.largest);
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
