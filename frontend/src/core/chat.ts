import { Api, Problem } from "./api.js";
import { keepFile, uuid } from "./keep.js";
import { type Connection, Line } from "./line.js";
import { type Entry, Outbox } from "./outbox.js";
import { Pictures } from "./pictures.js";
import { ReadMark } from "./readmark.js";
import { Sender } from "./sender.js";
import { Session, type Token } from "./session.js";
import type { Message, Order, Platform, QuickReply, Standing } from "./types.js";
import { Typing } from "./typing.js";

/** What the page around is told of. */
export type Event = "message" | "unread" | "owner" | "rated" | "ready" | "error";

export interface Setup {
  base: string;
  platform: string;
  words: { offline: string; lost: string };
}

/**
 * One conversation as a page sees it: messages by number, how it stands, what waits to be sent. Knows nothing of how
 * it is drawn; `onChange` is called whenever there is something else to draw.
 */
export class Chat {
  messages: Message[] = [];
  standing: Standing | null = null;
  platform: Platform | null = null;
  connection: Connection = "off";
  loading = false;
  trouble = "";
  onChange: () => void = () => {};
  onEvent: (event: Event, detail: unknown) => void = () => {};
  readonly api: Api;
  readonly session: Session;
  readonly box: Outbox;
  readonly line: Line;
  private readonly sender: Sender;
  readonly pictures: Pictures;
  private readonly mark: ReadMark;
  private seen = false;
  private readonly typists = new Typing(() => this.onChange());

  constructor(private readonly setup: Setup) {
    const key = `tuika:${setup.platform}`;
    this.api = new Api(setup.base, setup.platform);
    this.session = new Session(this.api, `${key}:session`);
    this.pictures = new Pictures(this.api, this.session);
    this.mark = new ReadMark(setup.platform, this.session);
    this.box = new Outbox(`${key}:outbox`);
    this.line = new Line(this.api, {
      message: (message) => this.hear(message),
      standing: (standing) => this.stand(standing),
      typing: (on) => this.typists.hear(on),
      connection: (state) => this.connect(state),
      gone: () => void this.renew().catch((error) => this.fail(error)),
    });
    this.sender = new Sender(this.api, this.box, `${key}:sending`, {
      access: () => this.session.access,
      renew: () => this.renew(),
      sent: (entry) => this.sent(entry),
      changed: () => this.onChange(),
      words: setup.words,
    });
    addEventListener("storage", (event) => {
      if (!this.box.is(event.key)) return;
      this.box.refresh();
      this.onChange();
    });
  }

  // -- beginning --

  /** Who is in front of the page. Another buyer's messages and unsent words are not shown to him. */
  async identify(token: Token): Promise<void> {
    const before = this.session.who;
    const other = await this.session.identify(token);
    if (!other) return;
    const open = this.line.following || this.messages.length > 0;
    this.leave();
    if (before !== "guest") this.box.clear();
    this.box.of(this.session.who);
    if (open) await this.start();
  }

  /** Goes on with a conversation that this browser knows; nothing happens where there is none. */
  async goOn(): Promise<void> {
    if (this.session.resume()) await this.start();
  }

  /** Opens or goes on, loads what was said, and follows. */
  async start(): Promise<void> {
    if (this.line.following || this.loading) return;
    this.loading = true;
    this.trouble = "";
    this.onChange();
    try {
      const access = this.session.resume();
      if (access) await this.history().catch((error) => this.again(error));
      else this.show(await this.session.open());
      this.follow();
      this.onEvent("ready", null);
    } catch (error) {
      this.fail(error);
    } finally {
      this.loading = false;
      this.onChange();
    }
    this.about();
  }

  /** A conversation of its own, from the greeting on. */
  async fresh(): Promise<void> {
    this.leave();
    this.box.clear();
    this.show(await this.session.open(true));
    this.follow();
  }

  leave(): void {
    this.line.end();
    this.messages = [];
    this.standing = null;
    this.pictures.clear();
  }

  private again(error: unknown): Promise<void> {
    if (!(error instanceof Problem) || (error.status !== 401 && error.status !== 404)) throw error;
    return this.reopen();
  }

  private async reopen(): Promise<void> {
    this.session.forget();
    this.messages = [];
    this.show(await this.session.open());
  }

  private async renew(): Promise<void> {
    await this.reopen();
    this.follow();
  }

  private async history(): Promise<void> {
    const access = this.session.access;
    if (access) await this.api.history(access, (messages) => this.show(messages));
  }

  private follow(): void {
    const access = this.session.access;
    if (access) this.line.follow(access, this.messages.at(-1)?.seq ?? 0);
    this.sender.pump();
  }

  private about(): void {
    if (this.platform) return;
    this.api.about().then(
      (platform) => {
        this.platform = platform;
        this.onChange();
      },
      () => {},
    );
  }

  // -- what comes --

  private show(messages: Message[]): void {
    const known = new Set(this.messages.map((each) => each.seq));
    this.messages = [...this.messages, ...messages.filter((each) => !known.has(each.seq))];
    for (const each of messages) if (each.client_id) this.box.remove(each.client_id);
    this.onChange();
    if (this.seen) this.markRead();
  }

  private hear(message: Message): void {
    this.show([message]);
    if (message.role !== "buyer") {
      this.typists.hear(false);
      this.onEvent("message", message);
    }
    if (!this.seen) this.onEvent("unread", this.unread);
  }

  private stand(standing: Standing): void {
    const owner = this.standing?.owner;
    this.standing = standing;
    if (owner !== standing.owner) this.onEvent("owner", standing.owner);
    this.onChange();
  }

  private connect(state: Connection): void {
    if (this.connection === state) return;
    this.connection = state;
    if (state === "live") this.sender.wake();
    this.onChange();
  }

  private fail(error: unknown): void {
    this.trouble = error instanceof Problem && error.detail ? error.detail : this.setup.words.offline;
    this.onEvent("error", this.trouble);
    this.onChange();
  }

  // -- what goes --

  say(text: string): void {
    this.put({ lane: "words", text });
  }

  press(reply: QuickReply): void {
    this.put({ lane: "words", text: reply.title, action: reply.action });
  }

  async attach(file: File, kind?: string): Promise<void> {
    const id = uuid();
    await keepFile(id, file);
    this.put({ lane: "files", text: file.name, name: file.name, kind }, id);
  }

  retry(id: string): void {
    this.box.change(id, { state: "waiting", error: undefined });
    this.sender.pump();
    this.sender.wake();
  }

  discard(id: string): void {
    this.box.remove(id);
    this.onChange();
  }

  /** The buyer is typing: told at most every three seconds, and only where a person reads it. */
  typing(): void {
    const access = this.session.access;
    if (access && this.standing?.owner === "human") this.typists.tell(() => this.api.typing(access, true));
  }

  async rate(score: number, comment: string): Promise<void> {
    const access = this.session.access;
    if (!access) return;
    await this.api.rate(access, score, comment).catch((error) => {
      if (!(error instanceof Problem) || error.status !== 409) throw error;
    });
    if (this.standing) this.stand({ ...this.standing, rated: true });
    this.onEvent("rated", score);
  }

  private put(what: Omit<Entry, "id" | "at" | "state">, id: string = uuid()): void {
    this.box.add({ ...what, id, at: new Date().toISOString(), state: "waiting" });
    this.onChange();
    this.sender.pump();
  }

  private async sent(entry: Entry): Promise<void> {
    const access = this.session.access;
    if (this.box.entries.some((each) => each.id === entry.id) && access) {
      await this.line.sync(access).catch(() => {});
    }
    this.box.remove(entry.id);
    this.onChange();
  }

  // -- asked for by the page --

  orders(): Promise<Order[]> {
    const access = this.session.access;
    return access ? this.api.orders(access).then(({ orders }) => orders) : Promise.resolve([]);
  }

  /** Whether the bot is at work on something that was just said. */
  get botWorks(): boolean {
    const owner = this.standing?.owner ?? "bot";
    const uploaded = this.box.entries.some((each) => each.state === "sending" && each.progress === 1);
    return (owner === "bot" || owner === "closed") && (this.sender.asked > 0 || uploaded);
  }

  get agentTypes(): boolean {
    return this.typists.agent;
  }

  get isGuest(): boolean {
    return this.session.who === "guest";
  }

  // -- read and unread --

  get unread(): number {
    return this.mark.unread(this.messages);
  }

  /** Whether the buyer is looking. */
  look(seen: boolean): void {
    this.seen = seen;
    if (seen) this.markRead();
  }

  private markRead(): void {
    if (this.mark.move(this.messages)) this.onEvent("unread", 0);
  }
}
