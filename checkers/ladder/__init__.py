"""The consistency ladder: how strong a guarantee one recorded history of registers satisfies.

    from checkers.ladder.climb import climb
    report = climb(columns)          # every rung, the strongest that hold

Each rung by itself, all with the signature `(columns, initial=None, budget=...) -> Verdict`:

| rung | function |
|---|---|
| linearizable | `checkers.linearizability.check.check(columns, "kv", initial)` |
| sequential | `checkers.ladder.sequential.sequential` |
| regular | `checkers.ladder.regular.regular` |
| causal memory, causal convergence, causal consistency | `checkers.ladder.causal` |
| PRAM | `checkers.ladder.causal.pram` |
| the four session guarantees | `checkers.ladder.sessions` |
| k-atomic, delta-atomic, and the smallest of each | `checkers.ladder.katomic`, `checkers.ladder.delta` |
| convergence of final reads | `checkers.ladder.converging.convergent` |
"""
