"""By which way each platform pays back."""

from __future__ import annotations

from tuika.clock import Clock
from tuika.errors import SettingsError
from tuika.orders.model import PayChannel
from tuika.payouts.router import PayoutProvider
from tuika.settings import PlatformSettings, Settings

REACHES: dict[str, frozenset[PayChannel]] = {
    "epay": frozenset({PayChannel.ALIPAY, PayChannel.WECHAT, PayChannel.QQ, PayChannel.BANK_CARD}),
    "alipay": frozenset({PayChannel.ALIPAY}),
    "wechatpay": frozenset({PayChannel.WECHAT}),
}


def manual_platforms(settings: Settings) -> frozenset[str]:
    return frozenset(name for name, each in settings.platforms.items() if each.payout == "manual")


def channels(settings: Settings) -> dict[str, frozenset[PayChannel]]:
    """What each platform's own provider can pay back to."""
    return {n: REACHES[each.payout] for n, each in settings.platforms.items() if each.payout in REACHES}


def providers(settings: Settings, clock: Clock) -> dict[str, PayoutProvider]:
    """Raises SettingsError where an extra is missing or a key cannot be read."""
    made = {}
    for name, each in settings.platforms.items():
        if each.payout not in REACHES:
            continue
        try:
            made[name] = _provider(each, clock)
        except ImportError as missing:
            raise SettingsError(
                f"platforms.{name}: payout {each.payout} 需要安装扩展：pip install 'tuika[{each.payout}]'"
            ) from missing
        except Exception as error:  # the SDKs raise their own errors for keys that they cannot read
            raise SettingsError(f"platforms.{name}.{each.payout}: 密钥或账户设置读不了") from error
    return made


def _provider(platform: PlatformSettings, clock: Clock) -> PayoutProvider:
    from tuika.payouts import alipay, epay, wechatpay

    if platform.payout == "epay" and platform.epay is not None:
        return epay.EpayPayouts(platform.epay.url, platform.epay.pid, platform.epay.key)
    if platform.payout == "alipay" and platform.alipay is not None:
        keys = platform.alipay
        return alipay.AlipayPayouts(alipay.client(keys.app_id, keys.private_key, keys.alipay_public_key))
    assert platform.wechatpay is not None  # the settings were checked
    return wechatpay.WechatPayouts(wechatpay.client(**platform.wechatpay.model_dump()), clock=clock)
