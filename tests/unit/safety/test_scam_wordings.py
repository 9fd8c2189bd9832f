"""How much of what people tell is seen, and how often plain talk is mistaken: on sets written apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tuika.safety.scams import scan
from tuika.safety.tactics import Tactic

SETS = Path(__file__).parents[2] / "safety"
LEAST_RECALL = 0.80
LEAST_NAMED = 0.78
MOST_FALSE = 0.04
STRANGERS_SEEN = 0.40  # by the scan alone; with the engine see benchmarks/safety.py
STRANGERS_FALSE = 0.04


def rows(name: str) -> list[str]:
    lines = (SETS / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def told() -> list[tuple[Tactic, str]]:
    return [
        (Tactic(tactic), text) for tactic, text in (row.split("\t") for row in rows("heard_of_scams.tsv"))
    ]


def test_the_set_holds_every_tactic_in_at_least_six_wordings() -> None:
    counts = {tactic: sum(1 for each, _ in told() if each is tactic) for tactic in Tactic}
    assert min(counts.values()) >= 6, counts


def test_freely_worded_reports_are_recognised() -> None:
    reports = told()
    seen = sum(bool(scan(text)) for _, text in reports)
    named = sum(tactic in {signal.tactic for signal in scan(text)} for tactic, text in reports)
    print(f"seen {seen}/{len(reports)}, tactic named {named}/{len(reports)}")
    assert seen / len(reports) >= LEAST_RECALL
    assert named / len(reports) >= LEAST_NAMED


def test_plain_talk_with_the_same_words_is_left_alone() -> None:
    talk = rows("plain_talk.tsv")
    mistaken = [text for text in talk if scan(text)]
    print(f"mistaken {len(mistaken)}/{len(talk)}")
    assert len(mistaken) / len(talk) <= MOST_FALSE, mistaken


def test_what_strangers_tell_is_often_seen_and_what_they_ask_rarely_mistaken() -> None:
    told = [row.split("\t")[1] for row in rows("told_by_strangers.tsv")]
    asked = rows("asked_by_strangers.tsv")
    seen = sum(bool(scan(text)) for text in told)
    mistaken = [text for text in asked if scan(text)]
    print(f"seen {seen}/{len(told)}, mistaken {len(mistaken)}/{len(asked)}")
    assert len(told) == len(asked) == 100
    assert seen / len(told) >= STRANGERS_SEEN
    assert len(mistaken) / len(asked) <= STRANGERS_FALSE, mistaken
    assert not [text for text in asked if any(signal.sure for signal in scan(text))]


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


DISGUISES: dict[str, Callable[[str], str]] = {
    "blanks between letters": lambda text: " ".join(text),
    "dashes between letters": lambda text: "-".join(text),
    "invisible characters": "\u200b".join,
    "full width": _full_width,
    "sounds alike": lambda text: text.translate(str.maketrans("证冻享控", "正动想空")),
    "pictures": lambda text: text.replace("加", "➕").replace("码", "🐴"),
}
SPOKEN = (
    (Tactic.DEPOSIT, "先交200保证金才给退"),
    (Tactic.DEPOSIT, "让我交解冻金"),
    (Tactic.CODES_AND_PASSWORDS, "他跟我要验证码"),
    (Tactic.SCREEN_SHARING, "让我打开共享屏幕"),
    (Tactic.REMOTE_CONTROL, "说要远程控制帮我退"),
    (Tactic.OFF_PLATFORM, "让我加他微信退款"),
    (Tactic.OFF_PLATFORM, "让我加QQ退款"),
)


@pytest.mark.parametrize("disguise", DISGUISES, ids=str)
@pytest.mark.parametrize(("tactic", "text"), SPOKEN, ids=lambda v: str(v)[:16])
def test_a_disguise_hides_nothing(tactic: Tactic, text: str, disguise: str) -> None:
    assert tactic in {signal.tactic for signal in scan(DISGUISES[disguise](text))}


@pytest.mark.parametrize("spelt", ["baozhengjin", "bao zheng jin", "保zheng金", "保正今", "報證金", "b z j"])
def test_a_deposit_is_heard_however_it_is_spelt(spelt: str) -> None:
    assert Tactic.DEPOSIT in {signal.tactic for signal in scan(f"让我先交{spelt}才给退")}
