/** Amounts and times as people read them. Times are Beijing time, as everywhere in the product. */

export function yuan(fen: unknown): string {
  if (typeof fen !== "number" || !Number.isFinite(fen)) return "";
  return `¥${(fen / 100).toFixed(2)}`;
}

const part = (value: Date, options: Intl.DateTimeFormatOptions, lang: string) =>
  new Intl.DateTimeFormat(lang, { timeZone: "Asia/Shanghai", ...options }).format(value);

export function clock(at: unknown, lang: string): string {
  const value = moment(at);
  return value ? part(value, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, lang) : "";
}

export function day(at: unknown, lang: string): string {
  const value = moment(at);
  return value ? part(value, { month: "long", day: "numeric" }, lang) : "";
}

/** `11月24日 18:00`; empty for what is no time. */
export function when(at: unknown, lang: string): string {
  return moment(at) ? `${day(at, lang)} ${clock(at, lang)}` : "";
}

function moment(at: unknown): Date | null {
  if (typeof at !== "string") return null;
  const value = new Date(at);
  return Number.isNaN(value.getTime()) ? null : value;
}

export const isVideo = (type: string) => type.startsWith("video/");

/** Gives a file to the buyer. Works under any policy: nothing is shown in the page. */
export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
