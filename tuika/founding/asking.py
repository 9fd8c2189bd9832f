"""The questions in their order, each checked as it is answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tuika.founding import checks
from tuika.founding.answers import LONGEST_NAME, NAME, Answers, AnswersWrong, answers_of, origin
from tuika.founding.channels import ask_channel, channel_name
from tuika.founding.mail import ask_mail, port_number
from tuika.founding.shops import ask_shop
from tuika.founding.talk import Talk
from tuika.policy.pack import load_packs
from tuika.settings import ROOT, OfficialContacts
from tuika.settings.base import HOURS, REST_HOURS

_CONTACTS = {
    "phones": "官方电话",
    "emails": "官方邮箱",
    "domains": "官方网址的域名",
    "qq": "官方 QQ",
    "wechat": "官方微信",
    "telegram": "官方 Telegram",
}


class Asking:
    """``old``: what the present settings say (:func:`tuika.founding.making.answered`); ``data``: the default folder."""

    def __init__(self, talk: Talk, old: Mapping[str, Any], *, data: Path) -> None:
        self._talk = talk
        self._old = dict(old)
        self._data = data
        self._given: dict[str, Any] = {}

    def run(self) -> Answers:
        """Every answer. Raises Left when the input ends."""
        self._who()
        self._shop()
        self._pack()
        self._sites_and_contacts()
        self._hours()
        self._places()
        self._mail()
        self._channels()
        return self._answers()

    def _answers(self, **more: Any) -> Answers:
        return answers_of({"name": "店", "shop": {"kind": "csv"}, **self._given, **more}, "答案")

    def _who(self) -> None:
        talk = self._talk
        talk.say("\n— 店 —")
        self._given["name"] = talk.ask(
            "店名（买家看到的）", str(self._old.get("name") or ""), needed=True, fits=_short
        )
        fits = _matching(NAME, "小写字母开头，只有小写字母、数字、_ 或 -")
        self._given["platform"] = talk.ask(
            "代号（用在地址和挂件里）", str(self._old.get("platform") or "mine"), fits=fits
        )

    def _shop(self) -> None:
        self._talk.say("\n— 店铺 —")
        kept = self._old.get("shop") or {}
        while True:
            kept = ask_shop(self._talk, kept)
            self._given["shop"] = kept
            self._talk.say("  正在连接店铺 …")
            if self._talk.passes(checks.shop(self._answers())):
                return

    def _pack(self) -> None:
        self._talk.say("\n— 规则 —")
        options = {each: _about(each) for each in load_packs(ROOT / "policies")}
        while True:
            chosen = self._talk.choose(
                "退款按哪套规则？以后可以改 policies/ 里的文件",
                options,
                str(self._old.get("pack") or "generic"),
            )
            self._talk.say("  正在逐一验证 …")
            if self._talk.passes(checks.pack(chosen)):
                self._given["pack"] = chosen
                return

    def _sites_and_contacts(self) -> None:
        talk = self._talk
        talk.say("\n— 官方 —")
        self._given["sites"] = talk.listed(
            "店铺网站的地址，挂件放在上面", self._old.get("sites") or (), each=origin
        )
        old = dict(self._old.get("contacts") or {})
        if not old.get("domains"):
            old["domains"] = [each.split("://")[1].split(":")[0] for each in self._given["sites"]]
        while True:
            for kind, question in _CONTACTS.items():
                old[kind] = talk.listed(question, old.get(kind) or ())
            registered = OfficialContacts.model_validate(old)
            if talk.passes(checks.contacts(registered)):
                self._given["contacts"] = registered
                return

    def _hours(self) -> None:
        talk = self._talk
        talk.say("\n— 人工客服时间（北京时间） —")
        fits = _matching(HOURS, "写成 09:00 这样，00:00 到 24:00")
        for name, question, default in (
            ("opens", "几点上班", "09:00"),
            ("closes", "几点下班（和上班相同就是全天）", "21:00"),
        ):
            self._given[name] = talk.ask(question, str(self._old.get(name) or default), fits=fits)
        rest = _matching(rf"same|{REST_HOURS}", "写成 10:00-18:00、closed 或 same")
        before = str(self._old.get("rest") or "same")
        given = talk.ask("休息日呢？时间段、closed（不上班）或 same（和平日一样）", before, fits=rest)
        self._given["rest"] = "" if given == "same" else given

    def _places(self) -> None:
        talk = self._talk
        talk.say("\n— 地址 —")
        self._until(
            "public_url",
            lambda: talk.ask(
                "买家访问退卡的地址（https://…，还没有就回车）",
                str(self._old.get("public_url") or ""),
                fits=origin,
            ),
            checks.public_url,
            made=lambda given: origin(given) if given else "",
        )
        self._until(
            "port",
            lambda: talk.ask("本机端口", str(self._old.get("port") or 8000), fits=port_number),
            checks.port,
            made=int,
        )
        self._until(
            "data",
            lambda: talk.ask("数据放在哪个文件夹", str(self._old.get("data") or self._data)),
            checks.folder,
            made=lambda given: Path(given).expanduser().absolute(),
        )
        self._until(
            "database_url",
            lambda: talk.ask(
                "数据库（回车：SQLite；或 postgresql+psycopg://…）", str(self._old.get("database_url") or "")
            ),
            checks.database,
        )

    def _mail(self) -> None:
        self._talk.say("\n— 邮件 —")
        kept = dict(self._old.get("smtp") or {})
        while True:
            kept = ask_mail(self._talk, kept)
            self._given["smtp"] = kept or None
            if kept:
                self._talk.say("  正在登录邮件服务器 …")
            if self._talk.passes(checks.mail(self._answers().smtp)):
                return

    def _until(
        self,
        name: str,
        ask: Callable[[], str],
        check: Callable[[Any], Any],
        *,
        made: Callable[[str], Any] = str,
    ) -> None:
        while True:
            self._given[name] = made(ask())
            if self._talk.passes(check(self._given[name])):
                return

    def _channels(self) -> None:
        talk = self._talk
        talk.say("\n— 渠道 —")
        kept: dict[str, dict[str, Any]] = dict(self._old.get("channels") or {})
        while True:
            if kept:
                talk.say(
                    "  已有：" + "、".join(f"{name}（{each.get('kind')}）" for name, each in kept.items())
                )
            if not talk.yes(
                "要接（或修改）一个渠道吗？公众号、微信客服、Telegram 等，以后也可以接", default=False
            ):
                break
            name = talk.ask("给它起个名字（用在回调地址里）", needed=True, fits=channel_name)
            while True:
                kept[name] = ask_channel(talk, name, kept.get(name) or {})
                talk.say("  正在向服务商核对 …")
                try:
                    findings = list(checks.channel(self._answers(channels={name: kept[name]}), name))
                except AnswersWrong as wrong:
                    talk.say(f"  ✗ {wrong.detail}")
                    continue
                if talk.passes(findings):
                    break
        self._given["channels"] = kept


def _matching(pattern: str, told: str) -> Callable[[str], object]:
    def fits(given: str) -> str:
        if not re.fullmatch(pattern, given):
            raise ValueError(told)
        return given

    return fits


def _short(given: str) -> None:
    if len(given) > LONGEST_NAME:
        raise ValueError(f"最多 {LONGEST_NAME} 个字")


def _about(pack: str) -> str:
    """The first words of the pack's file."""
    first = (ROOT / "policies" / f"{pack}.yml").read_text("utf-8").splitlines()[0]
    return first.lstrip("# ").strip() if first.startswith("#") else ""
