import json
import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[1] / "tools" / "evaluate.py"
LINES = {
    "greet": ["你好", "您好呀", "在吗", "哈喽啊"],
    "thank": ["谢谢", "多谢", "感谢你", "谢了啊"],
    "out_of_scope": ["天气", "讲个笑话", "写首诗", "几点下雨"],
}


def test_reports_all_measures(tmp_path: Path) -> None:
    for voice in ("a", "b"):
        blocks = [
            f"- intent: {intent}\n  metadata:\n    voice: {voice}\n  examples: |\n"
            + "".join(f"    - {t}{voice}\n" for t in texts)
            for intent, texts in LINES.items()
        ]
        (tmp_path / voice).mkdir()
        (tmp_path / voice / "nlu.yml").write_text(
            'version: "3.1"\nnlu:\n' + "".join(blocks), encoding="utf-8"
        )
    (tmp_path / "check.tsv").write_text("你好啊\tgreet\n谢谢啦\tthank\n", encoding="utf-8")
    report = tmp_path / "report.json"
    command = [
        sys.executable,
        str(TOOL),
        str(tmp_path),
        "--check",
        str(tmp_path / "check.tsv"),
        "--folds",
        "2",
        "--json",
        str(report),
    ]
    subprocess.run(command, check=True, capture_output=True)
    found = json.loads(report.read_text(encoding="utf-8"))
    assert found["messages"] == 24 and found["sets"]["check"]["accuracy"] == 1.0
    for part in ("leave_one_voice_out", "cross_validation"):
        assert 0 <= found[part]["macro_f1"] <= 1 and found[part]["out_of_scope_recall"] is not None
    assert set(found["by_voice"]) == {"a", "b"}
