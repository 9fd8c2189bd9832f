import type { Sheet } from "../parts/ui.js";
import type { TuikaChat } from "./element.js";

const STOPS = 'button:not([disabled]), textarea, a[href], [tabindex="0"]';

/** Where the keyboard is: in the panel when it opens, on the button when it closes, back where it was after a sheet. */
export class Focus {
  private wanted = "";
  private back: HTMLElement | null = null;

  constructor(private readonly host: TuikaChat) {}

  opening(): void {
    this.wanted = ".composer textarea";
  }

  closing(): void {
    this.wanted = ".launcher";
  }

  sheet(next: Sheet): void {
    const { host } = this;
    if (next && !host.sheet) this.back = (host.renderRoot as ShadowRoot).activeElement as HTMLElement | null;
    this.wanted = next ? ".sheet" : "back";
  }

  updated(): void {
    const { wanted } = this;
    if (!wanted) return;
    this.wanted = "";
    if (wanted === "back") {
      (this.back?.isConnected ? this.back : this.find(".composer textarea"))?.focus();
      return;
    }
    const target = this.find(wanted);
    const first = (of: string) => target?.querySelector<HTMLElement>(of);
    const inSheet = () => first(".pick:not([disabled]), .large, .star") ?? first("button");
    (wanted === ".sheet" ? inSheet() : target)?.focus();
    if (wanted === ".composer textarea" && matchMedia("(pointer: coarse)").matches) {
      this.find(".log")?.focus(); // a phone's keyboard would cover what there is to read
    }
  }

  readonly key = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      if (this.host.sheet) this.host.show("");
      else this.host.close();
    }
    if (event.key === "Tab" && this.covers) this.turn(event);
  };

  /** Whether nothing of the page around can be seen. */
  private get covers(): boolean {
    return !this.host.page && matchMedia("(max-width: 600px)").matches;
  }

  private turn(event: KeyboardEvent): void {
    const within = this.host.sheet ? ".sheet" : ".panel .body";
    const stops = [...(this.find(within)?.querySelectorAll<HTMLElement>(STOPS) ?? [])];
    const active = (this.host.renderRoot as ShadowRoot).activeElement;
    const [first, last] = [stops[0], stops.at(-1)];
    if (event.shiftKey ? active === first : active === last) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  }

  private find(selector: string): HTMLElement | null {
    return this.host.renderRoot.querySelector<HTMLElement>(selector);
  }
}
