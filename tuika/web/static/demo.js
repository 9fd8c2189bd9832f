// The demo shop around the widget: ask about an order, move the clock, begin again. The chat is the widget's own.
const notice = document.getElementById("notice");

async function call(path, options = {}) {
  const answer = await fetch(path, options);
  if (answer.status === 204) return null;
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.detail || `出错了（${answer.status}）`);
  return body;
}

const post = (path, body) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

function tell(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

document.querySelectorAll(".ask").forEach((button) =>
  button.addEventListener("click", () => window.Tuika?.open(`订单 ${button.dataset.order} `)),
);

document.querySelectorAll("[data-advance]").forEach((button) =>
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const { now } = await post("/api/v1/demo/clock", { advance: button.dataset.advance });
      document.getElementById("now").textContent = `${Number(now.slice(5, 7))}月${Number(now.slice(8, 10))}日 ${now.slice(11, 16)}`;
      tell("");
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
    location.assign("/demo");
  } catch (error) {
    tell(error.message);
  }
});
