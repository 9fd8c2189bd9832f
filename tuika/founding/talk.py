"""Asking at a terminal.

Invariants: an answer that does not fit is asked for again, with what it should look like; what is typed for a secret is not
shown; the end of the input ends everything, and nothing has been written.
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from tuika.doctor.model import Finding, Level
from tuika.errors import InputError

MARKS = {Level.OK: "✓", Level.NOTE: "·", Level.WARN: "!", Level.FAIL: "✗"}


class Left(InputError):
    title = "没有答完，什么都没有写"


class Talk:
    """``read`` and ``hidden`` give a line; ``say`` prints one."""

    def __init__(
        self,
        *,
        read: Callable[[str], str] = input,
        hidden: Callable[[str], str] | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self._read = read
        self._hidden = hidden or (getpass.getpass if sys.stdin.isatty() else read)
        self.say = say

    def ask(
        self, question: str, default: str = "", *, fits: Callable[[str], object] = str, needed: bool = False
    ) -> str:
        """A line that ``fits`` takes (it raises ValueError for others); empty: the default."""
        shown = f"{question} [{default}]：" if default else f"{question}："
        while True:
            given = self._line(self._read, shown).strip() or default
            if needed and not given:
                self.say("  这一项不能空着")
                continue
            try:
                if given:
                    fits(given)
                return given
            except ValueError as error:
                self.say(f"  {error}")

    def ask_secret(self, question: str, kept: str = "") -> str:
        """``kept``: what stays when nothing is typed."""
        shown = f"{question}{' [不变]' if kept else ''}（输入时不显示）："
        return self._line(self._hidden, shown).strip() or kept

    def choose(self, question: str, options: Mapping[str, str], default: str) -> str:
        """One of the options' keys, by its number or itself."""
        names = list(options)
        self.say(question)
        for number, (name, words) in enumerate(options.items(), 1):
            self.say(f"  {number} {name:<14} {words}".rstrip())

        def fits(given: str) -> str:
            if given in names or (given.isdecimal() and 0 < int(given) <= len(names)):
                return given
            raise ValueError(f"请填 1 到 {len(names)} 的数字")

        shown = str(names.index(default) + 1) if default in names else "1"
        given = self.ask("选哪个", shown, fits=fits)
        return given if given in names else names[int(given) - 1]

    def yes(self, question: str, *, default: bool) -> bool:
        def fits(given: str) -> None:
            if given.lower() not in ("y", "n", "yes", "no", "是", "否"):
                raise ValueError("请填 y 或 n")

        return self.ask(f"{question}（y/n）", "y" if default else "n", fits=fits).lower() in (
            "y",
            "yes",
            "是",
        )

    def listed(
        self, question: str, default: Sequence[str] = (), *, each: Callable[[str], str] = str
    ) -> list[str]:
        """Several, by commas; ``-`` for none."""

        def parts(given: str) -> list[str]:
            return (
                []
                if given == "-"
                else [each(p.strip()) for p in given.replace("，", ",").split(",") if p.strip()]
            )

        more = "（多个用逗号分开，没有填 -）" if default else "（多个用逗号分开，没有就回车）"
        return parts(self.ask(question + more, ",".join(default), fits=parts))

    def passes(self, findings: Iterable[Finding]) -> bool:
        """Tell what a check found; whether to go on: always, unless it failed and the person wants to answer again."""
        failed = False
        for finding in findings:
            failed = failed or finding.level is Level.FAIL
            self.say(f"  {MARKS[finding.level]} {finding.what}")
            if finding.hint and finding.level is not Level.OK:
                self.say(f"    → {finding.hint}")
        return not failed or not self.yes("没有通过。要改答案吗？填 n 先这样写下，以后再修", default=True)

    def _line(self, read: Callable[[str], str], shown: str) -> str:
        try:
            return read(shown)
        except EOFError:
            raise Left("输入结束了，没有答完，什么都没有写") from None
