"""Proofs about quorum configurations: counted, not sampled. `docs/proofs.md` says what is proved, and how to check."""
