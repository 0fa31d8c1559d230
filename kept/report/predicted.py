"""Predictions in words and as documents. Pure functions."""

from collections.abc import Iterable, Sequence

from checkers.staleness.confidence import Proportion, Quantile
from kept.lab.usage import one_line_of
from kept.predictor.predict import LookingBack, Prediction
from kept.report.claim import ClaimDocument, VerdictName
from kept.report.prediction import BackDocument, DelayDocument, FreshDocument, PredictDocument, PredictionDocument

WORDING = (
    "of the gets that start {t:g} ms after the acknowledgement of the newest put, {share:.6g} % return it or newer"
)
_WORDS: dict[VerdictName, str] = {"valid": "valid    ", "invalid": "INVALID  ", "unknown": "unknown  "}
TOLD = 0.999
"""The probability for which short lines tell the time."""


def title(found: Prediction) -> str:
    """The configuration in short."""
    return f"N={found.config.n} R={found.config.r} W={found.config.w}"


def story(found: Prediction) -> list[str]:
    """Everything about one configuration."""
    config = found.config
    lines = [f"{one_line_of(found.name)}, {title(found)}: {config.trials:,} trials, seed {config.seed}", ""]
    if found.certain:
        lines += ["R+W>N: every get meets every acknowledged put, however soon it starts", ""]
    lines.append("a get that starts so long after the acknowledgement of the newest put returns it, or newer")
    lines += [f"  {_ms(t)}   {_share(one)}" for t, one in found.fresh]
    lines += ["", "so many gets do, if they start so long after it"]
    lines += [f"  {share:8.2%}      {_between(one)}" for share, one in found.visible]
    lines += ["", *_looking_back(found.back)]
    if found.monotonic is not None:
        often = f"{config.writes_per_read:g} puts between two gets of a client"
        lines += ["", f"with {often}, {found.monotonic:.3%} of these do not go back, however late puts arrive"]
    lines += ["", "latency in ms      50 %       95 %       99 %     99.9 %"]
    lines += [f"  {name:<9}{_row(one)}" for name, one in (("get", found.get_ms), ("put", found.put_ms))]
    return lines


def _looking_back(back: Sequence[LookingBack]) -> list[str]:
    head = "a get returns one of the last k puts"
    if not back[0].together:
        return [head, *(f"  k={one.k:<4} {one.however_late:8.3%}   however late puts arrive" for one in back)]
    (t, _), *_ = back[0].together
    lines = [head, f"         however late   if all k were acknowledged together, {t:g} ms before it"]
    return lines + [f"  k={one.k:<4} {one.however_late:8.3%}   {_share(one.together[0][1])}" for one in back]


def table(found: Sequence[Prediction]) -> list[str]:
    """A line for each configuration."""
    config = found[0].config
    t = config.t[0]
    lines = [f"{one_line_of(found[0].name)}: {config.trials:,} trials each, seed {config.seed}", ""]
    lines.append(f"  {'':14}  fresh at {t:g} ms   {TOLD:.1%} fresh after   get {TOLD:.1%}   put {TOLD:.1%}  (ms)")
    for one in found:
        visible, get, put = (_of(times, TOLD).value for times in (one.visible, one.get_ms, one.put_ms))
        lines.append(f"  {title(one):14}  {one.fresh[0][1].share:12.3%}   {visible:17.2f}   {get:9.2f}   {put:9.2f}")
    return lines


def last_line(found: Sequence[Prediction], duration_s: float) -> str:
    """The last word."""
    took = f"({duration_s:.1f} s)"
    told = one_line_of(found[0].name)
    claims = demanded(found)
    if claims:
        counts = [claim.verdict for claim in claims]
        word = _WORDS[_together(counts)]
        return f"{word}{told}: {counts.count('valid')} of {len(counts)} demands are met {took}"
    if len(found) > 1:
        return f"{told}: {len(found):,} configurations {took}"
    (one,) = found
    visible = _of(one.visible, TOLD).value
    t, fresh = one.fresh[0]
    when = f"after {t:g} ms" if t else "at once"
    return f"{told}, {title(one)}: {fresh.share:.2%} fresh {when}, {TOLD:.1%} after {visible:.2f} ms {took}"


def claim_lines(found: Sequence[Prediction]) -> list[str]:
    """What was demanded, a line each."""
    claims = demanded(found)
    lines = [f"{_WORDS[claim.verdict]}{claim.name}: {claim.reason}" for claim in claims]
    return ["", *lines] if lines else []


def demanded(found: Iterable[Prediction]) -> tuple[ClaimDocument, ...]:
    """What ``--at-least`` demands of each configuration at each time, and whether it is met."""
    return tuple(
        _claim(one, one.config.at_least, t, fresh)
        for one in found
        if one.config.at_least is not None
        for t, fresh in one.fresh
    )


def _claim(found: Prediction, least: float, t: float, fresh: Proportion) -> ClaimDocument:
    if found.certain:
        answer: VerdictName = "valid"
        reason = "R+W>N: every get meets every acknowledged put"
    else:
        answer = "valid" if fresh.low >= least else "invalid" if fresh.high < least else "unknown"
        reason = f"{fresh.share:.3%} ({fresh.low:.3%} to {fresh.high:.3%})" + (
            "; too close to tell: try more --trials" if answer == "unknown" else ""
        )
    wording = WORDING.format(t=t, share=100 * least)
    return ClaimDocument(name=f"fresh at {t:g} ms: {title(found)}", wording=wording, verdict=answer, reason=reason)


def verdict(found: Sequence[Prediction]) -> VerdictName:
    """Whether everything that was demanded is met; invalid wins over unknown."""
    return _together([claim.verdict for claim in demanded(found)])


def document(found: Sequence[Prediction], exit_code: int, duration_s: float) -> PredictDocument:
    """What `kept predict` prints with ``--json``."""
    return PredictDocument(
        verdict=verdict(found),
        exit_code=exit_code,
        claims=demanded(found),
        latencies=found[0].name,
        trials=found[0].config.trials,
        seed=found[0].config.seed,
        predictions=tuple(_prediction(one) for one in found),
        duration_s=round(duration_s, 3),
    )


def _prediction(found: Prediction) -> PredictionDocument:
    config = found.config
    return PredictionDocument(
        n=config.n,
        r=config.r,
        w=config.w,
        certain=found.certain,
        fresh=_fresh(found.fresh),
        visible=_delays(found.visible),
        monotonic=found.monotonic,
        back=tuple(
            BackDocument(k=one.k, however_late=one.however_late, together=_fresh(one.together)) for one in found.back
        ),
        get_ms=_delays(found.get_ms),
        put_ms=_delays(found.put_ms),
    )


def _fresh(found: Iterable[tuple[float, Proportion]]) -> tuple[FreshDocument, ...]:
    return tuple(FreshDocument(t_ms=t, share=one.share, low=one.low, high=one.high, trials=one.of) for t, one in found)


def _delays(found: Iterable[tuple[float, Quantile]]) -> tuple[DelayDocument, ...]:
    return tuple(DelayDocument(share=at, ms=one.value, low_ms=one.low, high_ms=one.high) for at, one in found)


def _together(verdicts: Sequence[VerdictName]) -> VerdictName:
    """Invalid wins over unknown; where nothing was demanded, nothing is violated."""
    order: tuple[VerdictName, ...] = ("invalid", "unknown")
    return next((verdict for verdict in order if verdict in verdicts), "valid")


def _of(found: Iterable[tuple[float, Quantile]], share: float) -> Quantile:
    return next(one for at, one in found if at == share)


def _ms(t: float) -> str:
    return f"{t:8g} ms"


def _share(found: Proportion) -> str:
    return f"{found.share:8.3%}   ({found.low:.3%} to {found.high:.3%})"


def _between(found: Quantile) -> str:
    low = "?" if found.low is None else f"{found.low:.2f}"
    high = "?" if found.high is None else f"{found.high:.2f}"
    return f"{found.value:.2f} ms   ({low} to {high})"


def _row(found: Iterable[tuple[float, Quantile]]) -> str:
    return "".join(f"{one.value:11.2f}" for _, one in found)
