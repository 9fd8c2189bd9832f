"""Settings from file and environment, read once."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from tuika.errors import SettingsError
from tuika.settings.base import ROOT
from tuika.settings.calendar import read_calendar
from tuika.settings.demo import fill_demo
from tuika.settings.model import Settings
from tuika.settings.shops import SHOP_KINDS
from tuika.settings.words import said

_PLAIN = (str, int, float, bool, Path, Path | None)  # written in a variable as they are; the rest is JSON


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read settings from file and environment. Raises SettingsError listing all problems."""
    env = dict(os.environ if environ is None else environ)
    values = _from_file(env.get("TUIKA_SETTINGS"))
    values.update(_from_environment(env))
    demo = str(values.get("demo", "")).lower() in ("1", "true", "yes")
    values["demo"] = demo
    if demo:
        fill_demo(values)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(
            "设置有误：\n" + "\n".join(f"  - {said(each)}" for each in error.errors())
        ) from None
    if settings.calendar_file is not None:
        read_calendar(settings.calendar_file)
    if not demo:
        _check_shops(settings)
    return settings


def _check_shops(settings: Settings) -> None:
    """A real platform's buyers must never be answered from the demonstration's orders."""
    missing = [name for name, platform in settings.platforms.items() if platform.shop.kind == "demo"]
    if missing:
        lines = [f"  - platforms.{name}.shop: 没有接入店铺（kind 可以是 {SHOP_KINDS}）" for name in missing]
        raise SettingsError("设置有误：\n" + "\n".join(lines))


def settings_path(environ: Mapping[str, str]) -> Path:
    """The settings file, whether it exists or not."""
    named = environ.get("TUIKA_SETTINGS")
    return Path(named) if named else ROOT / "tuika.yml"


def _from_file(named: str | None) -> dict[str, Any]:
    path = settings_path({"TUIKA_SETTINGS": named or ""})
    if not path.exists():
        if named:
            raise SettingsError(f"TUIKA_SETTINGS 指向的文件不存在：{path}")
        return {}
    try:
        loaded = yaml.safe_load(path.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"设置文件 {path} 不是有效的 YAML：{error}") from None
    if not isinstance(loaded, dict):
        raise SettingsError(f"设置文件 {path} 的最外层应为键值表")
    return loaded


def _from_environment(env: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        text = env.get(f"TUIKA_{name.upper()}")
        if text is None or text == "":
            continue
        values[name] = text if field.annotation in _PLAIN else _parsed(name, text)
    return values


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise SettingsError(f"TUIKA_{name.upper()} 应为 JSON") from None
