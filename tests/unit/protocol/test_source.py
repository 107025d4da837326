"""A YAML text keeps its places, and what is wrong with it is told with a remedy."""

import pytest

from protocyte.protocol.finding import Finding
from protocyte.protocol.source import Source, parse_source


def only(text: str) -> Finding:
    source = parse_source(text, file="p.yaml")
    assert source.data is None
    (finding,) = source.findings
    assert (finding.code, finding.severity, finding.where) == ("SYN001", "error", "(file)")
    return finding


class TestPlaces:
    SOURCE = parse_source(
        "trial:\n  id: NCT1\nschedule:\n  visits:\n"
        "    - {name: Day 7, day: 7}\n    - name: Day 14\n",
        file="p.yaml",
    )

    @pytest.mark.parametrize(
        ("path", "place"),
        [
            (("trial",), (1, 1)),
            (("trial", "id"), (2, 3)),
            (("schedule", "visits", 0), (5, 7)),
            (("schedule", "visits", 0, "day"), (5, 21)),
            (("schedule", "visits", 1), (6, 7)),
            (("schedule", "visits", 1, "does"), (6, 7)),
            (("schedule", "visits", 9), (4, 3)),
            (("safety", "scales"), (1, 1)),
            ((), (1, 1)),
        ],
    )
    def test_place_or_that_of_the_nearest_parent(
        self, path: tuple[str | int, ...], place: tuple[int, int]
    ) -> None:
        assert self.SOURCE.place(path) == place

    def test_paths_are_written_with_dots_and_numbers(self) -> None:
        assert Source.dotted(("schedule", "visits", 1, "does", 0)) == "schedule.visits[1].does[0]"
        assert Source.dotted(()) == ""


class TestValues:
    def test_bare_no_is_a_word(self) -> None:
        assert parse_source("a: no\nb: yes\nc: on\n", file="p").data == {
            "a": "no",
            "b": "yes",
            "c": "on",
        }

    @pytest.mark.parametrize("text", ["", "# only a remark\n", "~\n", "null\n", "---\n"])
    def test_nothing_is_an_empty_file(self, text: str) -> None:
        source = parse_source(text, file="p")
        assert source.data == {}
        assert source.findings == ()

    @pytest.mark.parametrize(
        "value", ["!!bool x", "!!int x", "!!float x", "!!timestamp x", "2026-13-45", "9" * 5000]
    )
    def test_what_cannot_be_built_stays_text(self, value: str) -> None:
        assert parse_source(f"a: {value}\n", file="p").data["a"] == value.rsplit(maxsplit=1)[-1]


class TestDuplicates:
    def test_each_is_told_with_the_line_of_the_first(self) -> None:
        source = parse_source("a:\n  x: 1\n  y: 2\n  x: 3\n  x: 4\n", file="p.yaml")
        assert source.data == {"a": {"x": 1, "y": 2}}
        second, third = map(str, source.findings)
        assert second == (
            'p.yaml:4:3: error SYN002 [a.x] The key "x" stands twice; the first is on line 2. → '
            "Rename one of the two, or remove it; the second is not read."
        )
        assert third == second.replace("p.yaml:4", "p.yaml:5")

    def test_equal_keys_in_different_places_are_sound(self) -> None:
        assert parse_source("a: {x: 1}\nb: {x: 1}\n", file="p").findings == ()


class TestNotYaml:
    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("a:\n  rule: >= 3 ULN\n  b: 1\n", 2),
            ("a:\n  rule: > 3 ULN\n  b: 1\n", 2),
            ("a: {rule: > 3 ULN, b: 1}\n", 1),
            ("a:\n  b: 1\n  c: {says: x, rule: >= 3 ULN}\n", 3),
            ("a:\n  - rule: >= 3 ULN\n", 2),
        ],
    )
    def test_a_comparison_at_the_beginning(self, text: str, line: int) -> None:
        finding = only(text)
        assert finding.line == line
        assert finding.remedy == (
            'Put the text after `rule:` in quotes, because it begins with ">".'
        )

    @pytest.mark.parametrize("sign", list("*&%@`|"))
    def test_other_signs_at_the_beginning(self, sign: str) -> None:
        finding = only(f"a: 1\nsays: {sign} any text\n")
        assert finding.line == 2
        assert finding.remedy == (
            f'Put the text after `says:` in quotes, because it begins with "{sign}".'
        )

    @pytest.mark.parametrize("begin", ["[severe] infection", "{severe} infection"])
    def test_words_after_a_bracket(self, begin: str) -> None:
        assert only(f"says: {begin}\n").remedy == (
            f'Put the text after `says:` in quotes, because it begins with "{begin[0]}".'
        )

    @pytest.mark.parametrize(
        "text", ["says: Adults: 18 to 75\n", "a: {says: Adults: 18 to 75, b: 1}\n"]
    )
    def test_a_colon_inside(self, text: str) -> None:
        assert only(text).remedy == (
            'Put the text in quotes, because it holds a colon and a space (": ").'
        )

    def test_a_bracket_inside_braces(self) -> None:
        assert only("a: {at: schedule.visits[2].window, why: x}\n").remedy == (
            'Put the text in quotes, because inside braces it holds "[".'
        )

    def test_quotes_inside_quotes(self) -> None:
        assert only("says: 'it's so'\n").remedy == (
            "Use the other kind of quotes for the text after `says:`; it holds a ' itself."
        )

    def test_a_bracket_that_is_never_closed(self) -> None:
        finding = only("a: [1, 2\nb: 3\n")
        assert finding.line == 2
        assert finding.remedy == (
            "Close the bracket or brace that is open above, or mend the indentation."
        )

    def test_a_bracket_that_is_open_at_the_end_is_told_on_the_last_line(self) -> None:
        assert only("a: 1\nb: [1, 2\n").line == 2

    def test_tabs(self) -> None:
        assert only("a:\n\tb: 1\n").remedy == "Indent with spaces; YAML does not take tabs."

    def test_indentation(self) -> None:
        finding = only("a:\n  b: 1\n c: 2\n")
        assert (finding.line, finding.column) == (3, 2)
        assert finding.message == (
            "The text is not YAML: expected <block end>, but found '<block mapping start>'; "
            "nothing below could be read."
        )
        assert finding.remedy == "Mend the indentation, quotes or brackets at this place."

    @pytest.mark.parametrize("character", ["\x00", "\x07", "\ud800"])
    def test_characters_that_no_text_has(self, character: str) -> None:
        finding = only(f"a: 1\nb: {character}\n")
        assert (finding.line, finding.column) == (2, 4)
        assert finding.remedy == "Remove the character, and save the file as UTF-8."

    @pytest.mark.parametrize("text", ["a: &x [*x]\n", "a: &x\n  b: *x\n", "[" * 3000])
    def test_endless_nesting(self, text: str) -> None:
        assert only(text).message == "The text is not a protocol: it is nested without end."
