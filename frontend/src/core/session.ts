import { type Access, type Api, PAGE, Problem } from "./api.js";
import { load, save } from "./keep.js";
import type { Message } from "./types.js";

export type Token = string | null | (() => string | null | Promise<string | null>);

interface Kept extends Access {
  who: string;
}

/**
 * Which conversation this browser may read and write, and for whom. A session of another buyer is never used; one
 * that the hub no longer knows is opened anew, with the buyer's last conversation where he is logged in.
 */
export class Session {
  access: Access | null = null;
  who = "guest";
  private token: Token = null;
  private opening: Promise<Message[]> | null = null;

  constructor(
    private readonly api: Api,
    private readonly key: string,
  ) {}

  /** Who is in front of the page from now on. Gives back whether that is somebody else than before. */
  async identify(token: Token): Promise<boolean> {
    this.token = token;
    const before = this.who;
    const who = subject(await this.current());
    if (before !== "guest" && before !== who) this.forget();
    this.who = who;
    this.access = this.kept();
    return before !== who;
  }

  /** A session that was opened earlier, if it is this buyer's. */
  resume(): Access | null {
    this.access ??= this.kept();
    return this.access;
  }

  /** Opens a session; several calls at once share one. The answer is what was said so far. */
  open(fresh = false): Promise<Message[]> {
    this.opening ??= this.begin(fresh).finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  forget(): void {
    this.access = null;
    save(this.key, null);
  }

  private async begin(fresh: boolean): Promise<Message[]> {
    const token = await this.current();
    const opened = await this.api.open(token, !fresh);
    this.who = opened.buyer?.id ?? "guest";
    this.access = { token: opened.session_token, conversation: opened.conversation_id };
    save(this.key, { ...this.access, who: this.who });
    return opened.messages.length < PAGE ? opened.messages : this.everything(this.access);
  }

  /** A long talk, from its first word: the hub resumes with its newest page only. */
  private async everything(access: Access): Promise<Message[]> {
    const all: Message[] = [];
    await this.api.history(access, (messages) => all.push(...messages));
    return all;
  }

  private kept(): Access | null {
    const kept = load<Kept>(this.key);
    return kept?.who === this.who && kept.token
      ? { token: kept.token, conversation: kept.conversation }
      : null;
  }

  private async current(): Promise<string | null> {
    return typeof this.token === "function" ? this.token() : this.token;
  }
}

/** Whom a token names; only to tell buyers apart, the hub alone checks it. */
export function subject(token: string | null): string {
  if (!token) return "guest";
  try {
    const part = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(part), (each) => each.charCodeAt(0));
    return String(JSON.parse(new TextDecoder().decode(bytes)).sub);
  } catch {
    return "guest";
  }
}

export const isGone = (error: unknown) =>
  error instanceof Problem && (error.status === 401 || error.status === 404);
