// Names in a text: after an @, those of the form's own list of people that begin so.
const list = document.createElement("div");
list.className = "pop";
list.id = "names-list";
list.role = "listbox";
list.popover = "manual";
/** The names offered, and the one that Enter takes. @type {string[]} */
let names = [];
let at = 0;

/** @param {string} text */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function draw() {
  list.replaceChildren(
    ...names.map((name, rank) => {
      const line = document.createElement("div");
      line.className = "opt";
      line.role = "option";
      line.ariaSelected = String(rank === at);
      line.textContent = name;
      return line;
    }),
  );
  list.togglePopover(names.length > 0);
}

/** @param {HTMLTextAreaElement} area */
function offer(area) {
  const typed = /(?<!\p{L})@([\p{L}'’-]*( [\p{L}'’-]*)?)$/u.exec(area.value.slice(0, area.selectionStart));
  const people = area.form?.querySelectorAll("[name=assignee] option") ?? [];
  const begins = (/** @type {string} */ name) => typed && plain(name).startsWith(plain(typed[1]));
  names = [...people].map((one) => one.textContent ?? "").filter(begins).slice(0, 8);
  at = 0;
  const { left, bottom, width } = area.getBoundingClientRect();
  Object.assign(list.style, { left: `${left}px`, top: `${bottom + 4}px`, width: `${width}px` });
  draw();
}

/** @param {HTMLTextAreaElement} area */
function take(area) {
  const end = area.selectionStart;
  const start = area.value.lastIndexOf("@", end - 1);
  area.setRangeText(`@${names[at]} `, start, end, "end");
  offer(area);
}

export function start() {
  document.body.append(list);
  const area = () =>
    /** @type {HTMLTextAreaElement | null} */ (document.activeElement?.closest("[data-names]"));
  document.addEventListener("input", () => area() && offer(/** @type {any} */ (area())));
  document.addEventListener("focusout", () => ((names = []), draw()));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    at = [...list.children].indexOf(/** @type {Element} */ (event.target));
    const text = area();
    if (text && names[at]) take(text);
  });
  document.addEventListener(
    "keydown",
    (event) => {
      const text = names.length && !event.ctrlKey && area();
      if (!text) return;
      const step = { ArrowDown: 1, ArrowUp: names.length - 1 }[event.key];
      if (step) at = (at + step) % names.length;
      else if (event.key === "Enter" || event.key === "Tab") return event.preventDefault(), take(text);
      else if (event.key === "Escape") names = [];
      else return;
      event.preventDefault();
      draw();
    },
    true,
  );
}
