// Replaces one element of the page by its namesake in an answer of the server.
import { toast, words } from "./forms.js";

/** @typedef {{ url: string, html: string, ok: boolean }} Answer */

const parser = new DOMParser();

/** The request under way for each target: a newer one ends it. @type {Map<string, AbortController>} */
const underWay = new Map();

/**
 * Asks the server for HTML. `fragment` names the element wanted, so that the server may send it
 * alone. Gives nothing when a newer request took over or the server could not be reached.
 * @param {string} url
 * @param {RequestInit} options
 * @param {string} fragment
 * @returns {Promise<Answer | undefined>}
 */
export async function ask(url, options, fragment) {
  underWay.get(fragment)?.abort();
  const control = new AbortController();
  underWay.set(fragment, control);
  const headers = new Headers(options.headers);
  headers.set("Accept", "text/html");
  headers.set("X-Fragment", fragment);
  try {
    const response = await fetch(url, { ...options, headers, signal: control.signal });
    if (response.status === 401) {
      // Whoever asks must first show who they are.
      const here = encodeURIComponent(location.pathname + location.search);
      location.assign(`/sign-in/again?back=${here}`);
      return undefined;
    }
    return { url: response.url, html: await response.text(), ok: response.ok };
  } catch {
    if (!control.signal.aborted) toast(words("failed"), "stop");
    return undefined;
  } finally {
    if (underWay.get(fragment) === control) underWay.delete(fragment);
  }
}

/** @param {string} html */
export const parse = (html) => parser.parseFromString(html, "text/html");

/**
 * Puts the element `id` of the answer in the place of the one on the page.
 * @param {string} id
 * @param {string} html
 * @returns {boolean} whether both exist
 */
export function place(id, html) {
  const page = parse(html);
  const fresh = page.getElementById(id);
  const old = document.getElementById(id);
  if (!fresh || !old) return false;
  const focused = document.activeElement?.id;
  old.replaceWith(fresh);
  document.getElementById("toasts")?.append(...page.querySelectorAll("#toasts [data-toast]"));
  if (page.title) document.title = page.title;
  if (focused && document.activeElement === document.body)
    document.getElementById(focused)?.focus();
  placed(fresh);
  return true;
}

/** Tells the other modules that an element is new. @param {Element} element */
export function placed(element) {
  document.dispatchEvent(new CustomEvent("comptoir:placed", { detail: element }));
}

/**
 * @param {string} url
 * @param {RequestInit} options
 * @param {string} id
 * @param {boolean} remember whether the address becomes a step of the history
 */
async function swap(url, options, id, remember) {
  const target = document.getElementById(id);
  target?.setAttribute("aria-busy", "true");
  const answer = await ask(url, options, id);
  target?.removeAttribute("aria-busy");
  if (!answer) return;
  if (!place(id, answer.html)) {
    location.assign(answer.url);
  } else if (remember && answer.ok) {
    history.replaceState({ ...history.state, swap: id }, "");
    history.pushState({ swap: id }, "", answer.url);
  }
}

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[data-swap]");
    if (!(link instanceof HTMLAnchorElement) || event.defaultPrevented) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    swap(link.href, {}, (link.dataset.swap ?? "").slice(1), true);
  });

  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    const target = button?.dataset.swap ?? form.dataset.swap;
    if (!target || event.defaultPrevented) return;
    event.preventDefault();
    const data = new FormData(form, button);
    const url = new URL(button?.hasAttribute("formaction") ? button.formAction : form.action);
    if (form.method === "get") {
      for (const [name, value] of [...data]) if (value === "") data.delete(name);
      url.search = new URLSearchParams(/** @type {any} */ (data)).toString();
      swap(url.href, {}, target.slice(1), true);
    } else {
      const body =
        form.enctype === "multipart/form-data"
          ? data
          : new URLSearchParams(/** @type {any} */ (data));
      swap(url.href, { method: "POST", body }, target.slice(1), false).finally(() =>
        form.removeAttribute("aria-busy"),
      );
    }
  });

  addEventListener("popstate", async (event) => {
    const id = event.state?.swap;
    if (!id) return;
    const answer = await ask(location.href, {}, id);
    if (answer && !place(id, answer.html)) location.reload();
  });
}
