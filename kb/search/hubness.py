"""Passages that are near to everything, and how to take that off.

A passage vector holds a constant part (its language, its genre, its length) that makes some passages near to every question:
*hubs*. Ranking by ``q·p − λ·c·p``, with ``c`` the centre of what is asked, takes the constant part off; cf. Dinu et al. (2015),
*Improving zero-shot learning by mitigating the hubness problem*. Questions and passages of one model share that part to a
cosine of 0.94 to 0.99, so the centre is the mean of the passages themselves, which the catalogue keeps: no bank of questions is
needed, and it follows what the office stores.
"""

from __future__ import annotations

import numpy as np

from kb.represent.embed import FloatVector
from kb.store.passages import Spread

SHARE = 0.15
"""How much of the centre is taken off. More gains a little across languages and costs the same language (0.25: jsquad-ja −0.004)."""


def corrected(query: FloatVector, pool: Spread, share: float = SHARE) -> FloatVector:
    """The question without a ``share`` of the mean of the pool's passages; not of unit length. An empty pool corrects nothing."""
    if pool.size == 0:
        return query
    centre = pool.first / pool.size
    moved: FloatVector = (query - share * centre).astype(np.float32)
    return moved
