"""The cluster of a scope as a transition system (`model.explorer.system.System`).

The steps of a state:

* a client begins its next operation: its node takes the request in at once;
* a message arrives; it is lost (`drops`), or it arrives and a copy of it stays under way (`duplicates`), be it of a
  node or of a client;
* a disk syncs what was written;
* a machine dies (`crashes`) between two steps or between two effects of one, and any of the last writes that are not
  synced are lost; its process starts again, at any time later;
* a node is cut off from the others (`partitions`), and no longer;
* a deadline of an operation passes (`timeouts`); a handoff interval passes (`handoffs`); a node begins an anti-entropy
  round with another one (`exchanges`);
* an operator has the membership changed (`change`), and intervals pass that carry that on (`kept.explore.change`).

An answer reaches its client in the step in which it is given, and a client learns at once that its node has died: the
history says then as much as it ever can, and whatever comes later can still come later. What a dead process, or a cut,
keeps from arriving is lost.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from struct import pack

from dynamo.core import messages as m
from dynamo.core.messages import Request, Response
from kept.explore.change import OPERATOR, begins, goes_on
from kept.explore.cluster import Cluster
from kept.explore.interning import CLIENT, Copy, Message
from kept.explore.locals import LocalEvent, LocalStep
from kept.explore.machine import EPOCH_US
from kept.explore.program import task
from kept.explore.reduction import normal
from kept.explore.restart import restarted
from kept.explore.scope import Scope
from kept.explore.settling import EXCHANGE, HANDOFF, PROBE, Resting, Settling
from kept.explore.state import IDLE, WHOLE, Left, State, Step
from kept.explore.story import Stories
from kept.explore.telling import Telling, said

WALL_STEP_US = 1_000
"""How much later the wall clocks show it is with each operation that begins."""


class Nodes:
    """The real nodes of a scope, to be explored."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.cluster = Cluster(scope)
        self.locals = self.cluster.locals()
        self.messages = self.locals.messages
        self.names = self.cluster.names
        self.programs = scope.programs()
        self.stories = Stories(len(self.programs), max(map(len, self.programs)))
        walk = [self.names.index(name) for name in self.cluster.walk]
        every = tuple(walk)
        self.contacts = tuple(
            every if scope.contact == "any" else (walk[client % len(walk)],) for client in range(len(self.programs))
        )
        """Per client the nodes that it may ask."""
        self.counts_copies = scope.versions == "dvv" and not scope.durable_copies and not scope.bug
        """Whether every acknowledgement is checked for W durable copies; with a bug its own claims are to be seen."""
        self.telling = Telling(self.locals)
        self.settling = Settling(self.cluster)
        event = self.locals.event
        self._sync = event(LocalEvent("sync"))
        self._fire = event(LocalEvent("fire"))
        self._boot = event(LocalEvent("boot"))
        self._tend = event(LocalEvent("tick", timer="handoff"))
        self._crash = [event(LocalEvent("crash", number=keep)) for keep in range(64)]
        self._deliver: dict[int, int] = {}
        self._durable: dict[tuple[int, bytes, tuple[str, int]], bool] = {}

    # The system

    def initial(self) -> Iterable[State]:
        machines = tuple(self.locals.number(machine) for machine in self.cluster.booted())
        scope = self.scope
        left = Left(
            scope.crashes,
            scope.drops,
            scope.duplicates,
            scope.partitions,
            scope.timeouts,
            scope.handoffs,
            scope.exchanges,
            int(bool(scope.change)),
        )
        yield State(machines, (), ((0, IDLE),) * len(self.programs), self.stories.nothing, left)

    def fingerprint(self, state: State) -> int:
        digests = self.messages.digests
        local = self.locals.digests
        left, clients = state.left, state.clients
        under_way = [digests[number] for number in state.under_way]
        head = [local[number] for number in state.machines]
        small = [*left, state.cut + 1, len(state.flaw), *[part + 1 for client in clients for part in client]]
        if state.resting is not None:
            head = [self.settling.digests[number] for number in state.resting.machines]
        words = [*head, self.stories.digests[state.story], *under_way]
        code = pack(f">{len(words)}Q{len(small)}B", *words, *small)
        return int.from_bytes(blake2b(code, digest_size=8).digest(), "big")

    def steps(self, state: State) -> Iterator[tuple[Step, State]]:
        if state.flaw:
            return
        if state.resting is not None:
            for interval, after in self.settling.steps(state.resting):
                yield Step(interval.timer, interval.node, said(interval)), self._rests(state, after)
            return
        yield from self._asks(state)
        yield from begins(self, state)
        yield from self._arrivals(state)
        yield from self._by_themselves(state)
        yield from self._faults(state)
        if self.scope.settle and self.at_rest(state):
            machines = [self.locals.thaw(number) for number in state.machines]
            empty = State((), (), (), self.stories.nothing, Left(*[0] * len(Left._fields)))
            yield (
                Step("rest", "", "the clients have stopped, and all is left to itself"),
                self._rests(empty, self.settling.begin(machines)),
            )

    def _rests(self, state: State, after: Resting | str) -> State:
        """The state of a cluster that is left to itself, or of one in which a node has stopped."""
        if isinstance(after, str):
            return state._replace(flaw=f"a node stops with an error while the cluster settles: {after}")
        return state._replace(resting=after)

    def fairness(self, label: Step) -> str | None:
        """The background work that is not put off for ever; everything else may be."""
        return str(label) if label.action in (HANDOFF, EXCHANGE, PROBE) and self.scope.settle else None

    def kind(self, label: Step) -> str:
        """What coverage counts a step as."""
        return label.action

    def at_rest(self, state: State) -> bool:
        """Whether nothing is left to do but faults: here a run may end."""
        facts = self.locals.facts
        return (
            state.resting is None
            and not state.under_way
            and state.cut == WHOLE
            and not state.flaw
            and all(facts[n].destroyed or (facts[n].up and not facts[n].unsynced) for n in state.machines)
            and all(self._done(state, client) for client in range(len(self.programs)))
        )

    def _done(self, state: State, client: int) -> bool:
        """Whether a client has nothing left that it could do: all is begun, or it waits, or nobody is left to ask."""
        begun, waits = state.clients[client]
        facts = self.locals.facts
        return (
            begun == len(self.programs[client])
            or waits != IDLE
            or all(facts[state.machines[at]].destroyed for at in self.contacts[client])
        )

    # Clients

    def _asks(self, state: State) -> Iterator[tuple[Step, State]]:
        facts = self.locals.facts
        for client, (begun, waits) in enumerate(state.clients):
            program = self.programs[client]
            if waits != IDLE or begun == len(program):
                continue
            for at in self.contacts[client]:
                if facts[state.machines[at]].serving:
                    yield from self._ask(state, client, begun, program[begun], at)

    def _ask(self, state: State, client: int, begun: int, step: str, at: int) -> Iterator[tuple[Step, State]]:
        word, which = task(step)
        key = self.cluster.keys[which]
        context = b"" if word == "blind" else self.stories.context(state.story, client, key)
        kind = {"put": m.PUT, "blind": m.PUT, "get": m.GET, "delete": m.DELETE}[word]
        clients = list(state.clients)
        if kind == m.DELETE and not context:
            clients[client] = (begun + 1, IDLE)
            yield Step("pass over", f"c{client}", "has nothing to delete"), state._replace(clients=tuple(clients))
            return
        value = b"%d.%d" % (client, begun + 1) if kind == m.PUT else b""
        facts = self.locals.facts[state.machines[at]]
        generation = facts.generation
        request = Request(
            f"{client}.{begun + 1}", kind, key, value, context if kind != m.GET else b"", generation=generation
        )
        wall_us = EPOCH_US
        if self.scope.versions == "lww":
            wall_us += WALL_STEP_US * (1 + sum(each for each, _ in state.clients))
        clients[client] = (begun + 1, at)
        story = self.stories.begin(state.story, self.stories.slot(client, begun), request)
        asking = state._replace(clients=tuple(clients), story=story)
        event = self.locals.event(LocalEvent("ask", client=f"c{client}", request=request, wall_us=wall_us))
        said = self.telling.asked(client, request, self.cluster.keys)
        yield from self.happen(asking, at, event, kind, lambda: said)
        if state.left.duplicates:
            copy = self.messages.number(Message(f"c{client}", self.names[at], Copy(request, wall_us)), CLIENT, at)
            self.delivery(copy, event)
            left = state.left._replace(duplicates=state.left.duplicates - 1)
            twice = asking._replace(left=left, under_way=self.sorted((*state.under_way, copy)))
            yield from self.happen(twice, at, event, "ask twice", lambda: f"{said}, and will once more")

    # What is under way

    def _arrivals(self, state: State) -> Iterator[tuple[Step, State]]:
        left, under_way = state.left, state.under_way
        before = -1
        for place, number in enumerate(under_way):
            if number == before:
                continue
            before = number
            without = state._replace(under_way=under_way[:place] + under_way[place + 1 :])
            at = self.messages.receivers[number]
            event = self.delivery(number)
            if self.locals.facts[state.machines[at]].up:
                yield from self.happen(without, at, event, "deliver", lambda n=number: self.telling.message(n))
                if left.duplicates:
                    spent = state._replace(left=left._replace(duplicates=left.duplicates - 1))
                    yield from self.happen(spent, at, event, "duplicate", lambda n=number: self.telling.message(n))
            if left.drops:
                step = Step("drop", self.names[at], f"never hears {self.telling.message(number)}", number)
                yield step, without._replace(left=left._replace(drops=left.drops - 1))

    def delivery(self, number: int, event: int = -1) -> int:
        """The event of a message's arrival."""
        found = self._deliver.get(number)
        if found is None:
            message = self.messages.all[number]
            if event < 0 and isinstance(message.content, Copy):  # another process has sent it
                request, wall_us = message.content
                event = self.locals.event(LocalEvent("ask", client=message.sender, request=request, wall_us=wall_us))
            elif event < 0:
                event = self.locals.event(LocalEvent("deliver", message=number))
            found = self._deliver[number] = event
        return found

    def sorted(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Messages in the order that is the same in all processes."""
        return tuple(sorted(numbers, key=self.messages.digests.__getitem__))

    # What machines do by themselves

    def _by_themselves(self, state: State) -> Iterator[tuple[Step, State]]:
        left = state.left
        for at, number in enumerate(state.machines):
            facts = self.locals.facts[number]
            if facts.destroyed:
                continue
            if not facts.up:
                after = restarted(self, state, at)
                if after is not None:
                    yield Step("restart", self.names[at], "starts again"), normal(self, after)
                continue
            if facts.unsynced:
                yield from self.happen(state, at, self._sync, "sync", lambda: "its disk syncs")
            if facts.changing:
                yield from goes_on(self, state, at)
            if left.timeouts and facts.waits:
                spent = state._replace(left=left._replace(timeouts=left.timeouts - 1))
                yield from self.happen(spent, at, self._fire, "timeout", lambda: "a deadline passes")
            if left.handoffs and facts.hints and not facts.changing:
                spent = state._replace(left=left._replace(handoffs=left.handoffs - 1))
                yield from self.happen(spent, at, self._tend, "handoff", lambda: "a handoff interval passes")
            if left.exchanges:
                yield from self._exchanges(state, at, facts.down)

    def _exchanges(self, state: State, at: int, down: frozenset[str]) -> Iterator[tuple[Step, State]]:
        left = state.left
        me = self.names[at]
        peers = [name for name in self.cluster.ring.neighbours(me) if name not in down]
        spent = state._replace(left=left._replace(exchanges=left.exchanges - 1))
        for wish, peer in enumerate(peers):
            event = self.locals.event(LocalEvent("tick", timer="exchange", number=wish))
            yield from self.happen(spent, at, event, "exchange", lambda p=peer: f"compares Merkle trees with {p}")

    # Faults

    def _faults(self, state: State) -> Iterator[tuple[Step, State]]:
        left = state.left
        if left.crashes:
            spent = state._replace(left=left._replace(crashes=left.crashes - 1))
            for at, number in enumerate(state.machines):
                facts = self.locals.facts[number]
                for keep in range(facts.unsynced + 1) if facts.up else ():
                    lost = facts.unsynced - keep
                    what = "crashes" + (
                        f" and loses {lost} of {facts.unsynced} unsynced writes" if facts.unsynced else ""
                    )
                    step = self.locals.step(number, self._crash[keep])
                    yield Step("crash", self.names[at], what, keep), self.dead(spent, at, step)
        if state.cut != WHOLE:
            yield Step("heal", self.names[state.cut], "reaches the others again"), state._replace(cut=WHOLE)
        elif left.partitions:
            for at, name in enumerate(self.names):
                after = state._replace(left=left._replace(partitions=left.partitions - 1), cut=at)
                yield Step("cut", name, "is cut off from the other nodes"), self._without_crossing(after)

    def dead(self, state: State, at: int, step: LocalStep) -> State:
        """A machine has died: its connections end, and its clients know that they will not hear of it."""
        after = self.after(state, at, step)
        receivers = self.messages.receivers
        under_way = tuple([number for number in after.under_way if receivers[number] != at])
        clients, story = list(after.clients), after.story
        for client, (begun, waits) in enumerate(after.clients):
            if waits == at:
                clients[client] = (begun, IDLE)
                slot = self.stories.slot(client, begun - 1)
                told = self.stories.all[story][slot]
                assert told is not None
                status = m.INFO if told.kind != m.GET else m.FAIL
                story = self.stories.end(story, slot, Response("", status))
        return normal(self, after._replace(under_way=under_way, clients=tuple(clients), story=story))

    def _without_crossing(self, state: State) -> State:
        """What would cross the cut is lost."""
        cut, message = state.cut, self.messages
        senders, receivers = message.senders, message.receivers
        kept = [n for n in state.under_way if senders[n] == CLIENT or cut not in (senders[n], receivers[n])]
        return state._replace(under_way=tuple(kept))

    # One step of one machine

    def happen(
        self, state: State, at: int, event: int, action: str, what: object, taken: LocalStep | None = None
    ) -> Iterator[tuple[Step, State]]:
        """The event happens, and all that it causes in the same step; or the machine dies on the way. `taken`: what
        the machine does then, if not all of it shows."""
        number = state.machines[at]
        step = taken or self.locals.step(number, event)
        words: str = what()  # type: ignore[operator]  # told only where it happens
        yield Step(action, self.names[at], words, event), normal(self, self.after(state, at, step))
        if state.left.crashes:
            for count, death in enumerate(self.locals.deaths(number, event)):
                spent = state._replace(left=state.left._replace(crashes=state.left.crashes - 1))
                label = Step("crash in a step", self.names[at], f"{words}; it {death.what}", event << 8 | count)
                yield label, self.dead(spent, at, death.step)

    def after(self, state: State, at: int, step: LocalStep) -> State:
        """One machine has done something."""
        if step.error:
            return state._replace(flaw=f"{self.names[at]} stops with an error: {step.error}")
        machines, under_way = list(state.machines), list(state.under_way)
        machines[at] = step.to
        receivers, facts, cut = self.messages.receivers, self.locals.facts, state.cut
        for number in step.sends:
            to = receivers[number]
            if facts[machines[to]].up and (cut == WHOLE or cut not in (at, to)):
                under_way.append(number)
        after = state._replace(machines=tuple(machines), under_way=self.sorted(under_way))
        for minted in step.minted:
            client, _, operation = minted.request.partition(".")
            slot = self.stories.slot(int(client), int(operation) - 1)
            after = after._replace(story=self.stories.mint(after.story, slot, minted.dot))
        for name, response in step.replies:
            if name != OPERATOR:
                after = self._answered(after, int(name[1:]), response)
        return after

    def _answered(self, state: State, client: int, response: Response) -> State:
        """An answer reaches its client, if it still waits for it."""
        begun, waits = state.clients[client]
        if waits == IDLE or response.id != f"{client}.{begun}":
            return state
        clients = list(state.clients)
        clients[client] = (begun, IDLE)
        story = self.stories.end(state.story, self.stories.slot(client, begun - 1), response)
        after = state._replace(clients=tuple(clients), story=story)
        if response.dot is not None and self.counts_copies:
            told = self.stories.all[after.story][self.stories.slot(client, begun - 1)]
            assert told is not None
            copies = sum(self._holds(number, told.key, response.dot) for number in after.machines)
            if copies < self.scope.w:
                flaw = f"a put was acknowledged with {copies} durable copies, and W is {self.scope.w}"
                return after._replace(flaw=flaw)
        return after

    def _holds(self, number: int, key: bytes, dot: tuple[str, int]) -> bool:
        """Whether the disk of a machine would still know of the version after a crash."""
        place = (number, key, dot)
        found = self._durable.get(place)
        if found is None:
            copies = self.locals.thaw(number).durable(key)
            found = self._durable[place] = any(copy.context.get(dot[0], 0) >= dot[1] for copy in copies)
        return found
