// References: as one types, the server's answers open under the field.
import { ask } from "./swap.js";

const list = document.createElement("div");
list.className = "pop";
list.id = "pick-list";
list.setAttribute("role", "listbox");
list.popover = "manual";

/** The field the list belongs to. @type {HTMLInputElement | undefined} */
let field;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;

const options = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".opt[data-id]")]);
const active = () => options().find((option) => option.getAttribute("aria-selected") === "true");

/** @param {HTMLElement | undefined} option */
function point(option) {
  active()?.removeAttribute("aria-selected");
  if (!option || !field) return field?.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function close() {
  clearTimeout(soon);
  if (list.matches(":popover-open")) list.hidePopover();
  field?.setAttribute("aria-expanded", "false");
  field?.removeAttribute("aria-activedescendant");
}

function open() {
  if (!field?.isConnected) return;
  const spot = field.getBoundingClientRect();
  const below = innerHeight - spot.bottom > 220 || spot.top < 240;
  const wide = field.closest("[data-line]") ? 660 : Math.max(spot.width, 460);
  list.style.width = `${Math.min(wide, innerWidth - 32)}px`;
  list.style.left = `${Math.max(8, Math.min(spot.left, innerWidth - wide - 16))}px`;
  list.style.top = below ? `${spot.bottom + 4}px` : "auto";
  list.style.bottom = below ? "auto" : `${innerHeight - spot.top + 4}px`;
  if (!list.matches(":popover-open")) list.showPopover();
  field.setAttribute("aria-expanded", "true");
}

async function search() {
  const wrapper = /** @type {HTMLElement | null | undefined} */ (field?.closest("[data-pick]"));
  if (!field || !wrapper) return;
  const asked = field;
  const query = new URLSearchParams({ q: field.value });
  for (const name of (wrapper.dataset.with ?? "").split(",").filter(Boolean)) {
    query.set(name, String(new FormData(field.form ?? undefined).get(name) ?? ""));
  }
  const answer = await ask(`/pick/${wrapper.dataset.pick}?${query}`, {}, "pick-list");
  if (!answer?.ok || field !== asked || document.activeElement !== asked) return;
  list.innerHTML = answer.html;
  options().forEach((option, rank) => (option.id = `pick-${rank}`));
  open();
  point(options()[0]);
}

/** The other inputs of a reference. @param {HTMLInputElement} input @param {string} end */
const part = (input, end) =>
  /** @type {HTMLInputElement | null | undefined} */ (
    input
      .closest("[data-pick]")
      ?.querySelector(
        `input[type="hidden"][name="${CSS.escape(input.name.replace(/\.text$/, end))}"]`,
      )
  );

/** @param {HTMLElement} option */
function choose(option) {
  const input = field;
  if (!input) return;
  const [id, was] = [part(input, ""), part(input, ".was")];
  input.value = option.dataset.label ?? "";
  if (id) id.value = option.dataset.id ?? "";
  if (was) was.value = input.value;
  const around = input.closest("[data-line]") ?? input.form;
  for (const [name, value] of new URLSearchParams(option.dataset.fills ?? "")) {
    const other = around?.querySelector(
      `[name="${CSS.escape(name)}"], [name$=".${CSS.escape(name)}"]`,
    );
    if (other instanceof HTMLInputElement || other instanceof HTMLSelectElement)
      other.value = value;
  }
  close();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  close();
  input.dispatchEvent(new Event("change", { bubbles: true }));
  // What goes on after the choice is offered at once.
  if ("more" in option.dataset) search();
}

/** @param {KeyboardEvent} event */
function steer(event) {
  const shown = list.matches(":popover-open");
  const all = options();
  const at = all.findIndex((option) => option === active());
  if (event.key === "ArrowDown" && !event.altKey && !shown) search();
  else if (!shown) return;
  else if (event.key === "ArrowDown" && !event.altKey) point(all[(at + 1) % all.length]);
  else if (event.key === "ArrowUp" && !event.altKey) point(all[(at - 1 + all.length) % all.length]);
  else if (event.key === "Escape") close();
  else if (event.key === "Enter" && all[at]) choose(all[at]);
  else {
    if (event.key === "Tab" && all[at] && field?.value && !part(field, "")?.value) choose(all[at]);
    if (event.key === "Tab") close();
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** @param {EventTarget | null} target @returns {target is HTMLInputElement} */
const isPick = (target) =>
  target instanceof HTMLInputElement && target.matches("[data-pick] [role=combobox]");

export function start() {
  document.body.append(list);
  document.addEventListener("focusin", (event) => {
    if (!isPick(event.target)) return;
    field = event.target;
    field.setAttribute("aria-controls", list.id);
  });
  document.addEventListener("focusout", (event) => isPick(event.target) && close());
  document.addEventListener("input", (event) => {
    if (!isPick(event.target)) return;
    field = event.target;
    const [id, was] = [part(field, ""), part(field, ".was")];
    if (id && was && field.value !== was.value) id.value = "";
    clearTimeout(soon);
    soon = setTimeout(search, 120);
  });
  document.addEventListener("keydown", (event) => isPick(event.target) && steer(event), true);
  // The field keeps the focus while the mouse chooses.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target instanceof Element && event.target.closest(".opt[data-id]");
    if (option instanceof HTMLElement) choose(option);
  });
  addEventListener("scroll", () => list.matches(":popover-open") && open(), {
    passive: true,
    capture: true,
  });
}
