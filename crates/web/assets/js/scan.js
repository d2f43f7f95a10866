// Scanning: codes go to the server one after the other without losing the field; a camera reads
// them too where the browser can.
import { toast, words } from "./forms.js";
import { parse, placed } from "./swap.js";

let queue = Promise.resolve();

/** @param {HTMLFormElement} form @param {string} code */
async function send(form, code) {
  // The key of the last answer: two scans of one code are two scans.
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  body.set("code", code);
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    const page = parse(await answer.text());
    const key = page.querySelector("[data-scan] [name=key]");
    if (!key) return location.assign(answer.url);
    form.querySelector("[name=key]")?.replaceWith(key);
    for (const id of ["scanned", "picking"]) {
      const fresh = page.getElementById(id);
      if (!fresh) continue;
      document.getElementById(id)?.replaceWith(fresh);
      placed(fresh);
    }
    // News of this very scan fetch the page again: at the address that tells it.
    if (answer.ok) history.replaceState(history.state, "", answer.url);
    navigator.vibrate?.(answer.ok ? 30 : [90, 60, 90]);
  } catch {
    toast(words("failed"), "stop");
  }
}

/** @param {HTMLFormElement} form @param {string} code */
const scan = (form, code) => (queue = queue.then(() => send(form, code)));

/** @type {MediaStream | undefined} */
let stream;

/** @param {HTMLVideoElement} video */
function stop(video) {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  video.hidden = true;
}

/** @param {HTMLFormElement} form @param {HTMLVideoElement} video */
async function look(form, video) {
  if (stream) return stop(video);
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    // @ts-ignore: no library tells its types yet.
    const detector = new BarcodeDetector();
    let [last, at] = ["", 0];
    while (stream && form.isConnected) {
      const [found] = await detector.detect(video).catch(() => []);
      // The same label in view counts again after a while only.
      if (found && (found.rawValue !== last || performance.now() - at > 1500)) {
        [last, at] = [found.rawValue, performance.now()];
        scan(form, last);
      }
      await new Promise((next) => setTimeout(next, 120));
    }
  } catch {
    toast(words("failed"), "stop");
  }
  stop(video);
}

export function start() {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.matches("[data-scan]") || event.defaultPrevented) return;
    event.preventDefault();
    form.removeAttribute("aria-busy");
    const input = form.querySelector("input[name=code]");
    if (!(input instanceof HTMLInputElement)) return;
    if (input.value.trim()) scan(form, input.value);
    input.value = "";
    input.focus();
  });
  // A scanner types its code wherever the focus is.
  document.addEventListener("keydown", (event) => {
    const input = document.querySelector("[data-scan] [name=code]");
    const free = !(event.target instanceof Element && event.target.matches("input, textarea, select"));
    if (free && /^\d$/.test(event.key) && input instanceof HTMLElement) input.focus();
  });
  const form = document.querySelector("form[data-scan]");
  const button = form?.querySelector("[data-camera]");
  const video = document.querySelector("video");
  if (form instanceof HTMLFormElement && button && video && "BarcodeDetector" in window) {
    button.removeAttribute("hidden");
    button.addEventListener("click", () => look(form, video));
  }
}
