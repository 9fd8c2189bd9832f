import { svg, type TemplateResult } from "lit";

const icon = (path: string): TemplateResult =>
  svg`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>` as TemplateResult;

/** Line icons on a 24 × 24 grid, drawn for this widget. */
export const icons = {
  chat: icon(
    "M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-8l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM8.5 11H15m-6.5 0 2-2m-2 2 2 2",
  ),
  bot: icon(
    "M12 3v3M6.5 6h11A2.5 2.5 0 0 1 20 8.5v7a2.5 2.5 0 0 1-2.5 2.5h-11A2.5 2.5 0 0 1 4 15.5v-7A2.5 2.5 0 0 1 6.5 6ZM9 11v1.5m6-1.5v1.5M9.5 21h5",
  ),
  person: icon(
    "M4 14v-2a8 8 0 0 1 16 0v2M4 13.5h2.5v5H5.5A1.5 1.5 0 0 1 4 17v-3.5Zm16 0h-2.5v5h1A1.5 1.5 0 0 0 20 17v-3.5Zm-2 5c-.5 1.6-2 2.5-4.5 2.5",
  ),
  shield: icon("M12 3.5 19 6v5.5c0 4.2-2.8 7.3-7 9-4.2-1.7-7-4.8-7-9V6l7-2.5ZM9 12l2.2 2.2L15.2 10"),
  alert: icon("M12 4 2.8 19.5h18.4L12 4Zm0 6v4.5m0 2.7v.1"),
  send: icon("M4 12 20 4.5 15 20l-3.5-6.5L4 12Zm7.5 1.5L20 4.5"),
  image: icon(
    "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v11A1.5 1.5 0 0 1 19 19H5a1.5 1.5 0 0 1-1.5-1.5v-11A1.5 1.5 0 0 1 5 5Zm-1 11.5 4.5-4.5 4 4 2.5-2.5 5 5M15.5 9.5v.1",
  ),
  receipt: icon("M6 3.5h12v17l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5-2 1.5v-17ZM9 8h6m-6 4h6"),
  more: icon("M5.5 12v.1M12 12v.1m6.5-.1v.1"),
  down: icon("m6 9.5 6 6 6-6"),
  close: icon("m6 6 12 12M18 6 6 18"),
  back: icon("m14.5 6-6 6 6 6"),
  next: icon("m9.5 6 6 6-6 6"),
  check: icon("m5 12.5 4.5 4.5L19 7"),
  upload: icon("M12 16V5m0 0L7.5 9.5M12 5l4.5 4.5M5 19.5h14"),
  star: icon("m12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8L12 3.8Z"),
  copy: icon("M9 8.5h9.5V20H9V8.5Zm6-3V4H5.5v11.5H7"),
};
