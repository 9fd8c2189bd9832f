"""The archive: a ZIP with a manifest and its seal.

Invariants: it appears under its name only when it is whole (mode 0600); a reader believes nothing of the ZIP's own
directory but what the sealed manifest says too: no name of another shape, none twice, no link, no byte more or less.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from tuika.backup.model import ArchiveRefused, Manifest, Member
from tuika.backup.seal import is_sealed_by, seal_of

MANIFEST, SEAL = "manifest.json", "manifest.seal"
MAX_MANIFEST = 512 * 1024 * 1024  # two million files
_CHUNK = 1024 * 1024
# what zipfile raises for files that are none, or not whole
_BROKEN = (OSError, EOFError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Writer:
    """Writes beside ``target`` and moves it there in the end."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.half = target.with_name(f".{target.name}.half")
        descriptor = os.open(self.half, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", allowZip64=True)
        self.members: list[Member] = []

    def add_file(self, name: str, path: Path, *, packed: bool = True) -> Member:
        """``packed``: whether packing pays (pictures are packed already). Raises FileNotFoundError."""
        with path.open("rb") as source:
            return self.add(name, iter(lambda: source.read(_CHUNK), b""), packed=packed)

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool = True) -> Member:
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = (stat.S_IFREG | 0o600) << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(entry, "w", force_zip64=True) as out:
            for chunk in chunks:
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        member = Member(name=name, size=size, sha256=digest.hexdigest())
        self.members.append(member)
        return member

    def finish(self, manifest: Manifest, vault_key: str) -> None:
        """Write manifest and seal and give the archive its name."""
        written = manifest.model_dump_json(indent=1).encode()
        self._zip.writestr(MANIFEST, written)
        self._zip.writestr(SEAL, seal_of(written, vault_key))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        os.replace(self.half, self.target)

    def abandon(self) -> None:
        """Leave nothing behind; after :meth:`finish` it does nothing."""
        with suppress(Exception):
            self._zip.close()
        self._file.close()
        self.half.unlink(missing_ok=True)


class Reader:
    """An archive that has been looked at: manifest, seal, directory. Raises ArchiveRefused.

    ``vault_key`` None: the seal is not asked (whoever restores under other keys says so).
    """

    def __init__(self, path: Path, *, vault_key: str | None) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except _BROKEN as error:
            raise ArchiveRefused(f"{path} 打不开，不是退卡的备份，或没有传完：{error}") from None
        try:
            self.manifest = self._manifest(vault_key)
            self._compare()
        except BaseException:
            self._zip.close()
            raise

    def close(self) -> None:
        self._zip.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(self, tell: Callable[[str], None]) -> None:
        """Read every byte and compare every digest. Raises ArchiveRefused."""
        done, told = 0, 0
        for member in self.manifest.members:
            for chunk in self.read(member):
                done += len(chunk)
                if done - told > 2**30:
                    told = done
                    tell(f"已核对 {done / 2**30:.0f} GB，共 {self.manifest.size / 2**30:.1f} GB")

    def read(self, member: Member) -> Iterator[bytes]:
        """The member's bytes. Raises ArchiveRefused at its end (or earlier) when they are not those of the manifest."""
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(member.name) as source:
                while chunk := source.read(_CHUNK):
                    size += len(chunk)
                    if size > member.size:
                        break
                    digest.update(chunk)
                    yield chunk
        except _BROKEN as error:
            raise ArchiveRefused(f"备份里的 {member.name} 坏了（{error}）；请换一份备份") from None
        if size != member.size or digest.hexdigest() != member.sha256:
            raise ArchiveRefused(f"备份里的 {member.name} 和清单对不上；请换一份备份")

    def unpack(self, member: Member, target: Path) -> None:
        """Write a member to a new file of mode 0600."""
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            for chunk in self.read(member):
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())

    def _manifest(self, vault_key: str | None) -> Manifest:
        written = self._small(MANIFEST, MAX_MANIFEST)
        seal = self._small(SEAL, 1000).decode("ascii", "replace")
        if vault_key is not None and not is_sealed_by(written, seal, vault_key):
            raise ArchiveRefused(
                f"{self.path} 不是用这套设置的密钥（vault_key）做的，或清单被改过。封存的内容也只有原来的密钥能打开；"
                "确实要用，就先把原来的 vault_key 写回设置，或加 --other-keys"
            )
        try:
            return Manifest.model_validate_json(written)
        except ValidationError:
            raise ArchiveRefused(f"{self.path} 的清单看不懂：不是退卡的备份，或是更新的版本做的") from None

    def _small(self, name: str, most: int) -> bytes:
        try:
            with self._zip.open(name) as source:
                found = source.read(most + 1)
        except _BROKEN:
            raise ArchiveRefused(f"{self.path} 里没有（完好的）{name}，不是退卡的备份") from None
        if len(found) > most:
            raise ArchiveRefused(f"{self.path} 的 {name} 大得不像真的")
        return found

    def _compare(self) -> None:
        """The ZIP's directory against the manifest."""
        wanted = {member.name: member.size for member in self.manifest.members}
        if len(wanted) != len(self.manifest.members):
            raise ArchiveRefused(f"{self.path} 的清单里有重名的文件")
        entries = self._zip.infolist()
        names = [entry.filename for entry in entries]
        odd = set(names) ^ (wanted.keys() | {MANIFEST, SEAL})
        if odd or len(set(names)) != len(names):
            shown = "、".join(sorted(odd)[:3]) or "重名的文件"
            raise ArchiveRefused(f"{self.path} 的内容和清单对不上：{shown}")
        for entry in entries:
            if not _is_plain(entry) or entry.file_size != wanted.get(entry.filename, entry.file_size):
                raise ArchiveRefused(f"{self.path} 里的 {entry.filename} 和清单对不上")


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    mode = entry.external_attr >> 16
    linked = bool(mode) and not stat.S_ISREG(mode) and stat.S_IFMT(mode) != 0
    return not entry.is_dir() and not linked and not entry.flag_bits & 0x1 and entry.compress_type in _PLAIN
