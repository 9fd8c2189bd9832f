"""One place says how sure the engine must be; the engine's own file agrees with it."""

from __future__ import annotations

import yaml

from tuika.intake import certainty
from tuika.settings import ROOT


def test_the_engine_gives_up_where_the_intake_believes_it_does() -> None:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))["pipeline"]
    fallback = next(part for part in pipeline if part["name"] == "FallbackClassifier")
    assert fallback["threshold"] == certainty.FALLBACK
    assert fallback["ambiguity_threshold"] == 0.0  # rivals are the intake's, which offers them


def test_the_numbers_stand_in_an_order() -> None:
    assert 0 < certainty.LIKELY < certainty.FAINT < certainty.FALLBACK < certainty.ASK_BELOW < 1
    assert 0 < certainty.CLOSE <= 1
    assert certainty.SURELY_SMALL < certainty.SURELY_SMALL_AGAIN
