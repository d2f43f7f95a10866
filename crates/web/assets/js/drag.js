// Boards: a card is dragged to another lane, and goes back with the reason when it is refused. Its
// menu does the same without a mouse; `m` opens it.
import { typing } from "./keys.js";
import { ask, parse, place } from "./swap.js";

/** The card under way. @type {any} */
let card;
const lane = (/** @type {any} */ event) =>
  card && event.target.closest?.("[data-move]") === card.closest("[data-move]") && event.target.closest("[data-to]");

/** @param {any} one @param {any} lane */
async function drop(one, lane) {
  const { move, back } = lane.closest("[data-move]").dataset;
  const [from, next] = [one.parentNode, one.nextSibling];
  const token = /** @type {any} */ (document.querySelector("[name=token]")).value;
  const data = { token, key: crypto.randomUUID(), field: move, to: lane.dataset.to, back };
  document.querySelector(".tick > .error")?.remove();
  lane.querySelector("ol").prepend(one);
  one.setAttribute("aria-busy", "true");
  const url = `${one.dataset.href}/move`;
  const answer = await ask(url, { method: "POST", body: new URLSearchParams(data) }, url);
  one.removeAttribute("aria-busy");
  if (answer?.ok && place("list", answer.html)) return place("undo", answer.html);
  from.insertBefore(one, next);
  const question = answer && parse(answer.html).querySelector("a[data-question]");
  if (question) return location.assign(question.getAttribute("href") ?? "");
  const why = answer && parse(answer.html).querySelector("[role=alert]");
  if (why) one.append(why);
}

export function start() {
  document.addEventListener("dragstart", (/** @type {any} */ event) => {
    card = event.target.closest?.("[data-href]");
    if (card) event.dataTransfer.setData("text/plain", card.dataset.href);
  });
  document.addEventListener("dragend", () => (card = undefined));
  for (const kind of ["dragover", "dragleave", "drop"])
    document.addEventListener(kind, (event) => {
      const over = lane(event);
      if (!over) return;
      event.preventDefault();
      over.classList.toggle("over", kind === "dragover");
      if (kind === "drop" && over !== card.closest("[data-to]")) drop(card, over);
    });
  document.addEventListener("keydown", (/** @type {any} */ event) => {
    if (event.key !== "m" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    event.target.closest?.("[data-href]")?.querySelector("a.mover")?.click();
  });
}
