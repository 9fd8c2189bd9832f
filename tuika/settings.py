"""Configuration: one frozen value, read once, failing with a list of everything that is wrong.

Sources, later ones win: defaults, the YAML file named by ``TUIKA_SETTINGS`` (or ``tuika.yml`` in the project's
folder), environment variables ``TUIKA_*``. In demo mode missing secrets are made at first start and kept in
``<data>/secrets.json`` (mode 0600); in any other mode a missing or short secret is refused.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tuika.errors import SettingsError
from tuika.settings_channels import ChannelSettings, problems
from tuika.settings_shops import SHOP_KINDS, DemoShopSettings, ShopSettings
from tuika.settings_shown import SecretsHidden

ROOT = Path(__file__).resolve().parent.parent
SECRET_NAMES = ("engine_token", "action_token", "vault_key", "session_secret", "shop_key")
MIN_SECRET = 24


_DEFAULTS = (
    "changeme",
    "change-me",
    "change_me",
    "example",
    "default",
    "password",
    "demo-only",
    "your-",
    "test-secret",
)


def looks_default(secret: str) -> bool:
    """Whether a secret is one that documentation, samples or lazy fingers make."""
    return len(set(secret)) < 8 or any(word in secret.lower() for word in _DEFAULTS)


class _Frozen(SecretsHidden, BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OfficialContacts(_Frozen):
    """The registry of a platform's official contacts: only these are ever called official."""

    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    qq: tuple[str, ...] = ()
    wechat: tuple[str, ...] = ()
    telegram: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class SmtpSettings(_Frozen):
    """Where mail goes out; ``sender`` is the address it comes from."""

    host: str
    port: int = Field(default=465, ge=1, le=65535)
    sender: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = ""
    password: str = ""


class WebhookSettings(_Frozen):
    """An operator's own gateway; our calls to it are signed with ``secret``."""

    url: str = Field(pattern=r"^https?://")
    secret: str = Field(min_length=MIN_SECRET)


class EpaySettings(_Frozen):
    """An account at an epay gateway; ``url`` is the gateway's root."""

    url: str = Field(pattern=r"^https?://")
    pid: str
    key: str = Field(min_length=8)


class AlipaySettings(_Frozen):
    """An application at Alipay; keys in PEM. Needs the extra ``alipay``."""

    app_id: str
    private_key: str
    alipay_public_key: str


class WechatPaySettings(_Frozen):
    """A merchant at WeChat Pay, API v3; keys in PEM. Needs the extra ``wechatpay``."""

    mchid: str
    private_key: str
    cert_serial: str
    apiv3_key: str
    public_key: str
    public_key_id: str


class PlatformSettings(_Frozen):
    """One marketplace: its policy pack, how its buyers' tokens are signed, who is official."""

    pack: str
    name: str = ""
    jwt_secret: str | None = Field(default=None, min_length=MIN_SECRET)
    jwt_public_key: str | None = None
    origins: tuple[str, ...] = ()
    official_contacts: OfficialContacts = OfficialContacts()
    service_entry: str = "订单页右上角的在线客服"
    complaint_entry: str = "订单页的投诉入口"
    shop: ShopSettings = DemoShopSettings()
    payout: Literal["shop", "manual", "epay", "alipay", "wechatpay"] = "shop"
    epay: EpaySettings | None = None
    alipay: AlipaySettings | None = None
    wechatpay: WechatPaySettings | None = None
    holds_funds: bool = False  # the shop keeps the merchant's money while a case is open
    merchant_webhook: WebhookSettings | None = None  # who tells merchants that they are asked

    @model_validator(mode="after")
    def _payout_is_set_up(self) -> PlatformSettings:
        if self.payout not in ("shop", "manual") and getattr(self, self.payout) is None:
            raise ValueError(f"payout 选了 {self.payout}，但没有 {self.payout} 的账户设置")
        return self


class Limits(_Frozen):
    """Sizes and rates at the doors."""

    message_chars: int = 2000
    body_bytes: int = 64 * 1024
    upload_bytes: int = 10 * 1024 * 1024
    video_bytes: int = 30 * 1024 * 1024
    messages_per_minute: int = Field(default=60, gt=0)
    sessions_per_minute: int = Field(default=120, gt=0)
    attachments_per_case: int = 20


class Retention(_Frozen):
    """How many days each class of data is kept; docs/privacy.md says why."""

    messages: int = Field(default=180, ge=1)
    unfiled_evidence: int = Field(default=30, ge=1)
    cases: int = Field(default=3 * 365 + 1, ge=1)
    sightings: int = Field(default=90, ge=1)
    locks: int = Field(default=1, ge=1)


class Settings(_Frozen):
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    data: Path = ROOT / "var"
    demo: bool = False
    database_url: str = ""
    redis_url: str = Field(
        default="", pattern=r"^((rediss?|unix)://\S+)?$"
    )  # empty: one machine without Redis
    redis_prefix: str = Field(
        default="tuika", pattern=r"^[a-z0-9_-]{1,40}$"
    )  # one for each product on a Redis
    job_threads: int = Field(
        default=2, ge=1, le=16
    )  # long jobs at once in a worker: readings, imports, backtests
    engine_url: str = "http://127.0.0.1:5005"
    engine_urls: tuple[str, ...] = ()  # several Rasas; empty: the one of engine_url
    engine_database_url: str = Field(
        default="", pattern=r"^(postgres(ql)?://\S+)?$"
    )  # Rasa's own; empty: a file
    engine_timeout: float = 12.0
    action_host: str = "127.0.0.1"
    action_port: int = Field(default=5055, ge=1, le=65535)
    action_url: str = Field(default="", pattern=r"^(https?://\S+)?$")  # where Rasa reaches this hub's actions
    engine_token: str = ""
    action_token: str = ""
    vault_key: str = ""
    session_secret: str = ""
    shop_key: str = ""
    policies: Path = ROOT / "policies"
    platforms: dict[str, PlatformSettings] = {}
    support_opens: str = Field(default="09:00", pattern=r"^\d\d:\d\d$")
    support_closes: str = Field(default="21:00", pattern=r"^\d\d:\d\d$")
    # hours on days of rest by the Chinese calendar: "10:00-18:00", "closed", or nothing for the same as always
    support_rest: str = Field(default="", pattern=r"^(closed|\d\d:\d\d-\d\d:\d\d)?$")
    incident_orders: int = Field(default=5, ge=2, le=1000)  # so many orders complained of …
    incident_hours: int = Field(default=6, ge=1, le=720)  # … within so many hours make an incident
    public_url: str = Field(default="", pattern=r"^(https?://[^/\s]+)?$")  # where people reach the hub
    smtp: SmtpSettings | None = None
    notice_webhooks: dict[str, WebhookSettings] = {}  # by way: sms, telegram, wechat …
    limits: Limits = Limits()
    channels: dict[str, ChannelSettings] = {}
    retention: Retention = Retention()
    log_level: str = Field(default="info", pattern=r"^(debug|info|warning|error)$")

    @model_validator(mode="after")
    def _secrets_are_real(self) -> Settings:
        short = [name for name in SECRET_NAMES if len(getattr(self, name)) < MIN_SECRET]
        if short:
            raise ValueError(
                f"密钥缺失或短于 {MIN_SECRET} 个字符: {', '.join(short)}（设置 TUIKA_<名称> 或写入设置文件）"
            )
        if not self.demo:
            self._refuse_defaults()
        if not self.platforms:
            raise ValueError("platforms 为空：至少要有一个平台")
        for name, platform in self.platforms.items():
            if not (platform.jwt_secret or platform.jwt_public_key):
                raise ValueError(f"platforms.{name}: jwt_secret 与 jwt_public_key 至少要有一个")
        wrong = problems(self.channels, set(self.platforms))
        if wrong:
            raise ValueError("；".join(wrong))
        return self

    def _refuse_defaults(self) -> None:
        """Raises ValueError for secrets that anybody could guess, or that are one and the same."""
        kept = {name: getattr(self, name) for name in SECRET_NAMES}
        for name, platform in self.platforms.items():
            if platform.jwt_secret:
                kept[f"platforms.{name}.jwt_secret"] = platform.jwt_secret
        weak = [name for name, value in kept.items() if looks_default(value)]
        own = [kept[name] for name in SECRET_NAMES]
        same = [name for name in SECRET_NAMES if own.count(kept[name]) > 1]
        if weak or same:
            shown = ", ".join(dict.fromkeys((*weak, *same)))
            raise ValueError(
                f"演示模式之外不能用默认的、好猜的或相同的密钥: {shown}（用 openssl rand -base64 32 生成）"
            )

    @property
    def base_url(self) -> str:
        """What links in notices begin with."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def engines(self) -> tuple[str, ...]:
        """The addresses of all Rasas."""
        return self.engine_urls or (self.engine_url,)

    @property
    def action_address(self) -> str:
        """Where Rasa reaches this hub's actions."""
        host = f"[{self.action_host}]" if ":" in self.action_host else self.action_host
        return self.action_url or f"http://{host}:{self.action_port}/webhook"

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'tuika.db'}"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read settings from file and environment. Raises SettingsError listing all problems."""
    env = dict(os.environ if environ is None else environ)
    values = _from_file(env.get("TUIKA_SETTINGS"))
    values.update(_from_environment(env))
    demo = str(values.get("demo", "")).lower() in ("1", "true", "yes")
    values["demo"] = demo
    if demo:
        _fill_demo(values)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError("设置有误：\n" + "\n".join(_lines(error))) from None
    if not demo:
        _check_shops(settings)
    return settings


def _check_shops(settings: Settings) -> None:
    """A real platform's buyers must never be answered from the demonstration's orders."""
    missing = [name for name, platform in settings.platforms.items() if platform.shop.kind == "demo"]
    if missing:
        lines = [f"  - platforms.{name}.shop: 没有接入店铺（kind 可以是 {SHOP_KINDS}）" for name in missing]
        raise SettingsError("设置有误：\n" + "\n".join(lines))


def _from_file(named: str | None) -> dict[str, Any]:
    path = Path(named) if named else ROOT / "tuika.yml"
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
        values[name] = _parsed(name, text) if field.annotation not in (str, int, float, bool, Path) else text
    return values


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise SettingsError(f"TUIKA_{name.upper()} 应为 JSON") from None


def _fill_demo(values: dict[str, Any]) -> None:
    """Everything the demo needs that nobody has set: secrets made once, four platforms."""
    data = Path(values.get("data") or ROOT / "var")
    made = _demo_secrets(data / "secrets.json")
    for name in SECRET_NAMES:
        values.setdefault(name, made[name])
    values.setdefault("platforms", {name: _demo_platform(name, made["jwt"]) for name in DEMO_PLATFORMS})


DEMO_PLATFORMS = {"generic": "通用卡盟", "binghui": "冰慧卡盟", "zhongshang": "众商卡盟", "solo": "一人店"}


def _demo_platform(name: str, secret: str) -> dict[str, Any]:
    return {
        "pack": name,
        "name": DEMO_PLATFORMS[name],
        "holds_funds": name == "binghui",  # its rules say that funds may be frozen
        "jwt_secret": secret,
        "origins": ["http://127.0.0.1:8000", "http://localhost:8000"],
        "official_contacts": {
            "phones": ["400-820-0001"],
            "emails": [f"service@{name}.example.com"],
            "domains": [f"{name}.example.com"],
            "qq": ["800012345"],
        },
    }


def _demo_secrets(path: Path) -> dict[str, str]:
    wanted = (*SECRET_NAMES, "jwt")
    made: dict[str, str] = {}
    if path.exists():
        made = json.loads(path.read_text("utf-8"))
    missing = [name for name in wanted if name not in made]
    if missing:
        made.update({name: secrets.token_urlsafe(32) for name in missing})
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(made, file, indent=1)
    return made


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for item in error.errors():
        place = ".".join(str(part) for part in item["loc"]) or "设置"
        lines.append(f"  - {place}: {item['msg']}")
    return lines
