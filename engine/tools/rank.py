"""What a trained model hears in messages, without starting Rasa.

    engine/.venv/bin/python engine/tools/rank.py models/MODEL.tar.gz < messages > heard.jsonl

One message a line in; one JSON object a line out: `{"text", "intent", "confidence", "scores": {intent: probability}}`.
"""

from __future__ import annotations

import json
import sys
import tarfile
import tempfile
from pathlib import Path

from tuika_nlu.embedding import encode
from tuika_nlu.model import IntentModel
from tuika_nlu.normalize import normalize


def load(archive: Path) -> IntentModel:
    """The classifier of a model that Rasa trained."""
    with tarfile.open(archive) as packed, tempfile.TemporaryDirectory() as folder:
        for member in packed.getmembers():
            if "LinearIntentClassifier" in member.name and member.isfile():
                member.name = Path(member.name).name  # nothing leaves the folder
                packed.extract(member, folder)
        return IntentModel.load(Path(folder))


def main() -> None:
    model = load(Path(sys.argv[1]))
    messages = [line.rstrip("\n") for line in sys.stdin if line.strip()]
    texts = [normalize(message) for message in messages]
    for message, text, vector in zip(messages, texts, encode(texts)):
        ranked = model.rank(text, vector)
        found = {"text": message, "intent": ranked[0][0], "confidence": ranked[0][1], "scores": dict(ranked)}
        print(json.dumps(found, ensure_ascii=False, default=float))


if __name__ == "__main__":
    main()
