"""Proofs about the abstract store, for any number of nodes. `docs/protocol-proof.md` says what is proved and how."""

from checkers.proofs.protocol.proof import Proof, prove

__all__ = ["Proof", "prove"]
