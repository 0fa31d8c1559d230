"""The weather: three chances and their sum."""

import pytest

from kept.sim.weather import Weather


def test_the_weather_is_fair_at_first() -> None:
    weather = Weather()
    assert (weather.loss, weather.duplicate, weather.delay, weather.rough, weather.reorder) == (0, 0, 0, 0, False)


def test_settling_takes_the_sum_of_the_three_chances() -> None:
    weather = Weather()
    weather.loss, weather.duplicate, weather.delay = 0.1, 0.2, 0.3
    weather.settle()
    assert weather.rough == pytest.approx(0.6)


def test_there_is_no_other_weather() -> None:
    with pytest.raises(AttributeError):
        setattr(Weather(), "meteor", 1.0)  # noqa: B010  # a name that a plan might hold
