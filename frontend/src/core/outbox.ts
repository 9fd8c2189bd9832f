import { dropFile, load, names, save } from "./keep.js";

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
 * time. Each entry is stored under a name of its own: tabs see each other's changes late, and one that stored the
 * whole would write over another's words. An entry leaves only when the hub has it or the buyer throws it away.
 */
export class Outbox {
  entries: Entry[] = [];
  private start = "";

  constructor(private readonly prefix: string) {
    this.of("guest");
  }

  /** From now on the outbox of this buyer: nobody sees, or sends, what another one wrote. */
  of(who: string): void {
    this.start = `${this.prefix}:${encodeURIComponent(who)}:`;
    this.entries = this.stored();
  }

  /** Whether a stored value of this name is of this outbox; no name: everything stored is gone. */
  is(name: string | null): boolean {
    return !name || name.startsWith(this.start);
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
    const last = this.entries.at(-1);
    if (last && entry.at <= last.at) entry.at = new Date(Date.parse(last.at) + 1).toISOString();
    this.entries.push(entry);
    this.write(entry);
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
    if (stored) this.write(entry);
  }

  remove(id: string): void {
    this.refresh();
    if (!this.entries.some((each) => each.id === id)) return;
    this.entries = this.entries.filter((each) => each.id !== id);
    save(this.start + id, null);
    void dropFile(id);
  }

  clear(): void {
    for (const each of [...this.entries]) this.remove(each.id);
  }

  private stored(): Entry[] {
    return names(this.start)
      .flatMap((name) => load<Entry>(name) ?? [])
      .map((each) => (each.state === "sending" ? { ...each, state: "waiting" as const } : each))
      .sort((one, other) => (one.at < other.at ? -1 : 1));
  }

  private write({ progress: _, ...entry }: Entry): void {
    save(this.start + entry.id, entry);
  }
}
