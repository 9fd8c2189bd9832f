import { html, nothing, type TemplateResult } from "lit";
import { when, yuan } from "../core/format.js";
import type { Card } from "../core/types.js";
import { checklist } from "./evidence.js";
import { icons } from "./icons.js";
import { list, record, text, type Ui } from "./ui.js";

const TONES: Record<string, string> = {
  paid: "good",
  settled: "good",
  rejected: "bad",
  withdrawn: "quiet",
  needs_evidence: "warn",
  negotiating: "warn",
};

/** The case: state, amount, what happened when, and by when the next thing happens. */
export function status(ui: Ui, card: Card): TemplateResult {
  const no = text(card.case_no);
  const due = record(card.deadline);
  const by = when(due.at, ui.t.lang);
  const missing = list(card.missing);
  const state = text(card.state);
  return html`<section class="card" aria-label=${`${ui.t.caseTitle} ${no}`}>
    <div class="row top">
      <span class=${`state ${TONES[state] ?? "going"}`}>${text(card.state_text) || state}</span>
      <span class="money big">${yuan(card.amount_fen)}</span>
    </div>
    <div class="name">${text(card.product) || text(record(card.order).product)}</div>
    <div class="dim small row">
      <span>${text(card.reason_text)}</span><span class="mono">${no}${copier(ui, no)}</span>
    </div>
    <ol class="timeline">
      ${list(card.timeline).map((each) => step(ui, text(record(each).text), when(record(each).at, ui.t.lang), "past"))}
      ${by ? step(ui, ui.t.deadline[text(due.what)] ?? "", due.estimate ? ui.t.guess(by) : by, "next") : nothing}
    </ol>
    ${missing.length ? checklist(ui, missing, [], {}, {}) : nothing}
  </section>`;
}

const step = (_ui: Ui, what: string, at: string, how: string) =>
  html`<li class=${how}><span>${what}</span><time class="dim small">${at}</time></li>`;

/** A button that copies; missing where the browser has no clipboard for this page. */
function copier(ui: Ui, value: string): TemplateResult | typeof nothing {
  if (!value || !navigator.clipboard) return nothing;
  const copy = (event: Event) => {
    const button = event.currentTarget as HTMLButtonElement;
    navigator.clipboard.writeText(value).then(
      () => {
        button.title = ui.t.copied;
        button.classList.add("copied");
      },
      () => {},
    );
  };
  return html`<button type="button" class="copy" title=${ui.t.copy} aria-label=${`${ui.t.copy} ${value}`} @click=${copy}>
    ${icons.copy}
  </button>`;
}
