"""What links carry along: what components mean, and by what posts find their profiles."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from sociolink.linking.gallery import Gallery
from sociolink.results.model import LinkModel
from sociolink.text.handles import parse_handles

__all__ = ["keys_of_profiles", "phrases_of"]


def phrases_of(gallery: Gallery, model: LinkModel) -> dict[str, dict[str, str]]:
    """What each component means, by family."""
    out: dict[str, dict[str, str]] = {}
    for family in gallery.families:
        out[family.name] = {}
        for channel, parts in model.weights.items():
            name, _, rest = channel.partition(".")
            if name == family.name:
                out[name].update({f"{rest}:{part}" if rest else part: family.describe(part) for part in parts})
    return out


def keys_of_profiles(profiles: pa.Table) -> pa.Table:
    """What posts can be matched by when they lack a profile id."""
    platform, handle = (profiles.column(name).combine_chunks() for name in ("platform", "handle"))
    parsed = parse_handles(platform, handle)
    return pa.table(
        {
            "profile_id": profiles.column("profile_id"),
            "platform": parsed.platform,
            "handle_core": pc.utf8_lower(parsed.handle),
            "user_id": profiles.column("user_id"),
        }
    )
