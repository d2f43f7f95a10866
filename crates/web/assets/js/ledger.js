// Ledgers by keyboard: j and k walk the lines, x chooses, Enter opens; Shift+click chooses a range.
import { gone, typing } from "./keys.js";

/** @type {HTMLInputElement | undefined} */
let last;

/** The lines of the ledger in use: the one with the current line, else the first of the page. */
function rows() {
  const tables = [...document.querySelectorAll("main [data-ledger]")];
  const table = tables.find((one) => one.querySelector("tr.cur")) ?? tables[0];
  return /** @type {HTMLTableRowElement[]} */ ([
    ...(table?.querySelectorAll("tbody tr:not(.grp)") ?? []),
  ]);
}

/** @param {Element | null | undefined} row @returns {HTMLInputElement | null | undefined} */
const box = (row) => /** @type {any} */ (row?.querySelector(".m .cb"));

function count() {
  for (const output of document.querySelectorAll("output[data-many]")) {
    const form = output.closest("form");
    const boxes = /** @type {HTMLInputElement[]} */ (
      [...(form?.elements ?? [])].filter((one) => one.matches(".m .cb"))
    );
    const chosen = boxes.filter((one) => one.checked).length;
    if (chosen)
      output.textContent = `${chosen} ${output.getAttribute(chosen > 1 ? "data-many" : "data-one")}`;
    const all = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-all]"));
    if (all) {
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
  }
}

/** @param {KeyboardEvent} event */
function walk(event) {
  const lines = rows();
  const at = lines.findIndex((row) => row.classList.contains("cur"));
  const row = lines[at];
  if (event.key === "x" && box(row)) {
    box(row)?.click();
  } else if (
    event.key === "Enter" &&
    row &&
    event.target === document.body &&
    !row.closest("[data-follow]")
  ) {
    /** @type {HTMLElement | null} */ (
      row.querySelector(".who a") ?? row.querySelector("a")
    )?.click();
  } else if (event.key === "j" || event.key === "k") {
    const next = lines[Math.max(0, Math.min(lines.length - 1, at + (event.key === "j" ? 1 : -1)))];
    if (!next) return;
    row?.classList.remove("cur");
    next.classList.add("cur");
    next.scrollIntoView({ block: "nearest" });
    next.dispatchEvent(new CustomEvent("comptoir:row", { bubbles: true }));
    // Where what stands beside follows the line, Enter waits for it.
    if (next.closest("[data-follow]") && next !== row) {
      document.querySelector('[data-key="enter"]')?.removeAttribute("data-key");
      next.querySelector("a")?.click();
    }
  } else return;
  event.preventDefault();
}

export function start() {
  document.addEventListener("keydown", (event) => {
    const plain =
      !event.ctrlKey &&
      !event.metaKey &&
      !event.altKey &&
      !event.shiftKey &&
      !event.defaultPrevented &&
      !gone(event);
    if (plain && !typing(event.target) && !document.querySelector("dialog[open]")) walk(event);
  });
  document.addEventListener("click", (event) => {
    const one =
      event.target instanceof HTMLInputElement && event.target.matches("td.m .cb")
        ? event.target
        : undefined;
    if (!one) return;
    if (event.shiftKey && last?.isConnected) {
      const boxes = rows().map(box);
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(one)].sort((a, b) => a - b);
      for (const other of boxes.slice(from, to + 1)) if (other) other.checked = one.checked;
    }
    last = one;
  });
  document.addEventListener("change", (event) => {
    const one = event.target;
    if (!(one instanceof HTMLInputElement) || !one.matches(".m .cb")) return;
    if (one.hasAttribute("data-all")) for (const row of rows()) setBox(row, one.checked);
    count();
  });
  document.addEventListener("reset", (event) => {
    const form = event.target;
    setTimeout(() => {
      // What the server drew as chosen is cleared too.
      if (form instanceof HTMLFormElement && form.matches(".bulk")) {
        for (const one of form.elements)
          if (one instanceof HTMLInputElement && one.matches(".cb")) one.checked = false;
      }
      count();
    });
  });
  document.addEventListener("comptoir:placed", count);
  count();
}

/** @param {Element} row @param {boolean} on */
function setBox(row, on) {
  const one = box(row);
  if (one) one.checked = on;
}
