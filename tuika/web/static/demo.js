// The demo page's chat: plain fetch, and events read from a streamed answer. A session lives in this tab only.
const root = document.getElementById("demo");
const list = document.getElementById("messages");
const notice = document.getElementById("notice");
const form = document.getElementById("say");
const box = document.getElementById("text");
const file = document.getElementById("file");
const ROLES = { buyer: "我", bot: "小助手（机器人）", agent: "人工客服", system: "系统" };
const key = `tuika-demo:${root.dataset.platform}:${root.dataset.buyer}`;
let session = null;
let lastSeq = 0;
let following = null;

async function call(path, options = {}) {
  const headers = { ...(session ? { Authorization: `Bearer ${session.session_token}` } : {}), ...options.headers };
  const answer = await fetch(path, { ...options, headers });
  if (answer.status === 204) return null;
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(body.detail || `出错了（${answer.status}）`), { status: answer.status });
  return body;
}

const post = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const here = (path) => `/api/v1/conversations/${session.conversation_id}/${path}`;

function tell(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

async function begin(fresh) {
  following?.abort();
  list.replaceChildren();
  lastSeq = 0;
  session = fresh ? null : JSON.parse(sessionStorage.getItem(key) || "null");
  if (session) {
    try {
      (await call(here("messages"))).messages.forEach(show);
      return follow();
    } catch (error) {
      if (![401, 404].includes(error.status)) return tell(error.message);
      session = null;
    }
  }
  const buyer = root.dataset.buyer;
  const token = buyer ? (await call(`/api/v1/demo/token?buyer=${encodeURIComponent(buyer)}`)).token : null;
  const opened = await post("/api/v1/sessions", { platform: root.dataset.platform, user_token: token });
  session = opened;
  sessionStorage.setItem(key, JSON.stringify({ session_token: opened.session_token, conversation_id: opened.conversation_id }));
  opened.messages.forEach(show);
  follow();
}

function show(message) {
  if (message.seq <= lastSeq) return;
  lastSeq = message.seq;
  list.querySelectorAll(".replies").forEach((each) => each.remove());
  const item = document.createElement("li");
  item.className = `message ${message.role}`;
  const who = document.createElement("div");
  who.className = "who";
  who.textContent = `${ROLES[message.role]} ${message.at.slice(11, 16)}`;
  const text = document.createElement("div");
  text.className = "text";
  text.textContent = message.text;
  item.append(who, text);
  message.attachments.forEach((each) => picture(each, text));
  if (message.quick_replies.length) item.append(replies(message.quick_replies));
  list.append(item);
  document.querySelector(".upload").classList.toggle("wanted", message.awaiting === "evidence");
  list.scrollTop = list.scrollHeight;
}

function replies(choices) {
  const row = document.createElement("div");
  row.className = "replies";
  for (const choice of choices) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = choice.title;
    button.addEventListener("click", () => send({ action: choice.action }));
    row.append(button);
  }
  return row;
}

async function picture(attachment, place) {
  const answer = await fetch(here(`attachments/${attachment.id}`), { headers: { Authorization: `Bearer ${session.session_token}` } });
  if (!answer.ok) return;
  const image = document.createElement("img");
  image.alt = "上传的截图";
  image.addEventListener("load", () => (list.scrollTop = list.scrollHeight));
  image.src = URL.createObjectURL(await answer.blob());
  place.append(image);
}

// Messages are drawn from the event stream alone, in the order of their numbers.
async function follow() {
  const mine = (following = new AbortController());
  while (!mine.signal.aborted) {
    try {
      const answer = await fetch(here(`events?after=${lastSeq}`), {
        headers: { Authorization: `Bearer ${session.session_token}` }, signal: mine.signal,
      });
      if (answer.status === 401 || answer.status === 404) return tell("会话已结束，请点“新对话”。");
      if (answer.ok) await read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
    } catch {
      if (mine.signal.aborted) return;
    }
    await new Promise((done) => setTimeout(done, 1500));
  }
}

async function read(reader) {
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const frames = (rest + value).split("\n\n");
    rest = frames.pop();
    for (const frame of frames) {
      const data = frame.split("\n").find((line) => line.startsWith("data: "));
      if (data) show(JSON.parse(data.slice(6)));
    }
  }
}

async function send(body) {
  tell("");
  list.querySelectorAll(".replies button").forEach((each) => (each.disabled = true));
  try {
    await post(here("messages"), { client_id: crypto.randomUUID(), ...body });
  } catch (error) {
    tell(error.message);
    list.querySelectorAll(".replies button").forEach((each) => (each.disabled = false));
    return false;
  }
  return true;
}

async function submit() {
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  if (!(await send({ text }))) box.value = text;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});

file.addEventListener("change", async () => {
  if (!file.files.length) return;
  const data = new FormData();
  data.append("file", file.files[0]);
  data.append("client_id", crypto.randomUUID());
  file.value = "";
  tell("正在上传……");
  try {
    await call(here("attachments"), { method: "POST", body: data });
    tell("");
  } catch (error) {
    tell(error.message);
  }
});

document.querySelectorAll(".ask").forEach((button) =>
  button.addEventListener("click", () => {
    box.value = `订单 ${button.dataset.order} `;
    box.focus();
  }),
);

document.querySelectorAll("[data-advance]").forEach((button) =>
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { now } = await post("/api/v1/demo/clock", { advance: button.dataset.advance });
      document.getElementById("now").textContent = `${Number(now.slice(5, 7))}月${Number(now.slice(8, 10))}日 ${now.slice(11, 16)}`;
    } catch (error) {
      tell(error.message);
    }
    button.disabled = false;
  }),
);

document.getElementById("restart").addEventListener("click", async () => {
  try {
    await post("/api/v1/demo/reset", {});
    const sample = await (await fetch("/demo/fixture.yml")).text();
    await call("/api/v1/demo/orders", { method: "POST", headers: { "Content-Type": "application/yaml" }, body: sample });
    sessionStorage.clear();
    location.assign("/demo");
  } catch (error) {
    tell(error.message);
  }
});

document.getElementById("fresh").addEventListener("click", () => begin(true).catch((error) => tell(error.message)));
begin(false).catch((error) => tell(error.message));
