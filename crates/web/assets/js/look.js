// Colours and density change at once; the cookie lets the server draw the next page the same way.

/** @param {string} name @param {string} value */
function keep(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
  if (value === "system") delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
  for (const button of document.querySelectorAll(`form[data-preference="${name}"] button`)) {
    button.setAttribute("aria-pressed", String(button.getAttribute("value") === value));
  }
}

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    const name = form instanceof HTMLFormElement ? form.dataset.preference : undefined;
    if (!button || (name !== "theme" && name !== "density")) return;
    event.preventDefault();
    /** @type {HTMLFormElement} */ (form).removeAttribute("aria-busy");
    keep(name, button.value);
  });
}
