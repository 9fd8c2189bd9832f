// The desk's script: what plain forms and links cannot do. Everything here is an addition; without it the desk works.
// Islands: the live transcript, canned replies by "/", drafts, keyboard shortcuts, the bell of the lists.

import "./redraw.js";

const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const tell = (name) => document.body.dispatchEvent(new CustomEvent(name));

// -- news: one stream a page (a browser opens six at most), closed while nobody looks --

let stream = null;

function listen() {
  hush();
  if (document.hidden || !$("#rail")) return;
  const transcript = $("[data-stream]");
  stream = new EventSource(transcript ? `${transcript.dataset.stream}?after=${transcript.dataset.after}` : "/desk/events");
  stream.addEventListener("board", () => tell("board"));
  stream.addEventListener("line", (event) => transcript && append(transcript, event));
}

function hush() {
  if (stream) stream.close();
  stream = null;
}

function append(transcript, event) {
  const number = Number(event.lastEventId);
  if (number <= Number(transcript.dataset.after) || $(`#m${number}`)) return;
  const near = transcript.scrollHeight - transcript.scrollTop - transcript.clientHeight < 120;
  transcript.insertAdjacentHTML("beforeend", event.data);
  transcript.dataset.after = String(number);
  const line = $(`#m${number}`);
  if (near) transcript.scrollTop = transcript.scrollHeight;
  if (line?.classList.contains("system")) tell("owner");
  if (line?.classList.contains("buyer")) document.title = `● ${document.title.replace(/^● /, "")}`;
  tell("board");
}

document.addEventListener("visibilitychange", () => {
  document.title = document.title.replace(/^● /, "");
  listen();
});

// -- drafts: what was typed and not sent, for as long as the tab lives --

const draftKey = (form) => `draft:${form.dataset.draft}`;

function restoreDraft() {
  const form = $("[data-draft]");
  const text = form && $("textarea", form);
  if (!text || text.value) return;
  text.value = sessionStorage.getItem(draftKey(form)) ?? "";
  text.setSelectionRange(text.value.length, text.value.length); // typing goes on where it was
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-draft]");
  if (form) sessionStorage.setItem(draftKey(form), $("textarea", form).value);
});

// -- the buyer sees that somebody is typing --

let typed = 0;

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-typing]");
  if (!form || event.target.value.startsWith("/") || Date.now() - typed < 3000) return;
  typed = Date.now();
  const headers = { "Content-Type": "application/json", "X-Tuika-CSRF": form.elements.tuika_csrf.value };
  fetch(form.dataset.typing, { method: "POST", headers, body: JSON.stringify({ on: true }) }).catch(() => {});
});

// -- a reply goes out beside what is typed next; the line itself comes with the stream. A refusal is the server's page --

let going = Promise.resolve();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-draft]")) return;
  if (form.dataset.plainly) return sessionStorage.removeItem(draftKey(form));
  event.preventDefault();
  event.stopImmediatePropagation();
  const box = $("textarea", form);
  const text = box.value;
  if (!text.trim()) return;
  const sent = new URLSearchParams(new FormData(form));
  empty(form);
  going = going.then(() => sendReply(form, sent, text));
}, true);

function empty(form) {
  $("textarea", form).value = "";
  sessionStorage.removeItem(draftKey(form));
  form.elements.client_id.value = uuid();
}

async function sendReply(form, sent, text) {
  const slow = setTimeout(() => sending("发送中……"), 600);
  const answer = await fetch(form.action, {
    method: "POST", body: sent, redirect: "manual", headers: { "HX-Request": "true" },
  }).catch(() => null);
  clearTimeout(slow);
  sending("");
  if (answer?.type === "opaqueredirect") return;
  const here = $("[data-draft]"); // the page may have been drawn anew meanwhile, or be another conversation's
  if (here?.dataset.draft !== form.dataset.draft) {
    sessionStorage.setItem(draftKey(form), text);
    sending("上一个会话里有一条没有发出，文字留在那里。", true);
    return;
  }
  const box = $("textarea", here);
  box.value = [text, box.value].filter(Boolean).join("\n");
  sessionStorage.setItem(draftKey(here), box.value);
  here.elements.client_id.value = sent.get("client_id");
  const login = answer?.headers.get("HX-Redirect");
  if (login) location.href = login;
  else if (!answer) sending("网络不通，这一条没有发出，文字还在框里。", true);
  else {
    here.dataset.plainly = "1";
    here.requestSubmit();
  }
}

function sending(words, bad = false) {
  const told = $("#sending");
  if (!told) return;
  told.textContent = words;
  told.classList.toggle("wrong", bad);
}

/** `crypto.randomUUID` is missing on pages without TLS. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// -- canned replies --

let asked = 0;

async function offerCanned(box) {
  const list = $("#canned");
  const typed = /^\/(\S{0,20})$/.exec(box.value);
  const turn = ++asked;
  if (!typed) return closeCanned();
  const answer = await fetch(`${box.dataset.canned}&q=${encodeURIComponent(typed[1])}`);
  if (turn !== asked || !answer.ok) return;
  list.innerHTML = await answer.text();
  list.hidden = false;
  select(0);
}

function closeCanned() {
  asked += 1;
  const list = $("#canned");
  if (list) list.hidden = true;
  $("[data-canned]")?.removeAttribute("aria-activedescendant");
}

function select(place) {
  const options = all("#canned [role=option]");
  if (!options.length) return;
  const index = (place + options.length) % options.length;
  options.forEach((option, n) => option.setAttribute("aria-selected", String(n === index)));
  options[index].scrollIntoView({ block: "nearest" });
  $("[data-canned]").setAttribute("aria-activedescendant", options[index].id);
}

const selected = () => all("#canned [role=option]").findIndex((option) => option.getAttribute("aria-selected") === "true");

function insert(option) {
  const box = $("[data-canned]");
  box.value = option.dataset.text;
  closeCanned();
  box.focus();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-canned]")) offerCanned(event.target);
});
document.addEventListener("click", (event) => {
  const option = event.target.closest?.("#canned [role=option]");
  if (option) insert(option);
});

// -- the composer: Enter sends, but never a half-composed pinyin --

function composerKey(event, box) {
  const open = !$("#canned").hidden && all("#canned [role=option]").length > 0;
  if (event.isComposing || event.keyCode === 229) return;
  if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    select(selected() + (event.key === "ArrowDown" ? 1 : -1));
  } else if (open && event.key === "Enter") {
    event.preventDefault();
    insert(all("#canned [role=option]")[Math.max(0, selected())]);
  } else if (event.key === "Escape") {
    closeCanned();
  } else if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.ctrlKey) {
    event.preventDefault();
    if (box.value.trim()) box.form.requestSubmit();
  }
}

// -- shortcuts: elements name their keys in data-key --

const plain = () => localStorage.getItem("desk:plain-keys") !== "off";
let waits = "";
let waiting = 0;

function named(key) {
  const found = all("[data-key]").find((each) => each.dataset.key === key && each.getClientRects().length);
  if (!found) return false;
  if (found.matches("textarea, input")) found.focus();
  else if (found.matches("summary")) {
    found.parentElement.open = true;
    $("textarea", found.parentElement)?.focus();
  } else found.click();
  return true;
}

function step(by) {
  const rows = all("[data-row]");
  const here = rows.findIndex((row) => row.hasAttribute("aria-current") || row === document.activeElement);
  const next = rows[Math.min(rows.length - 1, Math.max(0, here + by))];
  if (!next) return;
  if ($("main.three")) next.click();
  else next.focus();
}

function sheet() {
  const dialog = $("#keys");
  const box = $("#plain-keys", dialog);
  if (dialog.open) return dialog.close();
  if (box) {
    box.checked = plain();
    box.onchange = () => localStorage.setItem("desk:plain-keys", box.checked ? "on" : "off");
  }
  dialog.showModal();
}

const typing = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.target.matches?.("[data-canned]")) composerKey(event, event.target);
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey) return;
  if (event.altKey) {
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
    if (letter === "J" || letter === "K") {
      event.preventDefault();
      step(letter === "J" ? 1 : -1);
    } else if (letter && named(`Alt+${letter}`)) event.preventDefault();
    return;
  }
  if (typing(event.target) || $("dialog[open]") && event.key !== "?") return;
  if (!plain() && event.key !== "Escape") return;
  single(event);
});

function single(event) {
  if (event.key === "?") {
    event.preventDefault();
    sheet();
  } else if (event.key === "/") {
    const box = $("[data-canned]") ?? $("[data-search]");
    if (!box) return;
    event.preventDefault();
    box.focus();
    if (box.matches("[data-canned]") && !box.value) {
      box.value = "/";
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
  } else if (waits && Date.now() - waiting < 1500) {
    if (named(`${waits} ${event.key}`)) event.preventDefault();
    waits = "";
  } else if (event.key === "g") {
    waits = "g";
    waiting = Date.now();
  } else if (["+", "=", "-", "r"].includes(event.key)) {
    if (named(event.key === "=" ? "+" : event.key)) event.preventDefault();
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-sheet]")) {
    event.preventDefault();
    event.stopPropagation();
    sheet();
  } else if (!event.target.closest?.(".menu")) {
    all(".menu[open]").forEach((menu) => { menu.open = false; });
  }
}, true);

// -- a picture that is larger than its stage: in the middle at first, moved by dragging --

function centre() {
  for (const stage of all(".stage")) {
    stage.scrollTo((stage.scrollWidth - stage.clientWidth) / 2, (stage.scrollHeight - stage.clientHeight) / 2);
  }
}

document.addEventListener("pointerdown", (event) => {
  const stage = event.target.closest?.(".stage:not(.zoom-1)");
  if (!stage || event.button !== 0 || event.pointerType === "touch") return;
  const move = (at) => stage.scrollBy(-at.movementX, -at.movementY);
  const end = () => {
    stage.classList.remove("held");
    stage.removeEventListener("pointermove", move);
  };
  stage.classList.add("held");
  stage.setPointerCapture(event.pointerId);
  stage.addEventListener("pointermove", move);
  stage.addEventListener("pointerup", end, { once: true });
  stage.addEventListener("pointercancel", end, { once: true });
});

// -- many at once: one tick for all, and a question before what cannot be taken back --

const ticks = (form, name) => all(`input[type=checkbox][name="${name}"]`, form);

document.addEventListener("change", (event) => {
  const whole = event.target.closest?.("[data-all]");
  if (whole) for (const each of ticks(whole.form, whole.dataset.all)) each.checked = whole.checked;
  wholes();
});

function wholes() {
  for (const whole of all("[data-all]")) {
    const each = ticks(whole.form, whole.dataset.all);
    const ticked = each.filter((one) => one.checked).length;
    whole.hidden = each.length === 0;
    whole.checked = ticked > 0 && ticked === each.length;
    whole.indeterminate = ticked > 0 && ticked < each.length;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-confirm]");
  if (!button) return;
  const ticked = all("input[type=checkbox]:checked[name]", button.form).length;
  if (ticked && !confirm(button.dataset.confirm.replace("{n}", ticked))) event.preventDefault();
});

// -- after each page, whether it was loaded or swapped in --

function settle(swapped) {
  const transcript = $("#transcript");
  const place = /^#m\d+$/.test(location.hash) && $(location.hash);
  if (place) place.scrollIntoView({ block: "end" });
  else if (transcript) transcript.scrollTop = transcript.scrollHeight;
  restoreDraft();
  centre();
  wholes();
  listen();
  if (!swapped) return;
  const url = new URL(location.href);
  if (url.searchParams.delete("done") ?? true) history.replaceState(history.state, "", url);
}

document.body.addEventListener("htmx:afterSettle", (event) => {
  // the composer is drawn anew only where somebody else may speak now: what is being typed must stay
  if (event.detail.target?.id === "controls" && $("#controls")?.dataset.voice !== $("#composer")?.dataset.voice) tell("voice");
  if (event.detail.target?.id !== "main" && event.detail.elt?.id !== "main") return restoreDraft();
  settle(true);
  const wanted = $(".reply textarea") ?? $("#main");
  wanted?.focus({ preventScroll: true });
});
settle(false);
