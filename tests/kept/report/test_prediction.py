"""kept.report.prediction: the document of `kept predict --json` holds every number and comes back whole."""

from kept.predictor.config import configured
from kept.predictor.predict import predict
from kept.predictor.presets import PRESETS
from kept.report.predicted import document
from kept.report.prediction import PredictDocument


def test_the_document_comes_back_whole_and_holds_what_was_predicted() -> None:
    configs = [configured({"r": r, "trials": 500, "t": (0, 2.5), "k": (1, 4), "seed": 9}) for r in (1, 3)]
    found = predict(configs, PRESETS["ymmr"].latencies, "ymmr")
    told = document(found, 0, 1.23456)
    assert PredictDocument.model_validate_json(told.model_dump_json()) == told
    assert (told.latencies, told.trials, told.seed, told.duration_s, told.verdict) == ("ymmr", 500, 9, 1.235, "valid")
    first, last = told.predictions
    assert (first.n, first.r, first.w, first.certain, last.certain) == (3, 1, 1, False, True)
    assert [(one.t_ms, one.share, one.trials) for one in first.fresh] == [
        (t, one.share, 500) for t, one in found[0].fresh
    ]
    assert [(one.share, one.ms, one.high_ms) for one in first.visible] == [
        (share, one.value, one.high) for share, one in found[0].visible
    ]
    assert first.visible[-1].high_ms is None
    assert [(one.k, one.however_late, len(one.together)) for one in first.back] == [
        (one.k, one.however_late, 2) for one in found[0].back
    ]
    assert [one.ms for one in first.get_ms] == [one.value for _, one in found[0].get_ms]
    assert [one.ms for one in first.put_ms] == [one.value for _, one in found[0].put_ms]
