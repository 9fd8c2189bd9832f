import { html, nothing, type TemplateResult } from "lit";
import { when, yuan } from "../core/format.js";
import { icons } from "./icons.js";
import { record, text, type Ui } from "./ui.js";

/** One order: what, how much, when, in which state. */
export function orderLines(ui: Ui, value: unknown): TemplateResult {
  const order = record(value);
  const no = text(order.order_no);
  const facts = [when(order.paid_at, ui.t.lang), text(order.merchant)].filter(Boolean).join(" · ");
  return html`<span class="order">
    <span class="row"><b class="name">${text(order.product)}</b><span class="money">${yuan(order.amount_fen)}</span></span>
    <span class="row dim"><span>${facts}</span><span class="tag">${text(order.status_text)}</span></span>
    <span class="dim mono">${no}</span>
  </span>`;
}

/** Orders as a list of buttons. */
export function orderList(
  ui: Ui,
  orders: unknown[],
  pick: (index: number) => void,
  off = false,
): TemplateResult {
  return html`<ul class="orders">
    ${orders.map(
      (each, index) => html`<li>
        <button type="button" class="pick" ?disabled=${off} @click=${() => pick(index)}>
          ${orderLines(ui, each)}<span class="go">${off ? nothing : icons.next}</span>
        </button>
      </li>`,
    )}
  </ul>`;
}
