from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.training_data.message import Message

from tuika_nlu.entities import PatternEntities
from tuika_nlu.normalizer import NORMAL, TextNormalizer, normal_text
from tuika_nlu.tokenizer import CharacterTokenizer


def tokenizer() -> Tokenizer:
    return CharacterTokenizer(CharacterTokenizer.get_default_config())


def test_tokens_are_slices_of_the_original() -> None:
    text = "订单 KM2026，ＱＱ１２3 没到😀"
    tokens = tokenizer().tokenize(Message.build(text), "text")
    assert [token.text for token in tokens] == ["订", "单", "KM2026", "，", "ＱＱ１２3", "没", "到", "😀"]
    assert all(text[token.start : token.end] == token.text for token in tokens)


def test_blank_text_is_one_token_and_offsets_stay_out_of_the_answer() -> None:
    assert len(tokenizer().tokenize(Message.build("  "), "text")) == 1
    message = Message({"text": "你好"}, output_properties={"text", "text_tokens"})
    tokenizer().process([message])
    assert "text_tokens" not in message.as_dict(only_output_properties=True)


def test_normalizer_leaves_the_text_alone() -> None:
    message = Message.build("退款ＱＱ")
    TextNormalizer().process([message])
    assert (message.get("text"), message.get(NORMAL)) == ("退款ＱＱ", "退款qq")
    assert normal_text(Message.build("ＱＱ")) == "qq"


def test_entities_have_rasas_form() -> None:
    message = Message.build("qq是12345678，退99元")
    PatternEntities().process([message])
    contact, amount = message.get("entities")
    assert (contact["entity"], contact["role"], amount["value"]) == ("contact", "qq", 9900)
    assert contact["extractor"] == "PatternEntities"
