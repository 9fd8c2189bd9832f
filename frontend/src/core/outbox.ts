import { dropFile, load, save } from "./keep.js";

/** Something the buyer said that the hub has not yet confirmed. `id` is its client_id: the same for every try. */
export interface Entry {
  id: string;
  lane: "words" | "files";
  text: string;
  action?: string;
  kind?: string;
  name?: string;
  at: string;
  state: "waiting" | "sending" | "failed";
  error?: string;
  progress?: number;
}

/**
 * What waits to be sent, in order. Survives a reload; shared by the tabs of one browser, one of which sends at a
 * time: each change is made to what is stored now, so that no tab writes over another's words. An entry leaves only when the hub has it or the buyer throws it away.
 */
export class Outbox {
  entries: Entry[] = [];
  private key = "";

  constructor(private readonly prefix: string) {
    this.of("guest");
  }

  /** From now on the outbox of this buyer: nobody sees, or sends, what another one wrote. */
  of(who: string): void {
    this.key = `${this.prefix}:${who}`;
    this.entries = this.stored();
  }

  /** Whether a stored value of this name is this outbox. */
  is(key: string | null): boolean {
    return key === this.key;
  }

  /** Takes in what other tabs did; what is being sent here keeps its progress. */
  refresh(): void {
    const mine = new Map(this.entries.map((each) => [each.id, each]));
    this.entries = this.stored().map((each) => {
      const known = mine.get(each.id);
      return known?.state === "sending" ? known : { ...each, progress: known?.progress };
    });
  }

  add(entry: Entry): void {
    this.refresh();
    this.entries.push(entry);
    this.write();
  }

  next(lane: Entry["lane"]): Entry | undefined {
    return this.entries.find((each) => each.lane === lane && each.state !== "failed");
  }

  change(id: string, changes: Partial<Entry>): void {
    const stored = !("progress" in changes);
    if (stored) this.refresh();
    const entry = this.entries.find((each) => each.id === id);
    if (!entry) return;
    Object.assign(entry, changes);
    if (stored) this.write();
  }

  remove(id: string): boolean {
    this.refresh();
    const length = this.entries.length;
    this.entries = this.entries.filter((each) => each.id !== id);
    if (this.entries.length === length) return false;
    this.write();
    void dropFile(id);
    return true;
  }

  clear(): void {
    for (const each of [...this.entries]) this.remove(each.id);
  }

  private stored(): Entry[] {
    const entries = load<Entry[]>(this.key) ?? [];
    return entries.map((each) => (each.state === "sending" ? { ...each, state: "waiting" } : each));
  }

  private write(): void {
    save(this.key, this.entries.length ? this.entries.map(({ progress: _, ...each }) => each) : null);
  }
}
