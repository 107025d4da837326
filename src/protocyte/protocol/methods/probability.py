"""A probability as the words of a method write it."""

from typing import Annotated

from pydantic import Field

Target = Annotated[float, Field(gt=0, lt=1, description="A probability [1], between 0 and 1.")]
