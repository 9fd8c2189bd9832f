import { html, nothing, type TemplateResult } from "lit";
import { clock, when } from "../core/format.js";
import { icons } from "./icons.js";
import type { Ui } from "./ui.js";

/** Who speaks, how long a person takes, and the way to one. */
export function header(ui: Ui, minimise: (() => void) | null): TemplateResult {
  const { t, chat } = ui;
  const human = chat.standing?.owner === "human";
  const asked = human || chat.standing?.owner === "queued";
  return html`<header class="top" role="none">
      <span class="face">${human ? icons.person : icons.bot}</span>
      <div class="grow">
        <div class="title" role="heading" aria-level=${minimise ? 2 : 1}>${t.title}</div>
        <p class="now" role="status"><i class=${`dot ${chat.connection}`}></i>${now(ui)}</p>
      </div>
      ${
        asked
          ? nothing
          : html`<button type="button" class="human" aria-label=${t.human} ?disabled=${chat.loading} @click=${() => ui.say(t.humanSay)}>
              ${icons.person}<span>${t.humanShort}</span>
            </button>`
      }
      <button type="button" class="round" aria-label=${t.menu} aria-expanded=${ui.sheet === "menu"} @click=${() => ui.show(ui.sheet === "menu" ? "" : "menu")}>
        ${icons.more}
      </button>
      ${minimise ? html`<button type="button" class="round" aria-label=${t.close} @click=${minimise}>${icons.down}</button>` : nothing}
    </header>
    <p class="safety">${icons.shield}<span>${t.safety}</span></p>`;
}

function now({ t, chat }: Ui): string {
  const { standing, connection } = chat;
  if (connection === "offline") return t.offline;
  if (!standing) return connection === "connecting" ? t.connecting : t.onlineBot;
  const { waiting, hours } = standing;
  if (standing.owner === "human") return t.onlineHuman(standing.agent ?? "");
  if (standing.owner === "queued" && waiting)
    return t.queued(waiting.place, clock(waiting.promised_by, t.lang));
  if (waiting) return t.waitsBeside(waiting.place);
  return hours.open ? t.onlineBot : t.offHours(when(hours.opens_at, t.lang));
}
