"""Numbers as people read them: counts, shares, bits, durations and sizes."""

from __future__ import annotations

import math

__all__ = ["say_bits", "say_count", "say_duration", "say_fit", "say_interval", "say_share", "say_size"]


def say_count(number: float) -> str:
    """A count with thousands set apart; what is expected on average keeps a decimal where it is small.

    Examples:
        >>> say_count(1240), say_count(12.34), say_count(0.04)
        ('1,240', '12.3', '0.04')
    """
    if isinstance(number, int) or number >= 100:
        return f"{round(number):,}"
    return f"{number:.2f}" if 0 < number < 0.1 else f"{number:.1f}"


def say_share(share: float) -> str:
    """A share or probability in per cent, which is 0 or 100 only where it is exactly that.

    Examples:
        >>> say_share(0.4512), say_share(0.9995), say_share(0.0001), say_share(1.0)
        ('45.1%', '>99.9%', '<0.1%', '100%')
    """
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    if share >= 0.9995:
        return ">99.9%"
    return "<0.1%" if share < 0.0005 else f"{share:.1%}"


def say_interval(low: float, high: float) -> str:
    """A 95% interval of a share.

    Examples:
        >>> say_interval(0.41, 0.47)
        '41.0% to 47.0%'
    """
    return f"{say_share(low)} to {say_share(high)}"


def say_bits(bits: float) -> str:
    """Bits with their sign.

    Examples:
        >>> say_bits(12.34), say_bits(-0.5), say_bits(0.0)
        ('+12.3', '-0.5', '0.0')
    """
    return "0.0" if abs(bits) < 0.05 else f"{bits:+.1f}"


def say_fit(bits: float) -> str:
    """How many other people would show the same, from the bits of what is shown.

    Examples:
        >>> say_fit(5.0)
        'about 312 in 10,000 other people would fit as well'
        >>> say_fit(20.0)
        'about one other person in 1 million would fit as well'
        >>> say_fit(27.8)
        'about one other person in 230 million would fit as well'
        >>> say_fit(-3.0)
        'most other people would fit better'
    """
    if bits <= 0:
        return "most other people would fit better"
    share = 2.0**-bits
    if share * 10_000 >= 2:
        return f"about {share * 10_000:,.0f} in 10,000 other people would fit as well"
    if bits > 40:
        return "less than one other person in a trillion would fit as well"
    return f"about one other person in {_rounded(2.0**bits)} would fit as well"


def say_duration(seconds: float) -> str:
    """A duration.

    Examples:
        >>> say_duration(0.42), say_duration(75.0), say_duration(7300)
        ('0.4 s', '1 min 15 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def say_size(mebibytes: float) -> str:
    """An amount of memory.

    Examples:
        >>> say_size(310.4), say_size(2048)
        ('310 MiB', '2.0 GiB')
    """
    return f"{mebibytes:,.0f} MiB" if mebibytes < 1024 else f"{mebibytes / 1024:,.1f} GiB"


def _rounded(number: float) -> str:
    """A large number by two leading digits."""
    digits = max(math.floor(math.log10(number)) - 1, 0)
    number = round(number / 10**digits) * 10**digits
    for word, unit in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
        if number >= unit:
            return f"{number / unit:,.0f} {word}" if number >= 10 * unit else f"{number / unit:.2g} {word}"
    return f"{number:,.0f}"
