"""Every row of the counting layer, by name."""

from checkers.proofs.lemma import Lemma
from checkers.proofs.overlap import OVERLAP
from checkers.proofs.ringchange import RING_CHANGE
from checkers.proofs.survival import SURVIVAL

LEMMAS: dict[str, Lemma] = {lemma.name: lemma for lemma in (*OVERLAP, *RING_CHANGE, *SURVIVAL)}
