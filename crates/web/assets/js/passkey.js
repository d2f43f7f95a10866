// Passkeys: a press of the button asks the server for a question, has the browser answer it, and
// sends the answer with the form around the button.

/** @param {string} text bytes in base64url */
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

/** @param {ArrayBuffer | null | undefined} buffer */
function text(buffer) {
  if (!buffer) return undefined;
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
  return btoa(letters.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {{ id: string }[] | undefined} named */
const credentials = (named) => named?.map((one) => ({ ...one, id: bytes(one.id) }));

/** What the browser answered, as text: each answer has some of these. @param {any} made */
function written({ id, rawId, type, response }) {
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const said = Object.fromEntries(names.map((name) => [name, text(response[name])]));
  return JSON.stringify({ id, rawId: text(rawId), type, extensions: {}, response: said });
}

/** @param {HTMLElement} place @param {HTMLFormElement} form */
async function question(place, form) {
  const token = new FormData(form).get("token");
  const body = new URLSearchParams(typeof token === "string" ? { token } : {});
  const asked = await fetch(place.dataset.challenge ?? "", { method: "POST", body });
  const said = await asked.json().catch(() => ({}));
  if (!asked.ok) throw new Error(said.said ?? asked.statusText);
  return said.publicKey;
}

/** @param {HTMLElement} place @param {any} asked */
function answer(place, asked) {
  const challenge = bytes(asked.challenge);
  if (place.dataset.passkey === "make") {
    const user = { ...asked.user, id: bytes(asked.user.id) };
    const excludeCredentials = credentials(asked.excludeCredentials);
    const publicKey = { ...asked, challenge, user, excludeCredentials };
    return navigator.credentials.create({ publicKey });
  }
  const allowCredentials = credentials(asked.allowCredentials);
  return navigator.credentials.get({ publicKey: { ...asked, challenge, allowCredentials } });
}

/** Why nothing came of it. @param {HTMLElement} place @param {unknown} error */
function why(place, error) {
  if (!(error instanceof DOMException)) return error instanceof Error ? error.message : "";
  return place.dataset[error.name === "InvalidStateError" ? "there" : "cancelled"] ?? "";
}

/** @param {HTMLElement} place @param {HTMLFormElement} form */
async function ask(place, form) {
  const field = place.querySelector("input[name=answer]");
  const said = place.querySelector("[role=alert]");
  const button = place.querySelector("button");
  if (!(field instanceof HTMLInputElement) || !(said instanceof HTMLElement) || !button) return;
  said.hidden = true;
  button.disabled = true;
  try {
    const made = await answer(place, await question(place, form));
    if (!(made instanceof PublicKeyCredential)) return;
    field.value = written(made);
    form.submit();
  } catch (error) {
    said.textContent = why(place, error);
    said.hidden = false;
  } finally {
    button.disabled = false;
  }
}

/** @param {MouseEvent} event */
function pressed(event) {
  const button = event.target instanceof Element && event.target.closest("[data-passkey] button");
  const place = button && button.closest("[data-passkey]");
  if (!(button instanceof HTMLButtonElement) || !(place instanceof HTMLElement)) return;
  if (!button.form) return;
  event.preventDefault();
  if (place.dataset.passkey === "make" && !button.form.reportValidity()) return;
  ask(place, button.form);
}

/** Shows the buttons where this browser knows passkeys, and says so where it does not. */
function show() {
  const mark = "PublicKeyCredential" in window ? "[data-passkey]" : "[data-passkey-unknown]";
  for (const place of document.querySelectorAll(mark)) place.removeAttribute("hidden");
}

export function start() {
  document.addEventListener("click", pressed, true);
  document.addEventListener("comptoir:placed", show);
  show();
}
