"""Queries that may be long cannot take all places of a web process."""

from __future__ import annotations

import math
import threading
import time
from contextlib import ExitStack

import pytest

from kg.sparql.errors import ServiceBusyError
from kg.sparql.places import Places, QuickShapes


def test_unknown_queries_leave_half_of_the_places_to_quick_ones() -> None:
    places = Places(4)
    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(places.hold(known=False))
        with pytest.raises(ServiceBusyError), places.hold(known=False):
            pass
        for _ in range(2):
            held.enter_context(places.hold(known=True))
        with pytest.raises(ServiceBusyError), places.hold(known=True):
            pass
    with places.hold(known=False), places.hold(known=True):
        pass


def test_of_the_unknown_queries_only_one_waits_long() -> None:
    places, refused = Places(2), []

    def wait() -> None:
        start = time.monotonic()
        with pytest.raises(ServiceBusyError), places.hold(known=False):
            pass
        refused.append(time.monotonic() - start)

    with places.hold(known=False):
        threads = [threading.Thread(target=wait) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(seconds >= 1.0 for seconds in refused) == 1


def test_who_waits_gets_the_place_that_becomes_free() -> None:
    places = Places(1)
    entered = threading.Event()

    def enter() -> None:
        with places.hold(known=False):
            entered.set()

    with places.hold(known=False):
        thread = threading.Thread(target=enter)
        thread.start()
        assert not entered.wait(0.2)
    assert entered.wait(5)
    thread.join()


def test_a_shape_is_quick_until_it_has_taken_long() -> None:
    shapes = QuickShapes(0.1)
    assert "a" not in shapes
    shapes.learn("a", 0.05)
    shapes.learn("a", 0.3)  # a busy machine
    assert "a" in shapes
    shapes.learn("a", math.inf)
    assert "a" not in shapes


def test_the_oldest_shapes_are_forgotten() -> None:
    shapes = QuickShapes(0.1)
    for number in range(1001):
        shapes.learn(str(number), 0.0)
    assert "0" not in shapes
    assert "1000" in shapes
