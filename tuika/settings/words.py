"""What pydantic says of a wrong value, in Chinese."""

from __future__ import annotations

from pydantic_core import ErrorDetails

_WORDS = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识这一项，检查拼写",
    "string_pattern_mismatch": "写法不对（应符合 {pattern}）",
    "string_too_short": "至少要 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "too_short": "至少要 {min_length} 个",
    "too_long": "最多 {max_length} 个",
    "string_type": "应是文字（数字请加引号）",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "float_parsing": "应是数字",
    "bool_parsing": "应是 true 或 false",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "应是 {expected} 之一",
    "enum": "应是 {expected} 之一",
    "union_tag_invalid": "kind 不能是 {tag}，应是 {expected_tags} 之一",
    "union_tag_not_found": "要写明 kind",
    "dict_type": "应是“键: 值”的对照",
    "model_type": "应是“键: 值”的对照",
    "tuple_type": "应是列表",
    "list_type": "应是列表",
    "value_error": "{error}",
}


def said(problem: ErrorDetails) -> str:
    """``platforms.mine.port: 应是整数``; pydantic's own words where we have none."""
    place = ".".join(str(part) for part in problem["loc"]) or "设置"
    words = _WORDS.get(problem["type"])
    values = {name: str(value).replace("'", "") for name, value in problem.get("ctx", {}).items()}
    return f"{place}: {words.format_map(values) if words else problem['msg']}"
