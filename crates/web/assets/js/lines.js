// The line grid: lines are added, removed, moved, pasted; totals follow as one types.
import { ask, parse, placed } from "./swap.js";

/** @param {Element} line */
const inputs = (line) =>
  /** @type {(HTMLInputElement | HTMLSelectElement)[]} */ ([
    ...line.querySelectorAll('input:not([type="hidden"]), select'),
  ]);

/** @param {Element} table */
const lines = (table) =>
  /** @type {HTMLElement[]} */ ([...table.querySelectorAll("tr[data-line]")]);

/** @param {Element} line */
const blank = (line) =>
  inputs(line).every((input) => input instanceof HTMLSelectElement || input.value === "") &&
  !line.querySelector('[name$=".id"]');

/** Names follow the order on the page. @param {Element} table */
function renumber(table) {
  const list = table.getAttribute("data-lines");
  const names = new RegExp(`^${list}\\.\\w+\\.`);
  const ids = new RegExp(`(f-${list})-[^-\\s]+-`, "g");
  // Of a part of a long list, each line keeps its number, and new ones come after the whole.
  let last = Number(table.getAttribute("data-all"));
  lines(table).forEach((line, rank) => {
    const number = line.querySelector("[data-number]");
    const kept = last > 0 && line.querySelector('[name$=".id"]');
    if (number && !kept) number.textContent = String(last ? ++last : rank + 1);
    for (const element of line.querySelectorAll(
      "[name], [id], [aria-describedby], [data-remove]",
    )) {
      const name = element.getAttribute("name");
      if (name && names.test(name))
        element.setAttribute("name", name.replace(names, `${list}.${rank}.`));
      for (const attribute of ["id", "aria-describedby"]) {
        const value = element.getAttribute(attribute);
        if (value) element.setAttribute(attribute, value.replace(ids, `$1-${rank}-`));
      }
      if (element.hasAttribute("data-remove")) element.setAttribute("value", String(rank));
    }
  });
}

/** @param {Element} table @returns {HTMLElement | undefined} */
function add(table) {
  const template = table.parentElement?.querySelector("template[data-line-new]");
  if (!(template instanceof HTMLTemplateElement)) return undefined;
  // A template's rows are kept whole: its content is parsed as that of a table.
  const line = /** @type {HTMLElement | null} */ (
    template.content.querySelector("tr[data-line]")?.cloneNode(true)
  );
  if (!line) return undefined;
  table.querySelector("tbody")?.append(line);
  renumber(table);
  return line;
}

/** @param {Element} line */
function remove(line) {
  const table = line.closest("[data-lines]");
  const near = line.nextElementSibling ?? line.previousElementSibling;
  line.remove();
  if (!table) return;
  const next = near ?? add(table);
  renumber(table);
  if (next) inputs(next)[0]?.focus();
  changed(table);
}

/** @param {Element} line @param {boolean} up */
function move(line, up) {
  const other = up ? line.previousElementSibling : line.nextElementSibling;
  const table = line.closest("[data-lines]");
  if (!other || !table) return;
  const focused = document.activeElement;
  up ? other.before(line) : other.after(line);
  renumber(table);
  if (focused instanceof HTMLElement) focused.focus();
  changed(table);
}

/** @param {Element} element */
const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

/** The form as it was last sent, and whether its answer is still to come. */
let sent = "";
let busy = false;

/**
 * Sends the form as it stands; each element of the answer with an id replaces its namesake. What is
 * typed until the answer is there is sent after it: the server says how often.
 * @param {HTMLFormElement} form
 */
async function preview(form) {
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  if (busy || body.toString() === sent) return;
  sent = body.toString();
  busy = true;
  const answer = await ask(form.dataset.preview ?? "", { method: "POST", body }, "preview");
  busy = false;
  if (!form.isConnected) return;
  if (answer?.ok) replace(answer.html);
  preview(form);
}

/** @param {string} html */
function replace(html) {
  for (const fresh of parse(html).querySelectorAll("body [id]")) {
    const old = document.getElementById(fresh.id);
    // Most of a long document did not change, and stays in place.
    if (!fresh.isConnected || !old || old.isEqualNode(fresh)) continue;
    if (old.contains(document.activeElement)) continue;
    old.replaceWith(fresh);
    placed(fresh);
  }
}

/** @param {KeyboardEvent} event */
function steer(event) {
  const input = event.target;
  const line = input instanceof Element ? input.closest("[data-line]") : null;
  const table = line?.closest("[data-lines]");
  if (!line || !table || !(input instanceof HTMLInputElement || input instanceof HTMLSelectElement))
    return;
  const column = inputs(line).indexOf(input);
  const last = line === lines(table).at(-1);
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    const next = last ? (blank(line) ? undefined : add(table)) : line.nextElementSibling;
    if (next) inputs(next)[last ? 0 : column]?.focus();
  } else if (
    event.key === "Tab" &&
    !event.shiftKey &&
    last &&
    input === inputs(line).at(-1) &&
    !blank(line)
  ) {
    const next = add(table);
    if (next) inputs(next)[0]?.focus();
  } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    move(line, event.key === "ArrowUp");
  } else if (event.ctrlKey && event.key === "Delete") {
    remove(line);
  } else return;
  event.preventDefault();
}

/** A table copied from a sheet fills the cells from this one on. @param {ClipboardEvent} event */
function paste(event) {
  const input = event.target;
  const line = input instanceof HTMLInputElement ? input.closest("[data-line]") : null;
  const table = line?.closest("[data-lines]");
  const text =
    event.clipboardData?.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "") ?? "";
  if (!line || !table || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const column = inputs(line).indexOf(/** @type {HTMLInputElement} */ (input));
  /** @type {Element | null | undefined} */
  let into = line;
  for (const row of text.split("\n")) {
    into ??= add(table);
    if (!into) break;
    const cells = inputs(into).slice(column);
    row.split("\t").forEach((value, at) => {
      const cell = cells[at];
      if (cell instanceof HTMLInputElement) cell.value = value.trim();
    });
    into = into.nextElementSibling;
  }
  changed(table);
}

/** Spare lines are for those without scripts. @param {ParentNode} root */
function tidy(root) {
  for (const table of root.querySelectorAll("table[data-lines]")) {
    const spare = lines(table).filter(blank);
    for (const line of spare.slice(1)) line.remove();
    renumber(table);
  }
}

export function start() {
  document.addEventListener("keydown", steer);
  document.addEventListener("paste", paste);
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element &&
      event.target.closest("button[data-add], button[data-remove], button[data-move]");
    if (!(button instanceof HTMLElement)) return;
    event.preventDefault();
    const line = button.closest("[data-line]");
    if (line && button.dataset.move) move(line, button.dataset.move === "up");
    else if (line) remove(line);
    else {
      const table = button.closest("form")?.querySelector("table[data-lines]");
      const next = table && add(table);
      if (next) inputs(next)[0]?.focus();
    }
  });
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target instanceof Element && event.target.closest("form[data-preview]");
      if (form instanceof HTMLFormElement) preview(form);
    });
  }
  document.addEventListener("comptoir:placed", (event) =>
    tidy(/** @type {CustomEvent} */ (event).detail),
  );
  tidy(document);
}
