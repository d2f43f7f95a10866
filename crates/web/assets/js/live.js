// News from the server: what is shown is fetched again, unless someone is at work in it.
import { toast, unsaved, words } from "./forms.js";
import { typing } from "./keys.js";
import { ask, place } from "./swap.js";

/** @type {Map<string, { url: string, source: EventSource }>} */
const sources = new Map();

/** @param {string} id */
async function refresh(id) {
  const element = document.getElementById(id);
  if (!element) return;
  const busy =
    unsaved(element) ||
    element.querySelector(".m .cb:checked") ||
    (typing(document.activeElement) && element.contains(document.activeElement));
  if (busy) {
    if (!document.querySelector("[data-news]")) {
      toast(words("changed"), "warn", { label: words("reload"), act: () => location.reload() });
      document.querySelector("#toasts > :last-child")?.setAttribute("data-news", "");
    }
    return;
  }
  const answer = await ask(location.href, {}, id);
  if (answer?.ok) place(id, answer.html);
}

function listen() {
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
    source.addEventListener("message", () => {
      clearTimeout(soon);
      soon = setTimeout(() => refresh(id), 300);
    });
    sources.set(id, { url, source });
  }
}

export function start() {
  listen();
  document.addEventListener("comptoir:placed", listen);
  addEventListener("pagehide", () => {
    for (const { source } of sources.values()) source.close();
    sources.clear();
  });
}
