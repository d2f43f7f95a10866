// The keyboard: one letter presses the control that shows it, `g` then a letter goes somewhere,
// `?` shows the map.

/** @param {EventTarget | null} target */
export const typing = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches('input:not([type="checkbox"], [type="radio"]), select, textarea'));

/** The pressed keys in the words of `data-key`. @param {KeyboardEvent} event */
function pressed(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("ctrl");
  if (event.altKey) parts.push("alt");
  if (event.shiftKey && event.key.length > 1) parts.push("shift");
  if (event.shiftKey && /^\p{L}$/u.test(event.key)) parts.push("shift");
  parts.push(event.key.toLowerCase());
  return parts.join("+");
}

/** @param {string} selector @returns {HTMLElement | undefined} */
const visible = (selector) =>
  /** @type {HTMLElement[]} */ ([...document.querySelectorAll(selector)]).find((element) =>
    element.checkVisibility(),
  );

/** Writes the page's own keys into the map. @param {HTMLElement} map */
function describe(map) {
  const list = /** @type {HTMLElement | null} */ (map.querySelector("div[data-page-keys]"));
  if (!list) return;
  list.replaceChildren();
  const told = new Set();
  for (const control of document.querySelectorAll("main [data-key]")) {
    const key = control.getAttribute("data-key") ?? "";
    const words = /** @type {Element} */ (control.cloneNode(true));
    words.querySelector("kbd")?.remove();
    const name = control.getAttribute("aria-label") ?? words.textContent?.trim() ?? "";
    if (told.has(key + name)) continue;
    told.add(key + name);
    const shown = document.createElement("kbd");
    shown.textContent = control.querySelector("kbd")?.textContent ?? key.toUpperCase();
    const row = document.createElement("div");
    row.append(Object.assign(document.createElement("span"), { textContent: name }), shown);
    list.append(row);
  }
  for (const part of map.querySelectorAll("[data-page-keys]"))
    part.toggleAttribute("hidden", !list.childElementCount);
}

// Times count from the opening of the page: no `g` was pressed before it.
let going = -Infinity;

/** Whether `g` was just pressed, so that this key goes somewhere. @param {Event} event */
export const gone = (event) => event.timeStamp - going < 1200;

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const key = pressed(event);
    // Enter belongs to the control that has the focus, before any key of the page.
    if (key === "enter" && event.target instanceof Element && event.target.closest("a, button, summary"))
      return;
    if (key === "escape") {
      const menu = visible("details[data-menu][open]");
      menu?.removeAttribute("open");
      menu?.querySelector("summary")?.focus();
      return;
    }
    const free = !typing(event.target) && !document.querySelector("dialog[open]");
    if (!free && (key === "ctrl+z" || !key.startsWith("ctrl+"))) return;
    if (key === "?" && free) {
      const map = document.getElementById("keys");
      if (map instanceof HTMLDialogElement) {
        describe(map);
        map.showModal();
        event.preventDefault();
      }
      return;
    }
    const goes = free && gone(event);
    const place = goes && visible(`[data-go="${CSS.escape(key)}"]`);
    // Pages of a folded group are not visible, yet the letter leads there.
    const anywhere = goes && document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    going = key === "g" ? event.timeStamp : -Infinity;
    const control = place || anywhere || visible(`[data-key="${CSS.escape(key)}"]`);
    if (control instanceof HTMLElement) {
      event.preventDefault();
      control.click();
    }
  });
}
