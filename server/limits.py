"""Every bound that wings share or that no wing owns, once, with its unit in its name and its reason beside it.

The bounds of a wing stand in its own `server/W/limits.py`.
What an operator may want to change is a setting (settings.py) whose default stands here.
"""

from __future__ import annotations

from typing import Final

# The wire
FRAME_BYTES_MAX: Final = 16 * 1024  # the protocol's limit; larger frames close with 1009
COMMAND_ID_CHARACTERS_MAX: Final = 64
NESTING_LEVELS_MAX: Final = 32  # of JSON values in a command; deeper ones help nobody but attackers
HELLO_S: Final = 5.0  # from the upgrade to the hello
HEARTBEAT_S: Final = 20  # told to clients; three pings a minute keep any proxy awake
HEARTBEAT_SILENCES: Final = 2.5  # times HEARTBEAT_S without a frame: closed as idle
FRAMES_BEFORE_WELCOME_MAX: Final = 64  # frames that a client may send ahead of its welcome

# Rate of one connection
COMMANDS_PER_S: Final = 20
COMMANDS_BURST: Final = 40
BYTES_PER_S: Final = 64 * 1024
BYTES_BURST: Final = 256 * 1024
RATE_REJECTS_MAX: Final = 20  # within RATE_REJECTS_WINDOW_S: closed with 4429
RATE_REJECTS_WINDOW_S: Final = 10.0

# Connections
CONNECTIONS_MAX: Final = 10_000
CONNECTIONS_PER_IP_MAX: Final = 1_000  # a school or a carrier behind one address is not an attack
CONNECTIONS_PER_PLAYER_MAX: Final = 20  # rooms that one player is connected to at once
HALF_OPEN_MAX: Final = 4_000  # connections that owe a whole request or a hello; the oldest makes room for the next
REQUEST_HEAD_S: Final = 5.0  # from the connection, or the first byte of a further request, to the end of its head
REQUEST_BODY_S: Final = 10.0  # from there to the end of its body
SEND_BUFFER_BYTES: Final = 64 * 1024  # of the kernel, per connection; what it hides from us can't be bounded by us
OUTPUT_BYTES_MAX: Final = 256 * 1024  # waiting behind it; beyond it players are cut and spectators skip to a state
NO_PROGRESS_S: Final = 5.0  # something waits and the peer takes nothing of it: cut
UNACKNOWLEDGED_S: Final = 15.0  # the kernel's deadline for a peer that acknowledges nothing, or has no room
CLOSE_S: Final = 2.0  # for the peer to answer a close frame

# Rooms
ROOMS_PER_PLAYER_MAX: Final = 50  # in memory, created by one player; more is a script
SPECTATOR_COUNT_S: Final = 1.0  # how often a room is told at most how many watch
LISTENERS_PER_SLICE: Final = 100  # spectators, or clients in the lobby, that are served before the event loop goes on
CHAT_PER_S: Final = 1  # messages of one player in one room; more is shouting
CHAT_BURST: Final = 5  # the same at once
CHAT_HISTORY_MESSAGES: Final = 50  # sent to each new connection; older ones are read over HTTP
CHAT_WAITING_MAX: Final = 64  # commands of the chat of one room that wait for the database
TAIL_EVENTS: Final = 64  # committed events that a room keeps in memory for those who come back soon
REPLAY_EVENTS_MAX: Final = 500  # a larger gap is bridged by a state instead of its events
REPLAY_BYTES_MAX: Final = 256 * 1024  # and so is one whose events are larger than this
UNCOMMITTED_EVENTS_MAX: Final = 512  # per room; beyond it commands are refused as unavailable and bots wait
RELAXED_EVENTS_MAX: Final = 10_000  # the same for a room that tells its events before they are committed
WAITING_COMMANDS_MAX: Final = 64  # per room, while the database is away
WAITING_COMMANDS_NODE_MAX: Final = 20_000  # over all rooms
WAITING_COMMAND_MS: Final = 5_000  # a command waits no longer than this for the database
LOADS_AT_ONCE_MAX: Final = 50  # rooms read from the log side by side
EXPIRIES_AT_ONCE_MAX: Final = 2_000  # forced moves in one step; more means rules that don't get on
DISCONNECT_MS: Final = 2_000  # without a socket for so long before the others are told
FIRST_CONNECT_MS: Final = 30_000  # a player who took a seat, or whose server was restarted, has so long to connect
EMPTY_LOBBY_MS: Final = 30 * 60 * 1000
SUSPEND_MS: Final = 10 * 60 * 1000  # a running game without humans leaves the memory
FINISHED_ROOM_MS: Final = 60 * 1000  # a finished room without connections leaves the memory
FORGERIES_MAX: Final = 3  # moves that no honest client sends: then kicked
LATE_MOVE_MS: Final = (
    3_000  # after a forced move: the player's own, sent at the last moment, is refused but not counted
)
COUNTED_MISPLAYS_MAX: Final = 16  # per player: refused commands that are not counted again when they are sent again
MISPLAYS_LOGGED_MAX: Final = 200  # per player and game; beyond it misplays are refused but not logged any more
BOT_THINK_MS: Final = 200  # for one decision of a bot that thinks
BOT_THINK_MS_MIN: Final = 20  # the least that it gets, however many think at once
BOT_PROCESSES_MAX: Final = 64  # in which bots think; more than cores makes none of them think better
BOT_NICENESS: Final = 10  # of those processes: whatever else the machine has to do goes first
BOT_ANSWER_S: Final = 2.0  # beyond its time to think; then a bot does what it can do at once
BOT_HUNG_S: Final = 5.0  # beyond that: a process that still doesn't answer is ended
THOUGHTS_WAITING_MAX: Final = 64  # bots that wait for a process; the next one does what it can do at once
BOTS_PER_LEVEL: Final = 10  # distinct bot identities, one for each seat of the largest table

# The lobby
LOBBY_ROOMS_MAX: Final = 200  # the newest ones; nobody reads on, and the list must fit into what may wait for a peer
LOBBY_TICK_S: Final = 0.25  # changes are told at most so often, all together
LOBBY_READ_S: Final = 15.0  # the whole list is read again, so that nothing stays wrong for longer

# Replays
REPLAY_VIEWERS_MAX: Final = 1_000  # of finished games, on this server; live rooms go before them
REPLAY_SPEED_MIN: Final = 0.25  # times as fast as the players were
REPLAY_SPEED_MAX: Final = 64.0
REPLAY_GAP_S: Final = 5.0  # between two events at speed 1; nobody wants to watch somebody think
REPLAY_CHUNK_EVENTS: Final = 50  # read, or done on the event loop, before it does something else
REPLAY_FOLD_EVENTS: Final = 500  # read and folded in a thread at a time
REPLAY_STEP_EVENTS: Final = 64  # shown to one viewer before, likewise
REPLAY_STATES_MAX: Final = 64  # kept of a game that is watched, so that going anywhere is a short fold
GAME_READS_AT_ONCE_MAX: Final = 3  # of rows and logs, over all who look at games: the rooms keep two connections
GAME_THREADS_MAX: Final = 2  # that fold and verify logs for them
RECORDINGS_MAX: Final = 64  # games whose states are kept after the last look; 64 states each at most
FAIRNESS_REPORTS_MAX: Final = 256  # of finished games, kept: a verification runs the rules of a whole game
ARCHIVE_BYTES_MAX: Final = 64 * 1024 * 1024  # of a file that is imported: it is read whole

# HTTP
HTTP_CHANGES_PER_S: Final = 20  # requests that change something, per address
HTTP_CHANGES_BURST: Final = 200  # a class that arrives at once, each with a player and a room
HTTP_READS_PER_S: Final = 100  # requests below /api that change nothing, per address
HTTP_READS_BURST: Final = 1_000  # a class that opens the start page at once: thirty times a dozen, and some more
HTTP_READ_EVENTS_COST: Final = 3  # reads: a page of events is decoded and redacted one by one
HTTP_READ_FAIRNESS_COST: Final = 10  # likewise: a finished game is verified, if nobody has asked for it before
HTTP_ADDRESSES_MAX: Final = 10_000  # whose rate is remembered; beyond it the one that asked longest ago is forgotten
HEAD_BYTES_MAX: Final = 16 * 1024  # request line and headers
BODY_BYTES_MAX: Final = 64 * 1024
PAGE_ITEMS_MAX: Final = 100
FILL_AFTER_S: Final = 20.0  # matchmaking: then bots take the free seats
FILL_RETRY_S: Final = 1.0  # until the next look whether a room that the database keeps waiting can be filled
MATCH_SEATS: Final = 4  # matchmaking fills rooms up to this size
TICKET_S: Final = 60  # a lost answer is asked for again within it, and means the same seat; an unseated ticket expires
TOKEN_S: Final = 24 * 3600

# Background jobs
JOB_JITTER: Final = 0.1  # of the time between two runs: servers that started together don't stay together
JOB_RETRY_S: Final = 0.5  # after a run that failed; doubling with each further one
JOB_RETRY_S_MAX: Final = 60.0  # of a bug; of an outage of the database it is DATABASE_RETRY_S

# Starting and stopping
DATABASE_RETRY_S: Final = 5.0  # without a database, at the start and of jobs: the longest time between two tries
DRAIN_S: Final = 30.0
RESTART_DELAY_MS_MAX: Final = 3_000  # clients come back spread over this time

assert OUTPUT_BYTES_MAX > FRAME_BYTES_MAX  # one frame must always fit
assert BYTES_BURST > FRAME_BYTES_MAX  # likewise
assert REPLAY_EVENTS_MAX >= TAIL_EVENTS  # the tail serves replays
