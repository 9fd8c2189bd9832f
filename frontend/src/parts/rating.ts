import { html, type TemplateResult } from "lit";
import { icons } from "./icons.js";
import type { Ui } from "./ui.js";

let chosen = 0;

/** Five stars, once. A press on a star of the short form sends at once; the sheet also takes a comment. */
export function stars(ui: Ui, sheet = false): TemplateResult {
  const { t } = ui;
  const press = (score: number) => {
    chosen = score;
    if (sheet) ui.redraw();
    else rate(ui, score, "");
  };
  return html`<div class="stars" role="group" aria-label=${t.rateAsk}>
    ${[1, 2, 3, 4, 5].map(
      (score) => html`<button type="button" class=${`star${sheet && score <= chosen ? " on" : ""}`}
        aria-label=${t.star(score)} aria-pressed=${sheet && score === chosen} @click=${() => press(score)}>${icons.star}</button>`,
    )}
  </div>`;
}

export function ratingForm(ui: Ui): TemplateResult {
  const { t } = ui;
  const send = (event: Event) => {
    event.preventDefault();
    const comment = new FormData(event.target as HTMLFormElement).get("comment");
    if (chosen) rate(ui, chosen, String(comment ?? ""));
  };
  return html`<form @submit=${send}>
    ${stars(ui, true)}
    <label class="block">${t.comment}<textarea name="comment" rows="3" maxlength="1000"></textarea></label>
    <button type="submit" class="main" ?disabled=${!chosen}>${t.submit}</button>
  </form>`;
}

function rate(ui: Ui, score: number, comment: string): void {
  ui.chat.rate(score, comment).then(
    () => {
      chosen = 0;
      ui.show("");
    },
    (error) => {
      ui.chat.trouble = error.detail;
      ui.redraw();
    },
  );
}
