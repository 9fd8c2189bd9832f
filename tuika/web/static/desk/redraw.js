// What redraws itself must not take anything from a person's hands: not a click that is on its way, not the focus, not
// typed text, not an open menu, not the place that was scrolled to.

const PARTS = ["rail", "rows", "controls", "composer"]; // redrawn live; everything else only when a person goes somewhere
const EVENTS = { rail: "board", rows: "board", controls: "owner", composer: "voice" };

let pressed = null;
document.addEventListener("pointerdown", (event) => { pressed = event.target; }, true);
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => setTimeout(() => { pressed = null; }), true); // the click comes after
}

/** A press, a request on its way, an open menu, a field with the focus: the redraw waits until that is over. */
function inHand(part) {
  if (pressed && part.contains(pressed)) return true;
  if (part.querySelector(".htmx-request")) return true; // its answer is the whole page, and needs its form to know where to go
  if (part.id === "composer") return false; // somebody else may speak now: what was typed is carried over instead
  if (part.querySelector(".menu[open]")) return true;
  return part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
}

/** What a redraw would lose. The focus itself htmx carries over where the element has an id. */
function held(part) {
  return {
    scrolled: part.scrollTop,
    texts: [...part.querySelectorAll("textarea[id]")].map((box) => [box.id, box.value]),
    opened: [...part.querySelectorAll("details[id]")].filter((each) => each.open).map((each) => each.id),
  };
}

function giveBack(part, kept) {
  part.scrollTop = kept.scrolled;
  for (const [id, text] of kept.texts) {
    const box = document.getElementById(id);
    if (box && !box.value) box.value = text;
  }
  for (const id of kept.opened) {
    const box = document.getElementById(id);
    if (box) box.open = true;
  }
}

const kept = new Map();
const waiting = new Set();

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (target.id === "main") {
    // whoever asked may be gone by now, and with it what it said about which part of the page it wants
    event.detail.selectOverride = "#main";
    event.detail.swapOverride = "outerHTML show:none";
  }
  if (!PARTS.includes(target.id) || !requestConfig.elt.hidden) return;
  if (inHand(target)) {
    event.detail.shouldSwap = false;
    again(target.id);
  } else kept.set(target.id, held(target));
});

document.addEventListener("htmx:afterSwap", (event) => {
  const id = event.detail.target?.id;
  const part = document.getElementById(id);
  if (part && kept.has(id)) giveBack(part, kept.get(id));
  kept.delete(id);
});

function again(id) {
  if (waiting.has(id)) return;
  waiting.add(id);
  setTimeout(() => {
    waiting.delete(id);
    document.body.dispatchEvent(new CustomEvent(EVENTS[id]));
  }, 1000);
}
