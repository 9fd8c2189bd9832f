"""What the quick reader hands out must be what Rasa's own hands out, message by message."""

from pathlib import Path
from typing import Any, Iterator

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data import loading
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from tuika_nlu.speed import reading, train

FILES = {
    "one/nlu.yml": """version: "3.1"
nlu:
- intent: greet
  metadata:
    voice: a
  examples: |
    - 在吗
    - 你好
    - 在吗
- intent: inform
  examples: |
    - 我的号是[12345](number)
""",
    "two/nlu.yml": """version: "3.1"
nlu:
- intent: deny
  metadata:
    voice: b
  examples: |
    - 不用了
    - 在吗
- synonym: 微信
  examples: |
    - vx
- regex: number
  examples: |
    - \\d{5}
""",
}
DOMAIN = 'version: "3.1"\nintents: [greet, inform, deny]\nentities: [number]\nresponses:\n  utter_a:\n  - text: 好\n'


@pytest.fixture
def quick() -> Iterator[None]:
    """The replacements, taken out again afterwards."""
    kept = [(owner, name, owner.__dict__[name]) for owner, name, _, _ in train.PATCHES]
    reading._known.clear()
    assert train.apply()
    yield
    for owner, name, was in kept:
        setattr(owner, name, was)
    train._applied = False
    reading._known.clear()


def _project(folder: Path) -> TrainingDataImporter:
    for name, text in {**FILES, "domain.yml": DOMAIN}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    data = [str(folder / "one"), str(folder / "two")]
    (folder / "config.yml").write_text("recipe: default.v1\n", encoding="utf-8")
    return TrainingDataImporter.load_from_config(str(folder / "config.yml"), str(folder / "domain.yml"), data)


def _told(found: TrainingData) -> Any:
    messages = [(m.data, sorted(m.output_properties)) for m in found.training_examples]
    return messages, found.entity_synonyms, found.regex_features, found.lookup_tables, found.responses


@pytest.fixture
def plain(tmp_path: Path) -> Any:
    """What Rasa itself reads."""
    return _told(_project(tmp_path).get_nlu_data())


def test_the_same_messages_in_the_same_order(plain: Any, quick: None, tmp_path: Path) -> None:
    assert _told(_project(tmp_path).get_nlu_data()) == plain
    assert len(plain[0]) >= 5


def test_a_file_is_read_once(quick: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    importer, read, really = _project(tmp_path), [], reading._read
    monkeypatch.setattr(reading, "_read", lambda name, language: read.append(name) or really(name, language))
    for language in ("en", "zh", None):
        importer.get_nlu_data(language)
    importer.get_domain()
    assert len(read) == len(set(read)) == 2


def test_who_writes_to_a_message_writes_to_no_other(quick: None, tmp_path: Path) -> None:
    importer = _project(tmp_path)
    first = importer.get_nlu_data("en")
    marked = next(m for m in first.training_examples if m.get("entities"))
    marked.get("entities")[0]["value"] = "0"
    marked.set("note", "mine")
    again = next(m for m in importer.get_nlu_data("zh").training_examples if m.get("entities"))
    assert again.get("entities")[0]["value"] == "12345"
    assert again.get("note") is None


def test_a_digest_depends_on_all_that_is_in_a_message(quick: None) -> None:
    same = Message({"text": "好", "intent": "affirm"})
    assert Message({"intent": "affirm", "text": "好"}) == same
    others = [{"text": "好 ", "intent": "affirm"}, {"text": "好"}, {"text": "好", "intent": "deny"}]
    others.append({"text": "好", "intent": "affirm", "metadata": {"voice": "a"}})
    assert len({same.fingerprint(), *(Message(data).fingerprint() for data in others)}) == 5
    before = same.fingerprint()
    same.set("intent", "deny")
    assert same.fingerprint() != before


def test_blanks_are_stripped_and_doubles_go(quick: None) -> None:
    kept = TrainingData(
        [Message({"text": "好", "intent": " affirm "}), Message({"text": "好", "intent": "affirm"})]
    )
    assert [m.get("intent") for m in kept.training_examples] == ["affirm"]


def test_another_rasa_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    owner, name, replacement, _ = train.PATCHES[0]
    monkeypatch.setattr(train, "PATCHES", ((owner, name, replacement, "0" * 16),))
    was = loading._load
    assert not train.apply()
    assert loading._load is was
    assert "_load" in capsys.readouterr().err
