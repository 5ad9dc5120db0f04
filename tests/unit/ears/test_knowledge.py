"""What admins write about intents: read with every mistake at its place, compiled, checked in use, and matched as they mean it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from voice.script.knowledge import check_knowledge, load_knowledge
from voice.script.source import Severity
from voice.understanding import understand
from voice.understanding.intents import INTENTS, URGENT
from voice.understanding.knowledge import Knowledge, decode, encode, hashed, shipped

pytestmark = pytest.mark.unit

EXAMPLES = "examples:           # 整句的例子，必须认成这个意思\n"
SHIPPED_FOLDER = Path(__file__).parents[3] / "scripts" / "shared" / "intents"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy that a test may edit."""
    return Path(shutil.copytree(SHIPPED_FOLDER, tmp_path / "intents"))


def edit(folder: Path, name: str, old: str, new: str) -> int:
    """Replace a text that stands once in a file; the line where it stood."""
    path = folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old} stands {text.count(old)} times in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def loaded(folder: Path) -> Knowledge:
    knowledge, findings = load_knowledge(folder)
    assert knowledge is not None, [str(finding) for finding in findings]
    return knowledge


def told(folder: Path) -> list[tuple[str, int, str]]:
    """(file, line, code) of what makes the folder unfit."""
    knowledge, findings = load_knowledge(folder)
    assert knowledge is None
    assert all(finding.place.file.startswith(folder.as_posix()) for finding in findings)
    return [(Path(f.place.file).relative_to(folder).with_suffix("").as_posix(), f.place.line, f.code) for f in findings]


# --- the shipped folder -------------------------------------------------------------------------------------------------


def test_nothing_is_wrong_with_the_shipped_knowledge_and_every_example_and_pair_is_understood() -> None:
    assert [str(finding) for finding in check_knowledge(SHIPPED_FOLDER)] == []


def test_every_intent_says_in_chinese_what_it_means_and_urgent_ones_have_phrases() -> None:
    knowledge = loaded(SHIPPED_FOLDER)
    assert set(knowledge.meanings) == set(INTENTS)
    assert set(knowledge.phrases.owners.values()) >= URGENT


def test_a_folder_that_is_not_there_is_no_mistake(tmp_path: Path) -> None:
    assert check_knowledge(tmp_path / "intents") == []


# --- an admin's usual edit ----------------------------------------------------------------------------------------------


def test_a_new_phrase_is_understood_wherever_it_is_said(folder: Path) -> None:
    text = "麻烦你摆龙门阵"
    edit(folder, "want_human", "  - 转人工\n", "  - 转人工\n  - 摆龙门阵\n")
    knowledge = loaded(folder)

    assert "want_human" not in understand(text).names()  # the shipped knowledge knows nothing of it
    assert understand(text, (), knowledge).top == "want_human"
    assert understand(text, (), knowledge).intents[0].evidence == "phrase: 摆龙门阵"
    assert "want_human" not in understand("我没摆龙门阵", (), knowledge).names()
    assert "want_human" not in understand("你摆龙门阵吗", (), knowledge).names()


def test_the_longer_phrase_wins_whoever_owns_it(folder: Path) -> None:
    edit(folder, "transferred", "  - 已经转了\n", "  - 已经转了\n  - 龙门阵开了\n")
    edit(folder, "deny", "  - 没接到过\n", "  - 没接到过\n  - 说的龙门阵开了\n")

    names = understand("他说的龙门阵开了", (), loaded(folder)).names()

    assert "deny" in names
    assert "transferred" not in names


def test_a_phrase_that_is_the_whole_reply_decides_alone(folder: Path) -> None:
    assert "transferred" in understand("钱转过去了").names()

    edit(folder, "off_topic", "  - 说个笑话\n", "  - 说个笑话\n  - 钱转过去了\n")
    knowledge = loaded(folder)

    assert understand("钱转过去了", (), knowledge).names() == ("off_topic",)
    assert "transferred" in understand("钱转过去了我要跳楼", (), knowledge).names()


def test_a_phrase_is_known_by_its_sound_with_less_confidence(folder: Path) -> None:
    edit(folder, "crisis", "  - 不想活\n", "  - 不想活\n  - 龙门鱼灯下水\n")

    match = understand("聋们愚等吓谁", (), loaded(folder)).intents[0]

    assert (match.intent, match.evidence) == ("crisis", "phrase by sound: 聋们愚等吓谁")
    assert match.confidence < 0.7


def test_a_short_answer_of_the_folder_means_what_the_question_asks(folder: Path) -> None:
    edit(folder, "words/short_answers", "phrases: [是, 对, 有,", "phrases: [阿拉蕾, 是, 对, 有,")

    assert understand("阿拉蕾", ("affirm",), loaded(folder)).top == "affirm"
    assert understand("阿拉蕾", ("affirm",)).top != "affirm"


# --- mistakes -----------------------------------------------------------------------------------------------------------


def test_all_mistakes_are_told_at_once_each_at_its_place(folder: Path) -> None:
    (folder / "angry_abuse.yaml").rename(folder / "angry_abusive.yaml")
    edit(folder, "deny", "  - 没接到过\n", "  - 没接到过\n  - 已经付了\n")
    expected = [
        ("transferred", edit(folder, "transferred", "  - 已经付了\n", "  - 已经付了\n"), "phrase-owned-twice"),
        ("crisis", edit(folder, "crisis", "\nphrases:", "\nphrase:") + 1, "unknown-key"),
        ("affirm", edit(folder, "affirm", "  - 接到过\n", "  - 接到过\n  - 有\n") + 1, "phrase-too-short"),
        (
            "deny",
            edit(folder, "deny", "silences:", "silences:\n  - affrim\n  - crisis\nnot_this:") + 1,
            "no-such-intent",
        ),
        (
            "patterns/hello",
            edit(folder, "patterns/hello", "      - '^<GREETING>+", "      - '^<GRETING>+"),
            "no-such-class",
        ),
        ("patterns/crisis", edit(folder, "patterns/crisis", "      - 自杀\n", "      - '(自杀'\n"), "not-a-pattern"),
        (
            "patterns/crisis",
            edit(folder, "patterns/crisis", "      - 轻生\n", "      - '(?:轻生)?'\n"),
            "matches-nothing",
        ),
        ("patterns/crisis", edit(folder, "patterns/crisis", "      - 割腕\n", "      - '.+'\n"), "matches-anything"),
        ("angry_abusive", 1, "no-such-intent"),
    ]

    found = told(folder)

    assert [each for each in expected if each not in found] == []
    assert ("deny", next(line for name, line, code in found if code == "never-silenced"), "never-silenced") in found
    assert ("angry_abuse", 1, "no-file") in found


def test_a_finding_says_what_to_do(folder: Path) -> None:
    edit(folder, "deny", "silences:", "silences:\n  - affrim\nphrase:")
    edit(folder, "patterns/hello", "<GREETING>+", "<GRETING>+")

    _, findings = load_knowledge(folder)

    assert {finding.code: finding.suggestion for finding in findings} == {
        "no-such-intent": "did you mean 'affirm'?",
        "unknown-key": "did you mean 'phrases'?",
        "no-such-class": "did you mean 'GREETING'?",
    }


def test_classes_that_hold_one_another_are_refused_before_anything_is_compiled(folder: Path) -> None:
    edit(
        folder,
        "words/classes",
        "      - 民警\n      - 警察\n      - 警官\n      - 公安\n      - 派出所",
        "      - <GREETING>",
    )
    edit(folder, "words/classes", "      - 喂\n", "      - <POLICE>\n")

    assert {code for _, _, code in told(folder)} == {"class-circle"}


def test_what_only_shows_in_use_is_found_too(folder: Path) -> None:
    line = edit(folder, "visit_ok", EXAMPLES, f"{EXAMPLES}  - 已经转了九十九万\n")
    edit(
        folder, "patterns/hello", "      - '^<GREETING>+", "      - '(?:唐僧|唐|僧|取经)+念经$'\n      - '^<GREETING>+"
    )
    text = (folder / "crisis.yaml").read_text(encoding="utf-8")
    kept = text.partition("examples:")
    (folder / "crisis.yaml").write_text(kept[0] + "pairs:" + kept[2].partition("pairs:")[2], encoding="utf-8")

    found = check_knowledge(folder)
    assert {finding.code for finding in found} == {"slow-pattern", "too-few-examples"}

    edit(folder, "patterns/hello", "      - '(?:唐僧|唐|僧|取经)+念经$'\n", "")
    wrong = next(finding for finding in check_knowledge(folder) if finding.code == "not-understood")
    assert wrong.place.line == line + 1
    assert "'已经转了九十九万' is understood as 'transferred' by " in wrong.message
    assert wrong.suggestion == "add its telling words to the 'phrases' of visit_ok.yaml"


def test_a_character_without_a_sound_is_a_warning_only(folder: Path) -> None:
    edit(folder, "deny", "  - 没接到过\n", "  - 没接到过\n  - 龘家没来过\n")

    knowledge, findings = load_knowledge(folder)

    assert knowledge is not None
    assert [(finding.code, finding.severity) for finding in findings] == [("no-sound", Severity.WARNING)]


# --- versions -----------------------------------------------------------------------------------------------------------


def test_a_version_comes_back_whole_from_its_json() -> None:
    knowledge = shipped()
    again = decode(encode(knowledge))

    assert again.hash == knowledge.hash
    assert encode(again) == encode(knowledge)
    assert understand("没转成功", (), again) == understand("没转成功")


def test_what_changes_a_decision_changes_the_hash_and_an_example_does_not(folder: Path) -> None:
    before = loaded(folder).hash
    edit(folder, "deny", EXAMPLES, f"{EXAMPLES}  - 从来没有接到过这种电话\n")
    assert loaded(folder).hash == before

    edit(folder, "deny", "  - 没接到过\n", "  - 没接到过\n  - 一个都没得\n")
    assert loaded(folder).hash != before


def test_a_version_that_was_changed_afterwards_is_refused() -> None:
    changed = replace(shipped(), complete="^转了$")

    with pytest.raises(ValueError, match="changed after it was compiled"):
        decode(encode(changed))
    assert decode(encode(hashed(changed))).complete == "^转了$"
    with pytest.raises(ValueError, match="no compiled knowledge"):
        decode(b'{"patterns": 3}')
