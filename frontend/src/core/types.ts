/** What goes over the wire (docs: /openapi.json). Times are RFC 3339, money is in fen. */

export type Role = "buyer" | "bot" | "agent" | "system";

export interface QuickReply {
  title: string;
  action: string;
}

export interface Attachment {
  id: string;
  media_type: string;
  sha256: string;
  kind: string;
}

/** Card fields are read with care: a missing or odd one leaves its line out. */
export type Card = { type: string } & Record<string, unknown>;

export interface Message {
  seq: number;
  role: Role;
  text: string;
  card: Card | null;
  quick_replies: QuickReply[];
  awaiting: string | null;
  attachments: Attachment[];
  at: string;
  author: string | null;
  client_id: string | null;
}

export interface Hours {
  text: string;
  open: boolean;
  opens_at: string | null;
}

export interface Standing {
  conversation_id: string;
  owner: "bot" | "queued" | "human" | "closed";
  agent: string | null;
  waiting: { place: number; promised_by: string } | null;
  hours: Hours;
  rated: boolean;
  actions: string[];
}

export interface Platform {
  platform: string;
  name: string;
  hours: Hours;
  message_chars: number;
  upload: { max_bytes: number; video_max_bytes: number; media_types: string[] };
  official: Record<string, string[]>;
}

export interface Order {
  order_no: string;
  product: string;
  amount_fen: number;
  status: string;
  status_text: string;
  paid_at: string | null;
  merchant: string;
}

export interface Opened {
  session_token: string;
  conversation_id: string;
  buyer: { id: string; name: string } | null;
  messages: Message[];
}
