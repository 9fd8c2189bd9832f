import type { Token } from "../core/session.js";
import type { TuikaChat } from "./element.js";

export type HostEvent = "ready" | "open" | "close" | "message" | "unread" | "owner" | "rated" | "error";
const EVENTS: HostEvent[] = ["ready", "open", "close", "message", "unread", "owner", "rated", "error"];

/** What the page around may do with the widget: `window.Tuika`. */
export interface HostApi {
  /** Opens the panel; `text` is put into the box, not sent. */
  open(text?: string): void;
  close(): void;
  /** Who is logged in: the token that the site signed, a function that fetches one, or null after a log-out. */
  identify(token: Token): Promise<void>;
  /** Calls `listener` with an event's detail; the answer ends that. Raises TypeError for an unknown event. */
  on(event: HostEvent, listener: (detail: unknown) => void): () => void;
}

export function hostApi(element: TuikaChat): HostApi {
  return {
    open: (text) => element.open(typeof text === "string" ? text : ""),
    close: () => element.close(),
    identify: (token) => element.chat.identify(token),
    on(event, listener) {
      if (!EVENTS.includes(event))
        throw new TypeError(`Tuika.on: no event "${event}"; there are: ${EVENTS.join(", ")}`);
      const heard = (each: Event) => listener((each as CustomEvent).detail);
      element.addEventListener(`tuika:${event}`, heard);
      return () => element.removeEventListener(`tuika:${event}`, heard);
    },
  };
}

/** Runs what the page called before the script was there: `(window.Tuika = window.Tuika || []).push(["open"])`. */
export function replay(api: HostApi, calls: unknown): void {
  if (!Array.isArray(calls)) return;
  for (const [name, ...args] of calls) {
    const method = Object.hasOwn(api, name) ? api[name as keyof HostApi] : undefined;
    (method as ((...args: unknown[]) => unknown) | undefined)?.(...args);
  }
}
