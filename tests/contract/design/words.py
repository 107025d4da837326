"""Every design in a protocol's words, laid over the example: three levels, cohorts of three.

The names are those of the designs of the contract.
"""

import json
from typing import Any, Final

from protocyte.design import Design
from protocyte.design.plan import find_dose_design, find_monitors, find_sample_design
from protocyte.protocol.checks.example import amend_example
from protocyte.protocol.parse import parse_protocol
from protocyte.protocol.plan import Protocol

WAIT: Final = {"pending_share": 0.5, "completed": None, "follow_up": None}
NORMAL: Final = {"mean": -1, "sd": 1}
CURVE: Final = {"intercept": {"mean": -0.85, "sd": 1}, "log_slope": {"mean": 0, "sd": 0.8}}
BOIN: Final = {"BOIN": {"target": 0.3}}
PAIR: Final = {"endpoint": "orr", "p0": 0.2, "p1": 0.45}
LOOKS: Final = {"looks": [4, 9, 15]}

METHODS: Final[dict[str, dict[str, Any]]] = {
    "3+3 A": {"3+3": {"form": "no de-escalation"}},
    "3+3 B": {"3+3": {"form": "de-escalation"}},
    "3+3 C": {"3+3": {"form": "six at the MTD"}},
    "rolling six": {"rolling six": {"five_clean": "escalate"}},
    "i3+3": {"i3+3": {"target": 0.25, "margin_above": 0.1}},
    "mTPI": {"mTPI": {"target": 0.3, "eliminate_from": 1}},
    "mTPI-2": {"mTPI-2": {"target": 0.3, "cohort_sizes": [1, 2, 3]}},
    "Keyboard": {"Keyboard": {"target": 0.2, "edges": "rescale", "stop_at": 6}},
    "BOIN": BOIN,
    "BOIN with options": {"BOIN": {"target": 0.25, "extra_safe": True, "bound_mtd": True}},
    "BOIN, a row of 3+3": {"BOIN": {"target": 0.3, "adjusted": "de-escalate at 2 of 6"}},
    "CRM": {"CRM": {"target": 0.3, "half_width": 0.07}},
    "CRM with two parameters": {
        "CRM": {
            "target": 0.3,
            "skeleton": [0.1, 0.3, 0.5],
            "curve": "two-parameter logistic",
            "prior": CURVE,
            "coherent": False,
        }
    },
    "BLRM": {"BLRM": {"reference": "3e6 cells/kg", "prior": CURVE}},
    "BLRM with conditions": {
        "BLRM": {
            "reference": "1e7 cells/kg",
            "prior": {**CURVE, "correlation": -0.2},
            "at_the_limit": "safe",
            "largest_increase": 3.0,
            "least_at_mtd": 6,
            "stop_when_declared": True,
        }
    },
    "table of letters": {
        "decision table": {
            "target": 0.3,
            "rows": [
                {"n": 3 * k, "decisions": " ".join(["E"] * k + ["S"] * k + ["D"] * (k + 1))}
                for k in range(1, 11)
            ],
        }
    },
    "BOIN12": {"BOIN12": {"stop_at": 9, "utilities": {"neither": 30}}},
    "U-BOIN": {"U-BOIN": {"stage_one": 6, "stage_two": 9}},
    "U-BOIN at random": {"U-BOIN": {"next_dose": "proportional"}},
    "BOIN-ET": {"BOIN-ET": {}},
    "BOIN-ET as boinet": {"BOIN-ET": {"conduct": "boinet", "select_by": "scores"}},
    "TEPI": {
        "TEPI": {
            "toxicity_target": 0.3,
            "efficacy_floor": 0.2,
            "toxicity_cuts": [0.15, 0.33, 0.4],
            "efficacy_cuts": [0.2, 0.4, 0.6],
            "moves": ["EEEE", "EEES", "DSSS", "DDDD"],
        }
    },
    "EffTox": {
        "EffTox": {
            "toxicity_limit": 0.35,
            "efficacy_floor": 0.25,
            "contour": {
                "least_response": 0.3,
                "middle_response": 0.6,
                "middle_toxicity": 0.25,
                "most_toxicity": 0.6,
            },
            "prior": {
                f"{event}_{part}": NORMAL
                for event, parts in {
                    "tox": ("intercept", "slope"),
                    "eff": ("intercept", "slope", "curvature"),
                }.items()
                for part in parts
            }
            | {"association": {"mean": 0, "sd": 1}},
        }
    },
    "TITE-BOIN": {"TITE-BOIN": {"target": 0.3, "suspend": WAIT}},
    "TITE-Keyboard": {"TITE-Keyboard": {"target": 0.3, "suspend": {**WAIT, "completed": 2}}},
    "TITE-CRM": {"TITE-CRM": {"target": 0.3, "suspend": {**WAIT, "pending_share": None}}},
    "TITE-BOIN12": {"TITE-BOIN12": {"response_window": "12 weeks", "suspend": WAIT}},
    "BF-BOIN": {"BF-BOIN": {"target": 0.3, "cap": 9}},
    "BE-BOIN": {"BE-BOIN": {"target": 0.3, "suspend": {**WAIT, "follow_up": 0.25}}},
}
RULES: Final[dict[str, dict[str, Any]]] = {
    "titration": {"method": BOIN, "rules": [{"accelerated titration": {}}]},
    "titration of 3+3, not to the top": {
        "method": {"3+3": {"form": "de-escalation"}},
        "rules": [{"accelerated titration": {"up_to": 2}}],
    },
    "stop when": {
        "method": BOIN,
        "rules": [
            {
                "stop when": {
                    "any of": [
                        {
                            "all of": [
                                {"enough at the dose": 6},
                                {"precise": {"width": 0.6}},
                                {"next cohort": "stays"},
                            ]
                        },
                        {"too toxic": {"certainty": 0.9, "at": "any"}},
                        {"near the target": {"low": 0.1, "high": 0.4, "certainty": 0.8}},
                        {"enough treated": 14},
                    ]
                }
            }
        ],
    },
    "most at a dose": {"method": BOIN, "rules": [{"most at a dose": {"participants": 5}}]},
    "least at the selected dose": {
        "method": {"3+3": {}},
        "rules": [{"least at the selected dose": 6}],
    },
    "least at the selected dose, then most": {
        "method": {"BOIN": {"target": 0.3, "stop_at": 6}},
        "rules": [{"least at the selected dose": 9}, {"most at a dose": {"cohorts": 3}}],
    },
    "increase limited, nothing skipped": {
        "method": {"Keyboard": {"target": 0.3}},
        "rules": [{"untried levels": "not skipped"}, {"largest increase": 3}],
    },
    "cap": {"method": {"3+3": {"form": "six at the MTD"}}, "participants": 10},
}
CROSSED: Final = [
    {"dose": dose, "regimen": regimen}
    for dose in ("1e6 cells/kg", "3e6 cells/kg")
    for regimen in ("one", "two")
]
SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "Simon": {"Simon": {**PAIR, "alpha": 0.05, "power": 0.8, "kind": "minimax"}},
    "single stage": {"single stage": {**PAIR, "alpha": 0.05, "power": 0.8}},
    "Fleming": {"Fleming": {**PAIR, "alpha": 0.1, "power": 0.8}},
    "BOP2": {"BOP2": {**PAIR, **LOOKS, "alpha": 0.1}},
    "BOP2-FE": {"BOP2-FE": {**PAIR, **LOOKS, "alpha": 0.1}},
    "TOP": {"TOP": {**PAIR, **LOOKS, "alpha": 0.1, "window": "90 days"}},
    "predictive probability": {
        "predictive probability": {**PAIR, **LOOKS, "certainty": 0.9, "futility": 0.1}
    },
    "Bayesian single arm": {
        "Bayesian single arm": {
            "endpoint": "orr",
            "p0": 0.2,
            **LOOKS,
            "prior": [{"weight": 0.6, "a": 4, "b": 8}, {"weight": 0.4}],
            "certainty": 0.9,
        }
    },
    "joint BOP2": {
        "BOP2 with toxicity": {
            **PAIR,
            **LOOKS,
            "alpha": 0.1,
            "unacceptable": 0.4,
            "acceptable": 0.2,
        }
    },
    "fixed sample": {"fixed sample": {"participants": 9, "endpoint": "orr"}},
}
WORDS: Final[dict[str, dict[str, Any]]] = {
    **{name: {"dosing": {"method": method}} for name, method in METHODS.items()},
    **{name: {"dosing": dosing} for name, dosing in RULES.items()},
    **{name: {"statistics": {"sample": sample}} for name, sample in SAMPLES.items()},
    "BOIN combination": {
        "dosing": {"levels": CROSSED, "method": {"BOIN combination": {"target": 0.3}}}
    },
    "safety monitor": {
        "safety": {
            "monitoring": {
                "harm": {
                    "of": "dose-limiting toxicity",
                    "participants": 9,
                    "rule": {"table": [{"among": 3, "stop_from": 2}, {"among": 9, "stop_from": 4}]},
                }
            }
        }
    },
}


def find_plan(words: dict[str, Any]) -> Protocol:
    """The example protocol with a method in place of its own; JSON is YAML."""
    text = amend_example("dosing: {method: null}")
    whole = json.loads(json.dumps(_parsed(text).as_dict()))
    for chapter, settings in words.items():
        whole[chapter] = {**whole.get(chapter, {}), **settings}
    return _parsed(json.dumps(whole))


def find_read_back(plan: Protocol) -> Protocol:
    """The plan, written to JSON and read again."""
    return _parsed(json.dumps(plan.as_dict(), allow_nan=False))


def find_designs(plan: Protocol) -> list[Design]:
    """Every design that a plan names."""
    named = (find_dose_design(plan), find_sample_design(plan), *find_monitors(plan).values())
    return [design for design in named if design is not None]


def _parsed(text: str) -> Protocol:
    parsed = parse_protocol(text)
    wrong = [str(one) for one in parsed.findings if one.severity == "error"]
    assert parsed.plan is not None, wrong
    assert parsed.is_sound, wrong
    return parsed.plan
