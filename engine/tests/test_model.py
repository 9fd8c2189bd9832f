from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import solve as exact_solve
from scipy.sparse import csr_matrix

from tuika_nlu.embedding import SIZE, encode
from tuika_nlu.lexical import CharNgrams
from tuika_nlu.model import FACTS_FILE, WEIGHTS_FILE, IntentModel, held_out_folds
from tuika_nlu.solver import solve

TEXTS = [
    "我要退款",
    "给我退钱",
    "把钱退给我",
    "钱退回来",
    "你好",
    "您好啊",
    "在吗你好",
    "哈喽",
    "谢谢",
    "多谢了",
    "谢谢你啊",
    "感谢感谢",
]
LABELS = ["request_refund"] * 4 + ["greet"] * 4 + ["thank"] * 4


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return IntentModel.fit(TEXTS, encode(TEXTS), LABELS)


def rank(model: IntentModel, text: str) -> list:
    return model.rank(text, encode([text])[0])


@pytest.mark.parametrize(
    ("text", "intent"), [("退我钱", "request_refund"), ("你好呀", "greet"), ("谢了", "thank")]
)
def test_understands_the_unseen(model: IntentModel, text: str, intent: str) -> None:
    ranking = rank(model, text)
    assert ranking[0][0] == intent
    assert sum(confidence for _, confidence in ranking) == pytest.approx(1.0, abs=1e-5)
    assert [c for _, c in ranking] == sorted((c for _, c in ranking), reverse=True)


def test_saved_model_is_the_same_and_holds_no_pickle(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {WEIGHTS_FILE, FACTS_FILE}
    for text in ("退钱", "您好", "完全没见过的话", ""):
        again = dict(rank(IntentModel.load(tmp_path), text))
        assert again == pytest.approx(dict(rank(model, text)), abs=2e-3)


def test_training_is_deterministic(model: IntentModel) -> None:
    again = IntentModel.fit(TEXTS, encode(TEXTS), LABELS)
    assert rank(again, "退款吧") == rank(model, "退款吧")


def test_one_intent_is_refused() -> None:
    with pytest.raises(ValueError):
        IntentModel.fit(["a", "b"], encode(["a", "b"]), ["x", "x"])


def test_folds_follow_voices_where_there_are_three() -> None:
    target = np.array([0, 0, 1, 1, 0, 1])
    assert held_out_folds(target, ["a", "b", "c", "a", "b", "c"], 5).tolist() == [0, 1, 2, 0, 1, 2]
    assert len(set(held_out_folds(target, ["", "", "", "", "", ""], 2))) == 2


def test_solver_finds_the_ridge_solution() -> None:
    random = np.random.default_rng(7)
    lexical = csr_matrix((random.random((80, 300)) * (random.random((80, 300)) < 0.1)).astype(np.float32))
    dense, wanted = random.normal(size=(80, 12)).astype(np.float32), random.choice([-1.0, 1.0], size=(80, 4))
    features = np.hstack([lexical.toarray(), dense, np.ones((80, 1))])
    dual = exact_solve(features @ features.T + np.eye(80), wanted)
    found = solve(lexical, dense, wanted, ridge=1.0).scores(lexical, dense)
    assert np.abs(found - features @ features.T @ dual).max() < 0.03


def test_ngram_rows_have_length_one_and_ignore_the_unseen() -> None:
    ngrams = CharNgrams.fit(["退款", "退钱"], low=1, high=2)
    _, values = ngrams.row("退款")
    assert float(values @ values) == pytest.approx(1.0)
    assert len(CharNgrams(["退"], np.ones(1), 1, 1).row("好")[0]) == 0
    assert ngrams.matrix([]).shape == (0, len(ngrams.terms))


def test_vectors_are_deterministic_and_empty_text_is_zero() -> None:
    first, second = encode(["我要退款", ""]), encode(["", "我要退款"])
    assert first.shape == (2, SIZE) and not first[1].any()
    assert np.allclose(first[0], second[1], atol=1e-6)
