import { en } from "./en.js";
import { type Words, zh } from "./zh.js";

export type { Words };

/** The words for a language tag; Chinese for everything that does not begin with `en`. */
export const wordsFor = (tag: string): Words => (/^en\b/i.test(tag) ? en : zh);
