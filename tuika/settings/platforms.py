"""One marketplace: its rules, who is official there, its shop and how it pays."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tuika.settings.base import Frozen
from tuika.settings.outside import WebhookSettings
from tuika.settings.payouts import AlipaySettings, EpaySettings, WechatPaySettings
from tuika.settings.shops import DemoShopSettings, ShopSettings
from tuika.settings.strength import MIN_SECRET


class OfficialContacts(Frozen):
    """The registry of a platform's official contacts: only these are ever called official."""

    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    qq: tuple[str, ...] = ()
    wechat: tuple[str, ...] = ()
    telegram: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class PlatformSettings(Frozen):
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
