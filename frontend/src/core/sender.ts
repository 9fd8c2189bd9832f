import { type Access, type Api, Problem } from "./api.js";
import { keptFile } from "./keep.js";
import type { Entry, Outbox } from "./outbox.js";
import { isGone } from "./session.js";

export interface Sending {
  access(): Access | null;
  /** A new session, where the old one is no longer known. */
  renew(): Promise<void>;
  sent(entry: Entry): Promise<void>;
  changed(): void;
  words: { offline: string; lost: string };
}

const STEPS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/**
 * Empties the outbox: words and files in a lane each, one entry at a time and in order. What fails for a passing
 * reason is tried again with the same client_id; what the hub refuses stays, with the hub's reason beside it.
 */
export class Sender {
  private readonly busy = new Set<Entry["lane"]>();
  private readonly wakes = new Set<() => void>();
  /** How many requests are with the hub, all of their bytes sent. */
  asked = 0;

  constructor(
    private readonly api: Api,
    private readonly box: Outbox,
    private readonly key: string,
    private readonly how: Sending,
  ) {
    addEventListener("online", () => this.wake());
  }

  wake(): void {
    for (const each of [...this.wakes]) each();
  }

  pump(): void {
    void this.run("words");
    void this.run("files");
  }

  private async run(lane: Entry["lane"]): Promise<void> {
    if (this.busy.has(lane)) return;
    this.busy.add(lane);
    try {
      await locked(`${this.key}:${lane}`, async () => {
        this.box.refresh();
        await this.empty(lane);
      });
    } finally {
      this.busy.delete(lane);
      this.how.changed();
    }
  }

  private async empty(lane: Entry["lane"]): Promise<void> {
    let failures = 0;
    for (let entry = this.box.next(lane); entry; entry = this.box.next(lane)) {
      const access = this.how.access();
      if (!access) return;
      try {
        this.box.change(entry.id, { state: "sending", error: undefined });
        this.how.changed();
        await this.send(access, entry);
        failures = 0;
        await this.how.sent(entry);
      } catch (error) {
        failures += 1;
        if (!(await this.failed(entry, error, failures))) return;
      }
    }
  }

  /** Gives back whether to go on. */
  private async failed(entry: Entry, error: unknown, failures: number): Promise<boolean> {
    if (isGone(error) && failures <= 2) {
      this.box.change(entry.id, { state: "waiting" });
      return this.how.renew().then(
        () => true,
        () => this.rest(failures),
      );
    }
    if (error instanceof Problem && !error.passing) {
      this.box.change(entry.id, { state: "failed", error: error.detail || this.how.words.lost });
      this.how.changed();
      return true;
    }
    const wait = error instanceof Problem ? error.retryAfter * 1_000 : 0;
    this.box.change(entry.id, { state: "waiting", error: this.how.words.offline });
    this.how.changed();
    return this.rest(failures, wait);
  }

  private async rest(failures: number, atLeast = 0): Promise<boolean> {
    const ms = Math.max(atLeast, STEPS[Math.min(failures, STEPS.length) - 1] ?? 1_000);
    await new Promise<void>((done) => {
      const go = () => {
        clearTimeout(timer);
        this.wakes.delete(go);
        done();
      };
      const timer = setTimeout(go, ms);
      this.wakes.add(go);
    });
    this.box.refresh();
    return true;
  }

  private async send(access: Access, entry: Entry): Promise<void> {
    if (entry.lane === "words") {
      const what = entry.action ? { action: entry.action } : { text: entry.text };
      return this.ask(() => this.api.say(access, { client_id: entry.id, ...what }));
    }
    const file = await keptFile(entry.id);
    if (!file) throw new Problem(410, this.how.words.lost);
    const form = new FormData();
    form.append("file", file, entry.name ?? "picture");
    form.append("client_id", entry.id);
    if (entry.kind) form.append("kind", entry.kind);
    await this.api.upload(access, form, (progress) => {
      this.box.change(entry.id, { progress });
      this.how.changed();
    });
  }

  private async ask(work: () => Promise<unknown>): Promise<void> {
    this.asked += 1;
    try {
      await work();
    } finally {
      this.asked -= 1;
    }
  }
}

/** One tab at a time, where the browser has locks; the same client_id makes a second try harmless elsewhere. */
function locked(name: string, work: () => Promise<void>): Promise<void> {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}
