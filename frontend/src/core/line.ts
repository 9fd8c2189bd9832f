import { type Access, type Api, Problem } from "./api.js";
import { isGone } from "./session.js";
import { type Frame, read } from "./stream.js";
import type { Message, Standing } from "./types.js";

export type Connection = "off" | "connecting" | "live" | "offline";

export interface Hears {
  message(message: Message): void;
  standing(standing: Standing): void;
  typing(on: boolean): void;
  connection(state: Connection): void;
  /** The session is no longer known. */
  gone(): void;
}

const QUICK = 800;
const SLOW = 30_000;
const REST = 60_000;

/**
 * Follows one conversation for as long as it is asked to: streams while the page is seen, looks now and then while it
 * is hidden (a browser has few connections to a host), and comes back by itself, from behind the last number it has.
 */
export class Line {
  cursor = 0;
  private stop: AbortController | null = null;
  private wake: (() => void) | null = null;
  private hiddenSince = 0;

  constructor(
    private readonly api: Api,
    private readonly hears: Hears,
  ) {
    document.addEventListener("visibilitychange", () => {
      this.hiddenSince = document.hidden ? Date.now() : 0;
      this.nudge();
    });
    addEventListener("online", () => this.nudge());
    addEventListener("offline", () => this.lost());
  }

  get following(): boolean {
    return this.stop !== null;
  }

  follow(access: Access, after: number): void {
    this.end();
    this.cursor = after;
    const stop = new AbortController();
    this.stop = stop;
    void this.run(access, stop);
  }

  end(): void {
    this.stop?.abort();
    this.stop = null;
    this.hears.connection("off");
  }

  /** What is new, right now, whatever the stream is doing. */
  async sync(access: Access): Promise<void> {
    const { messages } = await this.api.messages(access, this.cursor);
    for (const each of messages) this.take(each);
  }

  private async run(access: Access, stop: AbortController): Promise<void> {
    let failures = 0;
    while (!stop.signal.aborted) {
      this.hears.connection(failures ? "offline" : "connecting");
      try {
        if (this.resting) await this.sync(access);
        else await this.listen(access, stop);
        failures = 0;
      } catch (error) {
        if (stop.signal.aborted) return;
        if (isGone(error)) return this.hears.gone();
        failures += 1;
        if (error instanceof Problem && error.status === 429) failures = Math.max(failures, 4);
      }
      if (stop.signal.aborted) return;
      const wait = failures ? Math.min(SLOW, QUICK * 2 ** (failures - 1)) : this.resting ? SLOW : QUICK;
      if (failures) this.hears.connection("offline");
      await this.pause(wait * (0.75 + Math.random() / 2));
    }
  }

  private async listen(access: Access, stop: AbortController): Promise<void> {
    const inner = new AbortController();
    const cut = () => inner.abort();
    stop.signal.addEventListener("abort", cut);
    const watch = setInterval(() => this.resting && cut(), 5_000);
    this.wake = null;
    try {
      const answer = await this.api.events(access, this.cursor, inner.signal);
      this.hears.connection("live");
      this.cut = cut;
      await read(answer, (frame) => this.frame(frame));
    } finally {
      this.cut = null;
      clearInterval(watch);
      inner.abort();
      stop.signal.removeEventListener("abort", cut);
    }
  }

  private cut: (() => void) | null = null;

  private frame(frame: Frame): void {
    const data = JSON.parse(frame.data);
    if (frame.name === "state") this.hears.standing(data);
    else if (frame.name === "typing") this.hears.typing(data.on);
    else if (frame.name === "message") this.take(data);
  }

  private take(message: Message): void {
    if (message.seq <= this.cursor) return;
    this.cursor = message.seq;
    this.hears.message(message);
  }

  private get resting(): boolean {
    return this.hiddenSince > 0 && Date.now() - this.hiddenSince > REST;
  }

  private lost(): void {
    this.cut?.();
    if (this.stop) this.hears.connection("offline");
  }

  private nudge(): void {
    this.wake?.();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
