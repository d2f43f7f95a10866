// Cells: opened where they stand, saved or refused one by one; a pasted block fills those around.
import { typing } from "./keys.js";
import { ask, parse, place, placed } from "./swap.js";

/** A cell under change: as it was, and what its form said. @type {WeakMap<any, any>} */
const kept = new WeakMap();
const all = () => [...document.querySelectorAll("main [data-cell]")];
const send = (/** @type {any} */ data) => new URLSearchParams(data);
const said = (/** @type {any} */ form) => send(new FormData(form)).toString();

/** @param {any} cell @param {URLSearchParams} [body] @returns {Promise<any>} the fresh cell */
async function go(cell, body) {
  const url = cell.dataset.cell;
  const answer = await ask(url, body ? { method: "POST", body } : {}, url);
  const fresh = /** @type {any} */ (answer && parse(answer.html).querySelector(".cell"));
  if (!fresh) return;
  const form = fresh.querySelector("form");
  if (form) kept.set(fresh, [kept.get(cell)?.[0] ?? cell, body || said(form)]);
  fresh.dataset.said = cell.dataset.said ?? cell.textContent.trim();
  if (!form) delete fresh.dataset.said;
  cell.replaceWith(fresh);
  placed(fresh);
  place("undo", answer?.html ?? "");
  const input = form?.querySelector("input:not([type=hidden]), select, textarea") ?? fresh;
  input.focus();
  input.select?.();
  return fresh;
}

/** @param {any} event */
async function pressed(event) {
  const { key, target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const cell = target.closest?.("[data-cell]");
  const form = cell?.querySelector("form");
  if (!form) {
    const here = cell === target ? cell : key !== "Enter" && document.querySelector("tr.cur [data-cell]");
    if (!here || typing(target) || !["Enter", "F2", "e"].includes(key)) return;
    event.preventDefault();
    go(here);
  } else if (key === "Escape" || key === "Tab") {
    event.preventDefault();
    const next = key === "Tab" && all()[all().indexOf(cell) + (event.shiftKey ? -1 : 1)];
    const [was, text] = kept.get(cell);
    if (!next || said(form) === text) cell.replaceWith(was), was.focus();
    else if ((await go(cell, send(said(form))))?.querySelector("form")) return;
    if (next) go(next);
  }
}

/** @param {any} event */
async function pasted(event) {
  const { target } = event;
  const cell = target.closest?.("[data-cell]");
  const text = event.clipboardData.getData("text").trimEnd();
  const row = cell?.closest("tr");
  if (!row || target.matches("textarea") || (typing(target) && !/[\t\n]/.test(text))) return;
  event.preventDefault();
  const token = /** @type {any} */ (document.querySelector("[name=token]")).value;
  const rows = [...row.parentNode.rows].slice(row.sectionRowIndex);
  const column = cell.closest("td").cellIndex;
  for (const [down, line] of text.split("\n").entries())
    for (const [right, paste] of line.split("\t").entries()) {
      const one = rows[down]?.cells[column + right]?.querySelector("[data-cell]");
      if (one) await go(one, send({ token, paste }));
    }
}

export function start() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("paste", pasted);
  document.addEventListener("submit", (event) => {
    const form = /** @type {any} */ (event.target);
    const cell = form.closest("[data-cell]");
    if (cell) event.preventDefault(), go(cell, send(said(form)));
  });
  document.addEventListener("click", (/** @type {any} */ event) => {
    const { target } = event;
    const cell = target.closest("td, dd")?.querySelector("[data-cell]:not(:has(form))");
    const free = !target.closest("a, button, input, label") && !String(getSelection());
    if (cell && free && event.pointerType === "mouse") go(cell);
  });
}
