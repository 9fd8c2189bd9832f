import type { ReactiveController } from "lit";
import type { TuikaChat } from "./element.js";

const NEAR = 80;

/** Keeps the newest message in sight for a reader who is at the end, and leaves one alone who reads further up. */
export class Scroll implements ReactiveController {
  /** Whether something new came while the reader was further up. */
  behind = false;
  private pinned = true;
  private count = 0;

  constructor(private readonly host: TuikaChat) {
    host.addController(this);
  }

  hostConnected(): void {}

  readonly moved = (): void => {
    const log = this.log;
    if (!log) return;
    this.pinned = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    if (this.pinned && this.behind) {
      this.behind = false;
      this.host.redraw();
    }
  };

  /** A picture was drawn: what follows has moved down. */
  readonly grown = (): void => {
    if (this.pinned) this.end();
  };

  toEnd(): void {
    this.pinned = true;
    this.behind = false;
    this.host.updateComplete.then(() => this.end());
    this.host.redraw();
  }

  updated(): void {
    const count = this.host.chat.messages.length;
    const grew = count > this.count;
    this.count = count;
    if (!this.log) this.pinned = true;
    else if (this.pinned) this.end();
    else if (grew && !this.behind) {
      this.behind = true;
      this.host.redraw();
    }
  }

  private end(): void {
    const log = this.log;
    if (log) log.scrollTop = log.scrollHeight;
  }

  private get log(): HTMLElement | null {
    return this.host.renderRoot?.querySelector(".log") ?? null;
  }
}
