"""Somebody else, who is always an instant faster."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .engine import TmsServer


class Outsider:
    """Acts on the conferences that a request is about to touch."""

    def __init__(self, server: TmsServer) -> None:
        """Work on a server."""
        self._server = server

    def modify(self, parameters: Mapping[str, Any], title: str) -> None:
        """Save the conference that a request names."""
        named = parameters.get("Conference", parameters)
        self._server.local.rename(int(named["ConferenceId"]), title)

    def book_same(self, parameters: Mapping[str, Any], title: str) -> None:
        """Book the systems and the time that a request wants."""
        wanted = parameters["Conference"]
        found = wanted["Participants"]["Participant"]
        participants = found if isinstance(found, list) else [found]
        self._server.local.book(
            [
                int(participant["ParticipantId"])
                for participant in participants
                if participant["ParticipantCallType"] == "TMS"
            ],
            datetime.fromisoformat(wanted["StartTimeUTC"]),
            datetime.fromisoformat(wanted["EndTimeUTC"]),
            title,
        )
