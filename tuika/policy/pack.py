"""Reading policy packs from YAML.

Invariants: what is returned is a checked, flat, frozen :class:`~tuika.policy.schema.Pack`; every error is a
``PackError`` whose detail and data name file, line, clause and field; the only files opened are the one asked
for and those it ``extends`` in the same folder. The only module of the policy that knows YAML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tuika.errors import PackError
from tuika.money import Money
from tuika.policy.located import Entries, Place, Series, Table, place_of
from tuika.policy.merge import lay_over, pack_error, settle
from tuika.policy.schema import Pack

_MESSAGES = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识这一项",
    "enum": "取值不对，可用：{expected}",
    "literal_error": "取值不对，可用：{expected}",
    "string_type": "应是文字（数字请加引号）",
    "int_type": "应是整数",
    "bool_type": "应是 true 或 false",
    "value_error": "{error}",
    "entry": "{message}",
    "string_pattern_mismatch": "写法不对，应符合 {pattern}",
    "string_too_short": "不能是空的",
    "greater_than_equal": "不能小于 {ge}",
    "tuple_type": "应是列表",
    "model_type": "应是“键: 值”的对照",
}
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where it was built
_MOST_NODES = 100_000
_BLANK = re.compile(r"\{(\w+)\}")


def load_packs(folder: Path) -> dict[str, Pack]:
    """Every pack of a folder by id; files without ``id`` are parts that others extend."""
    packs: dict[str, Pack] = {}
    for path in sorted(folder.glob("*.yml")):
        if "id" not in _document(path):
            continue
        pack = load_pack(path)
        if pack.id in packs:
            raise pack_error(Place(str(path), 1), f"规则包 {pack.id} 有两个文件", field="id")
        packs[pack.id] = pack
    return packs


def load_pack(path: Path) -> Pack:
    """The pack of a file, with what it extends. Raises ``PackError``."""
    flat = settle(_flat(path, ()))
    for clause in flat["clauses"]:
        clause["where"] = str(clause.place)
    _fill_in(flat)
    try:
        pack = Pack.model_validate(flat)
    except ValidationError as error:
        raise _translated(error, flat) from None
    _check_over(pack, flat)
    return pack


def _flat(path: Path, opened: tuple[Path, ...]) -> Table:
    """The document with everything it extends laid under it."""
    document = _document(path)
    parent = document.get("extends")
    if parent is None:
        return document
    place = document.places["extends"]
    if not isinstance(parent, str) or Path(parent).name != parent:
        raise pack_error(place, "应是同一目录下的文件名", field="extends")
    if path.with_name(parent) in (path, *opened):
        raise pack_error(place, f"{parent} 绕回了自己", field="extends")
    base = _flat(path.with_name(parent), (*opened, path))
    return lay_over(base, document.without(["extends"]))


def _document(path: Path) -> Table:
    try:
        loader = _LOADER(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise pack_error(Place(path.name, 1), f"读不了这个文件：{error}") from None
    try:
        node = loader.get_single_node()
        if node is not None and _weight(node, {}) > _MOST_NODES:
            raise pack_error(Place(path.name, 1), "内容太多（引用展开以后）")
        data = _data(loader, node, path.name, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise pack_error(Place(path.name, line), f"不是合格的 YAML：{error.problem}") from None
    except (
        yaml.YAMLError,
        RecursionError,
    ) as error:  # a character that YAML does not have, or endless nesting
        reason = getattr(error, "reason", None) or "层次太深"
        raise pack_error(Place(path.name, 1), f"不是合格的 YAML：{reason}") from None
    finally:
        loader.dispose()
    if not isinstance(data, Table):
        raise pack_error(Place(path.name, 1), "规则包应是“键: 值”的对照")
    return data


def _weight(node: yaml.Node, known: dict[int, int]) -> int:
    """How many nodes there are once every alias is written out; a loop counts once and is refused later."""
    if id(node) not in known:
        known[id(node)] = 1
        inside = [each for pair in node.value for each in pair] if isinstance(node, yaml.MappingNode) else ()
        inside = node.value if isinstance(node, yaml.SequenceNode) else inside
        known[id(node)] += sum(_weight(each, known) for each in inside)
    return known[id(node)]


def _data(loader: yaml.SafeLoader, node: yaml.Node, file: str, above: tuple[int, ...]) -> Any:
    place = Place(file, node.start_mark.line + 1)
    if id(node) in above:
        raise pack_error(place, "内容引用了自己")
    inside = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        return _table(loader, node, file, inside, place)
    if isinstance(node, yaml.SequenceNode):
        items = [_data(loader, item, file, inside) for item in node.value]
        return Series(items, [Place(file, item.start_mark.line + 1) for item in node.value], place)
    return loader.construct_object(node)


def _table(
    loader: yaml.SafeLoader, node: yaml.MappingNode, file: str, above: tuple[int, ...], place: Place
) -> Table:
    entries = Entries()
    for key_node, value_node in node.value:
        at = Place(file, key_node.start_mark.line + 1)
        key = str(key_node.value)
        if key in entries.values:
            raise pack_error(at, f"写了两次，先见于第 {entries.places[key].line} 行", field=key)
        entries.values[key] = _data(loader, value_node, file, above)
        entries.places[key] = at
    return Table(entries, place)


def _fill_in(flat: Table) -> None:
    """Put the pack's own values and words into the blanks of the clauses' texts."""
    words = {name: str(word) for name, word in (flat.get("words") or {}).items()}
    for name, entry in (flat.get("values") or {}).items():
        if isinstance(entry, Mapping) and "value" in entry:
            words[name] = str(entry["value"])
    words.update(_readable(words))
    for clause in flat["clauses"]:
        text = clause.get("text")
        if not isinstance(text, str):
            continue
        for blank in _BLANK.findall(text):
            if blank not in words:
                raise pack_error(
                    clause.places["text"], f"没有可填的 {{{blank}}}", clause=clause["id"], field="text"
                )
        clause["text"] = _BLANK.sub(lambda found: words[found[1]], text)


def _readable(words: Mapping[str, str]) -> dict[str, str]:
    """Blanks that are made of a value: the limit in yuan, the time limits in days."""
    made: dict[str, str] = {}
    if words.get("auto_limit_fen", "").isdecimal():
        made["auto_limit_yuan"] = Money(int(words["auto_limit_fen"])).yuan
    for name, blank in (("time_limit_hours", "time_limit"), ("card_key_limit_hours", "card_key_limit")):
        if words.get(name, "").isdecimal():
            hours = int(words[name])
            made[blank] = f"{hours // 24} 天" if hours > 24 and hours % 24 == 0 else f"{hours} 小时"
    return made


def _translated(error: ValidationError, flat: Table) -> PackError:
    """The first problem in full; the others are counted in ``data["more"]``."""
    problems = error.errors(include_url=False)
    problem = min(problems, key=lambda p: _line(flat, _path(p)))
    path = _path(problem)
    clause = ""
    if path[:1] == ("clauses",) and len(path) > 1 and isinstance(path[1], int):
        clause = flat["clauses"][path[1]]["id"]
    field = ".".join(str(step) for step in (path[2:] if clause else path))
    template = _MESSAGES.get(problem["type"], problem["msg"])
    message = template.format_map({"error": "", **problem.get("ctx", {})}) if "{" in template else template
    found = pack_error(place_of(flat, path), message, clause=clause, field=field)
    found.data["more"] = len(problems) - 1
    return found


def _path(problem: ErrorDetails) -> tuple[int | str, ...]:
    entry = problem.get("ctx", {}).get("entry")
    return tuple(problem["loc"]) + (() if entry is None else (entry,))


def _line(flat: Table, path: tuple[int | str, ...]) -> tuple[str, int]:
    place = place_of(flat, path)
    return (place.file, place.line) if place else ("", 0)


def _check_over(pack: Pack, flat: Table) -> None:
    """``over`` names later clauses of the same stage."""
    for index, clause in enumerate(pack.clauses):
        later = {c.id for c in pack.clauses[index + 1 :] if c.stage is clause.stage}
        for name in clause.over:
            if name not in later:
                place = place_of(flat, ("clauses", index, "over"))
                message = f"{name} 不是同一阶段靠后的条款"
                raise pack_error(place, message, clause=clause.id, field="over")
