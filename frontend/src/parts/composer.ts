import { html, nothing, type TemplateResult } from "lit";
import { looksLike } from "../core/guard.js";
import { icons } from "./icons.js";
import type { Ui } from "./ui.js";

export interface Draft {
  text: string;
  change(text: string): void;
  send(): void;
}

const NEAR_THE_END = 200;

/** The box to type into. Enter sends, Shift+Enter breaks the line; Enter while an input method composes does neither. */
export function composer(ui: Ui, draft: Draft): TemplateResult {
  const { t, chat } = ui;
  const limit = chat.platform?.message_chars ?? 2_000;
  const left = limit - draft.text.normalize("NFKC").length;
  const awaiting = chat.messages.at(-1)?.awaiting ?? null;
  const sign = looksLike(draft.text, awaiting);
  const ready = draft.text.trim() !== "" && left >= 0 && !chat.loading;
  const human = chat.standing?.owner === "human";
  return html`<form class="composer" @submit=${(event: Event) => {
    event.preventDefault();
    if (ready) draft.send();
  }}>
    <p class="hint" role="status">${sign ? html`<span class="warn">${icons.alert}${t.guard[sign]}${t.guardRest}</span>` : nothing}</p>
    <div class="line">
      <button type="button" class="round plain" aria-label=${t.attach} title=${t.attach} @click=${() => ui.choose()}>${icons.image}</button>
      ${
        chat.isGuest
          ? nothing
          : html`<button type="button" class="round plain" aria-label=${t.pickOrder} title=${t.pickOrder} @click=${() => ui.show("orders")}>${icons.receipt}</button>`
      }
      <textarea rows="1" aria-label=${t.message} placeholder=${human ? t.placeholderHuman : t.placeholder} autocomplete="off"
        enterkeyhint="send" .value=${draft.text}
        @input=${(event: Event) => draft.change((event.target as HTMLTextAreaElement).value)}
        @keydown=${(event: KeyboardEvent) => key(event, ready, draft)}
        @paste=${(event: ClipboardEvent) => paste(event, ui)}></textarea>
      <button type="submit" class="round send" aria-label=${t.send} ?disabled=${!ready}>${icons.send}</button>
    </div>
    ${left < NEAR_THE_END ? html`<p class=${`count small ${left < 0 ? "bad" : "dim"}`}>${left < 0 ? t.tooLong(-left) : t.left(left)}</p>` : nothing}
  </form>`;
}

/** 229 is what Safari says for the Enter that ends a composition, after it has said that the composition ended. */
function key(event: KeyboardEvent, ready: boolean, draft: Draft): void {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  if (ready) draft.send();
}

function paste(event: ClipboardEvent, ui: Ui): void {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length) return;
  event.preventDefault();
  ui.take(files);
}
