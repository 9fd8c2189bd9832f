const TELL_EVERY = 3_000;
const TYPES_FOR = 7_000;

/** Who is typing: the agent as it is heard, for a while; the buyer as it is told, now and then. */
export class Typing {
  agent = false;
  private told = 0;
  private timer = 0;

  constructor(private readonly changed: () => void) {}

  hear(on: boolean): void {
    clearTimeout(this.timer);
    this.agent = on;
    if (on) this.timer = window.setTimeout(() => this.hear(false), TYPES_FOR);
    this.changed();
  }

  /** `send` is called at most every three seconds; where it fails nobody misses anything. */
  tell(send: () => Promise<unknown>): void {
    if (Date.now() - this.told < TELL_EVERY) return;
    this.told = Date.now();
    send().catch(() => {});
  }
}
