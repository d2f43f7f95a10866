// A signature drawn with a finger: strokes in the units of the sheet, kept in a hidden field.

/** @param {Element} pad */
function wire(pad) {
  const [sheet, path, field] = ["svg", "path", "input"].map((name) => pad.querySelector(name));
  if (!(sheet instanceof SVGSVGElement) || !path || !(field instanceof HTMLInputElement)) return;
  /** @param {string} drawn */
  const keep = (drawn) => path.setAttribute("d", (field.value = drawn));
  /** @param {number} at @param {number} most */
  const within = (at, most) => Math.round(Math.min(Math.max(at, 0), 1) * most);
  /** @param {PointerEvent} event */
  const point = (event) => {
    const { left, top, width, height } = sheet.getBoundingClientRect();
    const box = sheet.viewBox.baseVal;
    return [
      within((event.clientX - left) / width, box.width),
      within((event.clientY - top) / height, box.height),
    ];
  };
  /** @type {number[] | undefined} */
  let last;
  sheet.addEventListener("pointerdown", (event) => {
    sheet.setPointerCapture(event.pointerId);
    last = point(event);
    keep(`${field.value} M ${last.join(" ")}`.trim());
    event.preventDefault();
  });
  sheet.addEventListener("pointermove", (event) => {
    const next = point(event);
    if (!last || Math.hypot(next[0] - last[0], next[1] - last[1]) < 3) return;
    last = next;
    keep(`${field.value} L ${next.join(" ")}`);
  });
  for (const kind of ["pointerup", "pointercancel"])
    sheet.addEventListener(kind, () => (last = undefined));
  pad.querySelector("[data-clear]")?.addEventListener("click", () => keep(""));
  pad.removeAttribute("hidden");
}

export function start() {
  document.querySelectorAll("[data-sign]").forEach(wire);
}
