"""Each protocol that ships goes through check, show, simulate, analyse and decide."""

import io
import json
import re
import sys
from collections import Counter
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from protocyte.analysis.estimate import Estimate
from protocyte.cli import main
from protocyte.derivation import derive_analysis_data
from protocyte.design.programme import find_programme
from protocyte.files import read_protocol, read_record, read_rehearsal, write_record
from protocyte.protocol.checks import check_protocol
from protocyte.protocol.endpoint import (
    ChangeEndpoint,
    KineticsEndpoint,
    ResponderEndpoint,
    ResponseEndpoint,
    TimeToEventEndpoint,
)
from protocyte.record import DOMAINS, fold_events
from protocyte.report.html import render_html
from protocyte.report.synopsis import render_synopsis
from protocyte.report.terminal import render_terminal
from protocyte.report.word import render_estimate

NAMES = ("ex02", "kj-c2320", "t-rrex", "udcar-sle", "wu-cart-007")
DOSE_FINDING = ("kj-c2320", "udcar-sle", "wu-cart-007")
every = pytest.mark.parametrize("name", NAMES)


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.figures: list[dict[str, str | None]] = []
        self.headings: list[str] = []
        self._heading = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags[tag] += 1
        if found.get("id"):
            self.ids.append(str(found["id"]))
        self.links += [str(found[k]) for k in ("href", "src", "xlink:href") if found.get(k)]
        if found.get("class") == "drawn":
            self.figures.append(found)
        if tag == "h2":
            self._heading = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "h2":
            self._heading = False

    def handle_data(self, data: str) -> None:
        if self._heading:
            self.headings.append(data.strip())


def assert_self_contained(text: str) -> None:
    page = Page(text)
    assert text.startswith("<!doctype html>")
    assert not page.tags["script"]
    assert not page.tags["iframe"]
    assert not page.tags["img"]
    assert not page.tags["link"]
    assert all(link.startswith("#") for link in page.links), page.links
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert "@import" not in text
    assert all(target.startswith("#") for target in re.findall(r"url\(['\"]?([^)'\"]*)", text))
    twice = [name for name, count in Counter(page.ids).items() if count > 1]
    assert not twice
    assert all(figure.get("aria-label") for figure in page.figures)
    assert all(figure.get("role") == "img" for figure in page.figures)


# ── check and show ───────────────────────────────────────────────────────────
@every
def test_check_finds_no_error(root: Path, name: str) -> None:
    folder = root / "protocols" / name
    parsed = read_protocol(folder)
    findings = check_protocol(parsed)
    assert [str(f) for f in findings if f.severity == "error"] == []
    assert parsed.plan is not None
    rehearsal = read_rehearsal(folder, protocol=parsed.plan)
    assert rehearsal is not None
    assert rehearsal.findings == ()


@every
def test_every_assumption_stands_on_the_page(seed_trial: Any, name: str) -> None:
    plan, _ = seed_trial(name)
    text = render_html(render_synopsis(plan, origin=()))
    for assumption in plan.assumptions:
        assert escape(assumption.at, quote=False) in text
    assert_self_contained(text)


@every
def test_show_tells_the_protocol_in_a_terminal(seed_trial: Any, name: str) -> None:
    plan, _ = seed_trial(name)
    console = Console(width=100, file=io.StringIO())
    console.print(render_terminal(render_synopsis(plan, origin=(("Program", "x"),))))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert all(len(line) <= 100 for line in text.splitlines())
    squeezed = " ".join(text.split())
    assert " ".join(plan.trial.title.split())[:40] in squeezed
    for _, endpoint, _ in plan.endpoints.ranked():
        assert endpoint in text
    for visit in plan.schedule.visits:
        assert visit.name in text or f"D{visit.day}" in text or f"M{visit.name[6:]}" in text


# ── simulate ─────────────────────────────────────────────────────────────────
@every
def test_probabilities_sum_to_one(seed_trial: Any, name: str) -> None:
    plan, rehearsal = seed_trial(name)
    programme = find_programme(plan, rehearsal)
    assert (programme.dose is not None) == (name in DOSE_FINDING)
    if programme.dose is not None:
        dose = programme.dose
        assert dose.exact
        assert np.abs(dose.selection.sum(axis=1) + dose.none - 1).max() < 1e-12
        assert np.abs(dose.total_distribution.sum(axis=1) - 1).max() < 1e-12
        assert np.abs(dose.participants.sum(axis=1) - dose.total).max() < 1e-9
        assert np.abs(sum(dose.stopping.values()) - 1).max() < 1e-12
    for outlook in programme.sample:
        assert 0 <= outlook.reached <= 1 + 1e-12
        if outlook.distribution:
            assert abs(sum(outlook.distribution) - 1) < 1e-12
            mean = sum(x * p for x, p in enumerate(outlook.distribution))
            assert abs(mean - outlook.mean_responses) < 1e-9
        if outlook.positive is not None:
            assert 0 <= outlook.positive <= outlook.reached + 1e-12
    json.dumps(programme.as_dict())


@every
def test_the_record_is_read_as_it_was_written(
    rehearsed: Any, analysed: Any, tmp_path: Path, name: str
) -> None:
    record, again = rehearsed(name).trial.record, [analysed(name).record]
    if name in ("ex02", "udcar-sle"):  # leukaemia and lupus fill every domain
        write_record(record, tmp_path, form="csv")
        again.append(tmp_path)
    for found in map(read_record, again):
        assert found.about == record.about
        for domain in DOMAINS:
            assert found[domain].equals(record[domain]), domain


@every
def test_derived_truth_is_the_drawn_truth(rehearsed: Any, name: str) -> None:
    """Who had a toxicity, who responded: the tables tell what was behind them."""
    found = rehearsed(name)
    data = derive_analysis_data(found.trial.record, found.plan)
    truth = found.trial.scenario
    toxic = dict(data.dlt.select("USUBJID", "DLTFL").rows())
    infused = [case for case in found.cases if case.infusion is not None]
    assert infused
    for case in infused:
        flag = toxic[case.identifier]
        drawn = case.person.toxicity < truth.toxicity[case.level - 1]
        if flag is not None and found.plan.dosing.dlt is not None:
            assert (flag == "Y") == drawn, case.identifier
    endpoints = {n: e for _, n, e in found.plan.endpoints.ranked()}
    for case in infused:
        responds = case.person.response < truth.response[case.level - 1]
        if case.leukaemia is not None:
            rows = data.best["orr"].filter(pl.col("USUBJID") == case.identifier)
            seen = data.adrs.filter(pl.col("USUBJID") == case.identifier)
            until = endpoints["orr"].until
            complete = case.last_day(found.plan) >= until.after(case.infusion)
            assert rows["RSPFL"].item() == "N" or responds
            assert not (complete and responds) or rows["RSPFL"].item() == "Y", seen
        if case.lupus is not None:
            rows = data.responders["sri4"].filter(
                (pl.col("USUBJID") == case.identifier) & (pl.col("VISIT") == "Month 3")
            )
            if rows["STATUS"].item() == "assessed":
                assert rows["AVALC"].item() == ("Y" if responds else "N")


# ── analyse ──────────────────────────────────────────────────────────────────
@every
def test_the_report_has_every_section_that_the_protocol_asks_for(
    analysed: Any, seed_trial: Any, name: str
) -> None:
    plan, _ = seed_trial(name)
    text = analysed(name).page
    endpoints = [endpoint for _, _, endpoint in plan.endpoints.ranked()]

    def has(kind: type) -> bool:
        return any(isinstance(endpoint, kind) for endpoint in endpoints)

    wanted = {
        "What this report rests on": True,
        "Results by endpoint": True,
        "Participants": True,
        "Dose finding": bool(plan.dosing and plan.dosing.method),
        "Courses": True,
        "Cell kinetics": has(KineticsEndpoint),
        "Adverse events": True,
        "Response": has(ResponseEndpoint),
        "Disease states": has(ResponderEndpoint),
        "Changes from baseline": has(ChangeEndpoint),
        "Time to events": has(TimeToEventEndpoint),
        "Operating characteristics": True,
        "Assumptions": True,
    }
    assert Page(text).headings == [heading for heading, asked in wanted.items() if asked]
    assert "holds no data" not in text
    assert "No person was treated" in text
    assert plan.digest in text


@every
def test_the_report_is_one_file(analysed: Any, name: str) -> None:
    text = analysed(name).page
    assert_self_contained(text)
    page = Page(text)
    assert len(page.figures) >= 4
    assert page.tags["svg"] == len(page.figures)
    # Every table and figure has a caption, or a summary where it is folded.
    assert page.tags["figcaption"] + page.tags["summary"] == page.tags["figure"]


@every
def test_the_page_tells_the_estimates_that_are_written_beside_it(
    analysed: Any, seed_trial: Any, name: str
) -> None:
    plan, _ = seed_trial(name)
    found = analysed(name)
    squeezed = " ".join(found.page.split())
    assert [one["endpoint"] for one in found.estimates["endpoints"]] == [
        endpoint for _, endpoint, _ in plan.endpoints.ranked()
    ]
    fields = set(Estimate.__dataclass_fields__)
    told = 0
    for endpoint in found.estimates["endpoints"]:
        if endpoint["statement"]:
            assert escape(" ".join(endpoint["statement"].split()), quote=False) in squeezed
        for line in endpoint["estimates"]:
            if line["group"] == "all":
                values = {k: v for k, v in line.items() if k in fields}
                values["references"] = tuple(values["references"])
                text = render_estimate(Estimate(**values))
                assert escape(text, quote=False) in squeezed, (endpoint["endpoint"], line)
                told += 1
    assert told >= 8
    assert found.estimates["about"]["provenance"] == "rehearsal"
    assert found.estimates["origin"]["Command"].startswith("protocyte analyse ")


@every
def test_data_sets_lie_beside_the_report(analysed: Any, name: str) -> None:
    folder = analysed(name).folder / "adam"
    found = {path.stem: pl.read_parquet(path) for path in folder.glob("*.parquet")}
    assert {"adsl", "adae", "adlb", "adrs", "adpc", "adpp", "adqs", "dlt"} <= set(found)
    people = found["adsl"]["USUBJID"]
    assert people.n_unique() == people.len()
    for frame in found.values():
        assert set(frame["USUBJID"].to_list()) <= set(people.to_list())


# ── decide ───────────────────────────────────────────────────────────────────
def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["protocyte", *words])
        with pytest.raises(SystemExit) as left:
            main()
    assert left.value.code == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", DOSE_FINDING)
def test_the_record_of_a_meeting_gives_the_decision_that_was_taken(
    rehearsed: Any,
    root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    found = rehearsed(name)
    protocol = str(root / "protocols" / name)
    whole = tmp_path / "whole"
    write_record(found.trial.record, whole)
    for number, meeting in enumerate(found.trial.meetings[:4]):
        known = [e for e in found.events if e.recorded.date() <= meeting.on]
        part = tmp_path / str(number)
        write_record(fold_events(known, about=found.trial.record.about), part)
        on = meeting.on.isoformat()
        for folder in (part, whole):
            words = ["decide", protocol, str(folder), "--at", on, "--ahead", "0", "--json"]
            answer = said(words, capsys)
            assert answer["outcomes"] == meeting.notation
            assert answer["pending"] == 0
            assert answer["decision"] == meeting.decision.as_dict()
    # Notation gives the same as the record.
    last = found.trial.meetings[-1]
    answer = said(["decide", protocol, last.notation, "--ahead", "0", "--json"], capsys)
    assert answer["decision"] == last.decision.as_dict()
    selection = found.trial.selection
    assert selection is not None
    assert answer["selection_if_ended_now"] == selection.as_dict()
