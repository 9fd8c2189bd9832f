"""Messages with their intents and voices, and features taken once.

Reads every `nlu.yml` (Rasa's form, `metadata: {voice: x}` beside an intent) below the folders given, TSV files (message
TAB intent; the file's name is the voice), and the public SMP2017-ECDT task 1 split.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from tuika_nlu.embedding import encode
from tuika_nlu.model import IntentModel, Settings
from tuika_nlu.normalize import normalize

Row = Tuple[str, str, str]  # message, intent, voice
Answer = List[Tuple[str, float]]  # the likeliest intents, the likeliest first
RANKED = 3
SMP_PARTS = ("train", "develop", "test")


class Corpus:
    """Rows are picked by index."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.messages = [row[0] for row in rows]
        self.labels = np.array([row[1] for row in rows], dtype=object)
        self.voices = np.array([row[2] for row in rows], dtype=object)
        self.texts = np.array([normalize(message) for message in self.messages], dtype=object)
        self.vectors = encode(list(self.texts))

    def __len__(self) -> int:
        return len(self.messages)

    def fit(self, rows: np.ndarray, settings: Settings, temperature: Optional[float] = None) -> IntentModel:
        return IntentModel.fit(list(self.texts[rows]), self.vectors[rows], self.labels[rows].tolist(),
                               self.voices[rows].tolist(), settings, temperature=temperature)  # fmt: skip

    def ask(self, model: IntentModel, rows: np.ndarray) -> List[Answer]:
        return [model.rank(self.texts[row], self.vectors[row])[:RANKED] for row in rows]


def read_tsv(path: Path) -> List[Row]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(*line.split("\t")[:2], path.stem) for line in lines if line.count("\t") == 1]  # type: ignore[misc]


def read_yaml(path: Path) -> List[Row]:
    from ruamel.yaml import YAML

    rows = []
    for block in (YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}).get("nlu") or []:
        voice = str((block.get("metadata") or {}).get("voice", ""))
        for line in (block.get("examples") or "").splitlines() if block.get("intent") else ():
            if line.strip().startswith("- "):
                rows.append((line.strip()[2:].strip(), block["intent"], voice))
    return rows


def read_all(sources: Sequence[Path]) -> List[Row]:
    rows: List[Row] = []
    for source in sources:
        if source.is_dir():
            for path in sorted(source.rglob("nlu*.yml")):
                rows += read_yaml(path)
        else:
            rows += read_yaml(source) if source.suffix in (".yml", ".yaml") else read_tsv(source)
    return list(dict.fromkeys(rows))


def read_smp(folder: Path) -> Dict[str, List[Row]]:
    """The split by part, from the repository's folder, its archive of earlier years, or the unpacked files.

    Raises FileNotFoundError where no part of it is there.
    """
    found: Dict[str, List[Row]] = {part: [] for part in SMP_PARTS}
    for name, content in _smp_files(folder):
        part, _, label = name[: -len(".txt")].partition("_")
        if part in found and label:
            lines = content.decode("utf-8-sig", "replace").splitlines()
            found[part] += [(line.strip(), label, part) for line in lines if line.strip()]
    if not all(found.values()):
        raise FileNotFoundError(
            f"no SMP2017-ECDT task 1 split below {folder}: expected train_*.txt, develop_*.txt and test_*.txt"
        )
    return found


def _smp_files(folder: Path) -> Iterator[Tuple[str, bytes]]:
    texts = sorted(path for part in SMP_PARTS for path in folder.rglob(f"{part}_*.txt"))
    if texts:
        for path in texts:
            yield path.name, path.read_bytes()
        return
    for path in sorted(folder.rglob("*.zip")):
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            for name in sorted(archive.namelist()):
                yield name.rsplit("/", 1)[-1], archive.read(name)
