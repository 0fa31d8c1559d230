"""A story as a recorded run, for the checkers: the judges of `kept run`, over the same types."""

from collections.abc import Iterable
from typing import Any

from dynamo.core import messages as m
from dynamo.core.context import decode_context
from dynamo.core.siblings import Siblings
from histories.header import HistoryHeader, ReplicasHeader, TraceHeader
from histories.history import History
from histories.operation import NOTHING_SEEN, Operation, Vector
from histories.replicas import FinalVersion, Replicas, ReplicaState
from histories.run import RecordedRun
from histories.text import to_text
from histories.trace import END, Minting, Trace
from kept.explore.story import OPEN, Story, Told
from kept.lab.fingerprint import code_fingerprint, created_by


class Witness:
    """Makes recorded runs of the stories of one scope."""

    def __init__(self, config: dict[str, Any], clients: int, most: int) -> None:
        self.clients = clients
        self.most = most
        fields: dict[str, Any] = {"seed": 0, "config": config, "created_by": created_by(), "code": code_fingerprint()}
        self._history = HistoryHeader(kept="history", **fields)
        self._trace = TraceHeader(kept="trace", **fields)
        self._fields = fields
        self._replicas: dict[tuple[bool, int], tuple[dict[str, object], ReplicasHeader]] = {}

    def run(self, story: Story, replicas: Replicas | None = None) -> RecordedRun:
        """The story as a run of which everything was recorded."""
        operations, mintings = self._operations(story)
        events: tuple[dict[str, Any], ...] = ({"time_us": 0, "event": END},)
        trace = Trace(self._trace, events, tuple(mintings), truncated=False)
        return RecordedRun(History(self._history, tuple(operations), truncated=False), trace, replicas)

    def _operations(self, story: Story) -> tuple[list[Operation], list[Minting]]:
        """The operations in an order that fits: what ended before an operation began does so as late as it can."""
        begun = [slot for slot, told in enumerate(story) if told is not None]
        ended_us: dict[int, int] = {}
        started_us: dict[int, int] = {}
        now_us = 0
        for slot in sorted(begun, key=lambda at: (_of(story, at).before.bit_count(), at)):
            for before in begun:
                if _of(story, slot).before >> before & 1 and before not in ended_us:
                    now_us += 1
                    ended_us[before] = now_us
            now_us += 1
            started_us[slot] = now_us
        for slot in begun:
            if _of(story, slot).status != OPEN and slot not in ended_us:
                now_us += 1
                ended_us[slot] = now_us
        operations, mintings = [], []
        for index, slot in enumerate(sorted(begun, key=lambda at: started_us[at])):
            told = _of(story, slot)
            operations.append(self._operation(index, slot, told, story, started_us[slot], ended_us.get(slot)))
            mintings += [
                Minting(started_us[slot], operations[-1].request, to_text(told.key), dot) for dot in told.minted
            ]
        return operations, mintings

    def _operation(
        self, index: int, slot: int, told: Told, story: Story, start_us: int, end_us: int | None
    ) -> Operation:
        client, number = divmod(slot, self.most)
        earlier = story[client * self.most : slot]
        infos = sum(one is not None and one.status == m.INFO for one in earlier)
        answered = told.status == m.OK
        return Operation(
            index,
            client + self.clients * infos,
            told.kind,  # type: ignore[arg-type]  # the store's kinds are the histories' kinds
            to_text(told.key),
            to_text(told.value) if told.kind == m.PUT else None,
            vector(told.context),
            f"{client}.{number + 1}",
            start_us,
            end_us,
            told.status if told.status != OPEN else "info",  # type: ignore[arg-type]  # as above
            dot=told.dot if answered else None,
            values=tuple(map(to_text, told.values)) if told.kind == m.GET else (),
            dots=told.dots if told.kind == m.GET else (),
            seen=vector(told.seen),
            minted=told.minted[0] if told.minted else None,
        )

    def replicas(
        self,
        settled: bool,
        data: Iterable[tuple[str, bytes, Siblings]],
        hints: Iterable[tuple[str, str, bytes, Siblings]],
        roots: dict[str, dict[str, str]],
        ring: dict[str, object],
    ) -> Replicas:
        """The final states: (node, key, state) and (node, owner, key, state), and the ring that was meant."""
        states = [_state(node, key, "data", "", state) for node, key, state in data]
        states += [_state(node, key, "hint", owner, state) for node, owner, key, state in hints]
        return Replicas(self._header(settled, ring), tuple(states), roots, truncated=False)

    def _header(self, settled: bool, ring: dict[str, object]) -> ReplicasHeader:
        found = self._replicas.get((settled, id(ring)))
        if found is None:
            described = {"kept": "replicas", "settled": settled, "ring": ring, **self._fields}
            found = self._replicas[settled, id(ring)] = (ring, ReplicasHeader.model_validate(described))
        return found[1]


def _of(story: Story, slot: int) -> Told:
    told = story[slot]
    assert told is not None
    return told


def vector(context: bytes) -> Vector:
    """A context as checkers read it."""
    return decode_context(context) if context else NOTHING_SEEN


def _state(node: str, key: bytes, space: Any, owner: str, state: Siblings) -> ReplicaState:
    versions = (FinalVersion(v.dot, None if v.value is None else to_text(v.value)) for v in state.versions)
    return ReplicaState(node, to_text(key), space, owner, dict(state.context), tuple(sorted(versions, key=_dot)))


def _dot(version: FinalVersion) -> tuple[str, int]:
    return version.dot
