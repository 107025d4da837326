"""Cytokine release syndrome by Lee 2014: the name only.

Standard: Lee DW, et al. Current concepts in the diagnosis and management of cytokine release
syndrome. Blood 2014;124:188-195. doi:10.1182/blood-2014-05-552729. Its rule is not coded: the text
of its table was not at hand. It differs from ASTCT 2019, and a grade on one scale is never read as
a grade on the other.
"""

from typing import Final

SCALE: Final = "Lee 2014"
