"""How a name becomes a handle: the forms, each a short sequence of slots, and the key on which it is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["FORMS", "FORM_NAMES", "READINGS", "VARIANTS", "Form", "KeyKind", "Slot"]


class Slot(IntEnum):
    """What stands in one place of a form."""

    GIVEN = 0
    FAMILY = 1
    GIVEN_INITIAL = 2
    FAMILY_INITIAL = 3
    MIDDLE_INITIAL = 4
    GIVEN_PREFIX = 5
    FAMILY_PREFIX = 6
    BETWEEN = 7
    OTHER_GIVEN = 8
    OTHER_FAMILY = 9


class KeyKind(IntEnum):
    """What a customer's name key is made of."""

    GIVEN_FAMILY = 1
    INITIAL_FAMILY = 2
    GIVEN_INITIAL = 3
    FAMILY = 4
    GIVEN = 5
    INITIALS = 6
    KNOWN_HANDLE = 7
    OWN_SITE = 8
    EMAIL_NAME = 9
    INITIAL_PAIR = 10


_KEY_ORDER = (
    Slot.GIVEN,
    Slot.GIVEN_INITIAL,
    Slot.GIVEN_PREFIX,
    Slot.FAMILY,
    Slot.FAMILY_INITIAL,
    Slot.FAMILY_PREFIX,
)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a name.

    Attributes:
        name: Name of the component.
        slots: What stands in it, from left to right; none where the whole string is looked up.
        key: The key on which customers are found.
        phrase: How it is said to people.
        prior: Pseudo-count, the start and the prior of EM.
    """

    name: str
    slots: tuple[Slot, ...]
    key: KeyKind
    phrase: str
    prior: float

    @property
    def key_slots(self) -> tuple[Slot, ...]:
        """The slots whose contents make the key: given name first, middle initials left out."""
        if self.key is KeyKind.INITIALS:
            return self.slots
        return tuple(slot for slot in _KEY_ORDER if slot in self.slots)


_G, _S, _I, _T, _M, _P, _R, _W, _X, _Y = Slot

FORMS: tuple[Form, ...] = (
    Form("given_family", (_G, _S), KeyKind.GIVEN_FAMILY, "given name and family name", 30.0),
    Form("family_given", (_S, _G), KeyKind.GIVEN_FAMILY, "family name and given name", 3.0),
    Form("given_middle_family", (_G, _M, _S), KeyKind.GIVEN_FAMILY, "given name, middle initial, family name", 2.0),
    Form("given_other_family", (_G, _W, _S), KeyKind.GIVEN_FAMILY, "given name, another name, family name", 2.0),
    Form("initial_family", (_I, _S), KeyKind.INITIAL_FAMILY, "initial and family name", 10.0),
    Form("family_initial", (_S, _I), KeyKind.INITIAL_FAMILY, "family name and initial", 1.5),
    Form("initials_family", (_I, _M, _S), KeyKind.INITIAL_FAMILY, "two initials and family name", 2.0),
    Form("prefix_family", (_P, _S), KeyKind.INITIAL_FAMILY, "shortened given name and family name", 1.5),
    Form("given_initial", (_G, _T), KeyKind.GIVEN_INITIAL, "given name and initial of the family name", 3.0),
    Form("given_prefix", (_G, _R), KeyKind.GIVEN_INITIAL, "given name and shortened family name", 1.5),
    Form("family", (_S,), KeyKind.FAMILY, "family name only", 8.0),
    Form("given", (_G,), KeyKind.GIVEN, "given name only", 6.0),
    Form("initial_prefix", (_I, _R), KeyKind.INITIAL_PAIR, "initial and shortened family name", 1.0),
    Form("prefix_initial", (_P, _T), KeyKind.INITIAL_PAIR, "shortened given name and initial of the family name", 1.0),
    Form("prefix_prefix", (_P, _R), KeyKind.INITIAL_PAIR, "shortened given and family name", 1.0),
    Form("initials", (_I, _M, _T), KeyKind.INITIALS, "three initials", 1.0),
    Form("known_handle", (), KeyKind.KNOWN_HANDLE, "a handle that is known from another platform", 2.0),
    Form("own_site", (), KeyKind.OWN_SITE, "a name that stands in their own web address", 1.0),
    Form("email_name", (), KeyKind.EMAIL_NAME, "the name in their e-mail address", 1.0),
)

VARIANTS: tuple[Form, ...] = (
    Form("other_given", (_X, _S), KeyKind.FAMILY, "family name after another given name", 0.01),
    Form("other_family", (_G, _Y), KeyKind.GIVEN, "given name before another family name", 0.003),
)
"""Names a customer goes by that the record does not have: legal, stage, maiden and married names.

To a stranger they are nothing apart from given and family name, so their weights cannot be learned: `prior` is the
share of customers who write such a name where others write the recorded ones.
"""

READINGS: tuple[Form, ...] = (*FORMS, *VARIANTS)
"""All shapes that a string is read in."""

FORM_NAMES: tuple[str, ...] = tuple(form.name for form in FORMS)
