"""Accounts that a platform's payouts may go through."""

from __future__ import annotations

from pydantic import Field

from tuika.settings.base import Frozen


class EpaySettings(Frozen):
    """An account at an epay gateway; ``url`` is the gateway's root."""

    url: str = Field(pattern=r"^https?://")
    pid: str
    key: str = Field(min_length=8)


class AlipaySettings(Frozen):
    """An application at Alipay; keys in PEM. Needs the extra ``alipay``."""

    app_id: str
    private_key: str
    alipay_public_key: str


class WechatPaySettings(Frozen):
    """A merchant at WeChat Pay, API v3; keys in PEM. Needs the extra ``wechatpay``."""

    mchid: str
    private_key: str
    cert_serial: str
    apiv3_key: str
    public_key: str
    public_key_id: str
