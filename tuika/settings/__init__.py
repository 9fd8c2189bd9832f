"""Configuration: one frozen value, read once, failing with a list of everything that is wrong.

Sources, later ones win: defaults, the YAML file named by ``TUIKA_SETTINGS`` (or ``tuika.yml`` in the project's
folder), environment variables ``TUIKA_*``. In demo mode missing secrets are made at first start and kept in
``<data>/secrets.json`` (mode 0600); in any other mode a missing or short secret is refused.
"""

from __future__ import annotations

from tuika.settings.base import ROOT
from tuika.settings.demo import DEMO_PLATFORMS
from tuika.settings.model import Limits, Retention, Settings
from tuika.settings.outside import SmtpSettings, WebhookSettings
from tuika.settings.payouts import AlipaySettings, EpaySettings, WechatPaySettings
from tuika.settings.platforms import OfficialContacts, PlatformSettings
from tuika.settings.reading import load_settings, settings_path
from tuika.settings.strength import MIN_SECRET, SECRET_NAMES, looks_default

__all__ = [
    "DEMO_PLATFORMS",
    "MIN_SECRET",
    "ROOT",
    "SECRET_NAMES",
    "AlipaySettings",
    "EpaySettings",
    "Limits",
    "OfficialContacts",
    "PlatformSettings",
    "Retention",
    "Settings",
    "SmtpSettings",
    "WebhookSettings",
    "WechatPaySettings",
    "load_settings",
    "looks_default",
    "settings_path",
]
