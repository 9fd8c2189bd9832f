import type { Chat } from "../core/chat.js";
import type { Words } from "../words/index.js";

export type Sheet = "" | "menu" | "orders" | "rate" | "official" | "picture";

/** What every part is drawn from, and the few things that a part may ask of the whole. */
export interface Ui {
  chat: Chat;
  t: Words;
  sheet: Sheet;
  /** The picture that is shown large. */
  shown: string;
  /** The kind of evidence that the next chosen file is for. */
  wanted: string;
  show(sheet: Sheet, detail?: string): void;
  say(text: string): void;
  choose(kind?: string): void;
  take(files: Iterable<File>, kind?: string): void;
  redraw(): void;
}

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const record = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
