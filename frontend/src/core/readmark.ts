import { load, save } from "./keep.js";
import type { Session } from "./session.js";
import type { Message } from "./types.js";

/** Up to which message the buyer has read, in this browser. */
export class ReadMark {
  constructor(
    private readonly platform: string,
    private readonly session: Session,
  ) {}

  private get key(): string {
    return `tuika:${this.platform}:read:${this.session.access?.conversation}`;
  }

  unread(messages: Message[]): number {
    const read = load<number>(this.key) ?? 0;
    return messages.filter((each) => each.seq > read && each.role !== "buyer").length;
  }

  /** All is read. Gives back whether anything was not. */
  move(messages: Message[]): boolean {
    const last = messages.at(-1)?.seq;
    if (!last || (load<number>(this.key) ?? 0) >= last) return false;
    save(this.key, last);
    return true;
  }
}
