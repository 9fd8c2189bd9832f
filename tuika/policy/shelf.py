"""The packs as their folder holds them now: an edited pack comes into force without a restart.

Invariants: what is handed out was read whole and proved; a folder that cannot be read, lacks a pack in use, or holds
one with a gap, a contradiction or a dead clause changes nothing, and ``problem`` says why until it is mended; all packs
change in one step. Open cases keep the pack they were decided by.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tuika.errors import PackError
from tuika.policy.pack import load_packs
from tuika.policy.prove import prove
from tuika.policy.schema import Pack

log = logging.getLogger(__name__)

type Stamp = tuple[tuple[str, int, int], ...]


class Shelf(Mapping[str, Pack]):
    """Packs by id. Raises PackError when made over a folder that cannot be read."""

    def __init__(self, folder: Path, needed: Callable[[], frozenset[str]] = frozenset) -> None:
        """``needed``: ids that a platform names; they cannot go away."""
        self._folder = folder
        self._needed = needed
        self._stamp = _stamp(folder)
        self._packs = load_packs(folder)
        self.problem: str | None = None

    def __getitem__(self, pack_id: str) -> Pack:
        return self._packs[pack_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._packs)

    def __len__(self) -> int:
        return len(self._packs)

    def refresh(self) -> int:
        """Take what has been edited since, if it is sound; how many packs came into force. Takes seconds then."""
        stamp = _stamp(self._folder)
        if stamp == self._stamp:
            return 0
        self._stamp = stamp
        try:
            read = self._sound()
        except PackError as error:
            self.problem = error.detail
            log.error("edited packs are not taken: %s", error.detail)
            return 0
        changed = [pack for name, pack in read.items() if self._is_new(name, pack)]
        self._packs, self.problem = read, None
        for pack in changed:
            log.warning("pack in force: %s %s (%s)", pack.id, pack.version, pack.digest[:12])
        return len(changed)

    def _sound(self) -> dict[str, Pack]:
        read = load_packs(self._folder)
        missing = self._needed() - set(read)
        if missing:
            raise PackError(f"平台在用的规则包不见了：{'、'.join(sorted(missing))}")
        for name, pack in read.items():
            if self._is_new(name, pack) and not prove(pack).ok:
                raise PackError(f"规则包 {name} 没有通过完整性检查：运行 tuika policy check {name} 查看原因")
        return read

    def _is_new(self, name: str, pack: Pack) -> bool:
        known = self._packs.get(name)
        return known is None or known.digest != pack.digest


class PlatformPacks(Mapping[str, Pack]):
    """The pack of each platform, always as the shelf has it."""

    def __init__(self, shelf: Mapping[str, Pack], ids: Mapping[str, str]) -> None:
        """``ids``: pack ids by platform. Raises KeyError for one that the shelf lacks."""
        self._shelf = shelf
        self._ids = dict(ids)
        for pack_id in self._ids.values():
            shelf[pack_id]

    def __getitem__(self, platform: str) -> Pack:
        return self._shelf[self._ids[platform]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def _stamp(folder: Path) -> Stamp:
    """Which files there are, how large, of when."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        status = path.stat()
        found.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(found)
