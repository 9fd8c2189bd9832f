"""``init``: questions, checks, one settings file."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuika.commands.common import CommandError
from tuika.settings import Settings, settings_path

if TYPE_CHECKING:
    from tuika.founding.answers import Answers


def register(app: typer.Typer) -> None:
    app.command()(init)


def init(
    to: Annotated[
        Path | None, typer.Option("--to", help="The settings file; default tuika.yml or TUIKA_SETTINGS.")
    ] = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="The file is there: its values are the defaults, its secrets stay."),
    ] = False,
    platform: Annotated[
        str,
        typer.Option("--platform", help="With --again: which platform to ask about, or a new one's name."),
    ] = "",
    answers: Annotated[
        Path | None, typer.Option("--answers", help="Do not ask: take the answers from this YAML file.")
    ] = None,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="With --answers: write the file although a check failed.")
    ] = False,
    template: Annotated[
        bool, typer.Option("--template", help="Print a file for --answers, and end.")
    ] = False,
) -> None:
    """Set a real shop up: ask, check, write tuika.yml.

    Each answer is tried at once: the shop is connected to, a channel's provider is asked, the pack is proved. The file has
    the reason beside each line, fresh secrets and mode 0600. Ctrl-C leaves at any time and writes nothing.

    Examples: tuika init / tuika init --again / tuika init --template > a.yml; tuika init --answers a.yml
    """
    from tuika.founding.answers import TEMPLATE, read_answers
    from tuika.founding.writing import present

    if template:
        print(TEMPLATE, end="")
        return
    path = (to or settings_path(os.environ)).absolute()
    if path.exists() and not again:
        raise CommandError(
            f"{path} 已经有了，没有动它。要以它为默认值重新回答：tuika init --again（密钥不变，旧文件留一份）"
        )
    old = present(path)
    data = path.parent / "tuika-data"
    if answers is not None:
        given = read_answers(answers)
        _check_all(given, unchecked=unchecked)
    else:
        given = _ask(old, platform or next(iter(old.get("platforms") or {}), ""), data)
    _write(path, given, old, data)


def _ask(old: dict[str, Any], platform: str, data: Path) -> Answers:
    from tuika.founding.asking import Asking
    from tuika.founding.making import answered
    from tuika.founding.talk import Talk

    talk = Talk()
    talk.say("回答十来个问题，生成设置文件。回车用方括号里的；随时 Ctrl-C 退出，什么都不会写。")
    return Asking(talk, answered(old, platform) if platform else {}, data=data).run()


def _check_all(given: Answers, *, unchecked: bool) -> None:
    """Every check, told; raises CommandError when one failed."""
    from tuika.doctor.model import Level
    from tuika.founding import checks
    from tuika.founding.talk import MARKS

    looked = [
        ("店铺", checks.shop(given)),
        ("规则", checks.pack(given.pack)),
        ("官方联系方式", checks.contacts(given.contacts)),
        ("对外地址", checks.public_url(given.public_url)),
        ("端口", checks.port(given.port)),
        ("数据库", checks.database(given.database_url)),
        *((("数据", checks.folder(given.data)),) if given.data else ()),
        ("邮件", checks.mail(given.smtp)),
        *((f"渠道 {name}", checks.channel(given, name)) for name in given.channels),
    ]
    failed = False
    for title, findings in looked:
        print(title, flush=True)
        for each in findings:
            failed = failed or each.level is Level.FAIL
            print(
                f"  {MARKS[each.level]} {each.what}" + (f"\n    → {each.hint}" if each.hint else ""),
                flush=True,
            )
    if failed and not unchecked:
        raise CommandError("有没通过的，什么都没有写。改正答案文件再来；确实要先写下，加 --unchecked")


def _write(path: Path, given: Answers, old: dict[str, Any], data: Path) -> None:
    from tuika.founding.making import settings_from
    from tuika.founding.writing import render, write

    settings, kept = write(path, render(settings_from(given, old, data=data)), now=datetime.now())  # noqa: DTZ005 a file's name
    print(f"\n已写好 {path}（只有自己能读）" + (f"，旧文件在 {kept}" if kept else ""))
    print("\n".join(_next_steps(path, settings, given)))


def _next_steps(path: Path, settings: Settings, given: Answers) -> list[str]:
    named = "" if path == settings_path({}) else f"export TUIKA_SETTINGS={path}，然后"
    steps = [
        f"{named}tuika doctor                      # 还差什么",
        "tuika desk create-user 名字 --role operator   # 第一个客服账号",
        "tuika up                          # 启动；第一次要准备模型",
        f'把这一行放进网站：<script src="{settings.base_url}/widget.js" data-platform="{given.platform}" async></script>',
        f"会员登录：网站用 {path.name} 里 platforms.{given.platform}.jwt_secret 签发买家身份（docs/widget.md）",
        *(
            f"tuika channel publish {name}         # 告诉服务商"
            for name in given.channels
            if given.channels[name].get("kind") in ("wechat", "telegram")
        ),
    ]
    if given.shop.get("kind") == "csv":
        steps.insert(0, "tuika shop import 表格 --mapping 对照文件   # 先导入订单（docs/shops/README.md）")
    return ["接下来：", *(f"  {number}. {step}" for number, step in enumerate(steps, 1))]
