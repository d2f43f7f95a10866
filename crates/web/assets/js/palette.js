// The palette: Ctrl+K, a few letters, Enter.
import { ask } from "./swap.js";

/** @param {HTMLDialogElement} palette */
function parts(palette) {
  const input = /** @type {HTMLInputElement} */ (palette.querySelector("input"));
  const found = /** @type {HTMLElement} */ (palette.querySelector("#found"));
  return { input, found, lines: /** @type {HTMLElement[]} */ ([...found.querySelectorAll("a")]) };
}

/** @param {HTMLDialogElement} palette @param {HTMLElement | undefined} line */
function point(palette, line) {
  const { input, lines } = parts(palette);
  for (const other of lines) other.setAttribute("aria-selected", String(other === line));
  line
    ? input.setAttribute("aria-activedescendant", line.id)
    : input.removeAttribute("aria-activedescendant");
  line?.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLDialogElement} palette */
async function search(palette) {
  const { input, found } = parts(palette);
  const query = new URLSearchParams({ q: input.value, on: location.pathname });
  const answer = await ask(`/palette?${query}`, {}, "found");
  if (!answer?.ok) return;
  found.innerHTML = answer.html;
  parts(palette).lines.forEach((line, rank) => {
    line.id = `found-${rank}`;
    line.tabIndex = -1;
  });
  point(palette, parts(palette).lines[0]);
}

/** @param {HTMLDialogElement} palette */
function open(palette) {
  if (palette.open) return;
  palette.showModal();
  const { input } = parts(palette);
  input.select();
  search(palette);
}

export function start() {
  const palette = document.getElementById("palette");
  if (!(palette instanceof HTMLDialogElement)) return;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open(palette);
    }
  });
  document.addEventListener("click", (event) => {
    const opener = event.target instanceof Element && event.target.closest("[data-palette]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(palette);
  });
  // Each letter asks at once; a question that a later one overtakes is dropped.
  palette.addEventListener("input", () => search(palette));
  palette.addEventListener("keydown", (event) => {
    const { lines } = parts(palette);
    const at = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") point(palette, lines[(at + 1) % lines.length]);
    else if (event.key === "ArrowUp") point(palette, lines[(at - 1 + lines.length) % lines.length]);
    else if (event.key === "Enter") lines[at]?.click();
    else return;
    event.preventDefault();
  });
}
