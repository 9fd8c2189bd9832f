/** Server-sent events read from a streamed answer, because `EventSource` cannot send a header. */

export interface Frame {
  name: string;
  id: string | null;
  data: string;
}

/** Frames until the stream ends. A stream that is silent for `patience` ms is taken for dead (beats come each 15 s). */
export async function read(answer: Response, each: (frame: Frame) => void, patience = 45_000): Promise<void> {
  if (!answer.body) return;
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await within(reader.read(), patience);
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const frame = parse(block);
        if (frame.data) each(frame);
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

export function parse(block: string): Frame {
  const frame: Frame = { name: "message", id: null, data: "" };
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) frame.name = line.slice(7);
    else if (line.startsWith("id: ")) frame.id = line.slice(4);
    else if (line.startsWith("data: ")) frame.data += line.slice(6);
  }
  return frame;
}

function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer = 0;
  const late = new Promise<never>((_, fail) => {
    timer = window.setTimeout(() => fail(new Error("silent")), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
