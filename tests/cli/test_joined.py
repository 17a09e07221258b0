"""What an answer's head and body are written as."""

import asyncio

import pytest

from treering.cli.joined import Joined


class Line:
    """A transport that keeps what is written, each piece for itself."""

    def __init__(self):
        self.written, self.closed = [], False

    def write(self, data):
        assert not self.closed
        self.written.append(bytes(data))

    def close(self):
        self.closed = True

    def is_closing(self):
        return self.closed


def after(*steps):
    """The line, after these steps with its joined transport, one turn of the loop each."""

    async def run():
        line = Line()
        joined = Joined(line, asyncio.get_running_loop())
        for step in steps:
            step(joined)
            await asyncio.sleep(0)
        return line

    return asyncio.run(run())


def writing(*pieces):
    return lambda joined: [joined.write(piece) for piece in pieces]


def test_head_and_body_of_one_turn_are_one_write():
    assert after(writing(b"head", b"body")).written == [b"headbody"]


def test_what_comes_later_is_not_waited_for():
    assert after(writing(b"head"), writing(b"one", b""), writing(b"two")).written == [
        b"head",
        b"one",
        b"two",
    ]


def test_much_is_not_held_back_from_whoever_counts_what_a_slow_reader_has_not_taken():
    much = b"x" * 70_000
    seen = []

    def write(joined):
        joined.write(much)
        seen.append(list(joined.written))  # the line's own, reached through

    assert after(write).written == [much]
    assert seen == [[much]]


@pytest.mark.parametrize("pieces", [(b"head", b"body"), ()])
def test_closing_sends_what_was_written_first(pieces):
    def write_and_close(joined):
        writing(*pieces)(joined)
        joined.close()
        assert joined.is_closing()

    line = after(write_and_close)
    assert (line.written, line.closed) == ([b"".join(pieces)] if pieces else [], True)
