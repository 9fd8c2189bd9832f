"""The settings file: YAML with the reason beside each line, for its owner's eyes only.

Invariants: what is written reads back equal; it is loaded as settings before it gets its name; the file that was there
stays beside it; mode 0600 from the first byte.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from tuika.errors import SettingsError
from tuika.founding.reasons import BANNERS, reason_for
from tuika.settings import SECRET_NAMES, Settings, load_settings

_ORDER = (
    *("host", "port", "public_url", "data", "database_url", "redis_url"),
    *("support_opens", "support_closes", "support_rest", "calendar_file", "smtp", "platforms", "channels"),
)
_PLAIN = re.compile(r"[\w.-]{1,60}")  # a key that stands on a line of its own
_HEAD = """\
# 退卡的设置，由 tuika init 生成。改完重启生效；tuika doctor 会说哪里不对。
# 里面有密钥：只让运行退卡的用户能读（chmod 600），单独备份一份，不要放进代码仓库。
# 重新回答一遍：tuika init --again（密钥不变，旧文件留在旁边）。"""


def render(values: Mapping[str, Any]) -> str:
    """The file's text. Raises SettingsError should it not read back as ``values``."""
    known = [name for name in (*_ORDER, *SECRET_NAMES) if name in values]
    rest = [name for name in values if name not in known]
    names = [name for name in known if name not in SECRET_NAMES]
    lines = [_HEAD]
    for name in (*names, *rest, *(name for name in SECRET_NAMES if name in values)):
        if name in BANNERS:
            lines.append(f"\n# --- {BANNERS[name]} ---")
        lines += _lines((name,), values[name])
    text = "\n".join(lines) + "\n"
    if (yaml.safe_load(text) or {}) != dict(values):
        raise SettingsError(
            "生成的设置文件读回来不一样；请报告给退卡的维护者，并附上 tuika init 的答案（去掉密码）"
        )
    return text


def _lines(path: tuple[str, ...], value: Any) -> Iterator[str]:
    indent, key = "  " * (len(path) - 1), _scalar(path[-1])
    reason = reason_for(path)
    comment = f"  # {reason}" if reason else ""
    if (
        isinstance(value, Mapping)
        and value
        and len(path) < 4
        and all(_PLAIN.fullmatch(str(n)) for n in value)
    ):
        yield f"{indent}{key}:{comment}"
        for name, each in value.items():
            yield from _lines((*path, str(name)), each)
    else:
        yield f"{indent}{key}: {_scalar(value)}{comment}"


def _scalar(value: Any) -> str:
    """On one line, however many a text in it has."""
    plain = str(value) if isinstance(value, Path) else value
    for style in (None, '"'):
        written = yaml.safe_dump(
            plain,
            allow_unicode=True,
            default_flow_style=True,
            default_style=style,
            width=2**30,
            sort_keys=False,
        )
        written = written.removesuffix("\n").removesuffix("\n...")
        if written.splitlines() == [written]:  # YAML breaks lines at more than \n, too
            break
    return written


def write(path: Path, text: str, *, now: datetime) -> tuple[Settings, Path | None]:
    """Put the file in place; its settings, and where the old file lies now. Raises SettingsError, then nothing changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        settings = load_settings({"TUIKA_SETTINGS": str(half)})
    except SettingsError:
        half.unlink()
        raise
    old = None
    if path.exists():
        old = path.with_name(f"{path.name}.{now:%Y%m%d-%H%M%S}.bak")
        os.replace(path, old)
        old.chmod(0o600)
    os.replace(half, path)
    return settings, old


def present(path: Path) -> dict[str, Any]:
    """The values of the present file; none where there is no file. Raises SettingsError for one that is no YAML."""
    if not path.exists():
        return {}
    try:
        loaded = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError, ValueError) as error:
        raise SettingsError(f"{path} 读不懂：{error}\n改好它，或把它挪开再运行 tuika init") from None
    if not isinstance(loaded, dict):
        raise SettingsError(f"{path} 不是设置文件；把它挪开再运行 tuika init")
    return loaded
