"""The steward drives a change of membership: it makes the plan that an operator asks for, announces it to everybody
involved until each has reported the phase, and then begins the next one (see `dynamo.core.membership`).

Any member can be asked to change any other. One change is under way at a time: a second operator is told which. If two
are told to begin at once by different members, the plan with the greater name wins and the other is given up by its
own driver before anybody else may give it up. A plan that is not decided yet can be aborted by its driver, or replaced
by the removal of whoever holds it up; a decided one goes on to its end, if need be under another driver.
"""

from dynamo.core import planning
from dynamo.core.effects import Reply
from dynamo.core.errors import CallerError
from dynamo.core.host import Host
from dynamo.core.membership import PHASES, Plan, Table
from dynamo.core.messages import Announce, LetIn, Operate, Operated, Progress
from dynamo.core.participant import Participant, ring_of
from dynamo.core.preference import Member

ACTIONS = ("join", "leave", "replace", "remove", "weight", "abort", "status", "vouch")


class Steward:
    """One node's plans."""

    def __init__(self, host: Host, participant: Participant) -> None:
        self.host = host
        self.participant = participant
        self.reported: set[str] = set()
        """Who has reported the present phase of our plan."""
        self.phase = ("", "")
        """The plan and the phase that `reported` is about."""
        self.followers: set[str] = set()
        """Who has reported any phase of our plan, so holds no plan of its own any more."""
        self.rivals: dict[str, str] = {}
        """Plans that others are bound to by a promise -> their drivers."""
        self.wishes: dict[str, Member] = {}
        """Members of rings that give way to this one, who want to come over."""
        self._plans = 0

    # Operators

    def operate(self, client: str, command: Operate) -> None:
        """Carry out an operator's command, or say in one line why not."""
        try:
            reason = self._begin(command)
        except CallerError as error:
            self._answer(client, command, "refused", str(error))
        else:
            self._answer(client, command, "ok", reason)

    def _answer(self, client: str, command: Operate, status: str, reason: str) -> None:
        table = self.participant.table
        plan = table.plan
        words = f"{plan.what}, driven by {plan.driver}, phase {plan.phase}" if plan is not None else ""
        made = plan.id if plan is not None else ""
        answer = Operated(command.id, status, reason, table.epoch, table.names, words, made)
        self.host.effects.append(Reply(client, answer))

    def _begin(self, command: Operate) -> str:
        """Begin what is asked for; returns what happens now. Raises CallerError."""
        table, action = self.participant.table, command.action
        if action not in ACTIONS:
            raise CallerError(f"action: {action!r} is unknown; accepted: {', '.join(ACTIONS)}")
        if action == "status":
            return "a member" if self.participant.inside else "in no ring"
        if self.host.name not in table.names:
            raise CallerError(f"{self.host.name} is no member of a ring; ask one that is")
        if action == "vouch":
            raise CallerError(f"{self.host.name} serves already")
        plan = table.plan
        if plan is not None and action not in ("abort", "remove", "replace"):
            raise CallerError(f"a change is under way: {plan.what}, driven by {plan.driver}, phase {plan.phase}")
        if action == "abort":
            return self._abort(table)
        if action in ("leave", "remove", "replace") and command.node == self.host.name:
            raise CallerError(f"{command.node} cannot see itself out; ask another member")
        if plan is not None and plan.decided:
            return self._take_over(table, plan, command)
        if plan is not None and self.host.name != plan.driver != command.node:
            raise CallerError(f"a change is under way: {plan.what}, driven by {plan.driver}; ask {plan.driver}")
        if action == "remove" and command.node in table.target and command.node not in table.names:
            return self._abort(table)  # it has died before it was a member
        what, target, gone = self._target(table, command)
        self._propose(table, what, target, gone)
        return what

    def _target(self, table: Table, command: Operate) -> tuple[str, tuple[Member, ...], tuple[str, ...]]:
        """What is to change, the members afterwards, and who is declared dead."""
        config, action, node = self.host.config, command.action, command.node
        newcomer = Member(
            node, (), command.weight, command.host, command.rack, command.datacenter, since=table.epoch + 1
        )
        if action == "join":
            return f"join {node}", planning.joined(table.members, newcomer, config), ()
        if action == "leave":
            return f"leave {node}", planning.left(table.members, node, config), ()
        if action == "remove":
            return f"remove {node}", planning.left(table.members, node, config), (node,)
        if action == "replace":
            newcomer = newcomer._replace(name=command.newcomer, weight=1.0)
            what = f"replace {node} by {command.newcomer}"
            return what, planning.replaced(table.members, node, newcomer), (node,)
        changed = planning.reweighted(table.members, node, command.weight, config)
        return f"weight {node} {command.weight:g}", changed, ()

    def _abort(self, table: Table) -> str:
        plan = table.plan
        if plan is None:
            raise CallerError("no change is under way")
        if plan.decided:
            raise CallerError(f"{plan.what} is decided and will be finished (phase {plan.phase})")
        if plan.driver != self.host.name:
            raise CallerError(f"a change is under way: {plan.what}, driven by {plan.driver}; ask {plan.driver}")
        self._propose(table, f"abort {plan.what}", table.members, plan.gone)
        return f"abort {plan.what}"

    def _take_over(self, table: Table, plan: Plan, command: Operate) -> str:
        """A decided plan cannot be replaced; but a dead member need not be waited for, nor a dead driver."""
        if command.action != "remove" or command.node not in table.involved:
            raise CallerError(f"a change is under way: {plan.what}, driven by {plan.driver}, phase {plan.phase}")
        gone = tuple(sorted({*plan.gone, command.node}))
        amended = plan._replace(driver=self.host.name, gone=gone, term=plan.term + 1)
        self.host.mark("change taken over")
        self.participant.adopt(table._replace(plan=amended))
        self._announce()
        return f"{plan.what} goes on without {command.node}; when it is done, remove {command.node} again"

    def _propose(self, table: Table, what: str, target: tuple[Member, ...], gone: tuple[str, ...]) -> None:
        """Make a plan, in place of an undecided one where there is one."""
        host, before = self.host, table.plan
        self._plans += 1
        plan = Plan(f"{host.name}.{host.generation}.{self._plans}", host.name, what, target, gone=gone)
        if before is None:
            self.rivals.clear()  # those of an earlier epoch; somebody else may have ended it
        else:
            dead = tuple(sorted({*gone, *before.gone}))  # order-free: sorted
            plan = plan._replace(round=before.round + 1, gone=dead, released=(before.id,))
            assert before.driver in (host.name, *dead), "nobody else may let go of a plan"
            host.mark("change superseded")
        planned = table._replace(plan=plan)
        ring_of(planned, self.participant.make_ring)  # CallerError before anybody has heard of it
        self.participant.adopt(planned)
        self._announce()

    # Driving

    def tick(self) -> None:
        """Announce our plan to whoever has not reported its present phase; begin one for those who want to come."""
        table = self.participant.table
        if table.plan is None:
            self._let_in(table)
        elif table.plan.driver == self.host.name:
            self._announce()

    def _announce(self) -> None:
        host, table = self.host, self.participant.table
        plan = table.plan
        if plan is None or plan.driver != host.name:
            return
        if self.phase != (plan.id, plan.phase):
            if self.phase[0] != plan.id:
                self.followers.clear()
            self.phase = (plan.id, plan.phase)
            self.reported.clear()
        message = Announce(self.participant.encoded)
        for name in table.involved:
            if name != host.name and name not in self.reported:
                host.when_durable(self.participant.durable_at, host.send, name, message)

    def progressed(self, sender: str, message: Progress) -> None:
        """Somebody has done what a phase of our plan asks for."""
        table = self.participant.table
        plan = table.plan
        if plan is None or plan.driver != self.host.name or plan.id != message.plan:
            return
        if self.phase != (plan.id, plan.phase):
            self._announce()
        self.followers.add(sender)
        self._release(table, plan)
        if message.phase == plan.phase:
            self.reported.add(sender)
            if self.reported >= {*table.involved} and not self._awaited(plan):
                self._advance(table, plan)

    def _advance(self, table: Table, plan: Plan) -> None:
        """Everybody has reported the phase: the next one begins, or the change is done."""
        self.host.mark("membership phase done")
        at = PHASES.index(plan.phase) + 1
        if at < len(PHASES):
            self.participant.adopt(table._replace(plan=plan._replace(phase=PHASES[at])))
            self._announce()
            return
        self.host.mark("membership changed")
        self.participant.adopt(Table(table.cluster, table.epoch + 1, plan.target))
        self.rivals.clear()
        message = Announce(self.participant.encoded)
        for name in table.involved:  # whoever misses it hears of it by gossip
            if name != self.host.name:
                self.host.when_durable(self.participant.durable_at, self.host.send, name, message)

    # Rivals

    def rival(self, theirs: Table) -> None:
        """Somebody is bound by a promise to another plan of this epoch: our plan has to get it released."""
        table, other = self.participant.table, theirs.plan
        plan = table.plan
        if plan is None or other is None or plan.driver != self.host.name or plan.id == other.id:
            return
        if plan.decided:  # everybody has reported for it, so what was promised to another was let go since
            return
        if theirs.epoch == table.epoch and not other.decided and other.id not in plan.released:
            self.host.mark("rival plan met")
            self.rivals[other.id] = other.driver
            self._release(table, plan)

    def _awaited(self, plan: Plan) -> bool:
        return not plan.decided and any(rival not in plan.released for rival in self.rivals if rival != plan.id)

    def _release(self, table: Table, plan: Plan) -> None:
        """A rival's driver that follows our plan has let go of its own: say so, and whoever is bound is free."""
        gone = {*plan.gone, self.host.name}
        free = {rival for rival, driver in self.rivals.items() if driver in self.followers or driver in gone}
        free -= {*plan.released, plan.id}
        if free and not plan.decided:
            self.host.mark("rival plan released")
            released = tuple(sorted({*plan.released, *free}))  # order-free: sorted
            self.participant.adopt(table._replace(plan=plan._replace(released=released, term=plan.term + 1)))
            self._announce()

    # Rings that give way

    def let_in(self, message: LetIn) -> None:
        """A node of a ring that gives way to ours wants to come over."""
        newcomer = Member(message.name, (), message.weight, message.host, message.rack, message.datacenter)
        if self.host.name in self.participant.table.names and message.name not in self.participant.table.target:
            self.wishes[message.name] = newcomer

    def _let_in(self, table: Table) -> None:
        """Everybody who wants to come over joins in one change."""
        members, coming = table.members, []
        for name in sorted(self.wishes):
            newcomer = self.wishes.pop(name)
            if name not in table.names and self.host.name in table.names:
                try:
                    members = planning.joined(members, newcomer._replace(since=table.epoch + 1), self.host.config)
                except CallerError:  # it is not worth a crash
                    continue
                coming.append(name)
        if coming:
            self.host.mark("nodes of another ring let in")
            self._propose(table, f"let in {', '.join(coming)}", members, ())
