"""Accessibility by axe-core: every rule of WCAG 2.0 to 2.2 A and AA, and axe's best practices."""

from __future__ import annotations

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async ([within, tags, off]) => {
  const rules = Object.fromEntries(off.map((id) => [id, { enabled: false }]));
  const found = await axe.run(within ?? document, { runOnly: { type: "tag", values: tags }, rules });
  return {
    passes: found.passes.length,
    violations: found.violations.map((v) => ({ id: v.id, help: v.help, nodes: v.nodes.map((n) => n.target.join(" ") + "  " + n.failureSummary) })),
  };
}"""


class Axe:
    """``check(page)`` fails with what is wrong and where. Scripts run by the protocol, so a strict CSP stays on."""

    def __init__(self, source: str) -> None:
        self._source = source

    def check(self, page: Page, within: str | None = None, *, off: tuple[str, ...] = ()) -> None:
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(f"() => {{ {self._source} }}")
        found = page.evaluate(_RUN, [within, TAGS, list(off)])
        assert found["passes"] > 0, "axe looked at nothing"
        said = [f"{v['id']}: {v['help']}\n    " + "\n    ".join(v["nodes"]) for v in found["violations"]]
        assert not said, "accessibility:\n" + "\n".join(said)
