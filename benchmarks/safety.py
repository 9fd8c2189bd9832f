"""How well the safety of texts sees: scam wordings by tactic, what agents may not write, secrets among look-alikes.

Run: ``.venv/bin/python benchmarks/safety.py [--model models/MODEL.tar.gz]``. With a trained model the wordings of strangers
are judged as the product judges them: by the engine and the scan together. The secrets are generated from a fixed seed: valid card keys of eight forms,
passwords, codes, bank cards (Luhn) and identity numbers (check character), among order numbers, serials, phones, dates,
amounts and numbers that fail their check; the wordings are those of tests/safety.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import string
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tuika.intake.adapters import SEVERAL  # noqa: E402  (the repository has just been put on the path)
from tuika.intake.scam_guard import DOUBTFUL, LEANS  # noqa: E402
from tuika.safety.numbers import luhn  # noqa: E402
from tuika.safety.official import OfficialContacts  # noqa: E402
from tuika.safety.outgoing import Outgoing  # noqa: E402
from tuika.safety.redaction import redact  # noqa: E402
from tuika.safety.scams import VERSION, scan  # noqa: E402
from tuika.safety.secret_kinds import SecretKind  # noqa: E402
from tuika.safety.tactics import Tactic  # noqa: E402
from tuika.settings import OfficialContacts as Registry  # noqa: E402

EACH = 400
FALLBACK = 0.3  # of the fallback in config.yml
CERTAIN = re.compile(r"KM\d{12}|DJ\d{20}(?:-\d{2})?|20\d{26}|4200\d{24}")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
AROUND = ("{}", "卡密 {} 用不了", "发来的是{}，提示无效", "我的是 {} 麻烦看下", "{} 这个不行")


def main() -> None:
    parser = argparse.ArgumentParser(description="How well the safety of texts sees.")
    parser.add_argument(
        "--model", type=Path, help="a trained model: also judge what engine and scan see together"
    )
    model = parser.parse_args().model
    print(f"scam signals, version {VERSION}")
    _scams()
    _strangers(model)
    _agents()
    print(f"secrets, {EACH} of each kind, seed 7")
    _secrets(random.Random(7))


def _known(value: str) -> bool:
    """What the hub knows for a number without asking a shop: the forms that nothing else has."""
    return CERTAIN.fullmatch(value) is not None


def _rows(name: str) -> list[str]:
    lines = (ROOT / "tests" / "safety" / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _scams() -> None:
    told = [tuple(row.split("\t")) for row in _rows("heard_of_scams.tsv")]
    began = time.perf_counter()
    seen = [(tactic, {s.tactic.value for s in scan(text)}) for tactic, text in told]
    took = (time.perf_counter() - began) / len(told)
    for tactic in Tactic:
        mine = [found for name, found in seen if name == tactic.value]
        print(
            f"  {tactic.value:22} seen {sum(map(bool, mine))}/{len(mine)}  named {sum(tactic.value in f for f in mine)}/{len(mine)}"
        )
    plain = _rows("plain_talk.tsv")
    sure = sum(any(s.sure for s in scan(text)) for text in plain)
    false = sum(bool(scan(text)) for text in plain)
    print(
        f"  all: seen {sum(bool(f) for _, f in seen)}/{len(seen)}, named {sum(t in f for t, f in seen)}/{len(seen)}"
    )
    print(
        f"  plain talk: mistaken {false}/{len(plain)}, surely mistaken {sure}/{len(plain)}; {took * 1000:.2f} ms a text"
    )


def _strangers(model: Path | None) -> None:
    """Wordings that were written after the patterns: how many are warned of, and how many honest ones are mistaken."""
    told = [row.split("\t")[1] for row in _rows("told_by_strangers.tsv")]
    asked = _rows("asked_by_strangers.tsv")
    for name, texts in (("strangers' frauds", told), ("strangers' honest messages", asked)):
        seen = sum(bool(scan(text)) for text in texts)
        sure = sum(any(s.sure for s in scan(text)) for text in texts)
        print(f"  {name}: scan alone sees {seen}/{len(texts)}, surely {sure}/{len(texts)}")
    if model is None:
        return
    heard = _heard(model, [*told, *asked])
    for name, texts in (("strangers' frauds", told), ("strangers' honest messages", asked)):
        warned = [text for text in texts if _warned(text, heard[text])]
        leant = [t for t in texts if t not in warned and heard[t]["scores"].get("report_scam", 0) >= LEANS]
        print(f"  {name}: engine and scan warn of {len(warned)}/{len(texts)}, remind at {len(leant)} more")


def _heard(model: Path, texts: list[str]) -> dict[str, dict[str, Any]]:
    command = [
        str(ROOT / "engine/.venv/bin/python"),
        str(ROOT / "engine/tools/rank.py"),
        str(model.resolve()),
    ]
    done = subprocess.run(command, input="\n".join(texts), capture_output=True, text=True, check=True)
    return {row["text"]: row for row in map(json.loads, done.stdout.splitlines())}


def _warned(text: str, heard: dict[str, Any]) -> bool:
    """As the reception decides it for a first message."""
    intent = heard["intent"] if heard["confidence"] >= FALLBACK else "nlu_fallback"
    signals = scan(text)
    if intent == "report_scam" or any(s.sure for s in signals) or len(signals) >= SEVERAL:
        return True
    return bool(signals) and intent in DOUBTFUL


def _agents() -> None:
    outgoing = Outgoing(OfficialContacts({"generic": Registry()}))
    for name, file in (
        ("agents' demands", "agents_demand.txt"),
        ("agents' honest replies", "agents_serve.txt"),
    ):
        texts = _rows(file)
        stopped = sum(bool(outgoing.findings(text, platform="generic")) for text in texts)
        print(f"  {name}: stopped {stopped}/{len(texts)}")


def _secrets(rng: random.Random) -> None:
    found: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for kind, make in SECRETS.items():
        for _ in range(EACH):
            value, text = make(rng)
            kinds = [
                s.kind for s in redact(text, known=_known).secrets if value in s.value or s.value in value
            ]
            gone = value not in redact(text, known=_known).text
            found[kind.value] += bool(kinds) and gone
            wrong[kind.value] += bool(kinds) and kinds[0] is not kind
    alarms = Counter(
        {
            name: sum(bool(redact(make(rng), known=_known).secrets) for _ in range(EACH))
            for name, make in PLAIN.items()
        }
    )
    for kind in SECRETS:
        print(
            f"  {kind.value:18} recall {found[kind.value] / EACH:.3f}  other kind {wrong[kind.value] / EACH:.3f}"
        )
    for name in PLAIN:
        print(f"  not a secret: {name:16} false alarms {alarms[name] / EACH:.3f}")
    hits, false = sum(found.values()), sum(alarms.values())
    print(f"  all: recall {hits / (EACH * len(SECRETS)):.4f}, precision {hits / (hits + false):.4f}")


def _key(rng: random.Random) -> tuple[str, str]:
    form = rng.choice(("4-4-4", "4-4-4-4", "5-5-5-5-5", "16", "20", "spaced", "4_4_4_4", "4.4.4.4"))
    if form.isdigit():
        value = "".join(rng.choice(LETTERS) for _ in range(int(form)))
        value = value[:3] + rng.choice("23456789") + value[4:7] + rng.choice("ABCDEF") + value[8:-2] + "7K"
        return value, f"卡密：{value}，提示无效"
    groups = [4] * 4 if form == "spaced" else [int(n) for n in re.split(r"[-_.]", form)]
    parts = [
        "".join(rng.choice(LETTERS) for _ in range(n - 2)) + rng.choice("23456789") + rng.choice("ABCDEF")
        for n in groups
    ]
    value = (" " if form == "spaced" else form[1]).join(parts)
    return value, rng.choice(AROUND).format(value)


def _password(rng: random.Random) -> tuple[str, str]:
    value = (
        "".join(rng.choice(string.ascii_letters) for _ in range(5))
        + str(rng.randint(10, 9999))
        + rng.choice("!@#_")
    )
    return value, rng.choice(
        ("密码是{}", "查询密码：{} 麻烦了", "password: {}", "口令 {}", "abc12345----{}", "pw: {}")
    ).format(value)


def _code(rng: random.Random) -> tuple[str, str]:
    value = str(rng.randint(100000, 999999))
    if rng.random() < 0.3:
        value = rng.choice((" ", "-")).join(value)
    return value, rng.choice(("验证码 {}", "短信验证码是{}", "校验码：{}")).format(value)


def _bank(rng: random.Random) -> tuple[str, str]:
    stem = rng.choice(("6222", "6217", "6228", "4367", "5187")) + "".join(
        rng.choice(string.digits) for _ in range(11 + 3 * rng.randint(0, 1))
    )
    value = stem + next(d for d in string.digits if luhn(stem + d))
    if rng.random() < 0.4:
        shown = " ".join(value[i : i + 4] for i in range(0, len(value), 4))
        return shown, f"卡号 {shown}，户名王小林"
    return value, f"退到{value}这张卡"


def _identity(rng: random.Random) -> tuple[str, str]:
    stem = f"{rng.choice((110105, 330106, 440305))}{rng.randint(1950, 2008)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randint(1, 999):03d}"
    total = sum(
        int(c) * w for c, w in zip(stem, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    value = stem + "10X98765432"[total % 11]
    return value, rng.choice(("身份证{}", "我的身份证号是 {} ，姓名王小林")).format(value)


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def _bad_bank(rng: random.Random) -> str:
    stem = "6222" + _digits(rng, 14)
    return "长数字" + stem + next(d for d in string.digits if not luhn(stem + d)) + "是什么"


SECRETS: dict[SecretKind, Callable[[random.Random], tuple[str, str]]] = {
    SecretKind.CARD_KEY: _key,
    SecretKind.PASSWORD: _password,
    SecretKind.CODE: _code,
    SecretKind.BANK_CARD: _bank,
    SecretKind.IDENTITY: _identity,
}
PLAIN: dict[str, Callable[[random.Random], str]] = {
    "order number": lambda rng: f"订单KM{_digits(rng, 12)}没发货",
    "child order": lambda rng: f"DJ{_digits(rng, 20)}-01 怎么退",
    "payment serial": lambda rng: f"流水号20{_digits(rng, 26)}，{rng.randint(1, 900)}.50元",
    "phone": lambda rng: f"我电话1{rng.randint(3, 9)}{_digits(rng, 9)}",
    "date and amount": lambda rng: (
        f"2026-11-{rng.randint(10, 29)} 10:{rng.randint(10, 59)}:00 付了{rng.randint(1, 9999)}.{rng.randint(10, 99)}元"
    ),
    "wrong check digit": _bad_bank,
    "product": lambda rng: (
        f"windows{rng.randint(7, 11)}pro{rng.randint(2019, 2026)} 和 iPhone{rng.randint(11, 17)}ProMax"
    ),
    "qq and game id": lambda rng: f"qq {rng.randint(10**7, 10**9)}，角色id {rng.randint(10**6, 10**8)}",
    "talk of codes": lambda rng: rng.choice(
        ("收不到验证码", "密码忘了怎么查", "卡密在哪里看", "身份证要正反面吗", "银行卡几天到账")
    ),
    "link": lambda rng: f"https://shop.example.com/item?id={_digits(rng, 8)}&from=a1b2c3d4e5f6",
}

if __name__ == "__main__":
    main()
