import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { Chat } from "../core/chat.js";
import { saveAs } from "../core/format.js";
import { load, save } from "../core/keep.js";
import type { Order } from "../core/types.js";
import { composer } from "../parts/composer.js";
import { header } from "../parts/header.js";
import { icons } from "../parts/icons.js";
import { messages } from "../parts/messages.js";
import { sheet } from "../parts/sheets.js";
import type { Sheet, Ui } from "../parts/ui.js";
import cards from "../styles/cards.css";
import frame from "../styles/frame.css";
import talk from "../styles/talk.css";
import tokens from "../styles/tokens.css";
import { type Words, wordsFor } from "../words/index.js";
import { Files } from "./files.js";
import { Focus } from "./focus.js";
import { Scroll } from "./scroll.js";

export interface Options {
  base: string;
  platform: string;
  lang: string;
  page: boolean;
}

const LANG = "tuika:lang";

/** The chat as one element: a button that opens a panel, or (`page`) the panel alone. */
export class TuikaChat extends LitElement implements Ui {
  static override styles = css`${unsafeCSS(tokens + frame + talk + cards)}`;
  static override properties = {
    page: { type: Boolean, reflect: true },
    opened: { type: Boolean, reflect: true },
  };

  declare page: boolean;
  declare opened: boolean;
  chat: Chat;
  t: Words;
  sheet: Sheet = "";
  shown = "";
  wanted = "";
  private draft = "";
  private found: Order[] | null = null;
  private readonly reading = new Scroll(this);
  private readonly focuses = new Focus(this);
  private readonly files = new Files(this);

  constructor(options: Options) {
    super();
    this.t = wordsFor(load<string>(LANG) ?? options.lang);
    this.page = options.page;
    this.opened = options.page;
    this.chat = new Chat({ ...options, words: this.t });
    this.chat.onChange = () => this.requestUpdate();
    this.chat.onEvent = (event, detail) => this.tell(event, detail);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.look);
    if (this.page) void this.chat.start();
    else void this.chat.goOn();
    this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.look);
    this.chat.line.end();
  }

  // -- what the host may do --

  open(text = ""): void {
    if (text) this.draft = text;
    if (!this.opened) {
      this.opened = true;
      this.focuses.opening();
      this.tell("open", null);
    }
    void this.chat.start();
    this.look();
    this.redraw();
  }

  close(): void {
    if (!this.opened || this.page) return;
    this.opened = false;
    this.sheet = "";
    this.focuses.closing();
    this.look();
    this.tell("close", null);
  }

  tell(event: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(`tuika:${event}`, { detail, bubbles: true, composed: true }));
  }

  // -- what parts ask for --

  redraw(): void {
    this.requestUpdate();
  }

  show(name: Sheet, detail = ""): void {
    this.focuses.sheet(name);
    this.sheet = name;
    this.shown = detail;
    if (name === "orders") void this.loadOrders();
    this.redraw();
  }

  say(text: string): void {
    this.chat.say(text);
    this.reading.toEnd();
  }

  choose(kind = ""): void {
    this.wanted = kind;
    this.files.choose();
  }

  take(files: Iterable<File>, kind?: string): void {
    this.files.take(files, kind);
  }

  private readonly look = (): void => {
    this.chat.look(this.opened && !document.hidden);
  };

  private async loadOrders(): Promise<void> {
    this.found = null;
    try {
      this.found = await this.chat.orders();
    } catch (error) {
      this.found = [];
      this.chat.trouble = (error as { detail?: string }).detail ?? "";
    }
    this.redraw();
  }

  private send(): void {
    const text = this.draft.trim();
    this.draft = "";
    this.say(text);
    this.redraw();
  }

  private async save(): Promise<void> {
    const { access } = this.chat.session;
    this.show("");
    if (!access) return;
    try {
      const blob = await this.chat.api.blob(access, "transcript");
      saveAs(blob, `tuika-${new Date().toISOString().slice(0, 10)}.txt`);
    } catch (error) {
      this.chat.trouble = (error as { detail?: string }).detail || this.t.offline;
      this.redraw();
    }
  }

  private language(): void {
    this.t = wordsFor(this.t.lang === "en" ? "zh-CN" : "en");
    save(LANG, this.t.lang);
    this.show("");
  }

  // -- drawing --

  protected override updated(_: PropertyValues): void {
    this.reading.updated();
    this.focuses.updated();
    const box = this.renderRoot.querySelector("textarea");
    if (box) {
      box.style.height = "auto";
      box.style.height = `${Math.min(box.scrollHeight + 2, 132)}px`;
    }
  }

  protected override render(): TemplateResult {
    return html`${this.page ? nothing : this.launcher()}${this.opened ? this.panel() : nothing}`;
  }

  private launcher(): TemplateResult {
    const { t } = this;
    const unread = this.opened ? 0 : this.chat.unread;
    const name = this.opened ? t.close : t.openChat;
    const label = unread ? `${name}，${t.unread(unread)}` : name;
    return html`<button type="button" class="launcher" part="launcher" lang=${t.lang} aria-label=${label}
      aria-haspopup="dialog" aria-expanded=${this.opened} @click=${() => (this.opened ? this.close() : this.open())}>
      ${this.opened ? icons.down : icons.chat}<span class="label">${this.opened ? t.shut : t.launcher}</span>
      ${unread ? html`<span class="badge">${unread > 99 ? "99+" : unread}</span>` : nothing}
    </button>`;
  }

  private panel(): TemplateResult {
    const { t, chat } = this;
    const actions = {
      orders: this.found,
      language: () => this.language(),
      transcript: () => void this.save(),
      fresh: () => {
        this.show("");
        void chat.fresh().catch((error) => {
          chat.trouble = error.detail || t.offline;
          this.redraw();
        });
      },
    };
    const draft = {
      text: this.draft,
      change: (text: string) => {
        this.draft = text;
        chat.typing();
        this.redraw();
      },
      send: () => this.send(),
    };
    return html`<section class=${this.files.over ? "panel over" : "panel"} part="panel" lang=${t.lang} aria-label=${t.title}
      role=${this.page ? "main" : "dialog"} @keydown=${this.focuses.key}
      @dragenter=${this.files.enter} @dragover=${this.files.enter} @dragleave=${this.files.leave} @drop=${this.files.drop}>
      <div class="body" ?inert=${this.sheet !== ""}>
        ${header(this, this.page ? null : () => this.close())}
        <div class="log" role="log" aria-label=${t.log} aria-busy=${chat.loading} tabindex="0" @scroll=${this.reading.moved} @drawn=${this.reading.grown}>
          ${chat.loading && !chat.messages.length ? html`<p class="wait dim">${t.connecting}</p>` : messages(this)}
        </div>
        ${this.reading.behind ? html`<button type="button" class="chip solid newer" @click=${() => this.reading.toEnd()}>${t.newMessages} ${icons.down}</button>` : nothing}
        ${chat.trouble ? this.trouble() : nothing}
        ${composer(this, draft)}
      </div>
      ${sheet(this, actions)}
      <div class="dropzone" aria-hidden="true">${icons.upload}${t.drop}</div>
      ${this.files.input()}
    </section>`;
  }

  private trouble(): TemplateResult {
    const { chat, t } = this;
    const shut = () => {
      chat.trouble = "";
      if (!chat.messages.length) void chat.start();
      this.redraw();
    };
    return html`<p class="trouble" role="alert">
      <span class="grow">${chat.trouble}</span>
      ${
        chat.messages.length
          ? html`<button type="button" class="round plain" aria-label=${t.back} @click=${shut}>${icons.close}</button>`
          : html`<button type="button" class="chip" @click=${shut}>${t.again}</button>`
      }
    </p>`;
  }
}
