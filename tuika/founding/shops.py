"""Questions about the shop: a few fields a kind, any other kind by what its settings need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from tuika.founding.mail import port_number
from tuika.founding.talk import Talk
from tuika.settings.shops import DatabaseShop, DemoShopSettings, ShopSettings

WORDS = {
    "dujiaoka": "独角数卡（2.0.x 和社区版自动识别）",
    "acg_faka": "异次元发卡 3.x",
    "dujiao_next": "dujiao-next（渠道接口，或它的数据库）",
    "kamifaka": "kamiFaka",
    "zfaka": "ZFAKA 1.4.x",
    "card_system": "card-system（风铃发卡）",
    "platform_api": "自己的平台，实现了 docs/platform-api.yaml",
    "csv": "只有表格，用 tuika shop import 导入",
}
_ASKED = {
    "url": "平台接口的地址（不带 /v1）",
    "key_id": "共享密钥的编号",
    "secret": "共享密钥（至少 24 个字符）",
    "prefix": "表名前缀",
    "channel_key": "渠道接口的 channel_key",
    "channel_secret": "渠道接口的 channel_secret",
    "database": "数据库地址（sqlite:///… 或 postgresql+psycopg://…，没有就回车）",
}
_SECRETS = {"secret", "channel_secret", "password", "token"}
_ALSO = {"acg_faka": ("prefix",), "dujiao_next": ("url", "channel_key", "channel_secret", "database")}
_MAY_BE_EMPTY = {"dujiao_next"}  # one of its two ways is enough; the check says so
_PORTS = {"postgresql": "5432"}


def kinds() -> dict[str, type[BaseModel]]:
    """Every kind of shop that the settings know, without the demo's."""
    union = get_args(ShopSettings.__value__)[0]
    found = {get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in get_args(union)}
    told = [*WORDS, *(name for name in found if name not in WORDS)]  # the most common first
    return {name: found[name] for name in told if name in found and found[name] is not DemoShopSettings}


def ask_shop(talk: Talk, old: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a shop. ``old``: the present ones; what is not asked stays where the kind does."""
    known = kinds()
    options = {name: WORDS.get(name, "见 docs/shops/README.md") for name in known}
    kind = talk.choose("订单在哪个店铺系统里？", options, str(old.get("kind") or "dujiaoka"))
    kept = dict(old) if old.get("kind") == kind else {}
    made = {**kept, "kind": kind}
    fields = known[kind].model_fields
    needed = [
        name for name, field in fields.items() if field.is_required() and name not in ("kind", "database")
    ]
    if issubclass(known[kind], DatabaseShop):
        made["database"] = ask_database(talk, str(kept.get("database", "")), name=kind)
    for name in (*needed, *(each for each in _ALSO.get(kind, ()) if each not in needed)):
        question, field = _ASKED.get(name, name), fields[name]
        before = str(kept.get(name) or ("" if field.is_required() else field.default))
        if name in _SECRETS:
            given = talk.ask_secret(question, before)
        else:
            given = talk.ask(question, before, needed=kind not in _MAY_BE_EMPTY)
        made |= {name: given} if given else {}
    return made


def ask_database(talk: Talk, old: str, *, name: str) -> str:
    """An address in parts, so that nobody has to quote his password."""
    before = _parsed(old)
    given = talk.ask("店铺数据库的主机（也可以填整条地址 mysql+pymysql://…）", before.host or "127.0.0.1")
    if "://" in given:
        return given
    backend = before.drivername if old else "mysql+pymysql"
    port = str(before.port or _PORTS.get(backend.split("+")[0], "3306"))
    where = talk.ask("端口", port, fits=port_number)
    base = talk.ask("库名", before.database or name)
    user = talk.ask("用户（只读的就够，授权语句见 docs/shops/）", before.username or "tuika_reader")
    password = talk.ask_secret("密码", str(before.password or ""))
    made = URL.create(backend, user, password or None, given, int(where), base)
    return made.render_as_string(hide_password=False)


def _parsed(address: str) -> URL:
    try:
        return make_url(address)
    except ArgumentError:
        return URL.create("mysql+pymysql")
