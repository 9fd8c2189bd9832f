import { type Api, Problem } from "./api.js";
import type { Session } from "./session.js";

/** The bytes of pictures of one conversation, each fetched once. */
export class Pictures {
  private readonly known = new Map<string, Promise<Blob>>();

  constructor(
    private readonly api: Api,
    private readonly session: Session,
  ) {}

  get(id: string, small: boolean): Promise<Blob> {
    const path = `attachments/${id}${small ? "/thumbnail" : ""}`;
    const known = this.known.get(path);
    const { access } = this.session;
    if (known || !access) return known ?? Promise.reject(new Problem(0, ""));
    const fetched = this.api.blob(access, path);
    fetched.catch(() => this.known.delete(path));
    this.known.set(path, fetched);
    return fetched;
  }

  clear(): void {
    this.known.clear();
  }
}
