import { html, nothing, type TemplateResult } from "lit";
import type { Order } from "../core/types.js";
import { icons } from "./icons.js";
import { orderList } from "./orders.js";
import { ratingForm } from "./rating.js";
import type { Ui } from "./ui.js";
import "./picture.js";

export interface SheetActions {
  orders: Order[] | null;
  language(): void;
  transcript(): void;
  fresh(): void;
}

/** What lies over the conversation for a moment: the menu, orders, the rating, a picture. Escape closes it. */
export function sheet(ui: Ui, act: SheetActions): TemplateResult | typeof nothing {
  const { t } = ui;
  switch (ui.sheet) {
    case "menu":
      return framed(ui, t.menu, menu(ui, act));
    case "orders":
      return framed(ui, t.ordersTitle, orders(ui, act.orders));
    case "rate":
      return framed(ui, t.rateAsk, ratingForm(ui));
    case "official":
      return framed(ui, t.official, official(ui));
    case "picture":
      return framed(ui, t.picture, large(ui), "wide");
    default:
      return nothing;
  }
}

function framed(ui: Ui, title: string, body: unknown, more = ""): TemplateResult {
  const close = () => ui.show("");
  return html`<div class="veil" @click=${close}></div>
    <section class=${`sheet ${more}`} role="dialog" aria-label=${title}>
      <div class="row top"><p class="h3">${title}</p>
        <button type="button" class="round plain" aria-label=${ui.sheet === "picture" ? ui.t.closeZoom : ui.t.back} @click=${close}>${icons.close}</button>
      </div>
      ${body}
    </section>`;
}

function menu(ui: Ui, act: SheetActions): TemplateResult {
  const { t, chat } = ui;
  const row = (icon: unknown, label: string, press: () => void, off = false) =>
    html`<li><button type="button" class="pick" ?disabled=${off} @click=${press}>${icon}<span class="grow">${label}</span></button></li>`;
  const rated = chat.standing?.rated ?? false;
  return html`<ul class="orders">
      ${row(icons.star, rated ? t.rated : t.rate, () => ui.show("rate"), rated)}
      ${row(icons.receipt, t.transcript, act.transcript)}
      ${row(icons.shield, t.official, () => ui.show("official"))}
      ${row(icons.chat, t.fresh, act.fresh)}
      ${row(html`<span class="icon letter" aria-hidden="true">文</span>`, t.language, act.language)}
    </ul>
    <p class="dim small">${chat.platform?.name} · ${t.hours} ${chat.platform?.hours.text}</p>`;
}

function orders(ui: Ui, found: Order[] | null): TemplateResult {
  const { t } = ui;
  if (!found) return html`<p class="dim">${t.connecting}</p>`;
  if (!found.length) return html`<p class="dim">${t.noOrders}</p>`;
  return orderList(ui, found, (index) => {
    ui.show("");
    ui.say(t.about(found[index]?.order_no ?? ""));
  });
}

function official({ t, chat }: Ui): TemplateResult {
  const known = Object.entries(chat.platform?.official ?? {});
  return html`<dl>${known.map(([kind, contacts]) => html`<dt>${t.officialKinds[kind] ?? kind}</dt><dd>${contacts.join("、")}</dd>`)}</dl>
    <p class="note">${icons.shield}${t.officialNote}</p>`;
}

function large(ui: Ui): TemplateResult {
  const id = ui.shown;
  const load = () => ui.chat.pictures.get(id, false);
  return html`<div class="large" tabindex="0"><tuika-picture .load=${load} .label=${ui.t.picture} .key=${id}></tuika-picture></div>`;
}
