import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { clock, day, isVideo, saveAs } from "../core/format.js";
import type { Entry } from "../core/outbox.js";
import type { Attachment, Message } from "../core/types.js";
import { card } from "./cards.js";
import { icons } from "./icons.js";
import { stars } from "./rating.js";
import type { Ui } from "./ui.js";
import "./picture.js";

const PICTURE = "［图片］";

/** Everything that was said, then what waits to be sent, then who is typing. */
export function messages(ui: Ui): TemplateResult {
  const { chat, t } = ui;
  const said = chat.messages;
  const newest = said.map((each) => each.quick_replies.length > 0).lastIndexOf(true);
  return html`
    ${repeat(
      said,
      (each) => each.seq,
      (each, index) =>
        html`${date(ui, each, said[index - 1])}${message(ui, each, said[index - 1], index === newest)}`,
    )}
    ${repeat(
      chat.box.entries,
      (each) => each.id,
      (each) => pending(ui, each),
    )}
    ${chat.agentTypes ? dots(t.agentTyping, "agent") : chat.botWorks ? dots(t.botTyping, "bot") : nothing}
  `;
}

function date(ui: Ui, each: Message, before?: Message): TemplateResult | typeof nothing {
  const label = day(each.at, ui.t.lang);
  if (before && day(before.at, ui.t.lang) === label) return nothing;
  const today = day(new Date().toISOString(), ui.t.lang) === label;
  return html`<div class="date"><span>${today ? ui.t.today : label}</span></div>`;
}

function message(ui: Ui, each: Message, before: Message | undefined, newest: boolean): TemplateResult {
  const { role } = each;
  const grouped =
    before?.role === role && before.author === each.author && clock(before.at, "zh") === clock(each.at, "zh");
  const live = each.quick_replies.some((reply) => alive(ui, reply.action));
  const drawn = card(ui, each, live);
  const lead = drawn.lead === PICTURE && each.attachments.length ? "" : drawn.lead;
  return html`<article class=${`message ${role}${grouped ? " grouped" : ""}`} data-seq=${each.seq}>
    ${grouped ? nothing : speaker(ui, each)}
    ${lead ? html`<div class="bubble pre">${lead}</div>` : nothing}
    ${each.attachments.map((file) => attachment(ui, file))}
    ${drawn.body}
    ${newest || live ? replies(ui, each, drawn.own) : nothing}
  </article>`;
}

function speaker(ui: Ui, each: Message): TemplateResult | typeof nothing {
  const { t } = ui;
  const at = html`<time datetime=${each.at}>${clock(each.at, t.lang)}</time>`;
  if (each.role === "buyer")
    return html`<header class="who"><span class="unseen">${t.you}</span>${at}</header>`;
  if (each.role === "system") return html`<header class="who"><span>${t.system}</span>${at}</header>`;
  const agent = each.role === "agent";
  return html`<header class="who">
    <span class="avatar">${agent ? icons.person : icons.bot}</span>
    <span>${agent ? `${t.agent} ${each.author ?? ""}` : t.bot}</span><span class="role">${agent ? t.agentTag : t.botTag}</span>${at}
  </header>`;
}

/** Whether a quick reply still counts: as the hub says, while no person listens and nothing waits to be sent. */
function alive(ui: Ui, action: string): boolean {
  const { chat } = ui;
  const busy = chat.box.entries.some((each) => each.lane === "words" && each.state !== "failed");
  return !busy && chat.standing?.owner !== "human" && (chat.standing?.actions.includes(action) ?? false);
}

function replies(ui: Ui, each: Message, own: number): TemplateResult | typeof nothing {
  const { chat, t } = ui;
  if (each.awaiting === "rating") return chat.standing?.rated ? nothing : stars(ui);
  const rest = each.quick_replies.slice(own);
  if (!rest.length) return nothing;
  const leads = each.awaiting === "confirm";
  return html`<div class="chips" role="group">
    ${rest.map((reply, index) => {
      const off = !alive(ui, reply.action);
      const look = leads && index === 0 ? "chip solid" : "chip";
      return html`<button type="button" class=${look} ?disabled=${off} title=${off ? t.expired : ""} @click=${() => chat.press(reply)}>
        ${reply.title}
      </button>`;
    })}
  </div>`;
}

function attachment(ui: Ui, file: Attachment): TemplateResult {
  const { chat, t } = ui;
  const label = t.kinds[file.kind] ?? t.picture;
  const video = isVideo(file.media_type);
  const load = () => chat.pictures.get(file.id, true);
  const save = () => chat.pictures.get(file.id, false).then((blob) => saveAs(blob, `${file.id}.mp4`)).catch(() => {});
  const press = () => (video ? void save() : ui.show("picture", file.id));
  return html`<button type="button" class="shot" aria-label=${`${video ? t.saveVideo : t.zoom}：${label}`} @click=${press}>
    <tuika-picture .load=${load} .label=${label} .key=${file.id}></tuika-picture>
    <span class="caption">${video ? `▶ ${t.saveVideo}` : label}</span>
  </button>`;
}

function pending(ui: Ui, entry: Entry): TemplateResult {
  const { chat, t } = ui;
  const failed = entry.state === "failed";
  const percent = Math.round((entry.progress ?? 0) * 100);
  const file = entry.lane === "files";
  const sending = file && entry.progress !== undefined ? t.uploading(percent) : t.sending;
  const state = failed ? t.failed : entry.state === "sending" ? sending : t.waiting;
  return html`<article class=${`message buyer pending${failed ? " lost" : ""}`}>
    <header class="who"><span class="unseen">${t.you}</span></header>
    <div class="bubble pre">${file ? icons.image : nothing}${entry.text}</div>
    ${file && !failed ? html`<progress max="1" .value=${entry.progress ?? 0} aria-label=${sending}></progress>` : nothing}
    <footer class="dim small">
      ${state}${failed && entry.error ? html`：${entry.error}` : nothing}
      ${
        failed
          ? html`<button type="button" class="link" @click=${() => chat.retry(entry.id)}>${t.retry}</button>
              <button type="button" class="link" @click=${() => chat.discard(entry.id)}>${t.discard}</button>`
          : nothing
      }
    </footer>
  </article>`;
}

const dots = (label: string, who: string) =>
  html`<div class=${`typing ${who}`} role="status"><i></i><i></i><i></i><span class="dim small">${label}</span></div>`;
