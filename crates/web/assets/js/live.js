// News from the server: the page is fetched again, and only what changed takes its place, never a
// field in which someone is typing.
import { toast, unsaved, words } from "./forms.js";
import { typing } from "./keys.js";
import { ask, parse, place, placed } from "./swap.js";

/** @type {Map<string, { url: string, source: EventSource }>} */
const sources = new Map();
/** What was told of a cell being changed. */
const told = new WeakSet();

/** Whether someone is at work in an element. @param {any} element */
const busy = (element) =>
  unsaved(element) ||
  element.querySelector(".m .cb:checked, [data-cell] form") ||
  (typing(document.activeElement) && element.contains(document.activeElement));

/** The words that stand in an element itself. @param {any} element */
const own = (element) =>
  [...element.childNodes].map((node) => (node.nodeType === 3 ? node.data.trim() : "|")).join("");

/** Says in an open cell what the value has become. @param {any} cell @param {any} fresh */
function warn(cell, fresh) {
  const was = cell.querySelector("form")?.dataset.seen;
  const now = fresh.textContent.trim();
  if (was === undefined || was === now || told.has(cell)) return;
  told.add(cell);
  const line = document.createElement("span");
  line.className = "elsewhere";
  line.setAttribute("role", "alert");
  line.textContent = `${words("elsewhere")} ${now}`;
  cell.append(line);
}

/** What the server says of an element itself; which line the keys are on is the person's own.
 * @param {any} old @param {any} fresh */
function dress(old, fresh) {
  const current = old.matches(".cur");
  for (const name of ["class", "role", "href"]) {
    const value = fresh.getAttribute(name);
    if (value === null) old.removeAttribute(name);
    else if (value !== old.getAttribute(name)) old.setAttribute(name, value);
  }
  if (current) old.classList.add("cur");
}

/**
 * Makes the old element like the fresh one, from the inside where they are alike. Tells whether all
 * of it could be done.
 * @param {any} old @param {any} fresh @returns {boolean}
 */
function blend(old, fresh) {
  // What answers this very person stays as it is.
  if (old.isEqualNode(fresh) || old.matches("[data-kept]")) return true;
  if (old.matches("[data-cell]:has(form)")) {
    warn(old, fresh);
    return true;
  }
  const [before, after] = [[...old.children], [...fresh.children]];
  const alike =
    before.length &&
    before.length === after.length &&
    own(old) === own(fresh) &&
    before.every((child, rank) => child.tagName === after[rank].tagName && child.id === after[rank].id);
  if (alike) dress(old, fresh);
  if (alike) return before.map((child, rank) => blend(child, after[rank])).every(Boolean);
  // A form is as it was, but for its keys: it stays with what was typed.
  if (busy(old)) return old.matches("form, form *");
  old.replaceWith(fresh);
  placed(fresh);
  return true;
}

/** @param {string} id */
async function refresh(id) {
  const element = document.getElementById(id);
  if (!element) return;
  const answer = await ask(location.href, {}, id);
  const fresh = answer?.ok && parse(answer.html).getElementById(id);
  if (!fresh || blend(element, fresh) || document.querySelector("[data-news]")) return;
  toast(words("changed"), "warn", { label: words("reload"), act: () => location.reload() });
  document.querySelector("#toasts > :last-child")?.setAttribute("data-news", "");
}

function silence() {
  for (const { source } of sources.values()) source.close();
  sources.clear();
}

function listen() {
  if (document.hidden) return;
  for (const [id, { url, source }] of sources) {
    if (document.getElementById(id)?.dataset.live !== url) {
      source.close();
      sources.delete(id);
    }
  }
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("[data-live][id]")
  )) {
    const [id, url] = [element.id, element.dataset.live ?? ""];
    if (sources.has(id)) continue;
    const source = new EventSource(url);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let soon;
    source.addEventListener("moved", () => {
      clearTimeout(soon);
      soon = setTimeout(() => refresh(id), 300);
    });
    source.addEventListener("bell", ({ data }) => {
      const count = document.querySelector("#bell b");
      if (count) count.textContent = data;
    });
    source.addEventListener("present", (event) => place("present", event.data));
    sources.set(id, { url, source });
  }
}

export function start() {
  listen();
  document.addEventListener("comptoir:placed", (/** @type {any} */ event) => {
    // What a cell said before it was opened, to tell when another changes it meanwhile.
    const form = event.detail.matches("[data-cell]") && event.detail.querySelector("form");
    if (form) form.dataset.seen ??= event.detail.dataset.said ?? "";
    listen();
  });
  // A page that no one sees keeps no connection: a browser has few for each server.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return silence();
    for (const element of document.querySelectorAll("[data-live][id]")) refresh(element.id);
    listen();
  });
  addEventListener("pagehide", silence);
}
