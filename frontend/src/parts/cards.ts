import { html, nothing, type TemplateResult } from "lit";
import { when, yuan } from "../core/format.js";
import type { Card, Message, QuickReply } from "../core/types.js";
import { checklist } from "./evidence.js";
import { icons } from "./icons.js";
import { orderLines, orderList } from "./orders.js";
import { status } from "./status.js";
import { list, record, text, type Ui } from "./ui.js";

export interface Drawn {
  /** What stands beside the card instead of the message's text. */
  lead: string;
  body: TemplateResult | typeof nothing;
  /** Quick replies that the card shows itself. */
  own: number;
}

/** A card that is not known here is left out: the text says it all. */
export function card(ui: Ui, message: Message, live: boolean): Drawn {
  const { card } = message;
  const draw = card && (Object.hasOwn(KNOWN, card.type) ? KNOWN[card.type] : undefined);
  if (!card || !draw) return { lead: message.text, body: nothing, own: 0 };
  const lead = text(card.lead) || message.text;
  return { lead, own: 0, ...draw(ui, card, message, live) };
}

type Part = { body: TemplateResult; lead?: string; own?: number };
type Draw = (ui: Ui, card: Card, message: Message, live: boolean) => Part;

const KNOWN: Record<string, Draw> = {
  orders,
  order: (ui, card) => ({ body: html`<section class="card">${orderLines(ui, card)}</section>` }),
  refund_summary: summary,
  refund_status: (ui, card) => ({ body: status(ui, card) }),
  evidence_request: (ui, card) => ({
    body: html`<section class="card" aria-label=${ui.t.evidenceTitle}>
      <p class="h3">${ui.t.evidenceTitle}</p>
      ${checklist(ui, list(card.missing), list(card.received), card.labels, card.hints)}
    </section>`,
  }),
  offer,
  dossier: (ui, card) => ({
    lead: text(card.lead) || ui.t.dossierTitle,
    body: html`<section class="card"><p class="h3">${ui.t.dossierTitle}</p>${list(card.lines).map((each) => html`<p>${text(each)}</p>`)}</section>`,
  }),
  replacement_key: (ui, card) => ({ body: key(ui, text(card.case_no)) }),
  scam_warning: warning,
};

function orders(ui: Ui, card: Card, message: Message, live: boolean): Part {
  const rows = list(card.orders);
  const replies = message.quick_replies;
  if (rows.length < 2 || replies.length < rows.length) {
    return { body: html`<section class="card">${rows.map((each) => orderLines(ui, each))}</section>` };
  }
  const pick = (index: number) => ui.chat.press(replies[index] as QuickReply);
  return {
    own: rows.length,
    body: html`<section class="card flush">${orderList(ui, rows, pick, !live)}</section>`,
  };
}

function summary(ui: Ui, card: Card): Part {
  const lines = list(card.lines).map(record);
  const rest = lines.filter((each) => text(each.label) !== "金额");
  return {
    body: html`<section class="card" aria-label=${ui.t.summaryTitle}>
      <div class="row top"><p class="h3">${ui.t.summaryTitle}</p><span class="money big">${yuan(card.amount_fen)}</span></div>
      <dl>${rest.map((each) => html`<dt>${text(each.label)}</dt><dd>${text(each.text)}</dd>`)}</dl>
    </section>`,
  };
}

function offer(ui: Ui, card: Card): Part {
  return {
    body: html`<section class="card" aria-label=${ui.t.offerTitle}>
      <div class="row top"><p class="h3">${ui.t.offerTitle}</p><span class="money big">${yuan(card.amount_fen)}</span></div>
      <p><b>${ui.t.offers[text(card.kind)] ?? ""}</b></p>
      ${text(card.text) ? html`<p>${text(card.text)}</p>` : nothing}
      <p class="dim small">
        ${yuan(card.asked_fen) ? html`${ui.t.asked} ${yuan(card.asked_fen)} · ` : nothing}
        ${when(card.deadline, ui.t.lang) ? html`${ui.t.answerBy} ${when(card.deadline, ui.t.lang)}` : nothing}
      </p>
    </section>`,
  };
}

const keys = new Map<string, string>();

/** A replacement key is asked for by a press, shown, and kept in this page's memory only. */
function key(ui: Ui, caseNo: string): TemplateResult {
  const { access } = ui.chat.session;
  const show = () => {
    if (!access) return;
    ui.chat.api.key(access, caseNo).then(
      (found) => {
        keys.set(caseNo, found.key);
        ui.redraw();
      },
      (error) => {
        keys.set(caseNo, "");
        ui.chat.trouble = error.detail;
        ui.redraw();
      },
    );
  };
  const known = keys.get(caseNo);
  return html`<section class="card" aria-label=${ui.t.keyTitle}>
    <p class="h3">${ui.t.keyTitle}</p>
    ${known ? html`<p class="mono key">${known}</p>` : html`<button type="button" class="main" @click=${show}>${ui.t.keyShow}</button>`}
    <p class="dim small">${ui.t.keyHint}</p>
  </section>`;
}

function warning(ui: Ui, card: Card, message: Message): Part {
  const calls = list(card.calls)
    .map(text)
    .filter((each) => /^\d{3,12}$/.test(each));
  return {
    lead: "",
    body: html`<section class="card warning" aria-label=${ui.t.warningTitle}>
      <p class="h3">${icons.alert}${ui.t.warningTitle}</p>
      <p class="pre">${message.text}</p>
      ${calls.length ? html`<div class="chips">${calls.map((each) => html`<a class="chip solid" href=${`tel:${each}`}>${ui.t.call(each)}</a>`)}</div>` : nothing}
    </section>`,
  };
}
