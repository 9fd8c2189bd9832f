// <script src="https://HUB/widget.js" data-platform="generic" async></script>
// Also: data-lang, data-user-token (what the site signed for its logged-in buyer), data-mode="page", data-open.
import { TuikaChat } from "./element.js";
import { hostApi, replay } from "./host.js";

const script =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[src*="widget.js"][data-platform]');

function begin(from: HTMLScriptElement): void {
  if (customElements.get("tuika-chat")) return;
  customElements.define("tuika-chat", TuikaChat);
  const { platform = "generic", lang, mode, userToken, open } = from.dataset;
  const page = mode === "page";
  const element = new TuikaChat({
    base: new URL(".", from.src).href,
    platform,
    lang: lang ?? (page ? navigator.language : document.documentElement.lang || navigator.language),
    page,
  });
  const api = hostApi(element);
  const token = userToken || (page ? fromFragment() : null);
  const put = () => document.body.append(element);
  const known = token ? api.identify(token) : Promise.resolve();
  void known
    .catch(() => {})
    .then(() => {
      if (document.body) put();
      else addEventListener("DOMContentLoaded", put);
      if (open !== undefined) api.open();
    });
  const calls = (window as { Tuika?: unknown }).Tuika;
  Object.assign(window, { Tuika: api });
  replay(api, calls);
  document.dispatchEvent(new CustomEvent("tuika:loaded", { detail: api }));
}

/** A buyer's token behind `#token=`: never sent in an address, and taken out of it at once. */
function fromFragment(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

if (script) begin(script);
