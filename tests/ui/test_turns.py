"""Readers take turns: no two moves are drawn at once, none waits for ever, and a turn ends however its move ends."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from segmentation.ui import turns

ENOUGH_SECONDS = 30


def test_no_two_moves_are_drawn_at_once_and_every_one_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT_SECONDS", ENOUGH_SECONDS)
    drawing, most, done = 0, 0, 0
    ready = threading.Barrier(8)

    def move() -> None:
        nonlocal drawing, most, done
        ready.wait()
        for _ in range(20):
            with turns.taken():
                drawing += 1
                most = max(most, drawing)
                threading.Event().wait(0.0005)
                drawing -= 1
                done += 1

    threads = [threading.Thread(target=move) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(ENOUGH_SECONDS)
    assert (most, done) == (1, 160)


def test_a_move_that_takes_long_lets_the_others_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT_SECONDS", 0.01)
    has_drawn = threading.Event()

    def move() -> None:
        with turns.taken():
            has_drawn.set()

    with turns.taken():
        other = threading.Thread(target=move)
        other.start()
        assert has_drawn.wait(ENOUGH_SECONDS)
        other.join(ENOUGH_SECONDS)


def test_a_move_that_fails_or_is_overtaken_gives_its_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT_SECONDS", 0)
    for end in (ValueError, SystemExit):
        with pytest.raises(end), turns.taken():
            raise end
        assert not turns._turn.locked()


def test_what_a_move_draws_is_sent_in_its_order_at_its_end_even_where_it_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    context = SimpleNamespace(_enqueue=sent.append)
    monkeypatch.setattr(turns, "get_script_run_ctx", lambda: context)
    with pytest.raises(ValueError), turns.taken():
        for element in ("title", "chart"):
            context._enqueue(element)
            assert sent == []
        raise ValueError
    assert sent == ["title", "chart"]
    context._enqueue("later")
    assert sent == ["title", "chart", "later"]
