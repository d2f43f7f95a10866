// Dialogs, confirmations, toasts, menus, and the guards of forms.

/** The sentence the page carries under this name. @param {string} name */
export function words(name) {
  const template = document.querySelector(`template[data-words="${name}"]`);
  return template instanceof HTMLTemplateElement ? (template.content.textContent ?? "").trim() : "";
}

/**
 * Says what happened, at the corner of the screen.
 * @param {string} text
 * @param {"done" | "warn" | "stop"} [tone]
 * @param {{ label: string, act: () => void }} [link]
 */
export function toast(text, tone = "done", link) {
  const template = document.querySelector("template[data-toast-new]");
  if (!(template instanceof HTMLTemplateElement) || !text) return;
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const box = copy.querySelector("[data-toast]");
  const line = copy.querySelector("span");
  if (!box || !line) return;
  box.className = `toast ${tone}`;
  line.textContent = text;
  if (link) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = link.label;
    button.addEventListener("click", () => (box.remove(), link.act()));
    line.after(button);
  }
  document.getElementById("toasts")?.append(box);
}

/** @type {Set<HTMLFormElement>} */
const changed = new Set();

/** Whether something typed inside is not yet sent. @param {Element} element */
export const unsaved = (element) =>
  [...changed].some((form) => form.isConnected && element.contains(form));

/**
 * Asks before an act; the act goes on by pressing the same thing again.
 * @param {HTMLElement} pressed
 */
function confirmThen(pressed) {
  const dialog = document.getElementById("confirm");
  const question = document.getElementById("confirm-question");
  if (!(dialog instanceof HTMLDialogElement) || !question) return false;
  question.textContent = pressed.dataset.confirm ?? "";
  const yes = dialog.querySelector("[data-yes]");
  if (yes) {
    const words = /** @type {Element} */ (pressed.cloneNode(true));
    words.querySelector("kbd")?.remove();
    yes.textContent = words.textContent?.trim() || yes.textContent;
    yes.className = pressed.classList.contains("danger") ? "btn danger" : "btn pri";
  }
  dialog.returnValue = "no";
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "yes") return pressed.focus();
      const text = pressed.dataset.confirm;
      delete pressed.dataset.confirm;
      pressed.click();
      pressed.dataset.confirm = text;
    },
    { once: true },
  );
  dialog.showModal();
  return true;
}

/** @param {MouseEvent} event */
function clicked(event) {
  if (!(event.target instanceof Element)) return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
  const asks = event.target.closest("[data-confirm]");
  if (asks instanceof HTMLElement && confirmThen(asks)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  const closes = event.target.closest("[data-close]");
  if (closes) {
    closes.closest("[data-toast]")?.remove();
    closes.closest("dialog")?.close();
  }
  const opens = event.target.closest("[data-open]");
  const dialog = opens instanceof HTMLElement && document.querySelector(opens.dataset.open ?? "");
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    opens instanceof HTMLElement && opens.closest("details")?.removeAttribute("open");
    dialog.showModal();
  }
  // A click on the veil closes the dialog.
  if (
    event.target instanceof HTMLDialogElement &&
    event.target.open &&
    event.target.id !== "confirm"
  )
    event.target.close();
}

/** @param {SubmitEvent} event */
function submitted(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.method === "dialog") return;
  // The second press of a hurried hand is dropped; the server's key stops the rest.
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  changed.delete(form);
  if (form.method === "post") {
    form.setAttribute("aria-busy", "true");
    setTimeout(() => form.removeAttribute("aria-busy"), 8000);
  }
}

/** @param {ParentNode} root */
function focusIn(root) {
  const wanted = root.querySelector("[data-focus]:not([data-specimen] *)");
  if (wanted instanceof HTMLElement) wanted.focus();
}

export function start() {
  document.addEventListener("click", clicked, true);
  document.addEventListener("submit", submitted, true);
  document.addEventListener("input", (event) => {
    // A field may stand inside one form and belong to another.
    const form = /** @type {any} */ (event.target)?.form;
    if (form instanceof HTMLFormElement && form.matches("[data-guard]")) changed.add(form);
  });
  document.addEventListener("change", (event) => {
    const form = event.target instanceof Element && event.target.closest("form[data-filter]");
    if (form instanceof HTMLFormElement) form.requestSubmit();
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved(document.documentElement)) event.preventDefault();
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll('form[aria-busy="true"]'))
      form.removeAttribute("aria-busy");
  });
  document.addEventListener("comptoir:placed", (event) =>
    focusIn(/** @type {CustomEvent} */ (event).detail),
  );
  focusIn(document);
}
