/**
 * A picture drawn on a canvas from bytes that were fetched with the session's token. A canvas needs no `blob:` or
 * `data:` in the page's policy, and no address that would work without the token.
 */
export class Picture extends HTMLElement {
  load: () => Promise<Blob> = () => Promise.reject(new Error("nothing to load"));
  label = "";
  private drawn = "";

  /** Draws once for each `key`. */
  set key(key: string) {
    if (this.drawn === key) return;
    this.drawn = key;
    queueMicrotask(() => void this.draw());
  }

  async draw(): Promise<void> {
    this.removeAttribute("data-lost");
    try {
      const bitmap = await createImageBitmap(await this.load());
      const canvas = document.createElement("canvas");
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", this.label);
      this.replaceChildren(canvas);
      this.dispatchEvent(new Event("drawn", { bubbles: true }));
    } catch {
      this.drawn = "";
      this.setAttribute("data-lost", "");
    }
  }
}

if (!customElements.get("tuika-picture")) customElements.define("tuika-picture", Picture);
