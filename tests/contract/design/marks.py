"""What designs do not keep, and why; the suite finds the counter-example of every mark."""

from typing import Final

from tests.contract.design.law import Mark

COMBINED: Final = ("BOIN combination", "BOIN combination, dose first")
BY_DOSE: Final = ("3+3 A", "3+3 B", "3+3 C", "rolling six", "rolling six in time")
ET: Final = ("BOIN-ET", "BOIN-ET as boinet", "BOIN-ET, lowest of ties")
MODELS: Final = ("CRM", "CRM one at a time", "CRM with two parameters", "TITE-CRM")
BY_WORTH: Final = ("BOIN12", "BOIN12 joint", "TITE-BOIN12", "EffTox")
U_BOIN: Final = ("U-BOIN", "U-BOIN at random", "U-BOIN joint", "cap of U-BOIN at random")
COUNTED: Final = ("fixed sample", "fixed sample joint", "safety stop around joint counts")

NUMBERED = "levels are numbered dose by dose, and one step of dose passes every regimen"
SETTLED = "ends when a dose is settled, however many were treated"
MEMORY = "decides by all who were treated at a dose, of whom the last cohort is a part"
UNTRIED = "with so few at each dose it is not certain enough that none works"
WEIGHED = "weighs response against toxicity, so a tolerable dose may give way to a better one"
PASSED = "a dose with too few responses is passed over"
NO_STOP = "has no rule that stops for toxicity; `stop when: {too toxic: …}` adds one"

MARKS: Final[tuple[Mark, ...]] = (
    Mark("none skipped", "never", NUMBERED, COMBINED, (3,)),
    Mark("one level up", "never", NUMBERED, COMBINED, (3,)),
    Mark("one level up", "never", PASSED, ("BOIN-ET as boinet",), (3,)),
    Mark(
        "ends when full",
        "never",
        SETTLED,
        (*BY_DOSE, "titration of 3+3, not to the top", "least at the selected dose"),
        (3,),
    ),
    Mark(
        "table",
        "never",
        "rows say what is within reach by DLTs; an untried dose may be explored first",
        ("BOIN12",),
        (3,),
    ),
    Mark(
        "table",
        "never",
        "letters are those of the first stage; the second goes by utility",
        U_BOIN,
        (3,),
    ),
    Mark("table", "never", NUMBERED, COMBINED, (3,)),
    Mark("table", "never", PASSED, ("BOIN-ET as boinet",), (3,)),
    Mark(
        "table",
        "never",
        "rows are of the design inside; a single participant with a DLT gets a full cohort",
        ("titration",),
        (3,),
    ),
    Mark("closed upwards", "never", NUMBERED, COMBINED, (3,)),
    Mark(
        "closed upwards",
        "never",
        "a dose with too few responses is closed alone",
        ("BOIN-ET", "BOIN-ET as boinet", "TEPI", "TEPI by posterior mean"),
        (3,),
    ),
    Mark("not bolder", "never", WEIGHED, (*BY_WORTH, "U-BOIN", "U-BOIN at random"), (3,)),
    Mark(
        "coherent",
        "never",
        MEMORY,
        (
            "BOIN",
            "BOIN with options",
            "the guide's own",
            "BOIN, a row of 3+3",
            "table",
            "table of letters",
            "i3+3",
            "mTPI",
            *ET,
            "titration",
            "most at a dose",
            "least at the selected dose, then most",
            "increase limited, nothing skipped",
            "TEPI by posterior mean",
            "TITE-BOIN",
            "TITE-Keyboard",
            "BF-BOIN",
            "BE-BOIN",
        ),
        (3,),
    ),
    Mark("coherent", "never", MEMORY, COMBINED),
    Mark("coherent", "never", WEIGHED, ("BOIN12", "TEPI", "EffTox", *U_BOIN), (3,)),
    Mark("coherent up", "never", WEIGHED, (*ET, "TEPI by posterior mean", "EffTox", *U_BOIN), (3,)),
    Mark(
        "coherent up",
        "never",
        "the curve is fitted to all doses, and those below may speak for more",
        ("CRM", "cap of CRM"),
        (3,),
    ),
    Mark(
        "coherent down",
        "never",
        WEIGHED,
        ("BOIN12", "TEPI by posterior mean", "cap of stop", *U_BOIN),
        (3,),
    ),
    Mark(
        "nobody has a DLT",
        "never",
        "the planned participants are too few for the prior to let the highest dose be reached",
        ("BLRM",),
        (3,),
    ),
    Mark(
        "nobody has a DLT",
        "never",
        "declares no MTD that is not on target with some probability; an underdose is not",
        ("BLRM with conditions",),
    ),
    Mark(
        "nobody has a DLT",
        "never",
        "the cap ends the trial before six were treated at the highest dose",
        ("cap",),
    ),
    Mark("everybody responds", "never", "counts, and declares nothing", COUNTED),
    Mark("everybody has a DLT", "never", NO_STOP, (*MODELS, "cap of CRM")),
    Mark("never up after DLTs", "never", NO_STOP, MODELS, (3,)),
    Mark(
        "never up after DLTs",
        "never",
        "at a rising response and a vague prior, a dose above may be acceptable where this is not",
        ("EffTox",),
        (3,),
    ),
    Mark(
        "nobody responds",
        "never",
        UNTRIED,
        (
            "BOIN12",
            "BOIN12 joint",
            "BOIN-ET",
            "BOIN-ET as boinet",
            "U-BOIN",
            "U-BOIN at random",
            "U-BOIN joint",
            "cap of U-BOIN at random",
            "TITE-BOIN12",
        ),
        (3,),
    ),
    Mark("nobody responds", "never", UNTRIED, ("BOIN-ET, lowest of ties", "EffTox", "cap of stop")),
    Mark(
        "nobody responds",
        "never",
        "fails only where toxicity fails as well, and there is none",
        ("joint BOP2 of two responses",),
    ),
    Mark(
        "a dose out of reach",
        "never",
        "starts at the highest dose, as it is set here",
        ("BOIN in cohorts of 2", "CRM with two parameters"),
        (3,),
    ),
    Mark(
        "a dose out of reach",
        "never",
        "chance may draw an untried dose above while the second is not yet closed",
        ("BOIN-ET as boinet", "U-BOIN joint"),
        (3,),
    ),
    Mark(
        "a dose out of reach",
        "never",
        "doses are centred at their mean, so another dose changes what the prior says of each",
        ("EffTox",),
        (3,),
    ),
    Mark(
        "a dose out of reach",
        "never",
        "as it is set here the cap grows with the doses",
        ("cap",),
        (3,),
    ),
    Mark(
        "factors turned",
        "never",
        "of two neighbours equally good it takes the next dose, not the next regimen",
        ("BOIN combination, dose first",),
        (3,),
    ),
)
