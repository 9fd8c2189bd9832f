"""No secret of the settings is in what a log could hold of them."""

from __future__ import annotations

from pathlib import Path

from tuika.settings import load_settings

SECRETS = ("engine_token", "action_token", "vault_key", "session_secret", "shop_key")


def test_no_secret_in_a_repr(tmp_path: Path) -> None:
    settings = load_settings({"TUIKA_DEMO": "1", "TUIKA_DATA": str(tmp_path)})
    kept = [getattr(settings, name) for name in SECRETS]
    kept += [platform.jwt_secret or "" for platform in settings.platforms.values()]
    shown = repr(settings) + str(settings)
    assert all(value for value in kept)
    assert [value for value in kept if value in shown] == []
    assert "***" in shown
    assert "generic" in shown  # what is no secret stays readable
