// Comptoir in the browser: a few modules that make quicker what already works without them.
// Each listens on the document, so that what a swap brings in needs no wiring.
import { start as forms } from "./forms.js";
import { start as keys } from "./keys.js";
import { start as ledger } from "./ledger.js";
import { start as lines } from "./lines.js";
import { start as live } from "./live.js";
import { start as look } from "./look.js";
import { start as palette } from "./palette.js";
import { start as pick } from "./pick.js";
import { start as swap } from "./swap.js";

// Forms first: a confirmation must be asked before a swap hears of the click.
for (const start of [forms, look, swap, pick, lines, ledger, palette, keys, live]) start();

/** What few pages need, by what calls for it: fetched when it is first there. */
const rare = new Map([
  ["[data-cell]", "./cells.js"],
  ["[data-names]", "./names.js"],
  ["[data-to]", "./drag.js"],
  ["[data-drop]", "./files.js"],
  ["[data-passkey]", "./passkey.js"],
  ["[data-scan]", "./scan.js"],
  ["[data-sign]", "./sign.js"],
]);

async function fetchRare() {
  for (const [mark, path] of rare) {
    if (!document.querySelector(mark) || !rare.delete(mark)) continue;
    (await import(path)).start();
  }
}

fetchRare();
document.addEventListener("comptoir:placed", fetchRare);
