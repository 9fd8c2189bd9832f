"""The whole configuration as one value, and what must be true of it as a whole."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from tuika.settings.base import HOURS, REST_HOURS, ROOT, Frozen
from tuika.settings.channels import ChannelSettings, problems
from tuika.settings.observing import ObservingSettings
from tuika.settings.outside import SmtpSettings, WebhookSettings
from tuika.settings.platforms import PlatformSettings
from tuika.settings.strength import MIN_SECRET, SECRET_NAMES, looks_default


class Limits(Frozen):
    """Sizes and rates at the doors."""

    message_chars: int = 2000
    body_bytes: int = 64 * 1024
    upload_bytes: int = 10 * 1024 * 1024
    video_bytes: int = 30 * 1024 * 1024
    messages_per_minute: int = Field(default=60, gt=0)
    sessions_per_minute: int = Field(default=120, gt=0)
    attachments_per_case: int = 20


class Retention(Frozen):
    """How many days each class of data is kept; docs/privacy.md says why."""

    messages: int = Field(default=180, ge=1)
    unfiled_evidence: int = Field(default=30, ge=1)
    cases: int = Field(default=3 * 365 + 1, ge=1)
    sightings: int = Field(default=90, ge=1)
    locks: int = Field(default=1, ge=1)


class Settings(Frozen):
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    data: Path = ROOT / "var"
    demo: bool = False
    database_url: str = ""
    redis_url: str = Field(default="", pattern=r"^((rediss?|unix)://\S+)?$")  # empty: one machine, no Redis
    redis_prefix: str = Field(
        default="tuika", pattern=r"^[a-z0-9_-]{1,40}$"
    )  # each product on a Redis has one
    job_threads: int = Field(
        default=2, ge=1, le=16
    )  # long jobs at once in a worker: readings, imports, backtests
    engine_url: str = "http://127.0.0.1:5005"
    engine_urls: tuple[str, ...] = ()  # several Rasas; empty: the one of engine_url
    engine_database_url: str = Field(default="", pattern=r"^(postgres(ql)?://\S+)?$")  # Rasa's; empty: a file
    engine_timeout: float = 12.0
    engine_room: int = Field(
        default=6, ge=1, le=1000
    )  # turns of one hub with each Rasa at once; others queue
    action_host: str = "127.0.0.1"
    action_port: int = Field(default=5055, ge=1, le=65535)
    action_url: str = Field(default="", pattern=r"^(https?://\S+)?$")  # where Rasa reaches this hub's actions
    engine_token: str = ""
    action_token: str = ""
    vault_key: str = ""
    session_secret: str = ""
    shop_key: str = ""
    policies: Path = ROOT / "policies"
    platforms: dict[str, PlatformSettings] = Field(default_factory=dict)
    support_opens: str = Field(default="09:00", pattern=HOURS)
    support_closes: str = Field(default="21:00", pattern=HOURS)
    # hours on days of rest by the Chinese calendar: "10:00-18:00", "closed", or nothing for the same as always
    support_rest: str = Field(default="", pattern=REST_HOURS)
    calendar_file: Path | None = None  # holidays of years that the library does not know (docs/operating.md)
    incident_orders: int = Field(default=5, ge=2, le=1000)  # so many orders complained of …
    incident_hours: int = Field(default=6, ge=1, le=720)  # … within so many hours make an incident
    public_url: str = Field(default="", pattern=r"^(https?://[^/\s]+)?$")  # where people reach the hub
    smtp: SmtpSettings | None = None
    notice_webhooks: dict[str, WebhookSettings] = Field(default_factory=dict)  # by way: sms, telegram …
    limits: Limits = Limits()
    channels: dict[str, ChannelSettings] = Field(default_factory=dict)
    retention: Retention = Retention()
    observing: ObservingSettings = ObservingSettings()
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
