import type { Message, Opened, Order, Platform, Standing } from "./types.js";

export const PAGE = 500;

/** An answer of 400 and above, or none at all (`status` 0). `detail` is Chinese and fit to be shown. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly retryAfter = 0,
  ) {
    super(detail);
  }

  /** Whether the same request may succeed later without any change. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 408 || this.status >= 500;
  }
}

export interface Access {
  token: string;
  conversation: string;
}

/** The buyers' doors of one hub. Holds no state: who calls comes with each call. */
export class Api {
  constructor(
    private readonly base: string,
    private readonly platform: string,
  ) {}

  async open(userToken: string | null, resume: boolean): Promise<Opened> {
    const body = { platform: this.platform, user_token: userToken, channel: "widget", resume };
    return this.json("api/v1/sessions", null, "POST", body);
  }

  about(): Promise<Platform> {
    return this.json(`api/v1/platforms/${encodeURIComponent(this.platform)}`, null);
  }

  standing(access: Access): Promise<Standing> {
    return this.json(here(access).slice(0, -1), access);
  }

  messages(access: Access, after: number): Promise<{ messages: Message[] }> {
    return this.json(`${here(access)}messages?after=${after}`, access);
  }

  /** Everything that was said, a page after the other. */
  async history(access: Access, show: (messages: Message[]) => void): Promise<void> {
    for (let after = 0; ; ) {
      const { messages } = await this.messages(access, after);
      show(messages);
      after = messages.at(-1)?.seq ?? after;
      if (messages.length < PAGE) return;
    }
  }

  say(access: Access, body: object): Promise<{ messages: Message[] }> {
    return this.json(`${here(access)}messages`, access, "POST", body);
  }

  orders(access: Access): Promise<{ orders: Order[] }> {
    return this.json(`${here(access)}orders`, access);
  }

  key(access: Access, caseNo: string): Promise<{ key: string }> {
    return this.json(
      `${here(access)}cases/${encodeURIComponent(caseNo)}/replacement-key`,
      access,
      "POST",
      {},
    );
  }

  async rate(access: Access, score: number, comment: string): Promise<void> {
    await this.call(`${here(access)}rating`, access, "POST", { score, comment });
  }

  async typing(access: Access, on: boolean): Promise<void> {
    await this.call(`${here(access)}typing`, access, "POST", { on });
  }

  async blob(access: Access, path: string): Promise<Blob> {
    return (await this.call(here(access) + path, access)).blob();
  }

  /** The live stream, from behind `after`. */
  events(access: Access, after: number, signal: AbortSignal): Promise<Response> {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": String(after) };
    return this.call(`${here(access)}events?live=true`, access, "GET", undefined, headers, signal);
  }

  /** One file, with its progress from 0 to 1. */
  upload(access: Access, form: FormData, progress: (part: number) => void): Promise<void> {
    return new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${this.base}${here(access)}attachments`);
      request.setRequestHeader("Authorization", `Bearer ${access.token}`);
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onerror = () => fail(new Problem(0, ""));
      request.onload = () => {
        if (request.status < 300) return done();
        fail(problem(request.status, parsed(request.responseText), request.getResponseHeader("Retry-After")));
      };
      request.send(form);
    });
  }

  private async json<T>(path: string, access: Access | null, method = "GET", body?: object): Promise<T> {
    return (await this.call(path, access, method, body)).json();
  }

  private async call(
    path: string,
    access: Access | null,
    method = "GET",
    body?: object,
    more: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const headers: Record<string, string> = { ...more };
    if (access) headers.Authorization = `Bearer ${access.token}`;
    if (body) headers["Content-Type"] = "application/json";
    const init = {
      method,
      headers,
      signal,
      body: body && JSON.stringify(body),
      credentials: "omit" as const,
    };
    const answer = await fetch(this.base + path, init).catch(() => {
      throw new Problem(0, "");
    });
    if (!answer.ok) {
      throw problem(answer.status, parsed(await answer.text()), answer.headers.get("Retry-After"));
    }
    return answer;
  }
}

const here = (access: Access) => `api/v1/conversations/${access.conversation}/`;

function parsed(text: string): { detail?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const problem = (status: number, body: { detail?: string }, wait: string | null) =>
  new Problem(status, body.detail ?? "", Number(wait) || 0);
