import { html, nothing, type TemplateResult } from "lit";
import { icons } from "./icons.js";
import { list, record, text, type Ui } from "./ui.js";

/** What is still needed, a line a kind, each with its own button; a file dropped on a line counts for that kind. */
export function checklist(
  ui: Ui,
  missing: unknown[],
  received: unknown[],
  labels: unknown,
  hints: unknown,
): TemplateResult {
  const named = (kind: string) => text(record(labels)[kind]) || ui.t.kinds[kind] || kind;
  const kinds = [
    ...received.map((kind) => [text(kind), true] as const),
    ...missing.map((kind) => [text(kind), false] as const),
  ];
  return html`<ul class="checklist">
      ${kinds.map(([kind, done]) => line(ui, kind, done, ui.t.lang === "en" ? (ui.t.kinds[kind] ?? kind) : named(kind), text(record(hints)[kind])))}
    </ul>
    ${missing.length ? html`<p class="dim small">${ui.t.dropHint}</p>` : nothing}`;
}

function line(ui: Ui, kind: string, done: boolean, label: string, hint: string): TemplateResult {
  const waiting = ui.chat.box.entries.find((each) => each.kind === kind);
  const got = done || uploaded(ui, kind);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    event.stopPropagation();
    ui.take(event.dataTransfer?.files ?? [], kind);
  };
  return html`<li class=${got ? "done" : ""} @drop=${drop}>
    <span class="mark">${got ? icons.check : nothing}</span>
    <span class="grow">${label}${hint && hint !== label && !got ? html`<span class="dim small block">${hint}</span>` : nothing}</span>
    ${
      got
        ? html`<span class="dim small">${ui.t.received}</span>`
        : waiting
          ? html`<progress max="1" .value=${waiting.progress ?? 0} aria-label=${`${ui.t.upload} ${label}`}></progress>`
          : html`<button type="button" class="chip" aria-label=${`${ui.t.upload} ${label}`} @click=${() => ui.choose(kind)}>
              ${icons.upload}${ui.t.upload}
            </button>`
    }
  </li>`;
}

/** Whether a picture of this kind has come since the newest list was asked for. */
function uploaded(ui: Ui, kind: string): boolean {
  const { messages } = ui.chat;
  const asked = messages.map((each) => list(each.card?.missing).includes(kind)).lastIndexOf(true);
  return messages.slice(asked + 1).some((each) => each.attachments.some((file) => file.kind === kind));
}
