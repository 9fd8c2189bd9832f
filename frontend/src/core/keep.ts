/** What is kept in this browser: small values in localStorage, files in IndexedDB; in memory where both are shut. */

const memory = new Map<string, string>();

export function load<T>(key: string): T | null {
  try {
    const text = memory.get(key) ?? localStorage.getItem(key);
    return text ? (JSON.parse(text) as T) : null;
  } catch {
    return null;
  }
}

export function save(key: string, value: unknown): void {
  const text = JSON.stringify(value);
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    memory.delete(key);
  } catch {
    memory.set(key, text);
  }
}

/** The names of what is kept that begin so. */
export function names(start: string): string[] {
  const found = [...memory.keys()];
  try {
    found.push(...Object.keys(localStorage));
  } catch {
    // a page that may not store has only its memory
  }
  return [...new Set(found)].filter((name) => name.startsWith(start));
}

/** A random UUID; `crypto.randomUUID` is missing on pages without TLS. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const files = new Map<string, Blob>();

/** Keeps a file until it is sent; a page that may not store it keeps it as long as it lives. */
export async function keepFile(id: string, file: Blob): Promise<void> {
  files.set(id, file);
  await inStore((store) => store.put(file, id));
}

export async function keptFile(id: string): Promise<Blob | null> {
  return files.get(id) ?? (await inStore<Blob>((store) => store.get(id))) ?? null;
}

export async function dropFile(id: string): Promise<void> {
  files.delete(id);
  await inStore((store) => store.delete(id));
}

function inStore<T>(work: (store: IDBObjectStore) => IDBRequest): Promise<T | undefined> {
  return new Promise((done) => {
    const nothing = () => done(undefined);
    try {
      const opening = indexedDB.open("tuika", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("files");
      opening.onerror = nothing;
      opening.onsuccess = () => {
        const request = work(opening.result.transaction("files", "readwrite").objectStore("files"));
        request.onsuccess = () => done(request.result as T);
        request.onerror = nothing;
      };
    } catch {
      nothing();
    }
  });
}
