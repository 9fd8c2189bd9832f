"""What is asked, as one value: typed at a terminal or read from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tuika.errors import InputError
from tuika.settings import OfficialContacts
from tuika.settings.base import HOURS, REST_HOURS
from tuika.settings.outside import SmtpSettings
from tuika.settings.words import said

NAME = r"^[a-z][a-z0-9_-]{0,39}$"
LONGEST_NAME = 40


class AnswersWrong(InputError):
    title = "答案有误"


class Answers(BaseModel):
    """``shop`` and ``channels`` as in the settings; what a channel leaves open (its platform, a webhook's secret) is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    platform: str = Field(default="mine", pattern=NAME)
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    pack: str = "generic"
    shop: dict[str, Any]
    sites: tuple[str, ...] = ()
    contacts: OfficialContacts = OfficialContacts()
    opens: str = Field(default="09:00", pattern=HOURS)
    closes: str = Field(default="21:00", pattern=HOURS)
    rest: str = Field(default="", pattern=REST_HOURS)
    public_url: str = Field(default="", pattern=r"^(https?://[^/\s]+)?$")
    channels: dict[str, dict[str, Any]] = {}
    smtp: SmtpSettings | None = None
    data: Path | None = None
    port: int = Field(default=8000, ge=1, le=65535)
    database_url: str = ""

    @field_validator("sites")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(origin(each) for each in value)


def origin(address: str) -> str:
    """``https://shop.example.com`` of any address there. Raises ValueError."""
    parts = urlsplit(address if "://" in address else f"https://{address}")
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in address:
        raise ValueError("应是网址，例如 https://shop.example.com")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def read_answers(path: Path) -> Answers:
    """The answers in a YAML file. Raises AnswersWrong that lists everything."""
    try:
        loaded = yaml.safe_load(path.read_text("utf-8-sig"))
    except OSError as error:
        raise AnswersWrong(f"答案文件读不了：{path}（{error.strerror}）") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise AnswersWrong(f"答案文件 {path} 不是有效的 YAML：{error}") from None
    if not isinstance(loaded, dict):
        raise AnswersWrong(f"答案文件 {path} 应是“键: 值”的对照；样子见 tuika init --template")
    return answers_of(loaded, str(path))


def answers_of(values: dict[str, Any], where: str) -> Answers:
    try:
        return Answers.model_validate(values)
    except ValidationError as error:
        lines = [f"  - {said(each)}" for each in error.errors()]
        raise AnswersWrong(f"{where} 有误：\n" + "\n".join(lines)) from None


TEMPLATE = """\
# tuika init --answers 这个文件
platform: mine                # 代号，小写字母开头；用在地址和挂件代码里
name: 某某卡盟                 # 买家看到的店名
pack: generic                 # 规则包：generic、binghui、zhongshang、solo
shop:
  kind: dujiaoka              # 也可以是 acg_faka、platform_api、csv，写法见 docs/shops/README.md
  database: mysql+pymysql://tuika_reader:密码@127.0.0.1:3306/dujiaoka
sites: [https://shop.example.com]        # 放挂件的网站
contacts:                     # 官方联系方式：只有登记在这里的才算官方
  phones: []
  emails: []
  domains: [shop.example.com]
  qq: []
  wechat: []
  telegram: []
opens: "09:00"                # 人工客服时间（北京时间）
closes: "21:00"
rest: ""                      # 休息日："10:00-18:00"、closed，或空（和平日一样）
public_url: https://kefu.example.com     # 买家访问退卡的地址；空：暂时没有
channels: {}                  # 写法见 docs/channels.md
#smtp: {host: smtp.example.com, port: 465, sender: kefu@example.com, username: kefu@example.com, password: ...}
port: 8000
#data: /var/lib/tuika
#database_url: postgresql+psycopg://tuika:密码@127.0.0.1/tuika
"""
