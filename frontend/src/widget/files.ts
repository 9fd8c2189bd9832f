import { html, type TemplateResult } from "lit";
import { isVideo } from "../core/format.js";
import type { TuikaChat } from "./element.js";

const FALLBACK = ["image/jpeg", "image/png", "image/webp", "image/gif"];
const MB = 1024 * 1024;

/** Files from the button, the clipboard or a drag: looked over here, so that nothing is sent that the hub refuses. */
export class Files {
  /** Whether something is being dragged over the panel. */
  over = false;

  constructor(private readonly host: TuikaChat) {}

  private get types(): string[] {
    return this.host.chat.platform?.upload.media_types ?? FALLBACK;
  }

  input(): TemplateResult {
    return html`<input type="file" class="unseen" tabindex="-1" aria-hidden="true" accept=${this.types.join(",")} multiple @change=${this.chosen} />`;
  }

  choose(): void {
    const input = this.host.renderRoot.querySelector<HTMLInputElement>("input[type=file]");
    if (!input) return;
    input.multiple = !this.host.wanted;
    input.click();
  }

  take(files: Iterable<File>, kind?: string): void {
    for (const file of files) {
      const refused = this.refused(file);
      this.host.chat.trouble = refused;
      if (!refused) void this.host.chat.attach(file, kind || undefined);
    }
    this.host.redraw();
  }

  private refused(file: File): string {
    const { chat, t } = this.host;
    if (!this.types.includes(file.type)) return t.badType;
    const upload = chat.platform?.upload;
    const most = (isVideo(file.type) ? upload?.video_max_bytes : upload?.max_bytes) ?? 10 * MB;
    return file.size > most ? t.tooBig(Math.floor(most / MB)) : "";
  }

  private readonly chosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    this.take([...(input.files ?? [])], this.host.wanted);
    this.host.wanted = "";
    input.value = "";
  };

  readonly enter = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (this.over) return;
    this.over = true;
    this.host.redraw();
  };

  readonly leave = (event: DragEvent): void => {
    if ((event.currentTarget as Element).contains(event.relatedTarget as Node | null)) return;
    this.end();
  };

  readonly drop = (event: DragEvent): void => {
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    event.preventDefault();
    this.end();
    this.take([...files]);
  };

  private end(): void {
    this.over = false;
    this.host.redraw();
  }
}
