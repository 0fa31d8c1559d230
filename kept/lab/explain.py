"""stub"""
from dataclasses import dataclass
from checkers.facts import Fact
from checkers.verdict import Invalid
from kept.lab.run import Progress
from kept.lab.trial import Trial

@dataclass(frozen=True)
class Explanation:
    claim: str
    sentence: str
    paragraph: str
    facts: tuple[Fact, ...]
    remedy: str = ""
    trace: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        return [self.sentence, "", self.paragraph]

def explain(trial: Trial, progress: Progress | None = None) -> Explanation:
    name = trial.violated[0]
    v = trial.verdicts[name]
    assert isinstance(v, Invalid)
    return Explanation(name, v.counterexample.sentence, v.counterexample.sentence, v.counterexample.facts)
