"""The explanation as a pydantic model: the shape of `Explanation.to_dict`, for those who read its JSON."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["AnswerRecord", "ExplanationRecord", "FactRecord", "TurningPointRecord"]

_EXACT = ConfigDict(extra="forbid", frozen=True)
_Share = Field(ge=0, le=1 + 1e-9)


class FactRecord(BaseModel):
    """What one family of evidence says."""

    model_config = _EXACT

    family: str = Field(description="The evidence family.")
    bits: float = Field(description="Bits for the customer (above 0) or against (below 0).")
    phrase: str = Field(description="What was seen, in words.")


class TurningPointRecord(BaseModel):
    """The fewest facts without which the best answer would be another."""

    model_config = _EXACT

    families: list[str] = Field(min_length=1, description="Families whose facts would have to count nothing.")
    bits: float = Field(description="That they count now, all together.")
    answer: str | None = Field(description="The best answer now: a customer, or null for nobody.")
    becomes: str | None = Field(description="The best answer then.")
    sentence: str = Field(description="The same in words.")


class AnswerRecord(BaseModel):
    """One answer to whose profile it is."""

    model_config = _EXACT

    kind: Literal["customer", "nobody", "rest"] = Field(description="A customer, nobody, or any unlisted customer.")
    customer_id: str | None = Field(description="The customer; null for the other kinds.")
    probability: float = _Share
    match_weight: float | None = Field(description="Bits that speak for the customer.")
    rank: int | None = Field(description="From 1, of the customer.")
    decision: str = Field(description='"link", "review" or "none" for a customer, else empty.')


class ExplanationRecord(BaseModel):
    """Why a profile is, or is not, a customer's."""

    model_config = _EXACT

    profile_id: str
    customer_id: str | None = Field(description="The customer that is explained; null where nobody was proposed.")
    probability: float = _Share
    group_probability: float = _Share
    nobody_probability: float = _Share
    rest_probability: float = _Share
    decision: Literal["link", "review", "none"]
    facts: list[FactRecord] = Field(description="Their bits add up to match_weight.")
    match_weight: float = Field(description="Bits that speak for the customer.")
    bits_needed: float = Field(description="Bits at which the customer is as likely as nobody.")
    runner_up: str | None = Field(description="The best other answer: a customer, or null for nobody.")
    margin: float | None = Field(description="Bits over the runner-up; null where nothing was proposed.")
    turning_point: TurningPointRecord | None
    posterior: list[AnswerRecord] = Field(description="Every answer; the probabilities add up to 1.")
    others_per_10000: float = Field(ge=0, le=10_000, description="Other people in 10,000 who would show as much.")
    sentence: str = Field(description="The explanation in plain words.")
