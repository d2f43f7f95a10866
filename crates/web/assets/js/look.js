// Colours and density change at once; the cookie lets the server draw the next page the same way.

/** @param {string} name @param {string} value */
function keep(name, value) {
  // Over TLS a cookie is bound to this host, as the server binds its own.
  const [own, only] = location.protocol === "https:" ? ["__Host-", "; secure"] : ["", ""];
  document.cookie = `${own}${name}=${value}; path=/; max-age=31536000; samesite=lax${only}`;
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
