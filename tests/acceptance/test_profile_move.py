"""`python -m tests.support.profile_move`: the calls of one card, on a real server."""

from __future__ import annotations

from pathlib import Path

from tests.support.profile_move import run, text


async def test_the_path_of_a_card_is_counted_from_socket_to_socket(dsn: str, tmp_path: Path) -> None:
    profiles = await run(dsn, tmp_path, 3)
    assert len(profiles) == 3
    for profile in profiles:
        files = [call.file for call in profile.calls]
        assert files[0].endswith("/server/gateway/socket.py")  # bytes come in
        assert "/server/gateway/socket.py" in "".join(files[1:])  # and go out
        assert any("/persistence/event_log/" in file for file in files)
        assert 0 < profile.crossings < len(profile.calls)
    report = text(profiles, verbose=True)
    assert "server/gateway/socket.py  Socket.data_received" in report
    assert "least" in report
