"""All metrics of the server. Base units; no ids as labels. Each server has a registry of its own."""

from __future__ import annotations

from enum import StrEnum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from server.histogram import FastHistogram

_LATENCY_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
_JOB_S = (0.001, 0.01, 0.1, 1, 10, 60)
_POWERS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Cut(StrEnum):
    """Why a connection was ended by the server, by one of its bounds."""

    REQUEST = "request"  # no whole request in time
    HELLO = "hello"  # no hello in time
    CROWDED = "crowded"  # had neither request nor hello, and made room for newer ones
    IDLE = "idle"  # nothing was heard for too long
    STALLED = "stalled"  # took nothing of what waited for it
    OVERFLOW = "overflow"  # too much waited for it
    LOST = "lost"  # acknowledged nothing, says the kernel
    CLOSE = "close"  # did not answer a close frame
    RATE = "rate"  # too many frames or bytes
    PLAYER = "player"  # the player is connected to too many rooms


class UpgradeRefused(StrEnum):
    """Why a WebSocket upgrade was answered with an HTTP status."""

    STARTING = "starting"
    STOPPING = "stopping"
    FULL = "full"  # connections of the server
    ADDRESS = "address"  # connections of this address
    HEADERS = "headers"  # one that may not come twice did
    ORIGIN = "origin"
    PATH = "path"
    HANDSHAKE = "handshake"  # RFC 6455 knows no such upgrade


class HttpRefused(StrEnum):
    """Why a request was turned away before any route saw it."""

    RATE = "rate"  # of changes
    READS = "reads"  # too many
    HEAD = "head"  # too large
    BODY = "body"  # too large
    LENGTH = "length"  # not told
    MALFORMED = "malformed"  # no HTTP


class TicketOutcome(StrEnum):
    """What became of a wish for a seat."""

    MATCHED = "matched"
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # nobody came back for it


class ThoughtOutcome(StrEnum):
    """What became of a decision that a bot was to think about. Answered or not: it moved in time."""

    ANSWERED = "answered"
    LATE = "late"  # nothing came in time
    CROWDED = "crowded"  # too many waited already, or bots think nowhere
    FAILED = "failed"  # its process died, or its code did
    WITHDRAWN = "withdrawn"  # nobody waited any more


class Metrics:
    """Attributes are named after the metrics, without the prefix."""

    def __init__(self) -> None:
        self.registry = r = CollectorRegistry()
        self.commit_duration_seconds = Histogram(
            "parlor_commit_duration_seconds", "One commit of the event log.", buckets=_LATENCY_S, registry=r
        )
        self.commit_batch_events = Histogram(
            "parlor_commit_batch_events", "Events in one commit.", buckets=_POWERS, registry=r
        )
        self.command_latency_seconds = FastHistogram(
            "parlor_command_latency_seconds",
            "From a command to its ack: the oldest one of each commit.",
            buckets=_LATENCY_S,
            registry=r,
        )
        self.event_loop_lag_seconds = Histogram(
            "parlor_event_loop_lag_seconds", "How late the loop runs its timers.", buckets=_LATENCY_S, registry=r
        )
        self.events_total = Counter("parlor_events", "Events committed.", registry=r)
        self.rejected_total = Counter("parlor_rejected", "Commands refused.", ["code"], registry=r)
        self.connections = Gauge("parlor_connections", "Open WebSocket connections.", registry=r)
        self.connections_closed_total = Counter(
            "parlor_connections_closed", "WebSocket connections that ended.", ["code"], registry=r
        )
        self.lobby_listeners = Gauge("parlor_lobby_listeners", "Connections to the lobby.", registry=r)
        self.replay_viewers = Gauge("parlor_replay_viewers", "Connections to replays.", registry=r)
        self.connections_half_open = Gauge(
            "parlor_connections_half_open", "Connections that owe a whole request or a hello.", registry=r
        )
        self.connections_cut_total = _by_reason(
            "parlor_connections_cut", "Connections ended because they broke a bound.", Cut, r
        )
        self.handshakes_refused_total = _by_reason(
            "parlor_handshakes_refused", "WebSocket upgrades refused.", UpgradeRefused, r
        )
        self.http_refused_total = _by_reason(
            "parlor_http_refused", "HTTP requests turned away before any route saw them.", HttpRefused, r
        )
        self._add_those_of_jobs(r)
        self._add_those_of_rooms(r)

    def _add_those_of_jobs(self, r: CollectorRegistry) -> None:
        self.job_runs_total = Counter("parlor_job_runs", "Runs of a background job.", ["job"], registry=r)
        self.job_failures_total = Counter("parlor_job_failures", "Those of them that failed.", ["job"], registry=r)
        self.job_duration_seconds = Histogram(
            "parlor_job_duration_seconds", "One run of a background job.", ["job"], buckets=_JOB_S, registry=r
        )

    def _add_those_of_rooms(self, r: CollectorRegistry) -> None:
        self.chat_messages_total = Counter("parlor_chat_messages", "Chat messages committed.", registry=r)
        self.rooms = Gauge("parlor_rooms", "Rooms in memory.", registry=r)
        self.rooms_quarantined_total = Counter(
            "parlor_rooms_quarantined", "Rooms stopped by a bug in their rules.", ["game"], registry=r
        )
        self.rooms_lost_total = Counter(
            "parlor_rooms_lost", "Rooms dropped because the log refused them.", ["reason"], registry=r
        )
        self.room_load_seconds = Histogram(
            "parlor_room_load_seconds", "Reading a room from the log.", buckets=_LATENCY_S, registry=r
        )
        self.matchmaking_tickets_total = Counter(
            "parlor_matchmaking_tickets", "Wishes for a seat, by what became of them.", ["outcome"], registry=r
        )
        for outcome in TicketOutcome:
            self.matchmaking_tickets_total.labels(outcome)
        self.matchmaking_wait_seconds = Histogram(
            "parlor_matchmaking_wait_seconds",
            "From a wish for a seat to the commit of the seat.",
            buckets=_LATENCY_S,
            registry=r,
        )
        self.bot_thoughts_total = Counter(
            "parlor_bot_thoughts", "Decisions that bots were to think about, by outcome.", ["outcome"], registry=r
        )
        for thought in ThoughtOutcome:
            self.bot_thoughts_total.labels(thought)
        self.bot_answer_seconds = Histogram(
            "parlor_bot_answer_seconds", "How long a bot that thinks was waited for.", buckets=_LATENCY_S, registry=r
        )
        self.bot_processes = Gauge("parlor_bot_processes", "Processes in which bots think.", registry=r)
        self.games_completed_total = Counter("parlor_games_completed", "Games played out.", ["game"], registry=r)
        self.database_health = Gauge("parlor_database_health", "0 healthy, 1 stalled, 2 paused.", registry=r)


def _by_reason(name: str, documentation: str, reasons: type[StrEnum], registry: CollectorRegistry) -> Counter:
    """A counter whose series are all there from the start: what never happened is 0, not missing."""
    counter = Counter(name, documentation, ["reason"], registry=registry)
    for reason in reasons:
        counter.labels(reason)
    return counter
