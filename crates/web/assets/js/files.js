// Files dropped on the page of a record, or chosen, are attached at once.

/** @returns {HTMLFormElement | null} */
const form = () => document.querySelector("form[data-drop]");

/** @param {HTMLFormElement} form */
const send = (form) => form.requestSubmit();

export function start() {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !input.form?.matches("[data-drop]")) return;
    if (input.files?.length) send(input.form);
  });
  document.addEventListener("dragover", (event) => {
    const target = form();
    if (!target || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    target.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form()?.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    const target = form();
    const files = event.dataTransfer?.files;
    const input = target?.querySelector('input[type="file"]');
    if (!target || !files?.length || !(input instanceof HTMLInputElement)) return;
    event.preventDefault();
    target.classList.remove("over");
    input.files = files;
    send(target);
  });
}
