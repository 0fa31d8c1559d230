"""From a mutant of the abstract store to a run of the real one: the same mistake, directed after the mutant's trace.

A trace is a sequence of steps of an abstract store; its run places in the real one what makes these steps happen and
no others: cuts, held links, slow disks, crashes, lost disks, changes of membership. The mistake is a rule of the store
that is switched off (`bug`), or a configuration that promises nothing. Where the store has a second line of defence
that the abstract one has not, that goes too, and `how` says so.
"""

from collections.abc import Callable
from typing import NamedTuple

from kept.lab.direction import Direction
from kept.staged import deletes, losses, moves, quorums


class MutantRun(NamedTuple):
    """The run that shows one mutant in the real store."""

    mutant: str
    """Its name in `checkers.proofs.protocol.mutants`."""
    direct: Callable[[], Direction]
    how: str
    """What is switched off, and what the run does otherwise than the trace."""
    claim: str = "fresh-reads"
    """What the run violates."""


RUNS: dict[str, MutantRun] = {
    run.mutant: run
    for run in (
        MutantRun("quorums that miss each other", quorums.quorums_that_miss, "R = W = 1 of N = 2"),
        MutantRun("ack at one", quorums.ack_at_one, "bug `ack-at-one`"),
        MutantRun("read at one", quorums.read_at_one, "bug `read-at-one`"),
        MutantRun("hint counted as an acknowledgement", quorums.hint_counted, "bug `sloppy-overlap`; a third node"),
        MutantRun(
            "ack before sync",
            quorums.acked_before_sync,
            "bug `replica-acknowledges-from-memory`; the replica stops, for the store reads what is in memory",
        ),
        MutantRun(
            "sent before sync",
            quorums.sent_before_sync,
            "bug `early-replication`; the coordinator stops",
        ),
        MutantRun(
            "hint dropped before it is durable",
            quorums.hint_dropped,
            "bug `hint-deleted-on-send`; the owner stops before it has synced",
            claim="no-lost-write",
        ),
        MutantRun("last writer wins", quorums.last_writer_wins, "`--versions lww`"),
        MutantRun("repair overwrites", quorums.repair_overwrites, "bug `repair-overwrites`, at the coordinator"),
        MutantRun(
            "the only disk", losses.the_only_disk, "a disk lost beyond the promise (`--beyond`)", claim="no-lost-write"
        ),
        MutantRun("wiped disk rejoins", losses.wiped_disk_rejoins, "bug `recovering-answers`"),
        MutantRun("recovered by one", losses.recovered_by_one, "bug `recovered-by-one`"),
        MutantRun(
            "two disks at once",
            losses.two_disks_at_once,
            "bug `empties-confirm`: the store as it was before this proof found it",
        ),
        MutantRun(
            "fallback coordinates for owners",
            losses.fallback_coordinates,
            "bug `fallback-coordinates`: the store as it was before this proof found it; the record rots on the disk, "
            "which is not lost altogether",
        ),
        MutantRun("old list only", moves.old_list_only, "bug `old-list-only`"),
        MutantRun("union of the lists", moves.union_of_lists, "bug `union-quorum`"),
        MutantRun("flip before the transfer", moves.flip_before_transfer, "bug `flip-before-transfer`"),
        MutantRun("transfer not verified", moves.transfer_not_verified, "bug `asked-is-transferred`"),
        MutantRun(
            "transfer before the barrier",
            moves.transfer_before_barrier,
            "bug `majority-transfer`, which also lets an old owner serve pages of a plan that it does not know",
        ),
        MutantRun(
            "transfer before older writes end",
            moves.older_puts,
            "bug `older-puts-go-on`, which also lets a new owner ask one old owner only: else it hears the coordinator",
        ),
        MutantRun("closed before the barrier", moves.closed_before_barrier, "bug `majority-close`"),
        MutantRun(
            "closed before older reads end",
            moves.older_gets,
            "bug `older-gets-go-on`",
        ),
        MutantRun(
            "left before the hand over",
            moves.left_before_hand_over,
            "bug `stray-dropped`; the record comes as a late hint",
            claim="no-lost-write",
        ),
        MutantRun("tombstone reaped alone", deletes.reaped_alone, "bug `early-reaping`", claim="no-resurrection"),
        MutantRun("live record reaped", deletes.live_reaped, "bug `live-reaped`", claim="no-lost-write"),
        MutantRun(
            "stale owner ignored", deletes.stale_owner_ignored, "bug `stale-owner-ignored`", claim="no-resurrection"
        ),
        MutantRun(
            "no grace for reads",
            deletes.no_grace_for_reads,
            "bug `no-grace`; a third node reads and repairs",
            claim="no-resurrection",
        ),
        MutantRun("no grace for writes", deletes.no_grace_for_writes, "bug `no-grace`", claim="no-resurrection"),
        MutantRun("hint ignored", deletes.hint_ignored, "bug `hint-ignored`", claim="no-resurrection"),
        MutantRun(
            "hint just handed off",
            deletes.handoff_ignored,
            "bug `handoff-ignored`, by which an owner that takes over a hint does not begin its grace anew either; "
            "what comes late is the hand-off once more, and no repair",
            claim="no-resurrection",
        ),
        MutantRun(
            "tombstones not exchanged",
            deletes.tombstones_not_exchanged,
            "bug `versions-only`; what the exchange brings is what a lost disk is recovered by, for the store "
            "acknowledges no delete by an exchange",
            claim="fresh-deletes",
        ),
    )
}
"""Mutant -> its run, in the order of the mutants."""
